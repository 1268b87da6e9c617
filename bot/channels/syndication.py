"""The entries of a feed and the three documents that tell them: values in, bytes out."""

import html
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from lxml import etree
from pydantic import TypeAdapter

from bot.model.edition import Card

_ATOM, _GONE = "http://www.w3.org/2005/Atom", "http://purl.org/atompub/tombstones/1.0"
_CONTENT, _MEDIA = "http://purl.org/rss/1.0/modules/content/", "http://search.yahoo.com/mrss/"
_CREATOR = "http://purl.org/dc/elements/1.1/"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_SPACES: Any = {None: _ATOM, "at": _GONE}  # the stubs know of no default namespace
_MOST_GONE = 200


@dataclass(frozen=True, slots=True)
class Head:
    """What a feed says of itself."""

    name: str
    """How its files begin."""
    address: str
    """Of its documents, without their suffix."""
    title: str
    description: str
    home: str
    language: str
    newsroom: str
    hub: str | None


@dataclass(frozen=True, slots=True)
class Image:
    """A card that lies beside the documents."""

    file: str
    url: str
    media_type: str
    width: int
    height: int
    size: int
    alt: str

    @classmethod
    def of(cls, card: Card, head: Head) -> "Image":
        """The card at its public address."""
        file = f"{head.name}.{card.file}"
        url = f"{head.address.rpartition('/')[0]}/{quote(file)}"
        return cls(file, url, card.media_type, card.width, card.height, card.size, card.alt)


@dataclass(frozen=True, slots=True)
class Entry:
    """One story."""

    id: str
    headline: str
    language: str
    link: str | None
    summary: str
    html: str
    published: datetime
    updated: datetime
    author: str | None
    tags: tuple[str, ...]
    image: Image | None


@dataclass(frozen=True, slots=True)
class Gone:
    """An entry that was taken back."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Shelf:
    """The newest entries, the last one put in first; and what was taken back."""

    entries: tuple[Entry, ...] = ()
    gone: tuple[Gone, ...] = ()
    top: str | None = None
    """Which entry stands first, whatever is newer."""

    @property
    def shown(self) -> tuple[Entry, ...]:
        """In the order of the documents."""
        return tuple(sorted(self.entries, key=lambda one: one.id != self.top))

    def pinned(self, number: str | None) -> "Shelf":
        """With this entry on top, or none."""
        return replace(self, top=number)

    def including(self, entry: Entry, now: datetime, newest: int, *, known: bool) -> "Shelf":
        """With the entry: in front if it is new, in its place if it is here; what is `known` comes only back to it."""
        old = next((one for one in self.entries if one.id == entry.id), None)
        if old is None:
            return self if known else self._without(entry.id).with_new(entry, newest)
        if replace(entry, updated=old.updated) == old:
            return self
        if entry.updated <= old.updated:  # the story's page may not say that it was changed
            entry = replace(entry, updated=max(now, old.updated + timedelta(seconds=1)))
        return replace(self, entries=tuple(entry if one is old else one for one in self.entries)[:newest])

    def with_new(self, entry: Entry, newest: int) -> "Shelf":
        """In front; the oldest leave, but for what is on top."""
        entries = (entry, *self.entries)
        stays = entries[:newest]
        if self.top in {one.id for one in entries[newest:]}:
            stays = (*entries[: newest - 1], *(one for one in entries[newest:] if one.id == self.top))
        return replace(self, entries=stays)

    def without(self, number: str, now: datetime) -> "Shelf":
        """What is gone stays gone, at the moment it first was."""
        if any(one.id == number for one in self.gone):
            return self
        return replace(self._without(number), gone=(Gone(number, now), *self.gone)[:_MOST_GONE])

    def has(self, number: str) -> bool:
        """Whether it is here."""
        return any(one.id == number for one in self.entries)

    def _without(self, number: str) -> "Shelf":
        entries = tuple(one for one in self.entries if one.id != number)
        gone = tuple(one for one in self.gone if one.id != number)
        return Shelf(entries, gone, None if self.top == number else self.top)

    @property
    def pictures(self) -> frozenset[str]:
        """Files that its entries show."""
        return frozenset(one.image.file for one in self.entries if one.image)

    @property
    def updated(self) -> datetime:
        """When anything last changed."""
        return max([one.updated for one in self.entries] + [one.at for one in self.gone])

    def as_bytes(self) -> bytes:
        """For the state file."""
        return _SHELF.dump_json(self, indent=1)


_SHELF = TypeAdapter(Shelf)


def shelf_of(content: bytes) -> Shelf:
    """Read a state file back. Raises pydantic's ValidationError."""
    return _SHELF.validate_json(content)


