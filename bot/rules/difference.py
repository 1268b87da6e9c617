"""What changed between two revisions, part by part, in the words a reader sees."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import pairwise

from bot.model.story import Article
from bot.rules.identity import fingerprint, flat, lines
from bot.rules.segmenting import cut
from bot.rules.sentences import clause_ends

_ALIKE = 0.5
"""Two clauses less alike than this are shown as one taken out and one put in, not word by word."""


class Part(StrEnum):
    """Where in an article something changed."""

    HEADLINE = "headline"
    SUBTITLE = "subtitle"
    LEAD = "lead"
    CREDIT = "credit"
    EDITOR = "editor"
    AUTHOR = "author"
    BODY = "body"
    FORM = "form"  # the words are the same: a paragraph became a quotation, or a heading


class Mark(StrEnum):
    """What became of a piece of text."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words in a row with one fate."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One part that reads otherwise: all its pieces in reading order, kept ones too."""

    part: Part
    pieces: tuple[Piece, ...] = ()

    @property
    def removed(self) -> tuple[str, ...]:
        """The words that are gone."""
        return tuple(piece.text for piece in self.pieces if piece.mark is Mark.REMOVED)

    @property
    def added(self) -> tuple[str, ...]:
        """The words that are new."""
        return tuple(piece.text for piece in self.pieces if piece.mark is Mark.ADDED)


@dataclass(frozen=True, slots=True)
class Difference:
    """Every part that reads otherwise; false where readers see no change."""

    changes: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes)


def difference(old: Article, new: Article) -> Difference:
    """Compare two articles as readers see them: spaces, counters and advertisements are no change."""
    if fingerprint(old) == fingerprint(new):
        return Difference()
    before, after = _parts(old), _parts(new)
    changes = tuple(
        Change(part, tuple(_pieces(before[part], after[part])))
        for part in before
        if flat(before[part]) != flat(after[part])
    )
    return Difference(changes or (Change(Part.FORM),))


def _parts(article: Article) -> dict[Part, str]:
    return {
        Part.HEADLINE: article.headline,
        Part.SUBTITLE: article.subtitle or "",
        Part.LEAD: article.lead or "",
        Part.CREDIT: article.byline.credit or "",
        Part.EDITOR: article.byline.editor or "",
        Part.AUTHOR: article.byline.author or "",
        Part.BODY: "\n".join(line for block in article.blocks for line in lines(block)),
    }


def _pieces(old: str, new: str) -> Iterator[Piece]:
    """Clause by clause, and word by word where a clause was only touched; neighbours of one fate are one piece."""
    found: list[Piece] = []
    for piece in _by_clause(old, new):
        if found and found[-1].mark is piece.mark:
            found[-1] = Piece(piece.mark, found[-1].text + piece.text)
        elif piece.text:
            found.append(piece)
    return iter(found)


def _by_clause(old: str, new: str) -> Iterator[Piece]:
    before, after = _clauses(old), _clauses(new)
    for fate, a, b, c, d in _steps([flat(one) for one in before], [flat(one) for one in after]):
        gone, come = "".join(before[a:b]), "".join(after[c:d])
        if fate == "equal":
            yield Piece(Mark.KEPT, come)
        else:
            yield from _by_word(gone, come)


def _by_word(old: str, new: str) -> Iterator[Piece]:
    before, after = cut(old), cut(new)
    if SequenceMatcher(None, before, after, autojunk=False).ratio() < _ALIKE:
        yield from (Piece(Mark.REMOVED, old), Piece(Mark.ADDED, new))
        return
    for fate, a, b, c, d in _steps(before, after):
        if fate == "equal":
            yield Piece(Mark.KEPT, "".join(after[c:d]))
        else:
            yield from (Piece(Mark.REMOVED, "".join(before[a:b])), Piece(Mark.ADDED, "".join(after[c:d])))


def _steps(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _clauses(text: str) -> list[str]:
    ends = sorted({0, *clause_ends(text), *(place + 1 for place, sign in enumerate(text) if sign == "\n"), len(text)})
    return [text[start:end] for start, end in pairwise(ends)]
