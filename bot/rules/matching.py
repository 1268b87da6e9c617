"""Which subscriber wants a story, and when it comes: at once, at the end of their quiet hours, or in their digest."""

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bot.model.story import Story
from bot.model.subscriber import Choices, Rhythm, Timing
from bot.rules.hours import Hours, Quiet
from bot.rules.segmenting import cut
from bot.rules.words import is_ideographic, simplified

_UNWRITTEN = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a story is for somebody, and why (not), in plain words."""

    yes: bool
    why: str


@dataclass(frozen=True, slots=True)
class Moment:
    """When a story goes to somebody who wants it; no `due_at`: it does not go by itself."""

    due_at: datetime | None
    why: str
    kept: bool = False
    """It is over their daily number: the next digest tells it."""
    day: str = ""
    """The reader's own day that it is counted for, such as "2026-11-24"."""


@dataclass(frozen=True)
class Read:
    """A story read once, for however many subscribers; names and text are folded, so scripts and case are alike."""

    language: str
    topics: frozenset[str]
    sources: frozenset[str]
    text: str
    _known: dict[str, bool] = field(default_factory=dict, compare=False)

    @functools.cached_property
    def _ends(self) -> frozenset[int]:
        """Where a word of the text ends and the next begins."""
        places, place = {0}, 0
        for word in cut(self.text):
            place += len(word)
            places.add(place)
        return frozenset(places)

    def says(self, word: str) -> bool:
        """Whether the (folded) word stands in the text as a word."""
        if word not in self._known:
            self._known[word] = any(self._whole(begin, begin + len(word)) for begin in _places(word, self.text))
        return self._known[word]

    def _whole(self, begin: int, end: int) -> bool:
        """Not pieced together from the end of one word and the beginning of the next, as 京东 in 北京东部."""
        if _lettered(self.text, begin) or _lettered(self.text, end):
            return False
        if not is_ideographic(self.text[begin]) and not is_ideographic(self.text[end - 1]):
            return True
        # One end may be cut otherwise than the dictionary would: it knows few names of small places.
        return begin in self._ends or end in self._ends


def read(story: Story) -> Read:
    """Names of section, tags, source and source credit, and all its text."""
    article = story.article
    parts = (article.headline, article.subtitle, article.lead, *article.headings, *article.paragraphs)
    return Read(
        article.language.partition("-")[0],
        frozenset(_folded([article.section, *article.tags])),
        frozenset(_folded([story.source, article.byline.credit])),
        "\n".join(fold(part) for part in parts if part),
    )


def wanted(story: Read, choices: Choices, *, breaking: bool) -> Answer:
    """Whether somebody with these choices gets the story."""
    if (against := _against(story, choices, breaking=breaking)) is not None:
        return Answer(False, against)
    asked = (*choices.topics, *choices.sources, *choices.words)
    if not asked:
        return Answer(True, "takes every story")
    followed = (
        *(name for name in choices.topics if fold(name) in story.topics),
        *(name for name in choices.sources if fold(name) in story.sources),
        *(name for name in choices.words if story.says(fold(name))),
    )
    if followed:
        return Answer(True, f"follows {followed[0]}")
    return Answer(False, f"follows {', '.join(asked)}, and nothing of it is in this")


def _against(story: Read, choices: Choices, *, breaking: bool) -> str | None:
    if choices.breaking_only and not breaking:
        return "breaking news only, and this is none"
    if choices.languages and story.language not in {one.partition("-")[0] for one in choices.languages}:
        return f"reads {', '.join(choices.languages)}, and this is in {story.language}"
    for name in choices.muted:
        folded = fold(name)
        if folded in story.topics or folded in story.sources or story.says(folded):
            return f"muted {name}"
    return None


def at_once(timing: Timing, day: str, sent: int, now: datetime, *, breaking: bool) -> Moment:
    """When it goes to who has got `sent` posts on their own day `day`.

    Breaking news wait for no quiet hours and no daily number, but for whoever chose digests.
    """
    if timing.rhythm is not Rhythm.AT_ONCE:
        return Moment(None, f"gets a digest {timing.rhythm}")
    due, why = (now, "at once") if breaking or timing.quiet is None else _awake(timing, now)
    today = _today(timing.zone, due)
    if not breaking and timing.most is not None and day == today and sent >= timing.most:
        return Moment(None, f"over {timing.most} a day: stands in the next digest", kept=True, day=today)
    return Moment(due, why, day=today)


@functools.lru_cache(maxsize=1 << 14)
def fold(text: str) -> str:
    """As it is compared: simplified characters, narrow forms, small letters, single spaces."""
    return _UNWRITTEN.sub(" ", simplified(unicodedata.normalize("NFKC", text)).casefold()).strip()


def _folded(names: Iterable[str | None]) -> Iterable[str]:
    return (fold(name) for name in names if name)


def _places(word: str, text: str) -> Iterator[int]:
    place = text.find(word) if word else -1
    while place >= 0:
        yield place
        place = text.find(word, place + 1)


@functools.lru_cache(maxsize=1 << 12)
def _awake(timing: Timing, now: datetime) -> tuple[datetime, str]:
    """Now, or the end of the quiet hours that now lies in."""
    quiet = Quiet(*timing.quiet) if timing.quiet else None
    return Hours(timing.tz, quiet).wait((), now, breaking=False) or (now, "at once")


@functools.lru_cache(maxsize=1 << 12)
def _today(zone: str, at: datetime) -> str:
    return at.astimezone(Timing(zone).tz).date().isoformat()


def _lettered(text: str, place: int) -> bool:
    """Whether letters or figures of a script with spaces stand on both sides of the place."""
    around = text[max(place - 1, 0) : place + 1] if place else ""
    return len(around) == 2 and all(sign.isalnum() and not is_ideographic(sign) for sign in around)
