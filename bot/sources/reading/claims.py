"""What a page says of itself to machines: JSON-LD, OpenGraph and other meta elements; claims, not yet truths."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.sources.reading import structured
from bot.sources.reading.cleaning import title as plain
from bot.sources.reading.tree import words

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# Part → the names under which meta elements carry it, the best first.
_METAS: dict[str, tuple[str, ...]] = {
    "headlines": (
        "og:title", "twitter:title", "articletitle", "dc.title", "dcterms.title", "parsely-title", "sailthru.title",
        "headline", "title",
    ),
    "descriptions": ("og:description", "description", "twitter:description", "dc.description"),
    "published": (
        "article:published_time", "og:published_time", "og:article:published_time", "datepublished", "pubdate",
        "publishdate", "publish_date", "publication_date", "dc.date.issued", "dcterms.issued", "dcterms.created",
        "parsely-pub-date", "sailthru.date", "article.published", "article:published", "og:release_date", "apub:time",
    ),
    "updated": (
        "article:modified_time", "og:updated_time", "og:article:modified_time", "datemodified", "dcterms.modified",
        "dc.date.modified", "article.updated",
    ),
    "authors": (
        "author", "article:author", "dc.creator", "parsely-author", "sailthru.author", "byl", "og:article:author",
    ),
    "credits": ("contentsource", "source", "mediaid", "copyrightholder"),
    "editors": ("editor", "responsibleeditor"),
    "sections": ("article:section", "og:article:section", "parsely-section", "section", "columnname", "catalogs"),
    "tags": ("article:tag", "og:article:tag", "news_keywords", "parsely-tags"),
    "keywords": ("keywords",),
    "pictures": (
        "og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src", "parsely-image-url",
    ),
    "sites": ("og:site_name", "application-name", "sitename", "twitter:site"),
    "links": ("og:url",),
    "kinds": ("og:type",),
}  # fmt: skip
_FIELDS = {name: part for part, names in _METAS.items() for name in names}
_RANK = {name: rank for names in _METAS.values() for rank, name in enumerate(names)}
_SPLIT = re.compile(r"[,，、;；|]|\s{2,}")
_PREFIX = re.compile(r"^(?:topic|category|tag)\s*:\s*", re.IGNORECASE)
_LONGEST = 2_000


@dataclass(slots=True)
class Claims:
    """Every value that was claimed of a part, the best first."""

    headlines: list[str] = field(default_factory=list)
    subtitles: list[str] = field(default_factory=list)
    descriptions: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    credits: list[str] = field(default_factory=list)
    editors: list[str] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    sites: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    title: str = ""
    """The title of the window."""
    language: str = ""
    body: str = ""


def read(root: "Element") -> Claims:
    """Read every claim of the whole tree."""
    claims = Claims()
    structured.read(root, claims)
    for part, values in _metas(root).items():
        getattr(claims, part).extend(value for value in values if value not in getattr(claims, part))
    claims.tags = list(_words(claims.tags))
    claims.keywords = list(_words(claims.keywords))
    for found in root.iter("title"):
        claims.title = claims.title or plain(words(found)[:_LONGEST])
    for link in root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and link.get("href"):
            claims.links.insert(0, link.get("href") or "")
            break
    html = next(root.iter("html"), root)
    claims.language = (html.get("lang") or html.get("{http://www.w3.org/XML/1998/namespace}lang") or "").lower()
    return claims


def _metas(root: "Element") -> dict[str, list[str]]:
    found: dict[str, list[tuple[int, str]]] = {}
    for meta in root.iter("meta"):
        value = plain((meta.get("content") or "")[:_LONGEST])
        for attribute in ("property", "name", "itemprop"):
            name = (meta.get(attribute) or "").strip().lower()
            if value and name in _FIELDS:
                found.setdefault(_FIELDS[name], []).append((_RANK[name], value))
                break
    return {part: [value for _, value in sorted(values, key=lambda pair: pair[0])] for part, values in found.items()}


def _words(values: Sequence[str]) -> Iterator[str]:
    """Lists written as one line taken apart, each word once."""
    words = (_PREFIX.sub("", word.strip()) for value in values for word in _SPLIT.split(value))
    return iter(dict.fromkeys(word for word in words if word and len(word) <= 60))
