"""Reprints: how much of one text stands in another, and what that makes of the two stories."""

import hashlib
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from bot.model.story import Article
from bot.rules.margins import in_the_margin
from bot.rules.words import is_figure, is_ideographic, words

ANCHORS_KEPT = 24
"""So many are remembered of a story, however long: a million stories stay under a gigabyte."""
ANCHORS_ASKED = 96
"""So many of a new story's are looked up: an addition of three times its length still leaves all those of the old."""
_SHORTEST = {5: 24, 3: 14}
"""Chinese characters, or words of other scripts, below which a text says too little to be known again by it."""
_LONGEST = 20_000
"""Words; what a longer text adds changes no verdict."""
_LITTLE = {5: 30, 3: 20}
"""Less than this in common may be chance, such as a long name in two teasers: then next to all must be in common."""
_SLIPS = 0.2
"""A template says the same with other figures, a reprint copies them: more that differ than this share of those that
are copied, and the two report other facts."""
_Run = tuple[str, ...]


class Kin(StrEnum):
    """What two stories are to each other."""

    SAME = "same"  # one newsroom's text under another name: nothing new
    REPRINT = "reprint"  # one cluster
    OTHER = "other"  # stories of their own


@dataclass(frozen=True, slots=True)
class Kinship:
    """The verdict on a new story beside an old one, with its two figures and the reason in words."""

    kin: Kin
    new_in_old: float
    """Share of the new text's words that stand, in runs, in the old one: high in reprints and abridgements."""
    old_in_new: float
    """Share of the old one's that stand in the new: high in reprints with additions, and in follow-ups."""
    why: str


@dataclass(frozen=True)
class Text:
    """The running text of an article, ready to be compared."""

    words: tuple[str, ...]
    run: int
    """How many words in a row count as the same passage."""

    @classmethod
    def of(cls, article: Article) -> "Text":
        """The body's words: what stands in the margins, captions and the headline are not text."""
        rows = (" ".join(row) for block in article.blocks for row in block.rows)
        pieces = [piece for piece in (*article.paragraphs, *rows) if not in_the_margin(piece)]
        found = words("\n".join(pieces) if pieces else article.lead or "")
        found = found[:_LONGEST]
        chinese = sum(map(is_ideographic, found)) * 2 > len(found)
        return cls(found, 5 if chinese else 3)

    @property
    def telling(self) -> bool:
        """Whether there is enough of it to be known again."""
        return len(self.words) >= _SHORTEST[self.run]

    @property
    def runs(self) -> list[_Run]:
        """Every run of words, in order."""
        return _windows(self.words, self.run)

    def anchors(self, count: int) -> tuple[int, ...]:
        """The smallest `count` hashes of its passages, at most ANCHORS_ASKED.

        Two texts that share passages share some of these: whoever hashes a text chooses the same ones, wherever the
        passage stands in it.
        """
        return self._hashes[:count]

    @cached_property
    def _hashes(self) -> tuple[int, ...]:
        passages = set(_windows(self.words, self.run + 2)) if self.telling else ()
        return tuple(sorted(map(_hash, passages))[:ANCHORS_ASKED])


def kinship(new: Text, old: Text, *, one_newsroom: bool = False) -> Kinship:
    """Decide by the text alone; two stories of one newsroom are kin only where next to nothing differs."""
    if not (new.telling and old.telling) or new.run != old.run:
        return Kinship(Kin.OTHER, 0.0, 0.0, "too short, or of two languages: nothing to compare")
    if one_newsroom and new.words == old.words:
        return Kinship(Kin.SAME, 1.0, 1.0, "word for word the same")
    # A newsroom's own notices may differ in a name alone, so there no change is passed over.
    bridge = 0 if one_newsroom else 2 * new.run
    new_runs, old_runs = new.runs, old.runs
    forth = _share(len(new.words), new.run, new_runs, set(old_runs), bridge)
    back = _share(len(old.words), old.run, old_runs, set(new_runs), bridge)
    told = f"{forth:.0%} of its text stands there, {back:.0%} of that text here"
    differing, alike = _figures_compared(new.words, old.words)
    if differing > (0 if one_newsroom else alike * _SLIPS):
        return Kinship(Kin.OTHER, forth, back, f"{told}, but the figures differ")
    exact = one_newsroom or min(forth * len(new.words), back * len(old.words)) < _LITTLE[new.run]
    copied = min(forth, back) >= (0.98 if one_newsroom else 0.9) if exact else _copied(forth, back)
    return Kinship(Kin.REPRINT if copied else Kin.OTHER, forth, back, told)


def _copied(forth: float, back: float) -> bool:
    """An abridgement stands in the old text, an extension holds it; an edited copy does something of both.

    A follow-up or a shared quotation reaches a half of either; a line in a news digest a fifth of the old.
    """
    return (forth >= 0.8 and back >= 0.3) or (back >= 0.9 and forth >= 0.42) or min(forth, back) >= 0.61


def _share(length: int, run: int, runs: Sequence[_Run], there: set[_Run], bridge: int) -> float:
    """Share of a text's words in passages that stand there; changes of up to `bridge` words between two count in."""
    covered = reach = 0
    for place, passage in enumerate(runs):
        if passage in there:
            covered += place + run - (reach if reach and place - reach <= bridge else max(place, reach))
            reach = place + run
    return covered / length


def _figures_compared(new: Sequence[str], old: Sequence[str]) -> tuple[int, int]:
    """Of the new text's figures whose surroundings stand in the old: how many differ there, and how many do not."""
    there: dict[_Run, set[str]] = {}
    for around, figure in _figures(old):
        there.setdefault(around, set()).add(figure)
    alike = [figure in there[around] for around, figure in _figures(new) if around in there]
    return alike.count(False), alike.count(True)


def _figures(text: Sequence[str]) -> Iterable[tuple[_Run, str]]:
    """Each figure with the two words before and after it; figures among those do not count."""
    masked = ["#" if is_figure(word) else word for word in text]
    for place, word in enumerate(text):
        if masked[place] == "#":
            yield tuple(masked[max(0, place - 2) : place + 3]), word


def _windows(text: Sequence[str], size: int) -> list[_Run]:
    return list(zip(*(itertools.islice(text, start, None) for start in range(size)), strict=False))


def _hash(passage: Iterable[str]) -> int:
    digest = hashlib.blake2b("\0".join(passage).encode(), digest_size=8)
    return int.from_bytes(digest.digest(), signed=True)
