"""The whole of a story, read back from what a template printed, for kinds that show more of it than a post."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.errors import Refused
from bot.model.channel import FOREVER, WIDE, Facts, LinkStyle, WhenUnsure
from bot.model.edition import Edition, Markup, Unit
from bot.model.story import Block, BlockKind

# XML has no place for these, and the rest would turn the reading order of what follows.
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


def facts_of(kind: str) -> Facts:
    """Of a kind that writes whole stories into a folder: there is no limit, and no harm in writing one again."""
    return Facts(
        kind=kind,
        template=f"{kind}.json.j2",
        markup=Markup.JSON,
        limit=None,
        unit=Unit.BYTES,
        card=WIDE,
        link=LinkStyle.APART,
        key_life=FOREVER,
        when_unsure=WhenUnsure.RESEND,
        editable=True,
    )


@dataclass(frozen=True, slots=True)
class Whole:
    """Every part that the template names; what is absent is None or empty."""

    language: str
    headline: str
    seen: datetime
    """When the house first saw it: the time of a story that names none."""
    summary: tuple[str, ...] = ()
    body: tuple[Block, ...] = ()
    attribution: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    subtitle: str | None = None
    section: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    credit: str | None = None
    author: str | None = None
    link: str | None = None
    more: str = ""
    mark: str = ""
    """One line that says what has changed."""


_READ = TypeAdapter(Whole)


def read(channel: str, edition: Edition) -> Whole:
    """The parts, without signs that would break a document. Raises Refused where the template left one out."""
    try:
        return _READ.validate_python(_clean(json.loads(edition.text)))
    except ValidationError as err:
        first = err.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise Refused(channel, f"the template of {edition.kind} must print {place}: {first['msg']}") from err


def _clean(value: Any) -> Any:
    match value:
        case str():
            return _UNSAFE.sub("", value)
        case list():
            return [_clean(one) for one in value]
        case dict():
            return {name: _clean(one) for name, one in value.items()}
        case _:
            return value


def safe_address(link: str | None) -> str | None:
    """An address of the web; None for whatever else a link may be, such as javascript:."""
    return link if link and re.match(r"https?://[^\s\"'<>]+$", link, re.IGNORECASE) else None


def html_of(body: tuple[Block, ...]) -> str:
    """The body as HTML: only elements that every reader shows, everything escaped."""
    return "\n".join(part for block in body for part in _block(block))


def _block(block: Block) -> Iterator[str]:
    text = _lines(block.text)
    match block.kind:
        case BlockKind.HEADING:
            level = min(max(block.level, 2), 6)
            yield f"<h{level}>{text}</h{level}>"
        case BlockKind.PARAGRAPH:
            yield f"<p>{text}</p>"
        case BlockKind.QUOTE:
            yield f"<blockquote><p>{text}</p></blockquote>"
        case BlockKind.LIST:
            yield f"<ul>{''.join(f'<li>{_lines(item)}</li>' for item in block.items)}</ul>"
        case BlockKind.TABLE:
            rows = ("".join(f"<td>{_lines(cell)}</td>" for cell in row) for row in block.rows)
            yield f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
        case BlockKind.PICTURE:
            yield from _figure(block)
        case BlockKind.MEDIA:
            if link := safe_address(block.link):
                yield f'<p><a href="{html.escape(link)}">{text or html.escape(link)}</a></p>'


def _figure(block: Block) -> Iterator[str]:
    picture = block.picture
    if picture is None or not (address := safe_address(picture.url)):
        return
    caption = f"<figcaption>{_lines(picture.caption)}</figcaption>" if picture.caption else ""
    yield f'<figure><img src="{html.escape(address)}" alt="{html.escape(picture.alt)}">{caption}</figure>'


def _lines(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")
