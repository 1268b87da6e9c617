"""Which passages of an article matter most.

The lead is hard to beat, so it comes first, and a short article is simply told from its beginning. What a long one
gains is choice: its sections are covered, and passages are preferred that tell particulars which the others do not.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from bot.model.story import Article
from bot.rules.particulars import TELLS_SOMETHING, Asks, Particular, particulars
from bot.rules.passages import Passage, Sentence, introduces
from bot.rules.segmenting import cut

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


class Ranking:
    """One article: what ranking needs to know of each sentence is found once."""

    def __init__(self, article: Article, found: Sequence[Sentence], whole: Sequence[Passage]) -> None:
        self._language = "zh" if article.language == "zh" else "en"
        self._found, self._whole = found, whole
        self._words = [frozenset() if one.rows else _words(one.text) for one in found]
        self._tells = [() if one.rows else particulars(one.text) for one in found]
        self._common = Counter(word for own in self._words for word in own)
        self._headline = _words(article.headline)
        self._opens = {one.section: one.order for one in reversed(found) if not one.rows}
        self._sections = len(article.headings) if len(article.headings) >= _SECTIONS else 0

    def ranked(self, opening: Passage | None) -> tuple[Passage, ...]:
        """The lead, the lead quotation if there is one, then what adds most to them."""
        lead = _lead(self._whole)
        first = [lead] + ([opening] if opening else [])
        if not self._sections and sum(not one.rows for one in self._found) <= _SHORT:
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
            for one in self._telling()
            if (base := self._base(one)) > 0 and one.main.order not in told and not self._said(one, told)
        ]
        while rest and len(chosen) < _ENOUGH:
            best, _ = max(rest, key=lambda one: (self._gain(one[0], one[1], known, told, covered), -one[0].main.order))
            best = self._with_its_quotation(best)
            chosen.append(best)
            new = best.orders - told
            told |= new
            known |= {particular.text for order in new for particular in self._tells[order]}
            covered.add(best.main.section)
            rest = [one for one in rest if one[0].main.order not in told and not self._said(one[0], new)]
        return chosen

    def _with_its_quotation(self, passage: Passage) -> Passage:
        """Who is brought in only to be quoted is quoted."""
        following = passage.orders | {passage.main.order + 1}
        return next(
            (
                one
                for one in self._whole
                if one.orders == following
                and one.main is not passage.main
                and any(told.asks is Asks.SAID for told in self._tells[one.main.order])
            ),
            passage,
        )

    def _telling(self) -> list[Passage]:
        """What is no mere filling; of a section that has nothing else, all of it."""
        good = [one for one in self._whole if _worth(self._told_by(one)) >= TELLS_SOMETHING]
        sections = {one.main.section for one in good}
        return [*good, *(one for one in self._whole if one.main.section not in sections)]

    def _told_by(self, passage: Passage) -> set[Particular]:
        return {one for order in passage.orders for one in self._tells[order]}

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


def _lead(whole: Sequence[Passage]) -> Passage:
    """The first sentence that says something by itself: one that only leads up to a quotation does not."""
    for passage in whole[:6]:
        if len(passage.sentences) == 1 and not passage.main.quoted and not introduces(passage.main.text):
            return passage
    return whole[0]


def _worth(tells: Iterable[Particular]) -> float:
    return sum(one.worth for one in tells)


def _words(text: str) -> frozenset[str]:
    lower = text.lower()
    chinese = set()
    if not lower.isascii():
        chinese = {word for word in cut(lower) if len(word) > 1 and "\u4e00" <= word[0] <= "\u9fff"}
    return frozenset(chinese | set(_WORD.findall(lower)))
