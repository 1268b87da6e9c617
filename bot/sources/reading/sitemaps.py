"""Sitemaps: what a site lists for search engines, with times, and with titles where it lists news."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lxml import etree

from bot.errors import SourceUnreadable
from bot.sources.reading.cleaning import line
from bot.sources.reading.feedparts import Parts, shared
from bot.sources.reading.links import web_address
from bot.sources.reading.paths import never_article

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_SITEMAP_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_NEWS = re.compile(r"(?:^|[^a-z])(?:google-?)?news(?!letter)", re.IGNORECASE)
_NO_NEWS = re.compile(
    r"(?:^|[^a-z])(?:categor(?:y|ies)|tags?|post_tag|authors?|users?|pages?|images?|videos?|products?|attachments?"
    r"|taxonom(?:y|ies)|static|events?|locations?)(?=$|[^a-z])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Child:
    """A sitemap that an index names."""

    url: str
    changed: str = ""
    """As it is written there."""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A list of pages, or an index of such lists."""

    entries: tuple[Parts, ...] = ()
    children: tuple[Child, ...] = ()


def read_sitemap(name: str, data: bytes, url: str) -> Sitemap:
    """XML, or the plain text form with an address a line. Raises SourceUnreadable where it is neither."""
    if not data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        found = tuple(_plain(data.decode("utf-8", "replace"), url))
        if not found:
            raise SourceUnreadable(name, "a sitemap: the document is neither XML nor a list of addresses")
        return Sitemap(entries=found)
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, remove_comments=True)
    root = etree.fromstring(data.lstrip(b"\xef\xbb\xbf \r\n\t"), parser)
    kind = _local(root) if root is not None else ""
    if kind == "sitemapindex":
        return Sitemap(children=tuple(_children(root, url)))
    if kind == "urlset":
        return Sitemap(entries=_timed(list(_entries(root, url))))
    raise SourceUnreadable(name, f"a sitemap: the document is <{kind or 'nothing'}>, not <urlset> or <sitemapindex>")


def robots_sitemaps(text: str, url: str) -> tuple[str, ...]:
    """What a robots.txt names, each once."""
    found = (web_address(one, url) for one in _SITEMAP_LINE.findall(text))
    return tuple(dict.fromkeys(one for one in found if one and "://" in one))


def best_first(children: Sequence[Child]) -> list[Child]:
    """Those that may hold news: where some are named after news, these alone; newest first, where times are named."""
    named = [child for child in children if _NEWS.search(urlsplit(child.url).path)]
    maybe = [child for child in children if not _NO_NEWS.search(urlsplit(child.url).path.rsplit("/", 1)[-1])]
    return sorted(
        named or maybe or list(children), key=lambda child: (child.changed, _numbers(child.url)), reverse=True
    )


def _numbers(url: str) -> list[int]:
    """Of those that name no time, the one with the higher number, or the later month, is the newer one."""
    return [int(number) for number in re.findall(r"\d{1,9}", urlsplit(url).path)]


def _children(root: "Element", url: str) -> Iterator[Child]:
    for element in root:
        address = web_address(_text(element, "loc"), url)
        if _local(element) == "sitemap" and address and "://" in address:
            yield Child(address, _text(element, "lastmod"))


def _entries(root: "Element", url: str) -> Iterator[Parts]:
    for element in root:
        address = web_address(_text(element, "loc"), url)
        if _local(element) != "url" or not address or "://" not in address:
            continue
        news = next((child for child in element if _local(child) == "news"), None)
        if news is None and (never_article(address) or not urlsplit(address).path.strip("/")):
            continue
        yield Parts(
            title=_text(news, "title"),
            link=address,
            published=_text(news, "publication_date"),
            updated=_text(element, "lastmod"),
            language=_text(news, "publication", "language"),
        )


def _timed(entries: list[Parts]) -> tuple[Parts, ...]:
    """A time that most of them share is when the sitemap was made; a mere day may be everybody's."""
    changes = [one.updated for one in entries if "T" in one.updated]
    if len(changes) * 2 <= len(entries) or not shared(changes):
        return tuple(entries)
    return tuple(Parts(one.title, one.link, published=one.published, language=one.language) for one in entries)


def _plain(text: str, url: str) -> Iterator[Parts]:
    for row in text.splitlines():
        address = row.strip()
        if re.fullmatch(r"https?://\S+", address) and web_address(address, url) and not never_article(address):
            yield Parts(link=address)


def _text(element: "Element | None", *path: str) -> str:
    for step in path:
        element = next((child for child in element if _local(child) == step), None) if element is not None else None
    return line(element.text) if element is not None else ""


def _local(element: "Element") -> str:
    """The name without its namespace: some sites forget to name it."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()
