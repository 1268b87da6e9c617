"""A text as bare words: script, width, case and punctuation do not count, and a number reads as its figure."""

import functools
import re
import unicodedata
from collections.abc import Iterator

from opencc import OpenCC

_CJK = "㐀-䶿一-鿿豈-﫿぀-ヿ가-힯\U00020000-\U0003ffff"
_NUMERALS = "〇零一二两三四五六七八九十百千"
_WORD = re.compile(rf"[{_NUMERALS}]+|\d+(?:[.,]\d+)*|[{_CJK}]|[^\W\d_{_CJK}]+(?:'[^\W\d_]+)*")
_IDEOGRAPH = re.compile(f"[{_CJK}]")
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_ENGLISH = dict(
    zip(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
        map(str, range(1, 13)),
        strict=True,
    )
)
_MONTHS = ("january", "february", "april", "june", "july", "august", "september", "october", "november", "december")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Names of months and days read alike, short or long; "may", "march", "sun", "sat" and "wed" are words as well.
_CALENDAR = {
    name[:length]: f"{name[:3]}."
    for name in _MONTHS + _DAYS
    for length in (3, 4, len(name))
    if name[:3] not in "wedsatsun"
} | {"sept": "sep.", "thurs": "thu.", "wednesday": "wed.", "saturday": "sat.", "sunday": "sun."}
_DATES = frozenset(_CALENDAR.values())


def words(text: str) -> tuple[str, ...]:
    """Its words in order: one a Chinese character, one a word in other scripts, one a number."""
    return tuple(_words(text))


def is_figure(word: str) -> bool:
    """Whether the word is a number or a date: what a template changes from day to day."""
    return word[0].isdigit() or word in _DATES


def is_ideographic(word: str) -> bool:
    """Whether the word is a character of a script that writes no spaces."""
    return _IDEOGRAPH.match(word) is not None


def simplified(text: str) -> str:
    """Character by character, so that a text reads the same whichever script it came in."""
    return text.translate(_script())


def _words(text: str) -> Iterator[str]:
    flat = simplified(unicodedata.normalize("NFKC", text)).replace("’", "'").casefold()
    for match in _WORD.finditer(flat):
        word = match.group()
        if word[0] in _NUMERALS:
            yield from _figure(word)
        elif word[0].isdigit():
            yield word.replace(",", "")
        else:
            plain = word.removesuffix("'s")
            yield _ENGLISH.get(plain) or _CALENDAR.get(plain) or plain


def _figure(run: str) -> Iterator[str]:
    """二十四 and 二四 as 24; 千 alone, as in 千万, stays a word."""
    if not any(sign in _DIGITS or sign == "十" for sign in run):
        yield from run
        return
    if not any(sign in _UNITS for sign in run):
        yield "".join(str(_DIGITS[sign]) for sign in run)
        return
    total = digit = 0
    for sign in run:
        if sign in _UNITS:
            total += (digit or 1) * _UNITS[sign]
            digit = 0
        else:
            digit = _DIGITS[sign]
    yield str(total + digit)


@functools.cache
def _script() -> dict[int, str]:
    """Every traditional character, of Taiwan and Hong Kong too, with its simplified one."""
    traditional = [chr(point) for point in (*range(0x3400, 0xA000), *range(0xF900, 0xFB00))]
    told: dict[int, str] = {}
    for region in ("t2s", "hk2s", "tw2s"):
        converted = OpenCC(region).convert("\n".join(traditional)).split("\n")
        told |= {ord(sign): plain for sign, plain in zip(traditional, converted, strict=True) if sign != plain}
    return told
