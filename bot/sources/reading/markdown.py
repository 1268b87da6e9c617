"""An article in Markdown, with front matter in YAML or without: how an editor writes one by hand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from bot.errors import SourceUnreadable
from bot.model.story import Article, Block, BlockKind, Byline, Picture
from bot.sources.reading import bylines
from bot.sources.reading.cleaning import line
from bot.sources.reading.frontmatter import Front, has_front_matter, read_front
from bot.sources.reading.language import language
from bot.sources.reading.links import media_link, web_address

__all__ = ["has_front_matter", "read_markdown"]

_MARKDOWN = MarkdownIt("commonmark", {"maxNesting": 30}).enable("table")
_TAG = re.compile(r"<[^<>]{1,2000}>")
_HAN_BREAK = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\n(?=[\u3000-\u9fff\uff00-\uffef])")


@dataclass
class _Reading:
    headline: str | None = None
    blocks: list[Block] = field(default_factory=list)


def read_markdown(name: str, text: str, zone: tzinfo, now: datetime) -> Article:
    """The first `# heading` is the headline where the front matter has none. Raises SourceUnreadable."""
    front, body = read_front(name, text.lstrip("\ufeff"), zone, now)
    reading = _Reading()
    for node in SyntaxTreeNode(_MARKDOWN.parse(body)).children:
        _take(node, reading)
    headline = front.headline or reading.headline
    if not headline:
        raise SourceUnreadable(name, "no headline: write `title:` in the front matter, or a first line `# Headline`")
    blocks, byline = _without_bylines(tuple(reading.blocks), front, zone, now)
    if not any(block.text or block.items or block.rows for block in blocks):
        raise SourceUnreadable(name, "no body: write the text below the headline")
    words = " ".join([headline, *(block.text for block in blocks), *(item for block in blocks for item in block.items)])
    return Article(
        headline=headline,
        blocks=blocks,
        language=front.language or language(words),
        subtitle=front.subtitle,
        section=front.section,
        lead=front.lead,
        byline=byline,
        tags=front.tags,
        link=front.link,
        picture=front.picture or next((block.picture for block in blocks if block.picture), None),
    )


def _take(node: SyntaxTreeNode, reading: _Reading) -> None:
    if node.type == "heading":
        text = _text(node)
        level = int(node.tag[1])
        if level == 1 and reading.headline is None and not reading.blocks:
            reading.headline = text
        elif text:
            reading.blocks.append(Block(BlockKind.HEADING, text, level=max(level, 2)))
    else:
        reading.blocks.extend(_blocks(node))


def _blocks(node: SyntaxTreeNode) -> Iterator[Block]:
    if node.type == "paragraph":
        yield from _paragraph(node)
    elif node.type == "heading":
        yield Block(BlockKind.HEADING, _text(node), level=max(int(node.tag[1]), 2))
    elif node.type == "blockquote":
        for inner in _inside(node):
            yield Block(BlockKind.QUOTE, inner.text) if inner.kind is BlockKind.PARAGRAPH else inner
    elif node.type in ("bullet_list", "ordered_list"):
        inner_blocks = [list(_inside(item)) for item in node.children]
        items = (" ".join(" ".join((block.text, *block.items)).strip() for block in item) for item in inner_blocks)
        yield Block(BlockKind.LIST, items=tuple(item for item in items if item))
    elif node.type == "table":
        rows = (row for part in node.children for row in part.children)
        yield Block(BlockKind.TABLE, rows=tuple(tuple(_text(cell) for cell in row.children) for row in rows))
    elif node.type in ("fence", "code_block"):
        yield Block(BlockKind.PARAGRAPH, line(node.content))
    elif node.type == "html_block" and (text := line(_TAG.sub(" ", node.content))):
        yield Block(BlockKind.PARAGRAPH, text)


def _inside(node: SyntaxTreeNode) -> Iterator[Block]:
    for child in node.children:
        yield from _blocks(child)


def _paragraph(node: SyntaxTreeNode) -> Iterator[Block]:
    for inline in node.walk():
        if inline.type == "image" and (address := web_address(str(inline.attrs.get("src", "")), None)):
            caption = line(str(inline.attrs.get("title") or ""))
            yield Block(BlockKind.PICTURE, picture=Picture(address, line(inline.content), caption))
    links = [inline for inline in node.walk() if inline.type == "link"]
    text = _text(node)
    if len(links) == 1 and _text(links[0]) == text and (link := media_link(str(links[0].attrs.get("href", "")), None)):
        yield Block(BlockKind.MEDIA, text, link=link)
    elif text:
        yield Block(BlockKind.PARAGRAPH, text)


def _text(node: SyntaxTreeNode) -> str:
    """The words of a node; a picture has none, and a line break between Chinese characters is none."""
    words = []
    for inline in node.walk():
        if inline.type in ("text", "code_inline"):
            if not _in_picture(inline):
                words.append(inline.content)
        elif inline.type in ("softbreak", "hardbreak"):
            words.append("\n")
    return line(_HAN_BREAK.sub("", "".join(words)))


def _in_picture(node: SyntaxTreeNode) -> bool:
    parent = node.parent
    return parent is not None and parent.type == "image"


def _without_bylines(
    blocks: tuple[Block, ...], front: Front, zone: tzinfo, now: datetime
) -> tuple[tuple[Block, ...], Byline]:
    """What the front matter says counts; below it, lines that are nothing but a byline."""
    edges = [number for number in range(len(blocks)) if number < 3 or number >= len(blocks) - 2]
    lines = ["" if number not in edges else blocks[number].text for number in range(len(blocks))]
    found = bylines.read(lines, zone, now)
    byline = bylines.completed(front.byline, bylines.said(found.byline))
    kept = tuple(block for number, block in enumerate(blocks) if number not in found.lines)
    return kept, replace(byline)
