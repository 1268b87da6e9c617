"""Moments: times as editors write them, in Chinese and English, on the newsroom's clock.

What is read in turn: how far from now ("in 90 min", 半小时后), or a day (a date, a weekday, tomorrow, 后天) and a time
of the day (18:30, 7pm, 晚上八点半, noon); each by a small table of its own. What is left over is not understood.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.rules.daytimes import Daytime, daytime
from bot.rules.numerals import numbers_in

SOON = timedelta(minutes=1)
_FULL_WIDTH = str.maketrans("０１２３４５６７８９：／．－，　", "0123456789:/.-, ")
_NOISE = re.compile(r"\b(?:at|on|in the|the|of|by|o'clock|this|around)\b|[,，。在于]")
_AGO = {
    "s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1, "秒": 1, "秒钟": 1,
    "m": 60, "min": 60, "mins": 60, "minute": 60, "minutes": 60, "分": 60, "分钟": 60,
    "h": 3600, "hr": 3600, "hrs": 3600, "hour": 3600, "hours": 3600,
    "小时": 3600, "个小时": 3600, "钟头": 3600, "个钟头": 3600,
    "刻钟": 900, "quarter": 900,
    "d": 86400, "day": 86400, "days": 86400, "天": 86400, "日": 86400,
    "w": 604800, "week": 604800, "weeks": 604800,
    "周": 604800, "星期": 604800, "个星期": 604800, "礼拜": 604800, "个礼拜": 604800,
}  # fmt: skip
_AHEAD = (("in ", ""), ("", "from now"), ("", "later"), ("", "之后"), ("", "以后"), ("", "后"))
# Each becomes a number before its unit.
_FRACTIONS = (
    (re.compile(r"\b(?:a )?quarter of an hour\b"), "15 min"),
    (re.compile(r"\b(?:an|a|1) (hour|day|week) and a half\b"), r"1.5 \1"),
    (re.compile(r"\b(\d+) and a half\b"), r"\1.5"),
    (re.compile(r"\bhalf (?:an|a)\b"), "0.5"),
    (re.compile(r"\b(?:an|a)\b"), "1"),
    (re.compile(r"\band\b"), " "),
    (re.compile(r"(\d+)个半"), r"\1.5"),
    (re.compile(r"^半个?"), "0.5"),
)
_UNIT = "|".join(sorted(map(re.escape, _AGO), key=len, reverse=True))
_SPAN = re.compile(rf"(\d+(?:\.\d+)?)\s*({_UNIT})(半)?(?![a-z])")
_DAYS = {
    "day after tomorrow": 2, "tomorrow": 1, "tmrw": 1, "tmr": 1, "today": 0, "tonight": 0,
    "大后天": 3, "后天": 2, "明天": 1, "明日": 1, "明儿": 1, "今天": 0, "今日": 0, "今儿": 0,
    "明早": 1, "明晨": 1, "明晚": 1, "明午": 1, "今早": 0, "今晨": 0, "今晚": 0, "今夜": 0, "当晚": 0,
}  # fmt: skip
# What of such a word names a time of the day stays behind for the time's own table.
_KEEPS = {
    "tonight": "tonight",
    **{word: word[1:] for word in ("明早", "明晨", "明晚", "明午", "今早", "今晨", "今晚", "今夜", "当晚")},
}
_WEEKDAYS = {
    "monday": 0, "mon": 0, "tuesday": 1, "tues": 1, "tue": 1, "wednesday": 2, "wed": 2, "thursday": 3, "thurs": 3,
    "thur": 3, "thu": 3, "friday": 4, "fri": 4, "saturday": 5, "sat": 5, "sunday": 6, "sun": 6,
}  # fmt: skip
_WEEKDAY = re.compile(rf"\b(next\s+)?({'|'.join(_WEEKDAYS)})\b")
_WEEKDAY_ZH = re.compile(r"(下下|下|本|这)?个?(?:周|星期|礼拜)([1-7日天])(?!\d)")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
            "september sept sep", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(_MONTHS)
_DATES = (
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})t?"),
    re.compile(r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]?"),
    re.compile(
        r"(?<![\d.])(?P<day>\d{1,2})(?P<mark>[/.])(?P<month>\d{1,2})(?:(?P=mark)(?P<year>\d{4})|(?!\d)(?!\s*[ap]\.?m))(?![\d:])"
    ),
    re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<name>{_MONTH})\b\.?(?:\s+(?P<year>\d{{4}}))?"),
    re.compile(rf"\b(?P<name>{_MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])(?:\s+(?P<year>\d{{4}}))?"),
    re.compile(r"(?<![\d月])(?P<day>\d{1,2})[日号]"),
)


@dataclass(frozen=True, slots=True)
class Read:
    """A time, aware, in the newsroom's zone; what to say of it before it counts."""

    at: datetime
    past: bool = False
    ambiguous: str = ""
    """Which other reading there is, in plain words; "" where there is none."""
    shifted: bool = False
    """The clocks jump over the time that was written: it does not exist, and `at` is an hour later."""
    others: tuple[datetime, ...] = ()
    """The other readings that are still to come, aware, in the newsroom's zone."""


@dataclass(frozen=True, slots=True)
class _Other:
    """Another day that may be meant."""

    day: date
    why: str

    def __str__(self) -> str:
        return f"or {self.day:%Y-%m-%d}, {self.why}"


