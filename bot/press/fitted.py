"""One story on its way to one channel: which choice of its words fits, counted as the platform counts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot.errors import PressError
from bot.model.channel import Facts
from bot.model.edition import Markup, Unit
from bot.model.story import Article, Story
from bot.press.job import Job, candidates, continued
from bot.press.version import Extra, Piece, Version, words_of
from bot.rules.counting import count, visible
from bot.rules.fitting import cuts, first_fitting, most, shortenings
from bot.rules.particulars import TELLS_SOMETHING, worth
from bot.rules.passages import Passage
from bot.rules.summarising import Analysis

MOST = 10
"""Passages of a post, however much room there is; a long piece gets seven and one more for each section."""
_MANY_HEADINGS = 3
_ROOMY = 1800
"""A platform that takes fewer characters is told no list or table: it would be all that is told."""
_BEFORE_LISTS = 3
"""Passages that come before a list where not all has room."""


class Prints(Protocol):
    """What turns words into a post: the templates in force, or one that is tried."""

    def render(self, wanted: Sequence[str], markup: Markup, words: Mapping[str, Any]) -> str:
        """The first of these templates that there is, as text. Raises PressError."""
        ...


def size_of(text: str, facts: Facts) -> int:
    """The length of a post as its platform counts it."""
    return count(visible(text, facts.markup), facts.unit)


def keeps(text: str, size: int, facts: Facts) -> bool:
    """Whether a post of this length keeps every limit of its platform."""
    sent = visible(text, facts.markup) if facts.markup is Markup.FACETS else text
    return (facts.limit is None or size <= facts.limit) and (
        facts.raw_bytes is None or count(sent, Unit.BYTES) <= facts.raw_bytes
    )


class Fitting:
    """One story on its way to one channel."""

    def __init__(
        self, templates: Prints, zone: ZoneInfo, story: Story, analysis: Analysis, facts: Facts, job: Job
    ) -> None:
        self._templates, self._zone, self._job = templates, zone, job
        self._wanted = (
            continued(facts.template, job) if job.number > 1 else candidates(facts.template, job, story.article.section)
        )
        self._story, self._analysis, self._facts = story, analysis, facts
        self._room = facts.limit
        self._last: Version | None = None
        self._printed = ("", 0)

    def fullest(self) -> Version:
        """Headline and byline are never left out; the headline is shortened only if all else has gone."""
        whole = Version(self._story.article.headline)
        order = self._order(whole)
        full = self._with(whole, order)
        if self.fits(full):
            return full
        if not self.fits(whole):
            return self._shortened(whole)
        return self._or_cut(whole, most(order, lambda some: self.fits(self._with(whole, some)), self._hopeless))

    def room(self) -> int | None:
        """Beside headline, byline, hashtags and what has changed."""
        if self._facts.limit is None:
            return None
        return max(0, self._facts.limit - self.render(self._around(""))[1])

    def given(self, words: str) -> Version | None:
        """With as much around the words as fits."""
        fullest = self._around(words)
        versions = (fullest, replace(fullest, extras=fullest.extras - {Extra.HASHTAGS, Extra.AUTHOR}))
        return next(filter(self.fits, versions), None)

    def least(self, words: str) -> int:
        """The length with as little around the words as may be."""
        around = self._around(words)
        return self.render(replace(around, extras=around.extras - {Extra.HASHTAGS, Extra.AUTHOR}))[1]

    def _around(self, words: str) -> Version:
        return Version(
            self._story.article.headline, extras=frozenset({Extra.HASHTAGS, Extra.AUTHOR, Extra.CHANGES}), cut=words
        )

    def _order(self, whole: Version) -> list[Piece]:
        """A long piece is told in sections where each of them has room, else as one text with a line of contents."""
        first, rest = _pieces(self._story.article, self._analysis, self._facts)
        first += [Extra.CHANGES] if self._job.changed else []
        if len(self._story.article.headings) < _MANY_HEADINGS:
            return [*first, *rest]
        best = _best_of_each_section(self._analysis)
        spine = [*first, Extra.HEADINGS, *(one for one in best.values() if one not in first)]
        if len(best) == len(self._story.article.headings) and self.fits(self._with(whole, spine)):
            return [*spine, *(one for one in rest if one not in spine)]
        return [*first, Extra.CONTENTS, *rest]

    def render(self, version: Version) -> tuple[str, int]:
        """Text and length; the version asked for last is not rendered again. Raises PressError."""
        facts = self._facts
        if version is not self._last:
            words = words_of(version, self._story, self._analysis, facts, self._zone, self._job)
            text = self._templates.render(self._wanted, facts.markup, words)
            self._last, self._printed = version, (text, size_of(text, facts))
        return self._printed

    def bare(self) -> Version:
        """Headline, byline and link, with the hashtags and the author if they fit."""
        extras = frozenset({Extra.HASHTAGS, Extra.AUTHOR, Extra.CHANGES})
        whole = Version(self._story.article.headline)
        found = next(filter(self.fits, (replace(whole, extras=extras), whole)), None)
        return found or self._shortened(whole)

    def fits(self, version: Version) -> bool:
        """Whether this choice keeps every limit of the platform."""
        text, size = self.render(version)
        fits = keeps(text, size, self._facts)
        if fits and self._facts.limit is not None:
            self._room = self._facts.limit - size
        return fits

    def _hopeless(self, piece: Piece) -> bool:
        """Whether it would only fill a gap, or its words alone are more than what is left: rendering it were waste."""
        if self._room is None or isinstance(piece, Extra):
            return False
        if piece.main.rows:
            return count(piece.main.text, self._facts.unit) > self._room
        return count(piece.main.text, self._facts.unit) > self._room or worth(piece.text) < TELLS_SOMETHING

    def _with(self, version: Version, pieces: Sequence[Piece]) -> Version:
        passages = tuple(piece for piece in pieces if isinstance(piece, Passage))
        return replace(version, passages=passages, extras=frozenset(one for one in pieces if isinstance(one, Extra)))

    def _or_cut(self, whole: Version, taken: Sequence[Piece]) -> Version:
        """Without its lead a story hangs in the air: then the lead's first clauses, unless what is there tells more."""
        version = self._with(whole, taken)
        if not self._analysis.passages or self._analysis.passages[0] in taken:
            return version
        extras = version.extras - {Extra.CONTENTS, Extra.HEADINGS}
        shorter = [replace(whole, extras=extras, cut=cut) for cut in cuts(self._analysis.passages[0].main.text)]
        cut = first_fitting(shorter, self.fits)
        told = sum(worth(passage.text) for passage in version.passages)
        return version if cut is None or worth(cut.cut) < TELLS_SOMETHING <= told else cut

    def _shortened(self, whole: Version) -> Version:
        """The longest beginning of the headline that fits with the byline."""
        shorter = [replace(whole, headline=headline) for headline in shortenings(whole.headline) if headline]
        found = first_fitting(shorter, self.fits)
        if found is None:
            limit, unit = self._facts.limit or self._facts.raw_bytes, self._facts.unit
            raise PressError(f"not even headline and byline fit {limit} {unit}", template=self._facts.template)
        return found


