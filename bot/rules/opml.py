"""OPML: feeds by topic as feed readers exchange them, and which of our topics such a list means."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from lxml import etree

from bot.errors import OrderError
from bot.rules.addresses import alike


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of a list; `line` is where it stands in the file."""

    title: str
    address: str
    line: int = 0


def topic_feed(folder: str, channel: str, topic: str) -> str:
    """Where the feed of one topic stands, beside the feed of that channel with all of them."""
    return f"{folder.rstrip('/')}/{quote(channel)}/{quote(topic, safe='')}.rss.xml"


def outlines(text: bytes) -> Iterator[Outline]:
    """Every feed in it, folders opened. Raises OrderError where it is no OPML."""
    reader = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(text, reader)
    except etree.XMLSyntaxError as err:
        raise OrderError(f"the file is no OPML: line {err.lineno}: {err.msg}") from err
    if root.tag != "opml":
        raise OrderError(f"the file is no OPML: it begins with <{root.tag}>")
    for one in root.iter("outline"):
        address = one.get("xmlUrl") or ""
        if address:
            yield Outline(one.get("title") or one.get("text") or "", address, int(str(one.sourceline or 0)))


def opml(title: str, feeds: Iterable[Outline]) -> bytes:
    """A list that every feed reader takes (OPML 2.0)."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    for one in feeds:
        etree.SubElement(body, "outline", type="rss", text=one.title, title=one.title, xmlUrl=one.address)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return written


def topic_of(outline: Outline, ours: Mapping[str, str]) -> str | None:
    """Which topic it is; `ours` has topics by the addresses of their feeds. None for somebody else's feed."""
    by_address = {unquote(alike(address)): topic for address, topic in ours.items()}
    return by_address.get(unquote(alike(outline.address)))
