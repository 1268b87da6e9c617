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
    r"(?:/(?:(?:(?!https?://)[A-Za-z0-9._~:/@!$&'*+,;=%-])*[A-Za-z0-9=_/-])?)?"
    r"(?:[?#](?:(?!https?://)[A-Za-z0-9._~:/?#@!$&'*+,;=%-])*[A-Za-z0-9=_#/-])?",
    re.IGNORECASE,
)
_DOUBTFUL = re.compile(
    r"https?://[^\s/?#]*\.[^\s/?#]+"
    r"|(?<![A-Za-z0-9@$#/_-])(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?:/(?:[A-Za-z0-9_/#=&%+-]*[A-Za-z0-9_/#=-])?)?"
    r"(?![A-Za-z0-9_@-]|\.[A-Za-z0-9])",
    re.ASCII,
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
# Joined emoji as the library knows them (Unicode 11): men, women and flags with these; it counts the parts of others.
_JOINER = "\u200d"
_JOINING = "👨👩🏳🏴"
_JOINED = "👦👧👨👩❤💋⚕⚖✈🌾🍳🎓🎤🎨🏫🏭💻💼🔧🔬🚀🚒🦰🦱🦲🦳♀♂🌈☠"
_SKIN = re.compile("[\U0001f3fb-\U0001f3ff]")
_YOUNG = re.compile("[\U0001fa70-\U0001faff].*[\U0001f3fb-\U0001f3ff]")
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

    What may be taken for an address or not (no scheme, letters beyond ASCII) counts as the greater of both; so does a
    joined emoji that is younger than the library.
    """
    text = _EMOJI.sub(_emoji_weight, _LINK.sub(_AS_23, unicodedata.normalize("NFC", text)))
    doubtful = sum(max(0, len(_AS_23) - len(match[0])) for match in _DOUBTFUL.finditer(text))
    return doubtful + len(text) + len(_LIGHT.sub("", text))


def _emoji_weight(match: regex.Match[str]) -> str:
    """Characters of the emoji's weight in its place."""
    emoji = match[0]
    if emoji in "\u00a9\u00ae":
        return emoji
    first, *joined = emoji.split(_JOINER)
    known = first[0] in _JOINING or all(part[0] in "♀♂" for part in joined)
    if known and all(part[0] in _JOINED for part in joined) and not _YOUNG.match(first):
        return _HEAVY
    return (_HEAVY + "x") * len(joined) + _HEAVY * (1 + len(_SKIN.findall(emoji)))


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
