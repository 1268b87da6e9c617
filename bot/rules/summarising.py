"""Summaries without a model: sentences of the article, verbatim and in its order.

The lead is hard to beat, so it comes first, and a short article is simply told from its beginning. What a long one
gains is choice: its sections are covered, and sentences are preferred that tell particulars which the others do not.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import rjieba

from bot.model.story import Article
from bot.rules.figures import Figure, figures
from bot.rules.particulars import Particular, particulars
from bot.rules.passages import Passage, Sentence, introduces, joined, passages, split
from bot.rules.quotations import Quotation, quotations

_SHORT = 12
"""An article of no more sentences, without sections, is told from its beginning."""
_SECTIONS = 3
_WORD = re.compile(r"[a-z0-9]{3,}")
_ALIKE = 0.55
_COMFORTABLE = {"zh": 45, "en": 110}
_LONGEST = {"zh": 130, "en": 330}
_UNCOVERED = 1.3
"""What a sentence gains by speaking of a section of which nothing is told yet."""
_OPENING = 6
"""Sentences of the beginning."""
_ENOUGH = 40
_CORRECTION = re.compile(r"(?:更正|勘误|编者注|Corrections?|Clarification|Editor['’]s note)\s*[:：]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences of one paragraph; `quoted` where the whole of it is a quotation without marks of its own."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A section as it is told: its heading, "" at the beginning, and its paragraphs."""

    heading: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """One reading of an article, good for every length."""

    passages: tuple[Passage, ...]
    """Most important first; the first is the lead. They may share sentences."""
    headings: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    """The lead's first."""
    quotation: Quotation | None = None
    """The lead quotation, or the first that stands for itself."""
    correction: Passage | None = None
    """What the newsroom says it has corrected; told wherever there is room."""

    @property
    def ranked(self) -> tuple[Sentence, ...]:
        """The sentences, most important first."""
        return tuple(
            dict.fromkeys(sentence for passage in self.passages for sentence in (passage.main, *passage.sentences))
        )

    @property
    def figure(self) -> Figure | None:
        """The key figure."""
        return self.figures[0] if self.figures else None

    def parts(self, chosen: Iterable[Passage]) -> tuple[Part, ...]:
        """The passages in the article's order, section by section; sentences of a paragraph stay together."""
        sentences = sorted({one for passage in chosen for one in passage.sentences}, key=lambda one: one.order)
        told: dict[int, dict[int, list[Sentence]]] = {}
        for one in sentences:
            told.setdefault(one.section, {}).setdefault(one.paragraph, []).append(one)
        return tuple(
            Part(self.headings[section - 1] if section else "", tuple(map(_paragraph, paragraphs.values())))
            for section, paragraphs in told.items()
        )

    def told(self, chosen: Iterable[Passage]) -> tuple[str, ...]:
        """The passages as paragraphs, in the article's order."""
        return tuple(paragraph.text for part in self.parts(chosen) for paragraph in part.paragraphs)

    def paragraphs(self, number: int) -> tuple[str, ...]:
        """The `number` most important passages as paragraphs."""
        return self.told(self.passages[:number])


@lru_cache(maxsize=64)
def analyse(article: Article) -> Analysis:
    """Read an article once. Deterministic; takes some milliseconds, and nothing the second time."""
    found = split(article)
    whole = passages(found)
    if not whole:
        return Analysis((), article.headings)
    correction = next((one for one in whole if _CORRECTION.match(one.main.text)), None)
    lead = _lead(whole)
    said = quotations(whole)
    opening = next((one for one in said if one.passage.main.quoted and one.passage.main.section == 0), None)
    ranked = _Reading(article, found, whole).ranked(lead, opening.passage if opening else None)
    named = [one for one in said if one.speaker]
    return Analysis(
        ranked,
        article.headings,
        figures(passage.main.text for passage in ranked),
        opening or (named[0] if named else said[0] if said else None),
        correction,
    )


def _paragraph(sentences: Sequence[Sentence]) -> Paragraph:
    return Paragraph(joined([one.text for one in sentences]), sentences[0].quoted)


def _lead(whole: Sequence[Passage]) -> Passage:
    """The first sentence that says something by itself: one that only leads up to a quotation does not."""
    for passage in whole[:6]:
        if len(passage.sentences) == 1 and not passage.main.quoted and not introduces(passage.main.text):
            return passage
    return whole[0]


