"""Wishes: how readers write when they want their news, in Chinese and English, and in which zone they live."""

import re
from dataclasses import replace
from datetime import time
from functools import lru_cache
from zoneinfo import available_timezones

from bot.model.subscriber import Rhythm, Timing
from bot.rules.daytimes import daytime
from bot.rules.numerals import numbers_in

MOST = 100
"""A daily number above this is none."""
_FULL_WIDTH = str.maketrans("０１２３４５６７８９：－～　", "0123456789:-~ ")
_CLAUSES = re.compile(r"[,，;；。、\n]|\band\b")
_NAMES = re.compile(r"[,，;；、\n]")
_QUIET = re.compile(
    r"免打扰|勿扰|不打扰|别打扰|不要打扰|静音|安静|\b(?:quiet(?: hours)?|silent|do not disturb|dnd|silence)\b"
)
_NONE = re.compile(r"取消|关闭|关掉|不要|不设|无|没有|\b(?:no|none|off|never)\b")
_MOST = re.compile(
    r"(?:最多|至多|不超过|上限|\b(?:at most|no more than|max(?:imum)?|up to)\b)\s*(\d{1,4})\s*(?:条|篇|posts)?"
)
_UNLIMITED = re.compile(r"不限|\b(?:no limit|unlimited|as many as (?:there are|you like))\b")
_A_DAY = re.compile(r"每天|每日|一天|\b(?:a|per|each|every) day\b|\bdaily\b")
_BETWEEN = re.compile(r"到|至|(?<=[\dm点时半 ])\s*[-–—~]\s*(?=[\d晚早凌上中下])|\b(?:to|until|till|and)\b")
_BEFORE = re.compile(r"从|\b(?:from|between)\b")
_NOISE = re.compile(r"\b(?:at|on|in the|the|please|o'clock)\b|请|在|发|推送|给我|一次")
_AT_ONCE = re.compile(r"即时|实时|立即|马上|随时|立刻|\b(?:at once|immediately|instantly|right away|live)\b")
_HOURLY = re.compile(r"每(?:个)?(?:小时|钟头)|\b(?:hourly|every hour)\b")
_DAILY = re.compile(
    r"每天|每日|天天|\b(?:daily|every ?day|each day|(?:every|each) (?=morning|evening|noon|night))|\bmornings\b"
)
_WEEKLY = re.compile(r"每(?:个)?(?:周|星期|礼拜)|\b(?:weekly|every week|once a week|every(?= \w+day))\b")
_WEEKDAY_ZH = re.compile(r"(?:周|星期|礼拜|^)([1-7日天末])(?!\d|点|:|时)")
_WEEKDAY = re.compile(r"\b(mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?\b")
_DAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
_CITIES = {
    "北京": "Asia/Shanghai", "中国": "Asia/Shanghai", "beijing": "Asia/Shanghai", "china": "Asia/Shanghai",
    "上海": "Asia/Shanghai", "香港": "Asia/Hong_Kong", "澳门": "Asia/Macau", "台北": "Asia/Taipei",
    "东京": "Asia/Tokyo", "首尔": "Asia/Seoul", "新加坡": "Asia/Singapore", "曼谷": "Asia/Bangkok",
    "迪拜": "Asia/Dubai", "伦敦": "Europe/London", "巴黎": "Europe/Paris", "柏林": "Europe/Berlin",
    "莫斯科": "Europe/Moscow", "纽约": "America/New_York", "多伦多": "America/Toronto",
    "芝加哥": "America/Chicago", "洛杉矶": "America/Los_Angeles", "温哥华": "America/Vancouver",
    "悉尼": "Australia/Sydney", "墨尔本": "Australia/Melbourne", "奥克兰": "Pacific/Auckland",
    "乌鲁木齐": "Asia/Urumqi",
}  # fmt: skip


def timing_of(text: str, before: Timing) -> tuple[Timing, tuple[str, ...]]:
    """What they wrote, put in the place of what was; and the pieces of it that were not understood."""
    timing, lost = before, []
    for clause in _clauses(text):
        read = _clause(clause, timing)
        if read is None:
            lost.append(clause)
        else:
            timing = read
    return timing, tuple(lost)


def zone_of(text: str) -> str | None:
    """A zone by its name, by a city of it, or by how far it is from UTC in whole hours; None where it is none."""
    said = " ".join(text.translate(_FULL_WIDTH).casefold().replace("时区", "").replace("时间", "").split())
    said = said.removesuffix(" time").strip()
    if said in _CITIES:
        return _CITIES[said]
    if found := re.fullmatch(r"(?:utc|gmt)\s*([+-])\s*(\d{1,2})(?::00)?", said):
        hours = int(found[2])
        # The sign of these names is turned round, as POSIX has it.
        name = f"Etc/GMT{'-' if found[1] == '+' else '+'}{hours}" if hours else "UTC"
        return name if name in _zones().values() else None
    return _zones().get(said.replace(" ", "_"))


