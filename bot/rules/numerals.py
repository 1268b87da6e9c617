"""Numbers in words, as they stand in times: Chinese below a hundred or digit by digit, English below a hundred."""

import re

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
_CHINESE = re.compile("[零〇一二两俩三四五六七八九十廿卅]+")
_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = {"twenty": 2, "thirty": 3, "forty": 4, "fifty": 5, "sixty": 6, "seventy": 7, "eighty": 8, "ninety": 9}
_ENGLISH = re.compile(rf"\b(?:({'|'.join(_TENS)})(?:[- ]({'|'.join(_SMALL[1:10])}))?|({'|'.join(_SMALL)}))\b")


def numbers_in(text: str) -> str:
    """The text with them as digits: 明早八点半 becomes 明早8点半."""
    return _ENGLISH.sub(_english, _CHINESE.sub(_chinese, text))


def _chinese(found: re.Match[str]) -> str:
    word = found[0].replace("廿", "二十").replace("卅", "三十")
    tens, ten, units = word.partition("十")
    if ten and (len(tens) > 1 or len(units) > 1):
        return found[0]
    if ten:
        number = str((_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[units] if units else 0))
    else:
        number = "".join(str(_DIGITS[character]) for character in word)
    # 周五18:00: two numbers, not one.
    return f"{number} " if found.string[found.end() : found.end() + 1].isdecimal() else number


def _english(found: re.Match[str]) -> str:
    if found[3]:
        return str(_SMALL.index(found[3]))
    return str(_TENS[found[1]] * 10 + (_SMALL.index(found[2]) if found[2] else 0))
