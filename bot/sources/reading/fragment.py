"""A piece of HTML that is all article, such as a feed's entry: its blocks in reading order."""

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from lxml import etree, html

from bot.model.story import Block, BlockKind, Picture
from bot.sources.reading.cleaning import line
from bot.sources.reading.links import media_link, web_address
from bot.sources.reading.tree import Piece, pieces, undress

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_PIXEL = frozenset(("0", "1", "0px", "1px"))


def blocks_of(markup: str, base: str | None) -> tuple[Block, ...]:
    """Nothing of it is left out but what nobody sees; addresses are resolved against `base`."""
    if not markup.strip():
        return ()
    parser = html.HTMLParser(recover=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        root = html.document_fromstring(f"<div>{markup}</div>".encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return ()
    undress(root)
    found = groupby(pieces(root).pieces, key=_together)
    return tuple(block for holder, group in found for block in _blocks(holder, list(group), base))


def _together(piece: Piece) -> "Element | Piece":
    """Lines of one list or one table are one block; every other line is its own."""
    if piece.medium:
        return piece
    outermost = next((holder for holder in piece.holders if holder.tag in ("ul", "ol", "dl", "table")), None)
    return piece if outermost is None else outermost


def _blocks(holder: "Element | Piece", group: list[Piece], base: str | None) -> Iterator[Block]:
    if isinstance(holder, Piece):
        yield from _medium(holder, base) if holder.medium else _line(holder)
    elif holder.tag == "table":
        by_row = groupby(group, key=lambda piece: _around(piece.element, "tr"))
        rows = tuple(tuple(piece.text for piece in row) for _, row in by_row)
        if any(len(row) > 1 for row in rows):
            yield Block(BlockKind.TABLE, rows=rows)
        else:  # a table that only places things
            yield from (block for piece in group for block in _line(piece))
    else:
        entries = groupby(group, key=lambda piece: piece.within("li", "dl"))
        yield Block(BlockKind.LIST, items=tuple(" ".join(piece.text for piece in entry) for _, entry in entries))


def _line(piece: Piece) -> Iterator[Block]:
    heading = piece.within(*_HEADINGS)
    if heading is not None:
        yield Block(BlockKind.HEADING, piece.text, level=max(int(heading.tag[1]), 2))
    elif piece.within("figcaption") is None:
        kind = BlockKind.QUOTE if piece.within("blockquote") is not None else BlockKind.PARAGRAPH
        yield Block(kind, piece.text)


def _medium(piece: Piece, base: str | None) -> Iterator[Block]:
    element = piece.element
    source = element.get("data-src") or element.get("src") or ""
    if element.tag in ("img", "amp-img"):
        if (url := web_address(source, base)) and element.get("width") not in _PIXEL:
            figure = piece.within("figure")
            caption = (
                ""
                if figure is None
                else " ".join(line("".join(map(str, c.itertext()))) for c in figure.iter("figcaption"))
            )
            yield Block(BlockKind.PICTURE, picture=Picture(url, line(element.get("alt")), caption))
    elif link := media_link(source or next((inner.get("src") for inner in element.iter("source")), None), base):
        yield Block(BlockKind.MEDIA, line(element.get("title")), link=link)


def _around(element: "Element", tag: str) -> "Element | None":
    return element if element.tag == tag else next(element.iterancestors(tag), None)
