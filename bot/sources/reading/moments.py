"""Times as pages write them, read in the source's zone: a table of forms, each a pattern and its reader."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY_ZH = r"(?:\s*[(（]?(?:星期|礼拜|周)[一二三四五六日天][)）]?)?"
_WEEKDAY_EN = r"(?:(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\.?,?\s+)?"
_CLOCK = (
    r"(?P<half>上午|下午|凌晨|清晨|早上|早晨|中午|傍晚|晚上|晚间)?\s*"
    r"(?P<hour>[0-2]?\d)\s*(?:[:时点]\s*(?P<minute>[0-5]\d)?\s*(?:[:分]\s*(?:(?P<second>[0-5]\d)(?:\.\d+)?\s*秒?)?)?)?"
    r"\s*(?P<meridiem>[ap]\.?m\.?(?!\w))?"
)
_ZONE = r"(?:\s*(?P<zone>[+-]\d\d:?\d\d(?!\d)|(?:Z|UTC|GMT|BST|CES?T|[ECMP][SD]T|HKT|JST)\b|[(（]?北京时间[)）]?))?"
# A clock after a day needs a colon, 时, 点 or am/pm: "2 February 2019 12 people" has none.
_HAS_CLOCK = r"(?=(?:上午|下午|凌晨|清晨|早上|早晨|中午|傍晚|晚上|晚间)?\s*[0-2]?\d\s*(?:[:时点]|[ap]\.?m))"
_EARLY_ZONE = r"(?:(?P<early>HKT|JST|GMT|UTC|北京时间)[\s:]*)?"  # "2019-02-02 HKT 22:29"
_THEN_CLOCK = rf"(?:(?:T|[\s,·|-]|\bat\b)*{_EARLY_ZONE}{_HAS_CLOCK}{_CLOCK}{_ZONE})?"
_CLOCK_BEFORE = rf"(?:{_HAS_CLOCK}{_CLOCK}{_ZONE}\s*[,·|]?\s*(?:on\s+)?)?"
_NUMERALS = {"〇": 0, "零": 0, "○": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_HOURS = {"Z": 0, "UTC": 0, "GMT": 0, "BST": 1, "CET": 1, "CEST": 2, "HKT": 8, "JST": 9, "北京时间": 8} | {
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip
_AGO = {
    "秒": "seconds", "分": "minutes", "小": "hours", "时": "hours", "天": "days", "日": "days", "周": "weeks",
    "s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks",
}  # fmt: skip
_DAYS_BACK = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2, "today": 0, "yesterday": 1}
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Moment:
    """A time found in a text: aware, UTC, and where it stands."""

    at: datetime
    start: int
    end: int


Reader = Callable[[re.Match[str], tzinfo, datetime], datetime | None]


def find(text: str, zone: tzinfo, now: datetime) -> Moment | None:
    """The first time in `text` (digits and colons in ASCII); one without a zone is read in `zone`."""
    found: Moment | None = None
    for pattern, reader in FORMS:
        match = pattern.search(text, 0, _LONGEST)
        if match is None or (found and (match.start(), -match.end()) >= (found.start, -found.end)):
            continue
        at = reader(match, zone, now)
        if at is not None:
            found = Moment(at, match.start(), match.start() + len(match[0].rstrip()))
    return found


def read(text: str | None, zone: tzinfo, now: datetime) -> datetime | None:
    """The time that a field holds, such as a feed's pubDate; None where there is none."""
    moment = find((text or "").strip(), zone, now)
    return moment.at if moment else None


def _numbers(match: re.Match[str], zone: tzinfo, _: datetime) -> datetime | None:
    return _local(match, int(match["year"]), int(match["mon"]), int(match["day"]), zone)


def _words(match: re.Match[str], zone: tzinfo, _: datetime) -> datetime | None:
    return _local(match, int(match["year"]), _MONTHS[match["month"][:3].lower()], int(match["day"]), zone)


