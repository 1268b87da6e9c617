"""RSS 0.9 to 2.0, RDF and Atom, read from a tree that forgives: broken, cut off, with undeclared namespaces."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree

from bot.model.story import Picture
from bot.sources.reading.feedparts import Parts, address, has_markup, markup, minutes, paragraphs
from bot.sources.reading.links import web_address

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

Named = dict[str, list["Element"]]

_SPACES = {
    "http://www.w3.org/2005/atom": "atom:",
    "http://purl.org/atom/ns#": "atom:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dc:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://search.yahoo.com/mrss": "media:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://purl.org/rss/1.0/modules/syndication/": "sy:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
}
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_IMAGE_FILE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:\?|$)", re.IGNORECASE)
_BASED = re.compile(b"xml:base")  # a pattern finds it twice as fast as `in` does
_ELEMENT = re.compile(r"[a-z][a-z0-9-]*")
_PERIODS = {"hourly": 60, "daily": 60 * 24, "weekly": 60 * 24 * 7, "monthly": 60 * 24 * 30}


@dataclass(frozen=True, slots=True)
class Head:
    """What a feed says of itself."""

    title: str = ""
    link: str | None = None
    language: str = ""
    hub: str | None = None
    """Where a change can be announced (WebSub)."""
    topic: str | None = None
    """The document's own address, by which its hub knows it."""
    every: timedelta | None = None
    """How often it asks to be looked at."""
    skip_hours: frozenset[int] = frozenset()
    """Hours of the day, UTC, in which it asks not to be looked at."""
    cut: bool = False
    """The document ends inside its last entry."""
    sound: bool = True
    """The document has no error of form before it ends: surely all of its entries were found."""


def read_xml(document: bytes, url: str | None) -> tuple[Head, list[Parts]] | None:
    """From UTF-8 that needs no mending (see feedmending.py). None where the document is no feed."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError:
        return None  # nothing was left of it
    if root is None or _local(root.tag) not in ("rss", "rdf", "feed", "channel"):
        return None
    errors = [error.type for error in parser.error_log]
    atom, based = _local(root.tag) == "feed", _BASED.search(document) is not None
    names = _Names(root.tag, atom=atom)
    entries = [one for one in root.iter("{*}item", "{*}entry") if names[one.tag] in ("item", "entry")]
    holder = root if atom else next(root.iter("{*}channel"), root)
    named = _children(holder, names, but=("item", "entry"))
    if not atom:
        for name, elements in _children(root, names, but=("item", "entry", "channel")).items():
            named.setdefault(name, elements)
    site = _base(root, url) if based else url
    link = _link(named, site)
    head = Head(
        title=_said(named, "title"),
        link=link,
        language=_said(named, "language", "dc:language") or root.get(_LANG) or "",
        hub=_related(named, "hub", site),
        topic=_related(named, "self", site),
        every=_every(named),
        skip_hours=_skipped(named),
        cut=bool(entries and errors) and _is_cut(document, entries[-1]),
        sound=all(error == etree.ErrorTypes.ERR_DOCUMENT_END for error in errors),
    )
    own = url if atom else link or url
    return head, [
        _parts(_children(one, names), one, _base(one, own) if based else own, head.language) for one in entries
    ]


def _related(named: Named, relation: str, base: str | None) -> str | None:
    return next((address(one.get("href") or "", base) for one in _links(named) if one.get("rel") == relation), None)


class _Names(dict[str, str]):
    """Tag → such as "title" or "dc:creator", in lower case, whichever prefix the document uses or forgot to declare."""

    def __init__(self, root: str, *, atom: bool) -> None:
        self._own, self._atom = root.rpartition("}")[0], atom

    def __missing__(self, tag: str) -> str:
        self[tag] = name = _name(tag, self._own, atom=self._atom)
        return name


@lru_cache(10_000)
def _name(tag: str, own: str, *, atom: bool) -> str:
    space, brace, local = tag.rpartition("}")
    unknown = "" if not brace or space == own or "rss" in space.lower() else "?:"
    name = _SPACES.get(space[1:].lower(), unknown) + local.lower()
    return name.removeprefix("atom:") if atom else name


@lru_cache(1_000)
def _html_name(tag: str) -> str:
    local = _local(tag)
    return local if _ELEMENT.fullmatch(local) else "span"


@lru_cache(1_000)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def _base(element: "Element", outer: str | None) -> str | None:
    """What xml:base says around here."""
    return web_address(element.base, outer) or outer


def _children(element: "Element", names: _Names, but: Sequence[str] = ()) -> Named:
    named: Named = {}
    for child in element.iterchildren("*"):
        name = names[child.tag]
        if name in named:
            named[name].append(child)
        elif name not in but:
            named[name] = [child]
    return named


def _parts(named: Named, element: "Element", base: str | None, language: str) -> Parts:
    link = _link(named, base)
    guid = _said(named, "guid", "id", "dc:identifier") or element.get(_RDF_ABOUT) or ""
    if not link and guid.startswith(("http://", "https://")) and _permanent(named):
        link = guid
    origins = named.get("source", ())
    return Parts(
        title=_said(named, "title", "dc:title", "media:title"),
        link=link or "",
        guid=guid,
        published=_said(named, "pubdate", "published", "issued", "dc:issued", "dc:date", "dc:created", "created"),
        updated=_said(named, "updated", "atom:updated", "modified", "dc:modified"),
        author=_author(named),
        credit=_inside(origins[0], "title") or _inner(origins[0]) if origins else "",
        tags=tuple(_tags(named)),
        teaser=_html(named, "description", "summary", "itunes:summary", "media:description"),
        content=_html(named, "content:encoded", "content", "xhtml:body", "xhtml:div"),
        pictures=tuple(_pictures(named)),
        base=base,
        language=element.get(_LANG) or language,
    )


def _said(named: Named, *names: str) -> str:
    """What the first of these that says anything says."""
    for name in names:
        if name in named:
            for one in named[name]:
                if said := _inner(one).strip():
                    return said
    return ""


def _inner(element: "Element") -> str:
    """Its text; where it holds elements, their markup."""
    if not len(element):
        return element.text or ""
    for one in element.iter(etree.Element):
        one.tag = _html_name(one.tag)
    inner = "".join(etree.tostring(child, encoding="unicode", method="html") for child in element)
    return html.escape(element.text or "", quote=False) + inner


def _html(named: Named, *names: str) -> str:
    for name in filter(named.__contains__, names):
        for element in named[name]:
            inner = _inner(element).strip()
            kind = (element.get("type") or "").lower()
            if not inner or (kind and "/" in kind and not kind.startswith("text/") and "xml" not in kind):
                continue
            if kind in ("text", "text/plain") and not (kind == "text/plain" and has_markup(inner)):
                return paragraphs(html.escape(inner, quote=False))
            return markup(inner)
    return ""


def _links(named: Named) -> Iterator["Element"]:
    yield from named.get("link", ())
    yield from named.get("atom:link", ())


def _link(named: Named, base: str | None) -> str | None:
    """The page: what a feed's distributor says of the original first, then a link for readers."""
    if "feedburner:origlink" in named and (found := address(_said(named, "feedburner:origlink"), base)):
        return found
    others: list[str] = []
    for element in _links(named):
        if (element.get("rel") or "alternate") == "alternate":
            target, kind = element.get("href") or _inner(element).strip(), element.get("type")
            if kind and not kind.startswith(("text/html", "application/xhtml")):
                others.append(target)
            elif found := address(target, base):
                return found
    return next(filter(None, (address(other, base) for other in others)), None)


