"""A feed of any form as entries; an entry becomes an article only when somebody asks for it."""

import io
import re
from codecs import BOM_UTF8
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import cached_property
from typing import Any

from bot.errors import SourceUnreadable
from bot.model.story import Article, Picture
from bot.sources.reading import encoding
from bot.sources.reading.cleaning import title
from bot.sources.reading.feedjson import read_json
from bot.sources.reading.feedmending import mended, needs_none
from bot.sources.reading.feedparts import Parts, article_of, markup, moment, shared
from bot.sources.reading.feedxml import Head, read_xml

_OPENED = re.compile(r"<(?:\w{1,20}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_SPACE = "\ufeff\x00 \t\r\n"


@dataclass(frozen=True)
class Entry:
    """One entry, and what is needed to know whether it is new."""

    mark: str
    """Names it within its feed."""
    fingerprint: str
    """Changes when what it says changes."""
    parts: Parts
    zone: tzinfo
    now: datetime

    @cached_property
    def whole(self) -> bool:
        """Whether it carries the article itself, not a teaser."""
        return self.parts.whole

    @cached_property
    def article(self) -> Article:
        """Its headline is its first sentence where it has no title, and "" where it has no words at all."""
        return article_of(self.parts, self.zone, self.now)

    @cached_property
    def dated(self) -> datetime | None:
        """When it appeared, or changed last where it does not say when it appeared."""
        return moment(self.parts.published, self.zone, self.now) or moment(self.parts.updated, self.zone, self.now)


@dataclass(frozen=True)
class Feed:
    """Entries in the order of the document."""

    title: str
    language: str | None
    link: str | None
    """The site's page."""
    hub: str | None
    """Where changes can be subscribed to (WebSub)."""
    topic: str | None
    """The document's own address, by which its hub knows it."""
    every: timedelta | None
    """How often it asks to be looked at."""
    skip_hours: frozenset[int]
    """Hours of the day, UTC, in which it asks not to be looked at."""
    cut: bool
    """The document ends inside its last entry."""
    entries: tuple[Entry, ...]


def read_feed(name: str, data: bytes, *, url: str | None, declared: str | None, zone: tzinfo, now: datetime) -> Feed:
    """RSS, RDF, Atom or JSON Feed, however broken; `declared` is the charset of the HTTP header.

    Raises SourceUnreadable where the document is no feed.
    """
    read = _read_as_it_came(data, declared, url) or _read(name, encoding.decode(data, declared).strip(_SPACE), url)
    if read is None:
        raise SourceUnreadable(name, "a feed: the document is neither RSS, Atom nor JSON Feed")
    head, parts = read
    return Feed(
        title=title(head.title),
        language=head.language.lower() or None,
        link=head.link,
        hub=head.hub,
        topic=head.topic,
        every=head.every,
        skip_hours=head.skip_hours,
        cut=head.cut,
        entries=entries_of(parts, zone, now),
    )


def entries_of(parts: Sequence[Parts], zone: tzinfo, now: datetime) -> tuple[Entry, ...]:
    """Entries from their parts, whoever wrote them down."""
    links = defaultdict(set)
    for one in parts:
        links[one.guid].add(one.link)
    timed = not shared([one.updated or one.published for one in parts])
    return tuple(
        Entry(one.mark(shared_guid=len(links[one.guid]) > 1), one.fingerprint(timed=timed), one, zone, now)
        for one in parts
    )


def _read_as_it_came(data: bytes, declared: str | None, url: str | None) -> tuple[Head, list[Parts]] | None:
    """Without a change: nearly all feeds are sound. None for the others."""
    data = data.removeprefix(BOM_UTF8)
    read = read_xml(data, url) if needs_none(data, declared) else None
    return read if read is not None and read[1] and read[0].sound else None


def _read(name: str, text: str, url: str | None) -> tuple[Head, list[Parts]] | None:
    if not text:
        raise SourceUnreadable(name, "the feed is empty: not even an opening tag")
    return read_json(text, url) if text.startswith("{") else _read_markup(text, url)


def _read_markup(text: str, url: str | None) -> tuple[Head, list[Parts]] | None:
    read = read_xml(mended(text), url)
    found = len(read[1]) if read else 0
    if read is not None and found and (read[0].sound or 2 * found >= sum(1 for _ in _OPENED.finditer(text))):
        return read
    if not _OPENED.search(text):
        return read
    loosely = _read_loosely(text, url)
    return loosely if loosely and len(loosely[1]) > found else read or loosely


def _read_loosely(text: str, url: str | None) -> tuple[Head, list[Parts]] | None:
    """By feedparser, which is slow and reads what no XML parser would."""
    import feedparser  # noqa: PLC0415 - seldom needed, and slow to import

    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url or ""}
    try:
        read = feedparser.parse(io.BytesIO(mended(text)), response_headers=headers)
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError):
        return None  # it knows no error of its own: on some broken documents it just breaks
    if not read.version and not read.entries:
        return None
    feed = read.feed
    return Head(_text(feed, "title"), _text(feed, "link") or None, _text(feed, "language")), [
        _loose_parts(entry, url) for entry in read.entries
    ]


def _loose_parts(entry: Any, url: str | None) -> Parts:
    media = [*entry.get("media_content", ()), *entry.get("media_thumbnail", ())]
    return Parts(
        title=_text(entry, "title"),
        link=_text(entry, "link"),
        guid=_text(entry, "id"),
        published=_text(entry, "published"),
        updated=_text(entry, "updated"),
        author=_text(entry, "author"),
        credit=_text(entry.get("source") or {}, "title"),
        tags=tuple(tag for one in entry.get("tags", ()) if (tag := _text(one, "term"))),
        teaser=markup(_text(entry, "summary")),
        content=markup(_text((entry.get("content") or [{}])[0], "value")),
        pictures=tuple(Picture(address) for one in media if (address := _text(one, "url"))),
        base=url,
    )


def _text(holder: Any, name: str) -> str:
    return str(dict.get(holder, name) or "")  # its own get() gives one time for another
