"""Related stories: the boxes of links beside or below an article, each with the teaser it gives."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.model.story import Related
from bot.sources.reading.boxes import Boxes
from bot.sources.reading.furniture import Box, is_bar, opens_related
from bot.sources.reading.headlines import compact
from bot.sources.reading.links import web_address
from bot.sources.reading.tree import Page, Piece

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_MOST = 30
_LONGEST_HEADLINE, _LONGEST_TEASER = 160, 500


def related(page: Page, boxes: Boxes, headline: str, base: str | None) -> tuple[Related, ...]:
    """Every other story that a box of related ones names, once."""
    found: dict[str, Related] = {}
    last: str | None = None
    for number, piece in enumerate(page.pieces):
        if boxes.kinds[number] is not Box.RELATED or piece.medium or opens_related(piece.text):
            last = last if boxes.kinds[number] is Box.RELATED and piece.medium else None
            continue
        if piece.linked * 10 >= len(piece.text) * 6 and _is_headline(piece.text):
            last = compact(piece.text)
            if last and last != compact(headline) and last not in found:
                found[last] = Related(piece.text, "", _link(piece, base))
        elif last in found and not found[last].teaser and _is_teaser(piece):
            story = found[last]
            found[last] = Related(story.headline, piece.text, story.link)
    return tuple(found.values())[:_MOST]


def _is_headline(text: str) -> bool:
    least = 12 if text.isascii() else 6
    return least <= len(text) <= _LONGEST_HEADLINE and not is_bar(text)


def _is_teaser(piece: Piece) -> bool:
    least = 25 if piece.text.isascii() else 10
    return least <= len(piece.text) <= _LONGEST_TEASER and not piece.linked


def _link(piece: Piece, base: str | None) -> str | None:
    for anchor in _anchors(piece):
        address = web_address(anchor.get("href"), base)
        if address and "://" in address:
            return address
    return None


def _anchors(piece: Piece) -> Iterator["Element"]:
    around = piece.within("a")
    if around is not None:
        yield around
    yield from piece.element.iter("a")
