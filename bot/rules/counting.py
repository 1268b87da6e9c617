"""How long a text is, as each platform counts it: one function a unit, over what its markup leaves to be read."""

import html
import re
import unicodedata
from collections.abc import Callable, Mapping

import regex

from bot.model.edition import Markup, Unit
from bot.rules import facets

_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_LABELLED = re.compile(r"(?<!\\)\[((?:[^\[\]\\]|\\.)*)\]\((?:[^()\\]|\\.)*\)", re.DOTALL)
_MARK_OR_ESCAPED = re.compile(r"\\(.)|[*_~|`]|^>", re.DOTALL | re.MULTILINE)
_CLUSTER = regex.compile(r"\X")
# An address, ASCII only and without the mark that ends the sentence: what is left out is counted as words, so that
# where platforms differ about an address's end, we count too much rather than too little.
_LINK = re.compile(
    r"(?<![A-Za-z0-9@$#])https?://(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}(?::\d+)?"
    r"(?:[/?#](?:[A-Za-z0-9._~:/?#@!$&'*+,;=%()-]*[A-Za-z0-9=_#/&%+-])?)?",
    re.IGNORECASE,
)
_DOMAIN = re.compile(
    r"(?<![A-Za-z0-9@$#./_-])(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?:/[A-Za-z0-9_/#=&%+-]*)?(?![\w.@-])", re.ASCII
)
_MENTION = re.compile(r"(?<![=/\w])@([a-z0-9_]+(?:[a-z0-9_.-]+[a-z0-9_]+)?)@\w[\w.-]*\w", re.IGNORECASE)
_EMOJI = regex.compile(
    r"\p{RI}\p{RI}"
    r"|[0-9#*]\uFE0F?\u20E3"
    r"|(?:\p{Emoji_Presentation}|\p{Extended_Pictographic})(?:\uFE0F|\p{EMod})?(?:[\U000E0020-\U000E007E]+\U000E007F)?"
    r"(?:\u200D(?:\p{Emoji_Presentation}|\p{Extended_Pictographic})(?:\uFE0F|\p{EMod})?)*"
)
_AS_23 = "x" * 23
_HEAVY = "\u4e00"
_LIGHT = re.compile("[\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]+")


def count(text: str, unit: Unit) -> int:
    """The length of a text in the unit; of marked-up text, count what `visible` leaves of it."""
    return _RULES[unit](text)


def visible(text: str, markup: Markup) -> str:
    """What the platform counts of a marked-up text: Telegram and Bluesky count what is read, the others all of it."""
    match markup:
        case Markup.HTML:
            return html.unescape(_TAG.sub("", text))
        case Markup.MARKDOWN_V2:
            return _MARK_OR_ESCAPED.sub(r"\1", _LABELLED.sub(r"\1", text))
        case Markup.FACETS:
            return facets.parse(text).text
        case _:
            return text


def clusters(text: str) -> list[str]:
    """The text as its user-perceived characters (UAX #29)."""
    return _CLUSTER.findall(text)


def utf16(text: str) -> int:
    """UTF-16 code units: two for a character beyond the first plane."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8(text: str) -> int:
    """Bytes."""
    return len(text.encode("utf-8", "surrogatepass"))


def graphemes(text: str) -> int:
    """User-perceived characters: a family of four joined by ZWJ is one."""
    if text.isascii() and "\r" not in text:
        return len(text)
    return len(_CLUSTER.findall(text))


def weighted(text: str) -> int:
    """X, by twitter-text 3: after NFC, a light character is 1, any other 2, an emoji 2, an address 23.

    An address without its scheme may be taken for one or not: the greater of both counts.
    """
    text = _EMOJI.sub(_HEAVY, _LINK.sub(_AS_23, unicodedata.normalize("NFC", text)))
    doubtful = sum(max(0, len(_AS_23) - len(match[0])) for match in _DOMAIN.finditer(text))
    return doubtful + len(text) + len(_LIGHT.sub("", text))


def links_as_23(text: str) -> int:
    """Mastodon: graphemes, every http(s) address as 23 and a mention without its host."""
    return graphemes(_MENTION.sub(r"@\1", _LINK.sub(_AS_23, text)))


def halves(text: str) -> int:
    """Weibo: two half-width characters are one, what is left over counts as a whole one."""
    units = utf16(text)
    narrow = sum(character < "\x80" for character in text)
    return units - narrow + (narrow + 1) // 2


def emoji_bytes(text: str) -> int:
    """Threads: characters, but an emoji counts its UTF-8 bytes."""
    return len(text) + sum(utf8(emoji) - len(emoji) for emoji in _EMOJI.findall(text))


_RULES: Mapping[Unit, Callable[[str], int]] = {
    Unit.CODE_POINTS: len,
    Unit.UTF16: utf16,
    Unit.GRAPHEMES: graphemes,
    Unit.BYTES: utf8,
    Unit.WEIGHTED: weighted,
    Unit.LINKS_AS_23: links_as_23,
    Unit.HALVES: halves,
    Unit.EMOJI_BYTES: emoji_bytes,
}
