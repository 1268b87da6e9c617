"""From the words of an edition to markup that a browser may show: nothing an article says can become a tag."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup as Safe
from markupsafe import escape

from bot.model.edition import Edition, Markup
from bot.site.marks import coloured, drawn, link, words

_TAG = re.compile(r"(</?[a-z][^<>]*>)", re.IGNORECASE)
_PARTS = re.compile(r"<(?P<end>/?)(?P<name>[a-z][a-z0-9-]*)(?P<attributes>(?:\s[^<>]*)?)>", re.IGNORECASE)
_HREF = re.compile(r"""\bhref\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')""", re.IGNORECASE)

# What Telegram's HTML knows, and the tag that a browser is given in its place.
_TELEGRAM: Mapping[str, tuple[str, str]] = {
    "b": ("<b>", "</b>"),
    "strong": ("<b>", "</b>"),
    "i": ("<i>", "</i>"),
    "em": ("<i>", "</i>"),
    "u": ("<u>", "</u>"),
    "ins": ("<u>", "</u>"),
    "s": ("<s>", "</s>"),
    "strike": ("<s>", "</s>"),
    "del": ("<s>", "</s>"),
    "code": ("<code>", "</code>"),
    "pre": ("<pre>", "</pre>"),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "span": ('<span class="spoiler">', "</span>"),
    "tg-spoiler": ('<span class="spoiler">', "</span>"),
    "tg-emoji": ("<span>", "</span>"),
    "a": ("<a>", "</a>"),
}
# What a mail, a WeChat article or a Matrix message may have; how it looks stands in our own style sheet.
_RICH: Mapping[str, tuple[str, str]] = {
    **{name: (f"<{name}>", f"</{name}>") for name in ("p", "h2", "h3", "blockquote", "ul", "ol", "li", "tr", "td")},
    "h1": ("<h2>", "</h2>"),
    "b": ("<b>", "</b>"),
    "strong": ("<b>", "</b>"),
    "i": ("<i>", "</i>"),
    "em": ("<i>", "</i>"),
    "table": ('<table class="told">', "</table>"),
    "a": ("<a>", "</a>"),
}
_SMALL = re.compile(r"font-size:1[0-4]px")
_JSON = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)')


def shown(edition: Edition) -> Safe:
    """The edition's words as its platform draws them."""
    match edition.markup:
        case Markup.HTML:
            return telegram(edition.text) if edition.kind == "telegram" else rich(edition.text)
        case Markup.JSON:
            return tidy_json(edition.text)
        case _:
            return drawn(edition.text, edition.markup)


def telegram(text: str) -> Safe:
    """HTML as Telegram reads it; whatever Telegram does not know stands there as words, and every tag is closed."""
    return Safe("").join(_tagged(text, _TELEGRAM))


def rich(text: str) -> Safe:
    """HTML as mail programs read it, with neither styles nor anything that acts."""
    return Safe("").join(_tagged(text, _RICH))


def told(edition: Edition) -> dict[str, Any]:
    """What a feed or a page of its own is told, by name; empty where it is no such thing."""
    try:
        found = json.loads(edition.text)
    except json.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("body"), list) else {}


def _tagged(text: str, known: Mapping[str, tuple[str, str]]) -> Iterator[Safe]:
    opened: list[str] = []
    for number, piece in enumerate(_TAG.split(text)):
        tag = _PARTS.fullmatch(piece) if number % 2 else None
        name = tag["name"].lower() if tag else ""
        if tag is not None and name == "br" and known is _RICH:
            yield Safe("<br>")
        elif tag is None or name not in known or (tag["end"] and name not in opened[-1:]):
            yield escape(html.unescape(piece)) if "a" in opened else words(html.unescape(piece))
        elif tag["end"]:
            yield Safe(known[opened.pop()][1])  # noqa: S704 - one of our own tags
        else:
            opened.append(name)
            yield _opening(name, tag["attributes"], known)
    for name in reversed(opened):
        yield Safe(known[name][1])  # noqa: S704 - likewise


def _opening(name: str, attributes: str, known: Mapping[str, tuple[str, str]]) -> Safe:
    if name == "a":
        return _anchor(attributes)
    if name == "p" and _SMALL.search(attributes):
        return Safe('<p class="faint">')
    return Safe(known[name][0])  # noqa: S704 - one of our own tags


def _anchor(attributes: str) -> Safe:
    found = _HREF.search(attributes)
    return link(html.unescape(found["double"] or found["single"] or "") if found else "")


def tidy_json(text: str) -> Safe:
    """JSON on indented lines, with its kinds of values coloured; as it is where it is none."""
    try:
        told = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except json.JSONDecodeError:
        return escape(text)
    return coloured(_JSON, told, _token)


def _token(found: re.Match[str]) -> Safe:
    said, colon, word, _ = found.groups()
    kind = "key" if colon else "words" if said else "word" if word else "number"
    return Safe('<span class="{}">{}</span>{}').format(kind, said or found[0], colon or "")