def _numerals(match: re.Match[str], zone: tzinfo, _: datetime) -> datetime | None:
    year = int("".join(str(_NUMERALS[digit]) for digit in match["year"]))
    return _local(match, year, _small(match["mon"]), _small(match["day"]), zone)


def _this_year(match: re.Match[str], zone: tzinfo, now: datetime) -> datetime | None:
    """A day without a year is the last such day: sites leave the year away while it runs."""
    year = now.astimezone(zone).year
    at = _local(match, year, int(match["mon"]), int(match["day"]), zone)
    if at is not None and at > now + timedelta(days=1):
        at = _local(match, year - 1, int(match["mon"]), int(match["day"]), zone)
    return at


def _ago(match: re.Match[str], _: tzinfo, now: datetime) -> datetime:
    count = int(match["count"]) if match["count"].isdigit() else 1
    return now.astimezone(UTC) - timedelta(**{_AGO[match["unit"][0].lower()]: count})


def _just_now(_: re.Match[str], __: tzinfo, now: datetime) -> datetime:
    return now.astimezone(UTC)


def _day_back(match: re.Match[str], zone: tzinfo, now: datetime) -> datetime | None:
    day = now.astimezone(zone) - timedelta(days=_DAYS_BACK[match["word"].lower()])
    return _local(match, day.year, day.month, day.day, zone)


def _either_way(match: re.Match[str], zone: tzinfo, _: datetime) -> datetime | None:
    """Month first in the Americas, day first in most other places; None where nothing says which."""
    first, second = int(match["first"]), int(match["second_number"])
    place = str(zone).split("/", maxsplit=1)[0]
    if second > 12 or (first <= 12 and match["sep"] == "/" and place in ("America", "US")):
        return _local(match, int(match["year"]), first, second, zone)
    if first > 12 or match["sep"] == "." or place in ("Europe", "Australia", "Africa"):
        return _local(match, int(match["year"]), second, first, zone)
    return None


def _small(numeral: str) -> int:
    """十一 is 11, 二十 is 20, 三 is 3."""
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return _NUMERALS[ones]
    return (_NUMERALS[tens] if tens else 1) * 10 + (_NUMERALS[ones] if ones else 0)