def rss(head: Head, shelf: Shelf) -> bytes:
    """RSS 2.0; the time of a correction stands in an element of Atom, for RSS has none."""
    spaces = {"atom": _ATOM, "content": _CONTENT, "dc": _CREATOR, "media": _MEDIA}
    root = etree.Element("rss", nsmap=spaces, version="2.0")
    channel = etree.SubElement(root, "channel")
    _add(channel, "title", head.title)
    _add(channel, "link", head.home)
    _add(channel, "description", head.description or head.title)
    _add(channel, "language", head.language)
    _add(channel, "lastBuildDate", format_datetime(shelf.updated))
    _add(channel, "generator", "Crier")
    _links(channel, head, ".rss.xml", "application/rss+xml")
    for entry in shelf.shown:
        item = etree.SubElement(channel, "item")
        _add(item, "title", entry.headline)
        _add(item, "link", entry.link)
        _add(item, "guid", entry.id, isPermaLink="false")
        _add(item, "pubDate", format_datetime(entry.published))
        _add(item, f"{{{_ATOM}}}updated", entry.updated.isoformat())
        _add(item, f"{{{_CREATOR}}}creator", entry.author)
        for tag in entry.tags:
            _add(item, "category", tag)
        _add(item, "description", html.escape(entry.summary, quote=False))  # readers take it for HTML
        _add(item, f"{{{_CONTENT}}}encoded", _shown(entry))
        if image := entry.image:
            size = {"width": str(image.width), "height": str(image.height), "fileSize": str(image.size)}
            more = {"url": image.url, "medium": "image", "type": image.media_type, **size}
            _add(_sub(item, f"{{{_MEDIA}}}content", **more), f"{{{_MEDIA}}}description", image.alt)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def atom(head: Head, shelf: Shelf) -> bytes:
    """Atom 1.0 with a tombstone for what was taken back."""
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap=_SPACES)
    root.set(_XML_LANG, head.language)
    _add(root, "id", uuid5(NAMESPACE_URL, f"{head.address}.atom.xml").urn)
    _add(root, "title", head.title)
    _add(root, "subtitle", head.description)
    _add(root, "updated", shelf.updated.isoformat())
    _add(root, "generator", "Crier")
    _links(root, head, ".atom.xml", "application/atom+xml")
    _add(root, "link", None, rel="alternate", href=head.home)
    _add(_sub(root, "author"), "name", head.newsroom)
    for gone in shelf.gone:
        etree.SubElement(root, f"{{{_GONE}}}deleted-entry", ref=gone.id, when=gone.at.isoformat())
    for entry in shelf.shown:
        item = _sub(root, "entry")
        item.set(_XML_LANG, entry.language)
        _add(item, "id", entry.id)
        _add(item, "title", entry.headline)
        if entry.link:
            _add(item, "link", None, rel="alternate", href=entry.link)
        _add(item, "published", entry.published.isoformat())
        _add(item, "updated", entry.updated.isoformat())
        if entry.author:
            _add(_sub(item, "author"), "name", entry.author)
        for tag in entry.tags:
            _add(item, "category", None, term=tag)
        _add(item, "summary", entry.summary)
        _add(item, "content", _shown(entry), type="html")
        if image := entry.image:
            _add(item, "link", None, rel="enclosure", href=image.url, type=image.media_type, length=str(image.size))
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def json_feed(head: Head, shelf: Shelf) -> bytes:
    """JSON Feed 1.1."""
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": head.title,
        "home_page_url": head.home,
        "feed_url": f"{head.address}.json",
        "description": head.description or None,
        "language": head.language,
        "authors": [{"name": head.newsroom}],
        "hubs": [{"type": "WebSub", "url": head.hub}] if head.hub else None,
        "items": [_item(entry) for entry in shelf.shown],
    }
    return json.dumps(_said(feed), ensure_ascii=False, indent=1).encode()


DOCUMENTS: Mapping[str, Callable[[Head, Shelf], bytes]] = {".rss.xml": rss, ".atom.xml": atom, ".json": json_feed}
"""By the suffix of their files."""


def _item(entry: Entry) -> dict[str, Any]:
    return _said(
        {
            "id": entry.id,
            "url": entry.link,
            "title": entry.headline,
            "content_html": _shown(entry),
            "summary": entry.summary,
            "image": entry.image.url if entry.image else None,
            "date_published": entry.published.isoformat(),
            "date_modified": entry.updated.isoformat(),
            "authors": [{"name": entry.author}] if entry.author else None,
            "tags": list(entry.tags) or None,
            "language": entry.language,
        }
    )


def _said(parts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if value is not None}


def _shown(entry: Entry) -> str:
    """The whole story; where a newsroom's template keeps that back, what it lets readers see."""
    return entry.html or "\n".join(f"<p>{html.escape(line)}</p>" for line in entry.summary.split("\n"))


def _links(place: etree._Element, head: Head, suffix: str, media_type: str) -> None:
    etree.SubElement(place, f"{{{_ATOM}}}link", rel="self", href=head.address + suffix, type=media_type)
    if head.hub:
        etree.SubElement(place, f"{{{_ATOM}}}link", rel="hub", href=head.hub)


def _sub(place: etree._Element, name: str, **more: str) -> etree._Element:
    """An element of the same vocabulary as its place."""
    space = etree.QName(place).namespace
    return etree.SubElement(place, f"{{{space}}}{name}" if space and name[0] != "{" else name, more)


def _add(place: etree._Element, name: str, text: str | None, **more: str) -> None:
    """An element with text; nothing where there is none, for an empty one says something else than its absence."""
    if text or more:
        _sub(place, name, **more).text = text or None
