"""JSON-LD: the article among what a page describes in it, whatever shape a site gives it."""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bot.sources.reading.cleaning import title as plain

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from bot.sources.reading.claims import Claims

_ARTICLES = frozenset((
    "article", "newsarticle", "reportagenewsarticle", "analysisnewsarticle", "opinionnewsarticle", "blogposting",
    "backgroundnewsarticle", "reviewnewsarticle", "liveblogposting", "report", "techarticle",
))  # fmt: skip
_INSIDE = ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item")
_MOST = 2_000
_LONGEST = 500_000
_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$")
_LINE_BREAK = re.compile(r"[\x00-\x1f]")


def read(root: "Element", claims: "Claims") -> None:
    """Put what the page's first article says into `claims`."""
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        for node in _nodes(_loaded(script.text or "")):
            if _kinds(node) & _ARTICLES:
                _take(node, claims)
                return


def _loaded(text: str) -> Any:
    """Sites forget to escape line breaks, and wrap it in comments."""
    text = _LINE_BREAK.sub(" ", _WRAPPING.sub("", text[:_LONGEST]))
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object, the outer before the inner ones; as many as a page has a use for."""
    waiting = [value]
    for _ in range(_MOST):
        if not waiting:
            return
        one = waiting.pop(0)
        if isinstance(one, dict):
            yield one
            waiting.extend(
                one[key]
                for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item")
                if key in one
            )
        elif isinstance(one, list):
            waiting.extend(one[:_MOST])


def _kinds(node: dict[str, Any]) -> set[str]:
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return {str(name).rsplit("/", 1)[-1].lower() for name in names if name}


def _take(node: dict[str, Any], claims: "Claims") -> None:
    claims.headlines += _texts(node.get("headline")) or _texts(node.get("name"))
    claims.subtitles += _texts(node.get("alternativeHeadline"))
    claims.descriptions += _texts(node.get("description"))
    claims.published += _texts(node.get("datePublished"))
    claims.updated += _texts(node.get("dateModified"))
    claims.authors += _texts(node.get("author"), "name")
    claims.editors += _texts(node.get("editor"), "name")
    claims.sections += _texts(node.get("articleSection"))
    claims.tags += _texts(node.get("keywords"), "name")
    claims.pictures += _texts(node.get("image"), "url") or _texts(node.get("thumbnailUrl"))
    claims.body = " ".join(_texts(node.get("articleBody")))
    claims.links += [link for link in _texts(node.get("url")) if "://" in link]
    claims.sites += _texts(node.get("publisher"), "name") if isinstance(node.get("publisher"), dict) else []


def _texts(value: Any, key: str = "@id") -> list[str]:
    """The words of a value: a string, an object's `key`, or a list of these."""
    found: list[str] = []
    for one in value[:50] if isinstance(value, list) else [value]:
        said = one.get(key, one.get("name")) if isinstance(one, dict) else one
        if isinstance(said, list):
            said = said[0] if said else None
        if isinstance(said, str | int) and not isinstance(said, bool) and (text := plain(str(said)[:20_000])):
            found.append(text)
    return list(dict.fromkeys(found))