class _Reading:
    """What ranking needs to know of each sentence, found once."""

    def __init__(self, article: Article, found: Sequence[Sentence], whole: Sequence[Passage]) -> None:
        self._language = "zh" if article.language == "zh" else "en"
        self._found, self._whole = found, whole
        self._words = [_words(one.text) for one in found]
        self._tells = [particulars(one.text) for one in found]
        self._common = Counter(word for own in self._words for word in own)
        self._headline = _words(article.headline)
        self._opens = {one.section: one.order for one in reversed(found)}
        self._sections = len(article.headings) if len(article.headings) >= _SECTIONS else 0

    def ranked(self, lead: Passage, opening: Passage | None) -> tuple[Passage, ...]:
        """The lead, the lead quotation, then what adds most to them."""
        first = [lead] + ([opening] if opening else [])
        if not self._sections and len(self._found) <= _SHORT:
            rest = [one for one in self._whole if one not in first]
            return (*first, *rest)
        return tuple(self._by_gain(self._opening(first)))

    def _opening(self, first: list[Passage]) -> list[Passage]:
        """The article's own beginning is written as a summary: what tells something there comes first."""
        chosen = list(first)
        for passage in self._whole:
            if passage.main.section > 0 or passage.main.order >= _OPENING:
                break
            told = {order for one in chosen for order in one.orders}
            known = {particular.text for order in told for particular in self._tells[order]}
            new = [order for order in passage.orders if order not in told]
            worth = _worth({one for order in new for one in self._tells[order] if one.text not in known})
            length = sum(len(self._found[order].text) for order in new)
            if new and worth >= max(1.0, length / _COMFORTABLE[self._language]):
                chosen.append(passage)
        return chosen

    def _by_gain(self, chosen: list[Passage]) -> list[Passage]:
        told = {order for passage in chosen for order in passage.orders}
        known = {particular.text for order in told for particular in self._tells[order]}
        covered = {self._found[order].section for order in told}
        rest = [
            (one, base)
            for one in self._whole
            if (base := self._base(one)) > 0 and one.main.order not in told and not self._said(one, told)
        ]
        while rest and len(chosen) < _ENOUGH:
            best, _ = max(rest, key=lambda one: (self._gain(one[0], one[1], known, told, covered), -one[0].main.order))
            chosen.append(best)
            new = best.orders - told
            told |= new
            known |= {particular.text for order in new for particular in self._tells[order]}
            covered.add(best.main.section)
            rest = [one for one in rest if one[0].main.order not in told and not self._said(one[0], new)]
        return chosen

    def _base(self, passage: Passage) -> float:
        """What does not depend on what is told already; nothing for a scrap."""
        main = passage.main
        if introduces(main.text) or len(main.text) < (8 if self._language == "zh" else 20):
            return 0.0
        own = self._words[main.order]
        central = sum(math.log1p(self._common[word]) for word in own) / math.sqrt(len(own) + 4) / 2
        score = central + 1.2 * len(own & self._headline) / (len(self._headline) + 1)
        score += 0.5 if self._opens[main.section] == main.order else 0.0
        return score + 1.0 / (1 + main.order)

    def _gain(self, passage: Passage, base: float, known: set[str], told: set[int], covered: set[int]) -> float:
        new = passage.orders - told
        score = base + min(_worth(one for order in new for one in self._tells[order] if one.text not in known), 4.0)
        length = sum(len(self._found[order].text) for order in new)
        comfortable, longest = _COMFORTABLE[self._language], _LONGEST[self._language]
        score /= math.sqrt(max(length, comfortable / 2) / comfortable)
        if self._sections and passage.main.section not in covered:
            score *= _UNCOVERED
        return score * (0.5 if length > longest else 1.0)

    def _said(self, passage: Passage, told: Collection[int]) -> bool:
        own = self._words[passage.main.order]
        return any(len(own & self._words[order]) > _ALIKE * max(len(own), 1) for order in told)


def _worth(tells: Iterable[Particular]) -> float:
    return sum(one.worth for one in tells)


def _words(text: str) -> frozenset[str]:
    lower = text.lower()
    chinese = set()
    if not lower.isascii():
        chinese = {word for word in rjieba.cut(lower) if len(word) > 1 and "\u4e00" <= word[0] <= "\u9fff"}
    return frozenset(chinese | set(_WORD.findall(lower)))
