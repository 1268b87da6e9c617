"""From pieces to blocks: headings, paragraphs, quotations, lists, tables, pictures and media in reading order."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bot.model.story import Block, BlockKind, Picture
from bot.sources.reading.cleaning import line
from bot.sources.reading.links import media_link, web_address
from bot.sources.reading.tree import Page, Piece, words

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_SOURCES = ("data-src", "data-original", "data-lazy-src", "data-actualsrc", "data-echo", "data-url", "file", "src")
_NO_PICTURE = re.compile(
    r"(?:^|[/_.-])(?:spacer|blank|pixel|transparent|placeholder|loading|lazy|1x1|qrcode|erweima|weixin|wechat"
    r"|icon|icons|logo|avatar|gravatar|btn|button|emoji|smilies|share|beacon|tracking|arrow)s?(?=[/_.\d-]|$)"
    r"|\.svg(?:$|\?)",
    re.IGNORECASE,
)
_ENDS_A_SENTENCE = re.compile(r"[。!?！？…;；,，.]$")
_CAPTION = re.compile(r"caption|photo-?desc|pic-?desc|img-?desc|img_note|pictext|tuzhu|zhaiyao-pic", re.IGNORECASE)
_CAPTION_WORDS = re.compile(
    r"^(?:▲|△|↑|图[:：/]|图为|图片说明|photo\b)|(?:[/／]\s*摄|摄)[)）]?$|[(（](?:photo|image|picture|pic"
    r"|credit)\b[^)）]*[)）]$",
    re.IGNORECASE,
)
_DATA_CELL = 200


def blocks(page: Page, chosen: Sequence[int], base: str | None) -> tuple[Block, ...]:
    """Blocks of the chosen pieces; what belongs together (a list, a table, a figure) becomes one."""
    return tuple(_Builder(page, base).build(chosen))


class _Builder:
    def __init__(self, page: Page, base: str | None) -> None:
        self.page, self.base = page, base
        self.seen: set[str] = set()
        self.wholes: dict[Element, bool] = {}

    def build(self, chosen: Sequence[int]) -> Iterator[Block]:
        place = 0
        while place < len(chosen):
            piece = self.page.pieces[chosen[place]]
            whole = self._whole(piece)
            count = 1
            if whole is not None:
                end = self.page.spans[whole][1]
                while place + count < len(chosen) and chosen[place + count] < end:
                    count += 1
            members = [self.page.pieces[number] for number in chosen[place : place + count]]
            if whole is None:
                after = self.page.pieces[chosen[place + 1]] if place + 1 < len(chosen) else None
                taken, found = self._single(piece, after)
                yield from found
                place += taken
                continue
            if whole.tag == "table":
                yield from self._table(whole, members)
            elif whole.tag == "figure":
                yield from self._figure(members)
            else:
                yield from self._list(members)
            place += count

    def _whole(self, piece: Piece) -> "Element | None":
        """The list, data table or figure that a piece is a part of."""
        for holder in piece.holders:
            if holder not in self.wholes:
                self.wholes[holder] = _is_whole(holder)
            if self.wholes[holder]:
                return holder
        return None

    def _single(self, piece: Piece, after: Piece | None) -> tuple[int, list[Block]]:
        if piece.medium:
            block = self._medium(piece.element, "")
            if block is None:
                return 1, []
            if block.picture and after is not None and _is_caption(after):
                return 2, [Block(block.kind, picture=Picture(block.picture.url, block.picture.alt, after.text))]
            return 1, [block]
        return 1, [self._words(piece)]

    def _words(self, piece: Piece) -> Block:
        """A heading, a quotation, a link to a video, or a paragraph."""
        heading = piece.within(*_HEADINGS)
        if heading is not None:
            return Block(BlockKind.HEADING, piece.text, level=max(2, int(str(heading.tag)[1])))
        if piece.within("blockquote") is not None:
            return Block(BlockKind.QUOTE, piece.text)
        if _is_bold_heading(piece):
            return Block(BlockKind.HEADING, piece.text, level=3)
        if piece.linked == len(piece.text) and (link := self._only_media(piece)):
            return Block(BlockKind.MEDIA, piece.text, link=link)
        return Block(BlockKind.PARAGRAPH, piece.text)

    def _only_media(self, piece: Piece) -> str | None:
        return next((media_link(a.get("href"), self.base) for a in piece.element.iter("a")), None)

    def _medium(self, element: "Element", caption: str) -> Block | None:
        if element.tag in ("img", "amp-img"):
            picture = self._picture(element, caption)
            return Block(BlockKind.PICTURE, picture=picture) if picture else None
        sources = [element.get("src"), element.get("data-src"), *(one.get("src") for one in element.iter("source"))]
        if element.tag == "amp-youtube" and element.get("data-videoid"):
            sources = [f"https://www.youtube.com/watch?v={element.get('data-videoid')}"]
        for source in sources:
            plays = element.tag in ("video", "audio", "amp-video")
            link = web_address(source, self.base) if plays else media_link(source, self.base)
            if link and link not in self.seen:
                self.seen.add(link)
                return Block(BlockKind.MEDIA, line(element.get("title")) or caption, link=link)
        return None

    def _picture(self, element: "Element", caption: str) -> Picture | None:
        written = next((element.get(name) for name in _SOURCES if (element.get(name) or "").strip()), None)
        address = web_address(written, self.base)
        if (
            address is None
            or address in self.seen
            or _NO_PICTURE.search(address.rsplit("://", 1)[-1])
            or _tiny(element)
        ):
            return None
        self.seen.add(address)
        return Picture(address, line(element.get("alt")), caption)

    def _figure(self, members: list[Piece]) -> Iterator[Block]:
        words = [piece for piece in members if not piece.medium]
        caption = " ".join(
            piece.text for piece in words if piece.within("figcaption") is not None or _is_caption(piece)
        )
        found = [block for piece in members if piece.medium if (block := self._medium(piece.element, caption))]
        yield from found
        for piece in words:
            if not found or (piece.within("figcaption") is None and not _is_caption(piece)):
                yield from self._single(piece, None)[1]

    def _list(self, members: list[Piece]) -> Iterator[Block]:
        items: dict[Element | None, list[str]] = {}
        for piece in members:
            if piece.medium:
                block = self._medium(piece.element, "")
                if block:
                    yield block
            else:
                items.setdefault(next((one for one in piece.holders if one.tag == "li"), None), []).append(piece.text)
        if items:
            yield Block(BlockKind.LIST, items=tuple(_joined(texts) for texts in items.values()))

    def _table(self, table: "Element", members: list[Piece]) -> Iterator[Block]:
        texts: dict[Element, list[str]] = {}
        for piece in members:
            cell = next((one for one in _ancestors(piece.element) if one.tag in ("td", "th", "caption")), None)
            if cell is not None and piece.text:
                texts.setdefault(cell, []).append(piece.text)
        rows = [
            tuple(_joined(texts.get(cell, [])) for cell in row if cell.tag in ("td", "th")) for row in table.iter("tr")
        ]
        caption = next((_joined(texts.get(one, [])) for one in table.iter("caption")), "")
        rows = [row for row in rows if any(row)]
        if rows:
            yield Block(BlockKind.TABLE, caption, rows=tuple(rows))


def _ancestors(element: "Element") -> Iterator["Element"]:
    yield element
    yield from element.iterancestors()


def _joined(texts: Sequence[str]) -> str:
    """Lines as one, without a space between Chinese ones."""
    joined = ""
    for text in texts:
        glue = "" if not joined or (ord(joined[-1]) > 0x2E7F and ord(text[0]) > 0x2E7F) else " "
        joined += glue + text
    return joined


def _is_whole(holder: "Element") -> bool:
    if holder.tag == "table":
        return _is_data(holder)
    return holder.tag == "figure" or (holder.tag in ("ul", "ol") and _is_list(holder))


def _is_list(holder: "Element") -> bool:
    """A list of points, not one used to lay out whole paragraphs with headings."""
    if next(holder.iter("h1", "h2", "h3", "table", "blockquote"), None) is not None:
        return False
    return all(sum(child.tag in ("p", "div") for child in item) < 3 for item in holder.iter("li"))


def _is_data(table: "Element") -> bool:
    """A table of data: several rows and columns of short cells, none of which holds a table."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    rows = [row for row in rows if row]
    if len(rows) < 2 or max((len(row) for row in rows), default=0) < 2:
        return False
    cells = [cell for row in rows[:200] for cell in row[:50]]
    long = sum(len(words(cell)) > _DATA_CELL for cell in cells)
    return long * 10 <= len(cells) and not any(
        next(cell.iter("h1", "h2", "ul"), None) is not None for cell in cells[:50]
    )


def _is_bold_heading(piece: Piece) -> bool:
    """A short line that is bold from end to end and no sentence: how pages without headings write them."""
    longest = 80 if piece.text.isascii() else 30
    bold = piece.bold >= len(piece.text.replace(" ", "")) and piece.bold > 0
    return bold and len(piece.text) <= longest and not _ENDS_A_SENTENCE.search(piece.text) and not piece.linked


def _is_caption(piece: Piece) -> bool:
    if piece.medium or len(piece.text) > 200:
        return False
    near = (piece.element, piece.element.getparent())
    if any(one is not None and _CAPTION.search(one.get("class") or "") for one in near):
        return True
    return len(piece.text) <= 80 and _CAPTION_WORDS.search(piece.text) is not None


def _tiny(element: "Element") -> bool:
    """A counting pixel or a button."""
    for name in ("width", "height"):
        digits = re.match(r"\d+", element.get(name) or "")
        if digits and int(digits[0][:6]) <= 40:
            return True
    return False
