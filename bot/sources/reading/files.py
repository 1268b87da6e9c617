"""A file of an unknown kind, such as one dropped into the inbox: what is in it decides, more than its name."""

import re
import unicodedata
from datetime import datetime, tzinfo
from pathlib import PurePath

from bot.errors import SourceUnreadable
from bot.model.story import Article
from bot.sources.reading import encoding
from bot.sources.reading.archives import is_wrapped, unwrapped
from bot.sources.reading.feeds import read_feed
from bot.sources.reading.markdown import has_front_matter, read_markdown
from bot.sources.reading.pages import read_page
from bot.sources.reading.plain import read_plain

_AS_TEXT = "save the article as a web page, as Markdown or as plain text"
# What a file begins with → what an editor calls it.
_BINARY: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a picture, a sound or a video"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"\x00\x00\x00\x18ftyp", "a video"),
    (b"\x00\x00\x00\x20ftyp", "a video"),
    (b"ID3", "a sound"),
    (b"OggS", "a sound or a video"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed archive"),
    (b"Rar!", "a compressed archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3", "a database"),
)
_FEED = re.compile(r"\s*(?>(?><\?[^>]*\?>|<!--.*?-->|<!DOCTYPE\s+[^>]*>)\s*)*+<(?:\w+:)?(?:rss|feed|RDF)\b", re.DOTALL)
_JSON_FEED = re.compile(r"\s*\{.{0,2000}\"version\"\s*:\s*\"https?:\\?/\\?/jsonfeed\.org", re.DOTALL)
_PAGE = re.compile(r"<!doctype\s+html|<html\b|<body\b|<head\b", re.IGNORECASE)
_FRAGMENT = re.compile(r"\s*<(?:h[1-6]|p|div|article|section|main|table|title|meta|header|center)\b", re.IGNORECASE)
_XML = re.compile(r"\s*<\?xml\b")
_HEAD = 8_000


def read_file(name: str, data: bytes, *, zone: tzinfo, now: datetime) -> tuple[Article, ...]:
    """A page, a feed, Markdown or plain text; a feed brings many articles. Raises SourceUnreadable."""
    for start, what in _BINARY:
        if data.startswith(start):
            raise SourceUnreadable(name, f"it is {what}: {_AS_TEXT}")
    text = encoding.decode(data)
    if not text.strip("\ufeff\x00 \t\r\n\u3000"):
        raise SourceUnreadable(name, "the file is empty")
    if _is_binary(text):
        raise SourceUnreadable(name, f"it is not a text: {_AS_TEXT}")
    head = text[:_HEAD]
    if is_wrapped(head):
        saved = unwrapped(name, data)
        return (read_page(name, saved.data, url=saved.url, declared=saved.charset, zone=zone, now=now),)
    if _FEED.match(head) or _JSON_FEED.match(head):
        return _entries(name, data, zone, now)
    if PurePath(name).suffix.lower() in (".md", ".markdown") or has_front_matter(head):
        return (read_markdown(name, text, zone, now),)
    if _PAGE.search(head) or _FRAGMENT.match(head):
        return (read_page(name, text, url=None, declared=None, zone=zone, now=now),)
    if _XML.match(head):
        raise SourceUnreadable(name, f"it is XML, but neither a feed nor a page: {_AS_TEXT}")
    return (read_plain(name, text, zone, now),)


def _entries(name: str, data: bytes, zone: tzinfo, now: datetime) -> tuple[Article, ...]:
    feed = read_feed(name, data, url=None, declared=None, zone=zone, now=now)
    return tuple(entry.article for entry in feed.entries)


def _is_binary(text: str) -> bool:
    sample = text[:_HEAD]
    odd = sum(
        character == "\ufffd" or (character not in "\t\n\r\f\x1a\x00" and unicodedata.category(character) == "Cc")
        for character in sample
    )
    return odd * 20 > len(sample) or sample.count("\x00") * 4 > len(sample)
