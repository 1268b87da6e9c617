"""Facets: plain words with places that lead somewhere, and where those places are in bytes.

Bluesky takes no markup. So an edition for it is written with the least there is, `[word](address)`, where a backslash
before `[`, `]` or itself takes away its meaning; before it is sent, it becomes the plain text and its facets.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

_TOKEN = re.compile(
    r"\\(?P<plain>[\[\]\\])"
    r"|\[(?P<label>(?:[^\[\]\\]|\\[\[\]\\])+)\]\((?P<address>https?://[^\s()]+)\)",
)
_ADDRESS = re.compile(
    r"https?://[^\s()\[\]<>\"\u3000-\u303f\uff00-\uffef“”‘’]*[^\s()\[\]<>\"\u3000-\u303f\uff00-\uffef“”‘’.,;:!?]"
)
_TAG = re.compile(r"(?<!\S)#(?!\d+(?:\s|$))([^\s#\u3000-\u303f\uff00-\uffef.,;:!?]{1,64})")


class Leads(StrEnum):
    """Where a facet leads."""

    ADDRESS = "link"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Facet:
    """A place in the text: UTF-8 bytes, the first included, the last not."""

    start: int
    end: int
    leads: Leads
    target: str
    """The address, or the tag without its sign."""


@dataclass(frozen=True, slots=True)
class Rich:
    """Plain text with its facets, in order; none overlaps another."""

    text: str
    facets: tuple[Facet, ...]


def parse(written: str) -> Rich:
    """Read what a template wrote. Whatever is no labelled address is plain text."""
    text, found = "", []
    place = 0
    for token in _TOKEN.finditer(written):
        text += written[place : token.start()]
        label = token["plain"] or _unescaped(token["label"])
        if token["address"]:
            found.append(_facet(text, label, Leads.ADDRESS, token["address"]))
        text += label
        place = token.end()
    text += written[place:]
    found += [_facet(text[: match.start()], match[0], Leads.ADDRESS, match[0]) for match in _ADDRESS.finditer(text)]
    found += [_facet(text[: match.start()], match[0], Leads.TAG, match[1]) for match in _TAG.finditer(text)]
    return Rich(text, tuple(_apart(found)))


def escape(plain: str) -> str:
    """Plain words as a template may write them."""
    return re.sub(r"([\[\]\\])", r"\\\1", plain)


def _unescaped(label: str) -> str:
    return re.sub(r"\\([\[\]\\])", r"\1", label)


def _facet(before: str, shown: str, leads: Leads, target: str) -> Facet:
    start = len(before.encode("utf-8", "surrogatepass"))
    return Facet(start, start + len(shown.encode("utf-8", "surrogatepass")), leads, target)


def _apart(found: list[Facet]) -> list[Facet]:
    """In order, the earlier and longer of two that overlap."""
    kept: list[Facet] = []
    for facet in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or facet.start >= kept[-1].end:
            kept.append(facet)
    return kept