def names_of(text: str, most: int = 40) -> tuple[str, ...]:
    """Words with commas between them, in the order in which they were written, each once and none too long."""
    found = (" ".join(name.split()).strip('#＃"“”「」') for name in _NAMES.split(text))
    return tuple(dict.fromkeys(name for name in found if name and len(name) <= most))


def _clauses(text: str) -> tuple[str, ...]:
    plain = numbers_in(" ".join(text.translate(_FULL_WIDTH).casefold().split()))
    # "between 11pm and 7am" is one wish.
    plain = re.sub(r"(\bbetween [^,;]*?) and ", r"\1 to ", plain)
    return tuple(part.strip() for part in _CLAUSES.split(plain) if part and part.strip())


def _clause(text: str, timing: Timing) -> Timing | None:  # noqa: PLR0911 - a table of wishes
    if _QUIET.search(text):
        rest = _QUIET.sub(" ", text).strip()
        if _NONE.search(rest):
            return replace(timing, quiet=None)
        quiet = quiet_of(rest)
        return replace(timing, quiet=quiet) if quiet else None
    if _UNLIMITED.search(text):
        return replace(timing, most=None)
    if found := _MOST.search(text):
        rest = _A_DAY.sub(" ", f"{text[: found.start()]} {text[found.end() :]}").strip()
        return None if rest or not 1 <= int(found[1]) <= MOST else replace(timing, most=int(found[1]))
    if (zone := zone_of(text)) is not None:
        return replace(timing, zone=zone)
    if (quiet := quiet_of(text)) is not None:
        return replace(timing, quiet=quiet)
    return _rhythm(text, timing)


def quiet_of(text: str) -> tuple[time, time] | None:
    """From one time of the day to another: "23:00-7:00", 晚上11点到早上7点, "11pm to 7am"; None where it is none."""
    parts = _BETWEEN.split(_BEFORE.sub(" ", text).strip(), maxsplit=1)
    if len(parts) != 2:
        return None
    (since, left), (until, right) = (daytime(part.strip()) for part in parts)
    if since is None or until is None or left or right or since.at == until.at:
        return None
    # Eleven till seven is a night.
    begin = since.other_half if since.either and since.at > until.at else since.at
    return begin, until.at


def _rhythm(text: str, timing: Timing) -> Timing | None:
    if _AT_ONCE.search(text):
        return replace(timing, rhythm=Rhythm.AT_ONCE) if not _left(_AT_ONCE.sub(" ", text)) else None
    if _HOURLY.search(text):
        return replace(timing, rhythm=Rhythm.HOURLY) if not _left(_HOURLY.sub(" ", text)) else None
    day, rest = _weekday(text)
    if day is not None or _WEEKLY.search(rest):
        timing = replace(timing, rhythm=Rhythm.WEEKLY, weekday=timing.weekday if day is None else day)
        rest = _WEEKLY.sub(" ", rest)
    elif _DAILY.search(rest):
        timing, rest = replace(timing, rhythm=Rhythm.DAILY), _DAILY.sub(" ", rest)
    rest = _left(rest)
    if not rest:
        return timing if day is not None or _WEEKLY.search(text) or _DAILY.search(text) else None
    at, left = daytime(rest)
    if at is None or left:
        return None
    # An hour alone asks for a digest at that hour.
    rhythm = timing.rhythm if timing.rhythm in (Rhythm.DAILY, Rhythm.WEEKLY) else Rhythm.DAILY
    return replace(timing, rhythm=rhythm, at=at.at)


def _weekday(text: str) -> tuple[int | None, str]:
    if found := _WEEKDAY_ZH.search(text):
        day = {"日": 6, "天": 6, "末": 5}.get(found[1])
        # 每 stays in front of what is cut.
        return (int(found[1]) - 1 if day is None else day), text.replace(found[0], " ").replace("每", " ")
    if found := _WEEKDAY.search(text):
        return _DAYS[found[1][:3]], f"{text[: found.start()]} {text[found.end() :]}".replace("every", " ")
    return None, text


def _left(text: str) -> str:
    return " ".join(_NOISE.sub(" ", text).split())


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    """Every zone by its name and by the last part of it, in small letters."""
    names = sorted(available_timezones())
    cities = {name.rpartition("/")[2].casefold(): name for name in reversed(names)}
    return {**cities, **{name.casefold(): name for name in names}, "utc": "UTC", "gmt": "UTC"}