def moment(words: str, now: datetime, zone: ZoneInfo) -> Read | None:
    """Read it, seen from now; None where it is not understood. A time without a day is the next one to come."""
    text = numbers_in(" ".join(words.translate(_FULL_WIDTH).casefold().split()))
    local = now.astimezone(zone)
    if text in ("now", "right now", "现在", "立刻", "马上", "立即"):
        return Read(local)
    if (span := _span(text)) is not None:
        # Elapsed time, whatever the clocks do meanwhile.
        return Read((now.astimezone(UTC) + span).astimezone(zone))
    text = " ".join(_NOISE.sub(" ", text).split())
    day, rest, doubt = _day(text, local.date())
    clock, left = daytime(rest)
    if left or (clock is None and (day is None or rest)) or (day is None and clock is None):
        return None
    if clock is None:
        return None if day is None else _told(day, Daytime(time(9), "no time was given: 9:00"), local, zone, doubt)
    return _told(day, clock, local, zone, doubt)


def _span(text: str) -> timedelta | None:
    """In 90 min, 2 hours later, 1h30m from now, 半小时后, 1个半小时后."""
    bare = text
    for before, after in _AHEAD:
        if text.startswith(before) and text.endswith(after):
            bare = text.removeprefix(before).removesuffix(after).strip()
            break
    else:
        return None
    for pattern, words in _FRACTIONS:
        bare = pattern.sub(words, bare)
    seconds, end = 0.0, 0
    for found in _SPAN.finditer(bare):
        if bare[end : found.start()].strip(" 又零"):
            return None
        unit = _AGO[found[2]]
        seconds += float(found[1]) * unit + (unit / 2 if found[3] else 0)
        end = found.end()
    return timedelta(seconds=seconds) if end and not bare[end:].strip() else None


def _day(text: str, today: date) -> tuple[date | None, str, _Other | None]:
    """The day, what is left of the text, and which other day may be meant."""
    for pattern in _DATES:
        if found := pattern.search(text):
            day, doubt = _dated(found, today)
            return (day, _cut(text, found), doubt) if day else (None, text, None)
    if found := _WEEKDAY_ZH.search(text):
        wanted = 6 if found[2] in "日天7" else int(found[2]) - 1
        weeks = {"下": 1, "下下": 2}.get(found[1] or "", 0)
        monday = today - timedelta(days=today.weekday())
        day = monday + timedelta(days=wanted, weeks=weeks)
        if found[1] is None and day < today:
            day += timedelta(weeks=1)
        return day, _cut(text, found), None
    if found := _WEEKDAY.search(text):
        ahead = (_WEEKDAYS[found[2]] - today.weekday()) % 7
        day = today + timedelta(days=ahead)
        if found[1] is None:
            return day, _cut(text, found), None
        # Next Friday is the Friday of next week to most, the coming one to some.
        other = day if ahead else day + timedelta(weeks=1)
        monday = today - timedelta(days=today.weekday())
        day = monday + timedelta(days=_WEEKDAYS[found[2]], weeks=1)
        return day, _cut(text, found), _Other(other, "the coming one") if other != day else None
    for word, days in _DAYS.items():
        if found := re.search(rf"\b{word}\b" if word.isascii() else re.escape(word), text):
            left = f"{text[: found.start()]} {_KEEPS.get(word, '')}{text[found.end() :]}"
            return today + timedelta(days=days), left.strip(), None
    return None, text, None


def _dated(found: re.Match[str], today: date) -> tuple[date | None, _Other | None]:
    """A date of this year, or of the next where it is past; 3/4 may be two days."""
    parts = found.groupdict()
    day = int(parts["day"])
    month = _MONTHS[parts["name"]] if parts.get("name") else int(parts.get("month") or 0)
    year = int(parts["year"]) if parts.get("year") else None
    slashed = found.re is _DATES[2]
    try:
        if slashed and month > 12 >= day:
            day, month = month, day
        made = _of_year(year, month, day, today) if month else _next_of_month(day, today)
    except ValueError:
        return None, None
    doubt = None
    if slashed and day <= 12 and month <= 12 and day != month:
        doubt = _Other(_of_year(year, day, month, today), "the month first")
    return made, doubt


def _of_year(year: int | None, month: int, day: int, today: date) -> date:
    if year is not None:
        return date(year, month, day)
    made = date(today.year, month, day)
    return made if made >= today else date(today.year + 1, month, day)


def _next_of_month(day: int, today: date) -> date:
    if day >= today.day:
        return today.replace(day=day)
    following = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    return following.replace(day=day)


def _cut(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}".strip()


def _told(day: date | None, clock: Daytime, local: datetime, zone: ZoneInfo, doubt: _Other | None) -> Read:
    """On that day, or the next time that the clock says so."""
    at = _on((day or local.date()) + timedelta(days=clock.days), clock.at, zone)
    other = _on(at.date(), clock.other_half, zone)
    if _past(at, local):
        if clock.either and not _past(other, local):
            at = other
        elif day is None:
            at = _on(at.date() + timedelta(days=1), clock.at, zone)
    doubts, others = [str(doubt or ""), clock.doubt], []
    if doubt is not None:
        others.append(_on(doubt.day + timedelta(days=clock.days), at.time(), zone))
    if clock.either and at.time() != other.time() and not _past(other, local):
        doubts.append(f"or {other:%H:%M}")
        others.append(other)
    there = datetime.fromtimestamp(at.timestamp(), zone)
    shifted = there.time() != at.time()
    second = at.replace(fold=1)
    if shifted:
        at = there
        doubts.append("the clocks jump over the time that was written")
    elif at.utcoffset() != second.utcoffset():
        if _past(at, local) and not _past(second, local):
            at = second
        else:
            doubts.append(f"or an hour later: the clocks show {at:%H:%M} twice that day")
            others.append(second)
    coming = tuple(one for one in others if not _past(one, local))
    return Read(at, _past(at, local), "; ".join(filter(None, doubts)), shifted, coming)


def _on(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone)


def _past(at: datetime, local: datetime) -> bool:
    # Of one zone they would be compared by what the clocks show.
    return at.timestamp() <= local.timestamp()