def _local(match: re.Match[str], year: int, month: int, day: int, zone: tzinfo) -> datetime | None:
    fields = match.groupdict()
    hour = _hour(int(fields.get("hour") or 0), fields.get("half"), fields.get("meridiem"))
    try:
        naive = datetime(year, month, day) + timedelta(  # noqa: DTZ001 - its zone follows
            hours=hour, minutes=int(fields.get("minute") or 0), seconds=int(fields.get("second") or 0)
        )
        return naive.replace(tzinfo=_zone(fields.get("zone") or fields.get("early"), naive, zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _hour(hour: int, half: str | None, meridiem: str | None) -> int:
    if hour > 24:
        raise ValueError(hour)
    afternoon = (meridiem or "").lower().startswith("p") or half in ("下午", "傍晚", "晚上", "晚间")
    if hour == 12 and ((meridiem or "").lower().startswith("a") or half == "凌晨"):
        return 0
    if hour < 12 and (afternoon or (half == "中午" and hour < 3)):
        return hour + 12
    return hour


def _zone(written: str | None, naive: datetime, source: tzinfo) -> tzinfo:
    if not written:
        return source
    written = written.strip("()（）")
    if written[0] in "+-":
        minutes = int(written[1:3]) * 60 + int(written[-2:])
        return timezone(timedelta(minutes=-minutes if written[0] == "-" else minutes))
    if naive.replace(tzinfo=source).tzname() == written:
        return source  # CST is China's at a Chinese source, and Chicago's elsewhere
    return timezone(timedelta(hours=_HOURS[written.upper() if written.isascii() else written]))


def _form(pattern: str, reader: Reader) -> tuple[re.Pattern[str], Reader]:
    return re.compile(pattern, re.IGNORECASE), reader


_YEAR = r"(?<![\d./-])(?<!\d:)(?P<year>(?:19|20)\d\d)"
FORMS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    # 2019-02-02T22:29:00+08:00 · 2019/2/2 22:29 · 2019.02.02 · 2019年02月02日 22时29分 · 2019年2月2日(星期六)下午3:05
    _form(
        rf"{_YEAR}\s*(?P<sep>[-/.年])\s*(?P<mon>[01]?\d)\s*(?:(?P=sep)|月)\s*(?P<day>[0-3]?\d)(?![\d.])\s*[日号]?{_WEEKDAY_ZH}{_THEN_CLOCK}",
        _numbers,
    ),
    # 二〇一九年二月二日
    _form(
        rf"(?P<year>[一二][〇零○一二三四五六七八九]{{3}})年(?P<mon>[一二三四五六七八九十]{{1,2}})月(?P<day>[一二三四五六七八九十]{{1,3}})日{_WEEKDAY_ZH}{_THEN_CLOCK}",
        _numerals,
    ),
    # February 2, 2019 10:29 PM · Sat, Feb. 2nd 2019 at 22:29 GMT
    _form(
        rf"{_CLOCK_BEFORE}{_WEEKDAY_EN}\b{_MONTH}\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d\d)(?!\d)",
        _words,
    ),
    _form(
        rf"{_WEEKDAY_EN}\b{_MONTH}\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d\d)(?!\d){_THEN_CLOCK}",
        _words,
    ),
    # 2 February 2019 22:29 · Sat, 02 Feb 2019 22:29:00 +0800 · 02-Feb-2019
    _form(
        rf"{_CLOCK_BEFORE}{_WEEKDAY_EN}(?<!\d)(?P<day>[0-3]?\d)(?:st|nd|rd|th)?[\s-]+(?:of\s+)?{_MONTH}[\s,-]+(?P<year>(?:19|20)\d\d)(?!\d)",
        _words,
    ),
    _form(
        rf"{_WEEKDAY_EN}(?<!\d)(?P<day>[0-3]?\d)(?:st|nd|rd|th)?[\s-]+(?:of\s+)?{_MONTH}[\s,-]+(?P<year>(?:19|20)\d\d)(?!\d){_THEN_CLOCK}",
        _words,
    ),
    # 02月02日 22:29 · 02-02 22:29: with a clock, or it may be anything
    _form(
        rf"(?<![\d年/.-])\s*(?P<mon>[01]?\d)(?:月|[-/])(?P<day>[0-3]?\d)日?\s*{_HAS_CLOCK}{_CLOCK}{_ZONE}", _this_year
    ),
    # 2小时前 · 5分钟前 · 2 hours ago · an hour ago
    _form(r"(?P<count>\d{1,3})\s*个?(?P<unit>秒|分|小时|时|天|日|周)钟?[之以]?前", _ago),
    _form(r"\b(?P<count>\d{1,3}|an?|one)\s+(?P<unit>second|sec|minute|min|hour|hr|day|week)s?\s+ago\b", _ago),
    _form(r"刚刚|\bjust now\b", _just_now),
    # 今天 08:00 · 昨天 22:29 · yesterday at 9:15 am
    _form(
        rf"(?P<word>(?:今天|今日|昨天|昨日|前天)(?=\s*$|\s{{2}}|\s*[|·来责编]|\s*{_HAS_CLOCK})"
        rf"|(?:^|(?<=[:|·]\s)|(?<=ed\s))(?:today|yesterday)(?=\s*$|\s*[|·]|(?:[,\s]|\bat\b)*{_HAS_CLOCK})){_THEN_CLOCK}",
        _day_back,
    ),
    # 04/20/2026 10:12 · 20.04.2026: which is the month, the numbers or the source's part of the world must say
    _form(
        rf"(?<![\d./-])(?P<first>[0-3]?\d)(?P<sep>[/.-])(?P<second_number>[0-3]?\d)(?P=sep)(?P<year>(?:19|20)\d\d)(?!\d){_THEN_CLOCK}",
        _either_way,
    ),
)
"""Digits and colons in ASCII; where two match at one place, the longer one counts."""
