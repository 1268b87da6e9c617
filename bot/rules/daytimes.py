"""Times of the day as people write them: 18:30, 7pm, 晚上8点半, quarter to eight, noon."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from enum import Enum


class Half(Enum):
    """Which part of the day an hour belongs to."""

    NIGHT = "night"  # after midnight
    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    EVENING = "evening"


# Longer words first: each is tried in this order.
_PARTS = {
    "morning": Half.MORNING, "a.m.": Half.MORNING, "a.m": Half.MORNING, "am": Half.MORNING,
    "afternoon": Half.AFTERNOON, "p.m.": Half.AFTERNOON, "p.m": Half.AFTERNOON, "pm": Half.AFTERNOON,
    "evening": Half.EVENING, "tonight": Half.EVENING, "night": Half.EVENING,
    "凌晨": Half.NIGHT, "半夜": Half.NIGHT, "清晨": Half.MORNING, "早晨": Half.MORNING, "早上": Half.MORNING,
    "上午": Half.MORNING, "早间": Half.MORNING, "中午": Half.NOON, "正午": Half.NOON, "下午": Half.AFTERNOON,
    "午后": Half.AFTERNOON, "傍晚": Half.EVENING, "晚上": Half.EVENING, "晚间": Half.EVENING, "夜里": Half.EVENING,
    "夜间": Half.EVENING, "深夜": Half.EVENING, "早": Half.MORNING, "晨": Half.MORNING, "晚": Half.EVENING,
    "夜": Half.EVENING, "午": Half.NOON,
}  # fmt: skip
_USUAL = {Half.NIGHT: 1, Half.MORNING: 9, Half.NOON: 12, Half.AFTERNOON: 15, Half.EVENING: 20}
_NAMED = {"midday": (12, 0), "noon": (12, 0), "midnight": (0, 1), "午夜": (0, 1), "零点": (0, 0)}
_PART = re.compile("|".join(rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else word for word in _PARTS))
_EXACT = "整钟"


@dataclass(frozen=True, slots=True)
class Daytime:
    """A time of the day; `days` later where it belongs to the following one."""

    at: time
    doubt: str = ""
    """What it may mean as well, or what was taken for granted."""
    either: bool = False
    """The hour may be of the morning or of the evening."""
    days: int = 0

    @property
    def other_half(self) -> time:
        """The same hour of the day's other half."""
        return self.at.replace(hour=(self.at.hour + 12) % 24)


@dataclass(frozen=True, slots=True)
class _Clock:
    """Hour and minute as written; `plain`: nothing says that it counts to 24."""

    hour: int
    minute: int
    plain: bool


def _twenty_four(found: re.Match[str]) -> _Clock:
    return _Clock(int(found[1]), int(found[2]), plain=False)


def _chinese(found: re.Match[str]) -> _Clock:
    said = found[2] or ""
    minute = 30 if said == "半" else int(said[0]) * 15 if said.endswith("刻") else int(said or 0)
    return _Clock(int(found[1]), minute, plain=True)


def _hour(found: re.Match[str]) -> _Clock:
    return _Clock(int(found[1]), 0, plain=True)


def _past(found: re.Match[str]) -> _Clock:
    return _Clock(int(found[2]), _minutes(found[1]), plain=True)


def _to(found: re.Match[str]) -> _Clock:
    return _Clock((int(found[2]) - 1) % 24, 60 - _minutes(found[1]), plain=True)


def _short_of(found: re.Match[str]) -> _Clock:
    minutes = 15 if found[1].endswith("刻") else int(found[1])
    return _Clock((int(found[2]) - 1) % 24, 60 - minutes, plain=True)


def _minutes(word: str) -> int:
    return {"half": 30, "quarter": 15, "a quarter": 15}.get(word) or int(word)


# The first that is found counts.
_CLOCKS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], _Clock]], ...] = (
    (re.compile(r"(?<!\d)(\d{1,2})[:h](\d{2})(?::\d{2})?(?!\d)"), _twenty_four),
    (re.compile(r"(?<!\d)(\d{1,2})时(\d{1,2})分?"), _twenty_four),
    (re.compile(r"\b(half|a quarter|quarter|\d{1,2})(?: min(?:ute)?s?)? past (\d{1,2})\b"), _past),
    (re.compile(r"\b(a quarter|quarter|\d{1,2})(?: min(?:ute)?s?)? to (\d{1,2})\b"), _to),
    (re.compile(r"差(\d{1,2}|1刻)分?(?:到)?(\d{1,2})点"), _short_of),
    (re.compile(r"(?<!\d)(\d{1,2})点(半|[123]刻|\d{1,2})?分?"), _chinese),
    (re.compile(r"(?<!\d)(\d{1,2})时"), _hour),
    (re.compile(r"(?<![\d.])(\d{1,2})\.(\d{2})(?!\d)"), _twenty_four),
    (re.compile(r"(?<!\d)([01]\d|2[0-3])([0-5]\d)(?!\d)"), _twenty_four),
    (re.compile(r"(?<!\d)(\d{1,2}) ([0-5]\d)(?!\d)"), lambda found: _Clock(int(found[1]), int(found[2]), plain=True)),
    (re.compile(r"(?<!\d)(\d{1,2})(?!\d)"), _hour),
)


def daytime(text: str) -> tuple[Daytime | None, str]:
    """The time of the day, and what is left of the text; None where there is none."""
    for word, (hour, days) in _NAMED.items():
        if word in text and not re.search(r"\d", text):
            doubt = "the end of that day is meant, not its beginning" if days else ""
            return Daytime(time(hour), doubt, days=days), text.replace(word, " ").strip()
    half, bare = _half(text)
    for pattern, read in _CLOCKS:
        if found := pattern.search(bare):
            clock = read(found)
            left = f"{bare[: found.start()]} {bare[found.end() :]}".strip(" " + _EXACT)
            return _placed(clock, half), left
    if half is None:
        return None, text
    hour = _USUAL[half]
    return Daytime(time(hour), f"no hour was given: {hour}:00"), bare


def _half(text: str) -> tuple[Half | None, str]:
    """Which part of the day is named, also twice (今晚 + 晚上), and the text without."""
    # 7pm: the letters stand at the digits.
    spaced = re.sub(r"(\d)(?=[ap]\.?m\b)", r"\1 ", text)
    found = [_PARTS[word] for word in _PART.findall(spaced)]
    bare = _PART.sub(" ", spaced)
    return (found[-1] if found else None), " ".join(bare.replace(" . ", " ").split()).strip(" .")


def _placed(clock: _Clock, half: Half | None) -> Daytime | None:
    hour, minute = clock.hour, clock.minute
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        return None
    if hour == 24:
        return Daytime(time(0), days=1)
    if half is None:
        return Daytime(time(hour, minute), either=clock.plain and 1 <= hour <= 11)
    hour, days = _in_half(hour, half) if hour <= 12 else (hour, 0)
    return Daytime(time(hour, minute), days=days)


def _in_half(hour: int, half: Half) -> tuple[int, int]:
    """An hour of twelve as one of twenty-four, and whether it belongs to the day after."""
    match half:
        case Half.MORNING | Half.NIGHT:
            return hour % 12, 0  # 12am is midnight
        case Half.NOON:
            return (hour + 12 if hour <= 3 else hour), 0
        case Half.AFTERNOON:
            return hour % 12 + 12, 0
        case Half.EVENING:
            # Twelve and three at night belong to the morning that follows.
            return (hour % 12, 1) if hour == 12 or hour < 4 else (hour + 12, 0)
