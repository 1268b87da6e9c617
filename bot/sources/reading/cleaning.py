"""Text as readers see it: no markup, no control characters, no invisible tricks, one space between words."""

import html
import re
import unicodedata
from functools import cache

_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")
_CODE = re.compile(r"<(script|style)\b[^>]*>.*?(</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
# Only what is surely HTML: "a < b" and "<河湾>" are words.
_TAG = re.compile(
    r"</?(a|abbr|b|big|br|cite|code|del|div|em|font|h[1-6]|i|img|ins|li|mark|p|q|s|small|span|strike|strong|sub|sup|u|ul)"
    r"(\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
_JOINERS = "\u200c\u200d"  # they hold emoji and some scripts together
_NO_CHARACTER = {"Cc", "Cs", "Cf"}


def visible(text: str) -> str:
    """Take out what nobody sees: NUL and other controls, bidi overrides, soft hyphens, lone surrogates."""
    if text.isprintable():  # nearly always, and known at once
        return text
    return text.translate(_INVISIBLE)


class _Invisible(dict[int, str | None]):
    """A translation table that answers by Unicode category."""

    def __getitem__(self, code: int) -> str | None:
        return _fate(code)


@cache
def _fate(code: int) -> str | None:
    character = chr(code)
    if character in "\n\t":
        return character
    if character in "\r\x0b\x0c\x85\u2028\u2029":
        return "\n"
    if character in _JOINERS:
        return character
    if unicodedata.category(character) in _NO_CHARACTER or code & 0xFFFE == 0xFFFE:
        return None
    return character


_INVISIBLE = _Invisible()


def line(text: str | None) -> str:
    """One line of plain text; `text` holds no markup."""
    return " ".join(visible(text or "").split())


def lines(text: str | None) -> str:
    """Plain text whose line breaks are kept, without empty lines."""
    return _LINES.sub("\n", _SPACES.sub(" ", visible(text or ""))).strip()


def title(text: str | None) -> str:
    """A headline that may come with tags or entities, even escaped twice, as one line of plain text."""
    text = text or ""
    for _ in range(2):
        text = _TAG.sub("", _CODE.sub("", text))
        if not _ENTITY.search(text):
            break
        text = html.unescape(text)
    return line(_TAG.sub("", _CODE.sub("", text)))