def _pieces(article: Article, analysis: Analysis, facts: Facts) -> tuple[list[Piece], list[Piece]]:
    """What is told before everything else (lead, lead quotation, hashtags, author), and what follows by its weight."""
    sections = len(article.headings) if len(article.headings) >= _MANY_HEADINGS else 0
    passages = list(analysis.passages[: max(MOST, 7 + sections)])
    opening = passages[: 1 + any(one.main.quoted for one in passages[1:2])]
    correction = [analysis.correction] if analysis.correction else []
    extras = [Extra.HASHTAGS] if article.tags and facts.hashtags else []
    extras += [Extra.AUTHOR] if article.byline.author else []
    first: list[Piece] = [*dict.fromkeys([*correction, *opening]), *extras]
    rest = [one for one in passages if one not in first]
    lists = analysis.lists if _roomy(facts) else ()
    return first, [*rest[:_BEFORE_LISTS], *lists, *rest[_BEFORE_LISTS:]]


def _roomy(facts: Facts) -> bool:
    return facts.limit is None or facts.limit >= _ROOMY * (3 if facts.unit is Unit.BYTES else 1)


def _best_of_each_section(analysis: Analysis) -> dict[int, Passage]:
    best: dict[int, Passage] = {}
    for passage in analysis.passages:
        if passage.main.section:
            best.setdefault(passage.main.section, passage)
    return best
