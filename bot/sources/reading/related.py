"""Related stories: the boxes of links beside or below an article, each with the teaser it gives."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.model.story import Related
from bot.sources.reading.boxes import Boxes
from bot.sources.reading.cleaning import line
from bot.sources.reading.furniture import Box, compact, is_bar, opens_related
from bot.sources.reading.links import web_address
from bot.sources.reading.tree import Page, Piece, words

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_DOTS = re.compile(r"\s*(?:\.{3,}|…+)$")
_TIME = re.compile(r"\d{1,2}:\d\d(?::\d\d)?\s*$|^\D{0,12}20\d\d[-/.年]\d")
_MOST = 30
_LONGEST_HEADLINE, _LONGEST_TEASER = 160, 500


def related(page: Page, boxes: Boxes, headline: str, base: str | None) -> tuple[Related, ...]:
    """Every other story that a box of related ones names, once."""
    found: dict[str, Related] = {}
    last: str | None = None
    anchor: Element | None = None
    for number, piece in enumerate(page.pieces):
        if boxes.kinds[number] is not Box.RELATED or piece.medium or opens_related(piece.text):
            last = last if boxes.kinds[number] is Box.RELATED and piece.medium else None
            continue
        inside = piece.within("a")
        below = last in found and not found[last].teaser and _is_teaser(piece)
        if below and inside is not None and inside is anchor:
            found[str(last)] = Related(found[str(last)].headline, piece.text, found[str(last)].link)
        elif piece.linked * 10 >= len(piece.text) * 6 and _is_headline(piece.text):
            text, anchor = _headline(piece), inside
            last = compact(text)
            if last and last != compact(headline) and last not in found:
                found[last] = Related(text, "", _link(piece, base))
        elif below and last is not None and not piece.linked:
            story = found[last]
            found[last] = Related(story.headline, piece.text, story.link)
    return tuple(found.values())[:_MOST]


def _is_headline(text: str) -> bool:
    least = 12 if text.isascii() else 6
    return least <= len(text) <= _LONGEST_HEADLINE and not is_bar(text)


def _is_teaser(piece: Piece) -> bool:
    least = 25 if piece.text.isascii() else 10
    return least <= len(piece.text) <= _LONGEST_TEASER and _TIME.search(piece.text) is None


def _headline(piece: Piece) -> str:
    """The words of the link alone, without "Read also:" before or dots behind it."""
    text = piece.text
    if piece.linked < len(text):
        linked = [line(words(link)) for link in piece.element.iter("a")]
        text = max((one for one in linked if one in text), key=len, default=text)
    return _DOTS.sub("", text.lstrip("·•■▪-> ")) or text


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
