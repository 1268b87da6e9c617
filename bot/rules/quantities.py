"""Quantities: the numbers, percentages and dates of a text, each in one form whichever way it is written."""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from bot.rules.words import simplified

_UNITS = {"十": 10, "百": 100, "千": 1000}
_GREAT = {"万": 10**4, "亿": 10**8}
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TIMES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12, "bn": 10**9}
_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = dict(
    zip(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(20, 100, 10), strict=True)
)
_ENGLISH = {word: value for value, word in enumerate(_SMALL)} | _TENS
_WORD = "|".join(_ENGLISH)
_MONTHS = {
    name: number
    for number, name in enumerate(
        [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        1,
    )
}
_MONTH = "|".join(f"{name}|{name[:3]}\\.?" if len(name) > 4 else name for name in _MONTHS) + "|Sept\\.?"
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

_DATE = re.compile(
    r"(?P<iso_y>\d{4})[-/.](?P<iso_m>\d{1,2})[-/.](?P<iso_d>\d{1,2})(?!\d)"
    r"|(?P<zh_m>[\d一二三四五六七八九十]{1,3})月(?P<zh_d>[\d一二三四五六七八九十]{1,3})[日号]"
    rf"|\b(?P<en_m>{_MONTH})\s+(?P<en_d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)"
    rf"|\b(?P<uk_d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<uk_m>{_MONTH})\b"
)
_NOT_ALSO_WORDS = "|".join(name for name in _MONTHS if name not in ("May", "March"))
_PART_OF_A_DATE = re.compile(
    r"(?P<month>\d{1,2}|[一二三四五六七八九十]{1,3})月|(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})[日号](?!线|楼|院|店|门|馆|馆|机)"
    rf"|\b(?P<name>{_NOT_ALSO_WORDS}|(?<=\bin )(?:May|March)|(?<=\bof )(?:May|March)|(?<=\buntil )(?:May|March))\b"
    r"|\b(?P<ordinal>\d{1,2})(?:st|nd|rd|th)\b"
)
_NAMED_DAY = re.compile(
    rf"(?:周|星期|礼拜)(?P<zh>[一二三四五六日天末])|\b(?P<en>{'|'.join(_DAYS)}|weekend)s?\b"
    r"|(?P<near>昨|今|明|前|后)(?=[天日早晚])"
    r"|\b(?P<rel>yesterday|today|tonight|tomorrow)\b"
)
_NEAR = {"yesterday": "昨", "today": "今", "tonight": "今", "tomorrow": "明"}
_NUMBER = re.compile(
    r"(?P<share>百分之|千分之)(?P<of>[\d.]+|[零〇一二两三四五六七八九十百千点]+)"
    r"|(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<great>[百千]?[万亿]+)?(?:\s?(?P<times>hundred|thousand|million|billion|trillion|bn)\b)?"
    r"(?P<percent>\s?(?:%|‰|percent\b|per cent\b|个百分点))?"
    r"|(?P<han>[零〇一二两三四五六七八九十百千万亿]+(?:点[零〇一二三四五六七八九]+[万亿]*)?)(?P<tenth>成(?!为|立|功|了|员|绩|本|长))?"
    rf"|\b(?P<english>(?:{_WORD})(?:[ -](?:and )?(?:{_WORD}|hundred|thousand|million|billion))*)\b"
    r"(?P<en_percent> per ?cent\b)?",
    re.IGNORECASE,
)
# Chinese numerals that count nothing, and what makes a single numeral count.
_NO_NUMBERS = frozenset({"万一", "一一", "千万", "百", "千", "万", "亿", "十", "零", "一"})
_COUNTED = re.compile(
    r"[人名个位座条家次年月日天点时分秒岁元米里斤吨克成倍辆件户间层批轮场种项只台套所届起例处艘架颗根本部张支]"
)


def quantities(text: str) -> frozenset[str]:
    """Every quantity that the text may be taken to name."""
    return frozenset(_found(text, certain=False))


def named_quantities(text: str) -> tuple[str, ...]:
    """The quantities that the text names for certain, in order, each once."""
    return tuple(dict.fromkeys(_found(text, certain=True)))


def placed(text: str) -> tuple[str, tuple[tuple[str, int, int], ...]]:
    """The text with its dates blanked, and each number that it names for certain: its form, start and end in it."""
    flat = _DATE.sub(" ", simplified(unicodedata.normalize("NFKC", text)))
    bare = _PART_OF_A_DATE.sub(" ", _NAMED_DAY.sub(" ", flat))
    numbers = ((one, match) for match in _NUMBER.finditer(bare) for one in _named(bare, match, certain=True))
    return bare, tuple((one, match.start(), match.end()) for one, match in numbers)


def _found(text: str, *, certain: bool) -> Iterator[str]:
    flat = simplified(unicodedata.normalize("NFKC", text))
    rest = []
    place = 0
    for match in _DATE.finditer(flat):
        month, day, year = _date(match)
        if 1 <= month <= 12 and 1 <= day <= 31:
            yield f"{month}-{day}"
            if year:
                yield year
            if not certain:
                yield from (f"month {month}", f"day {day}")
            rest.append(flat[place : match.start()])
            place = match.end()
    bare = " ".join([*rest, flat[place:]])
    yield from _days(bare)
    yield from _parts(bare)
    yield from _numbers(_PART_OF_A_DATE.sub(" ", _NAMED_DAY.sub(" ", bare)), certain=certain)


def _date(match: re.Match[str]) -> tuple[int, int, str]:
    if match["iso_y"]:
        return int(match["iso_m"]), int(match["iso_d"]), match["iso_y"]
    if match["zh_m"]:
        return _plain(match["zh_m"]), _plain(match["zh_d"]), ""
    name = (match["en_m"] or match["uk_m"])[:3]
    month = next(number for full, number in _MONTHS.items() if full.startswith(name))
    return month, int(match["en_d"] or match["uk_d"]), ""


def _days(text: str) -> Iterator[str]:
    for match in _NAMED_DAY.finditer(text):
        if match["zh"]:
            yield f"weekday {'一二三四五六日末'.index(match['zh'].replace('天', '日')) + 1}"
        elif match["en"]:
            yield f"weekday {_DAYS.index(match['en']) + 1 if match['en'] in _DAYS else 8}"
        else:
            yield f"day {match['near'] or _NEAR[match['rel']]}"


def _parts(text: str) -> Iterator[str]:
    for match in _PART_OF_A_DATE.finditer(text):
        if match["month"] or match["name"]:
            yield f"month {_MONTHS[match['name']] if match['name'] else _plain(match['month'])}"
        else:
            yield f"day {_plain(match['day'] or match['ordinal'])}"


def _numbers(text: str, *, certain: bool) -> Iterator[str]:
    for match in _NUMBER.finditer(text):
        yield from _named(text, match, certain=certain)


def _named(text: str, match: re.Match[str], *, certain: bool) -> Iterator[str]:
    if match["share"]:
        yield _shown(_value(match["of"]), "%" if match["share"] == "百分之" else "‰")
    elif match["digits"]:
        value = Decimal(match["digits"].replace(",", ""))
        for sign in match["great"] or "":
            value *= _GREAT.get(sign) or _UNITS[sign]
        value *= _TIMES.get((match["times"] or "").lower(), 1)
        percent = (match["percent"] or "").strip()
        yield _shown(value, "‰" if percent == "‰" else "%" if percent else "")
        if not certain and percent:
            yield _shown(value)
    elif match["han"]:
        yield from _han(text, match, certain=certain)
    else:
        value = _english(match["english"].lower())
        if not certain or value != 1:
            yield _shown(value, "%" if match["en_percent"] else "")


def _han(text: str, match: re.Match[str], *, certain: bool) -> Iterator[str]:
    run = match["han"]
    if match["tenth"]:
        yield _shown(_value(run) * 10, "%")
        return
    single = len(run) == 1 and not _COUNTED.match(text, match.end())
    if certain and (single or run in _NO_NUMBERS):
        return
    if any(sign in _DIGITS or sign == "十" for sign in run):
        yield _shown(_value(run))


def _value(run: str) -> Decimal:
    """Of digits or Chinese numerals: 三百二十, 二〇二六, 一点五亿."""
    if run[0].isdigit():
        return Decimal(run.rstrip("."))
    whole, _, part = run.partition("点")
    fraction = part.rstrip("万亿")
    value = Decimal(_plain(whole) if whole else 0)
    if fraction:
        value += Decimal("0." + "".join(str(_DIGITS.get(sign, 0)) for sign in fraction))
    for sign in part[len(fraction) :]:
        value *= _GREAT[sign]
    return value


def _plain(run: str) -> int:
    if run.isascii():
        return int(run)
    if not any(sign in _UNITS or sign in _GREAT for sign in run):
        return int("".join(str(_DIGITS[sign]) for sign in run))
    total = section = digit = 0
    for sign in run:
        if sign == "亿":
            total, section, digit = (total + section + digit or 1) * _GREAT[sign], 0, 0
        elif sign == "万":
            total, section, digit = total + (section + digit or 1) * _GREAT[sign], 0, 0
        elif sign in _UNITS:
            section += (digit or 1) * _UNITS[sign]
            digit = 0
        else:
            digit = _DIGITS.get(sign, 0)
    return total + section + digit


def _english(words: str) -> Decimal:
    total = part = 0
    for word in re.split(r"[ -]+", words):
        if word == "hundred":
            part = (part or 1) * 100
        elif word in _TIMES:
            total, part = total + (part or 1) * _TIMES[word], 0
        else:
            part += _ENGLISH.get(word, 0)
    return Decimal(total + part)


def _shown(value: Decimal, sign: str = "") -> str:
    return f"{value.normalize():f}{sign}"
