"""From the words of an edition to markup that a browser may show: nothing an article says can become a tag."""

import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit

from markupsafe import Markup as Safe
from markupsafe import escape

from bot.model.edition import Edition, Markup

_TAG = re.compile(r"(</?[a-z][^<>]*>)", re.IGNORECASE)
_PARTS = re.compile(r"<(?P<end>/?)(?P<name>[a-z][a-z0-9-]*)(?P<attributes>(?:\s[^<>]*)?)>", re.IGNORECASE)
_HREF = re.compile(r"""\bhref\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')""", re.IGNORECASE)
_ENTITY = re.compile(r"(https?://[^\s<>]+|(?<![\w#])#\w*[^\W\d_]\w*|(?<!\w)@[A-Za-z]\w{4,})")
_SCHEMES = {"http", "https", "mailto", "tel", "tg"}

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
_JSON = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)')


def shown(edition: Edition) -> Safe:
    """The edition's words as its platform draws them."""
    match edition.markup:
        case Markup.HTML:
            return telegram(edition.text)
        case Markup.JSON:
            return tidy_json(edition.text)
        case _:
            return escape(edition.text)


def telegram(text: str) -> Safe:
    """HTML as Telegram reads it; whatever Telegram does not know stands there as words, and every tag is closed."""
    return Safe("").join(_telegram(text))


def _telegram(text: str) -> Iterator[Safe]:
    opened: list[str] = []
    for number, piece in enumerate(_TAG.split(text)):
        tag = _PARTS.fullmatch(piece) if number % 2 else None
        name = tag["name"].lower() if tag else ""
        if tag is None or name not in _TELEGRAM or (tag["end"] and name not in opened[-1:]):
            yield _words(html.unescape(piece), linked="a" in opened)
        elif tag["end"]:
            yield Safe(_TELEGRAM[opened.pop()][1])  # noqa: S704 - one of our own tags
        else:
            opened.append(name)
            yield _anchor(tag["attributes"]) if name == "a" else Safe(_TELEGRAM[name][0])  # noqa: S704 - likewise
    for name in reversed(opened):
        yield Safe(_TELEGRAM[name][1])  # noqa: S704 - likewise


def _anchor(attributes: str) -> Safe:
    found = _HREF.search(attributes)
    target = html.unescape(found["double"] or found["single"] or "") if found else ""
    if not goes_out(target):
        return Safe("<a>")
    return Safe('<a href="{}" rel="noopener noreferrer" target="_blank">').format(target)


def goes_out(target: str | None) -> bool:
    """Whether a browser may follow this address from the page."""
    try:
        return urlsplit(target or "").scheme in _SCHEMES
    except ValueError:
        return False


def _words(text: str, *, linked: bool) -> Safe:
    """Plain words; outside a link, the platform colours addresses, hashtags and names by itself."""
    if linked:
        return escape(text)
    return _coloured(_ENTITY, text, lambda found: Safe('<span class="entity">{}</span>').format(found[0]))


def tidy_json(text: str) -> Safe:
    """JSON on indented lines, with its kinds of values coloured; as it is where it is none."""
    try:
        told = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except json.JSONDecodeError:
        return escape(text)
    return _coloured(_JSON, told, _token)


def _token(found: re.Match[str]) -> Safe:
    said, colon, word, _ = found.groups()
    kind = "key" if colon else "words" if said else "word" if word else "number"
    return Safe('<span class="{}">{}</span>{}').format(kind, said or found[0], colon or "")


def _coloured(pattern: re.Pattern[str], text: str, draw: Callable[[re.Match[str]], Safe]) -> Safe:
    pieces, place = Safe(""), 0
    for found in pattern.finditer(text):
        pieces += escape(text[place : found.start()]) + draw(found)
        place = found.end()
    return pieces + escape(text[place:])
