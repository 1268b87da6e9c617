"""Which pieces of a page stand in a box that is not the article: navigation, other stories, bars of buttons."""

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from bot.sources.reading.furniture import Box, box, opens_related
from bot.sources.reading.tree import Page, Piece

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_WEIGHT = {None: 0, Box.BAR: 1, Box.FOREIGN: 2, Box.RELATED: 3}
_SHARE = 0.4  # what holds more of the page's sentences is no furniture, whatever its name
_ENDS = tuple('。！？!?.”"…」』;；：:')


@dataclass(frozen=True, slots=True)
class Boxes:
    """For each piece the box it stands in, and what a library need not see."""

    kinds: tuple[Box | None, ...]
    elements: frozenset["Element"]
    sums: tuple[int, ...]
    """Characters of running text before each piece."""

    def sentences(self, span: tuple[int, int]) -> int:
        """Characters of running text in a span of pieces."""
        return self.sums[span[1]] - self.sums[span[0]]


def weight(piece: Piece) -> int:
    """Characters of running text: a sentence outside links, of some length."""
    text = piece.text
    least = 25 if text.isascii() else 10
    if len(text) < least or piece.linked * 2 > len(text):
        return 0
    return len(text) if text.endswith(_ENDS) or len(text) > 4 * least else 0


def boxes(page: Page) -> Boxes:
    """Judge every box by its name and by its share of the page's sentences."""
    sums = tuple(accumulate((weight(piece) for piece in page.pieces), initial=0))
    most = sums[-1] * _SHARE
    kinds: list[Box | None] = [None] * len(page.pieces)
    elements: set[Element] = set()
    for element, (start, end) in page.spans.items():
        kind = box(element)
        if kind is None or start == end or sums[end] - sums[start] > most or _holds_headline(element, kind):
            continue
        elements.add(element)
        _mark(kinds, start, end, kind)
    for number, piece in enumerate(page.pieces):
        if kinds[number] is not Box.RELATED and opens_related(piece.text):
            start, end = _below(page, sums, number, most)
            _mark(kinds, start, end, Box.RELATED)
    return Boxes(tuple(kinds), frozenset(elements), sums)


def _mark(kinds: list[Box | None], start: int, end: int, kind: Box) -> None:
    for number in range(start, end):
        if _WEIGHT[kind] > _WEIGHT[kinds[number]]:
            kinds[number] = kind


def _holds_headline(element: "Element", kind: Box) -> bool:
    """A header's title bar is no furniture; a box of other stories is, whatever headings it has."""
    return kind is not Box.RELATED and next(element.iter("h1"), None) is not None


def _below(page: Page, sums: tuple[int, ...], number: int, most: float) -> tuple[int, int]:
    """The stories under the heading `number`: the rest of its box, or as far as links go on."""
    element: Element | None = page.pieces[number].element
    while element is not None:
        start, end = page.spans.get(element, (0, 0))
        if sums[end] - sums[start] > most or element.tag in ("body", "html"):
            break
        if any(piece.linked for piece in page.pieces[number + 1 : end]):
            return number, end
        element = element.getparent()
    last = number + 1
    for following in range(number + 1, min(number + 40, len(page.pieces))):
        piece = page.pieces[following]
        if piece.linked * 2 > len(piece.text):
            last = following + 1
        elif not piece.medium and following - last >= 1:
            break
    return number, last