def _permanent(named: Named) -> bool:
    return all((one.get("isPermaLink") or "true").lower() != "false" for one in named.get("guid", ()))


def _author(named: Named) -> str:
    for name in filter(named.__contains__, ("dc:creator", "author", "dc:author", "itunes:author", "atom:author")):
        said = [_inside(one, "name") if len(one) else (one.text or "").strip() for one in named[name]]
        if any(said):
            return ", ".join(dict.fromkeys(filter(None, said)))
    return ""


def _inside(element: "Element", name: str) -> str:
    if not len(element):
        return ""
    return next((_inner(one).strip() for one in element if isinstance(one.tag, str) and _local(one.tag) == name), "")


def _tags(named: Named) -> Iterator[str]:
    for name in ("category", "dc:subject", "atom:category"):
        for element in named.get(name, ()):
            if tag := (element.get("label") or element.get("term") or _inner(element)).strip():
                yield tag


def _pictures(named: Named) -> Iterator[Picture]:
    media = [*named.get("media:content", ()), *named.get("media:thumbnail", ())]
    for group in named.get("media:group", ()):
        media += [one for one in group if isinstance(one.tag, str) and _local(one.tag) in ("content", "thumbnail")]
    if media:
        yield from (picture for *_, picture in sorted(_rated(media), key=lambda one: one[:3]))
    for one in (*named.get("enclosure", ()), *(one for one in _links(named) if one.get("rel") == "enclosure")):
        url = one.get("url") or one.get("href")
        if url and _is_image(one, url):
            yield Picture(url)
    for one in (*named.get("itunes:image", ()), *named.get("image", ())):
        if url := one.get("href") or _inside(one, "url") or ("" if len(one) else _inner(one).strip()):
            yield Picture(url)


def _rated(media: Sequence["Element"]) -> Iterator[tuple[bool, int, int, Picture]]:
    """Pictures before their thumbnails, the widest first."""
    for number, one in enumerate(media):
        url, width, small = one.get("url"), one.get("width") or "", _local(one.tag) == "thumbnail"
        if url and (small or _is_image(one, url)):
            caption, alt = _inside(one, "description") or _inside(one, "text"), _inside(one, "title")
            size = int(width) if width.isascii() and width.isdigit() else 0
            yield small, -size, number, Picture(url, alt, caption)


def _is_image(element: "Element", url: str) -> bool:
    kind = element.get("medium") or element.get("type")
    return kind.startswith("image") if kind else _IMAGE_FILE.search(url) is not None


def _every(named: Named) -> timedelta | None:
    if ttl := minutes(_said(named, "ttl")):
        return ttl
    period = _PERIODS.get(_said(named, "sy:updateperiod").lower())
    often = _said(named, "sy:updatefrequency")
    return (
        minutes(str(period), 1 / max(int(often), 1) if often.isascii() and often.isdigit() else 1) if period else None
    )


def _skipped(named: Named) -> frozenset[int]:
    hours = [_inner(hour).strip() for one in named.get("skiphours", ()) for hour in one]
    return frozenset(int(hour) % 24 for hour in hours if hour.isascii() and hour.isdigit() and len(hour) < 3)


def _is_cut(document: bytes, last: "Element") -> bool:
    name = f"{last.prefix}:{_local(last.tag)}" if last.prefix else last.tag.rpartition("}")[2]
    return document.rfind(f"<{name}".encode()) > document.rfind(f"</{name}".encode())
