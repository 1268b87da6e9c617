"""JSON Feed 1.0 and 1.1, where any value may be of any type."""

import html
import json
from typing import Any

from bot.model.story import Picture
from bot.sources.reading.feedparts import Parts, address, paragraphs
from bot.sources.reading.feedxml import Head


def read_json(text: str, url: str | None) -> tuple[Head, list[Parts]] | None:
    """None where the document is no feed."""
    try:
        feed, _ = json.JSONDecoder(strict=False).raw_decode(text)  # what follows the document is forgiven
    except (ValueError, RecursionError):
        return None
    if not isinstance(feed, dict) or not (
        "jsonfeed.org" in _text(feed, "version") or isinstance(feed.get("items"), list)
    ):
        return None
    link = address(_text(feed, "home_page_url"), url)
    hubs = (_text(hub, "url") for hub in _objects(feed, "hubs"))
    head = Head(
        title=_text(feed, "title"),
        link=link,
        language=_text(feed, "language"),
        hub=next((found for hub in hubs if (found := address(hub, url))), None),
        topic=address(_text(feed, "feed_url"), url),
    )
    authors = _authors(feed)
    return head, [_parts(item, authors, link or url, head.language) for item in _objects(feed, "items")]


def _parts(item: dict[str, Any], authors: str, base: str | None, language: str) -> Parts:
    attached = (_text(one, "url") for one in _objects(item, "attachments") if "image" in _text(one, "mime_type"))
    pictures = (_text(item, "image"), _text(item, "banner_image"), *attached)
    tags = item.get("tags")
    return Parts(
        title=html.escape(_text(item, "title"), quote=False),
        link=address(_text(item, "url"), base) or address(_text(item, "external_url"), base) or "",
        guid=_text(item, "id"),
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
        author=_authors(item) or authors,
        tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        teaser=_lines(_text(item, "summary")),
        content=_text(item, "content_html") or _lines(_text(item, "content_text")),
        pictures=tuple(Picture(one) for one in pictures if one),
        base=base,
        language=_text(item, "language") or language,
    )


def _authors(holder: dict[str, Any]) -> str:
    people = _objects(holder, "authors") or [one for one in (holder.get("author"),) if isinstance(one, dict)]
    return ", ".join(name for person in people if (name := _text(person, "name")))


def _objects(holder: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = holder.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(holder: dict[str, Any], name: str) -> str:
    """A number is a text, too: some feeds count their ids."""
    found = holder.get(name)
    return str(found).strip() if isinstance(found, str | int) and not isinstance(found, bool) else ""


def _lines(text: str) -> str:
    return paragraphs(html.escape(text, quote=False))
