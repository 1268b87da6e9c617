"""Between a form's fields and what a subscriber wants: read field by field, and each mistake has a name."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar
from zoneinfo import available_timezones

from bot.model.subscriber import Choices, Form, Rhythm, Size, Subscriber, Timing
from bot.rules.wishes import names_of

MOST_NAMES, LONGEST = 60, 40
"""Of each kind, and characters of each: nobody reads a longer list."""
MOST_A_DAY = 100
LANGUAGES = ("zh", "en")
_ANY = 100_000  # what is too long is said, not dropped
_OLD = ("Etc/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/", "SystemV/")
One = TypeVar("One", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the fields say, and the names of the sentences of what is wrong with them."""

    one: Subscriber
    wrong: tuple[str, ...] = ()


def ticked(fields: Mapping[str, str], name: str) -> tuple[str, ...]:
    """What was ticked of `name.0`, `name.1`, …; each once."""
    return tuple(dict.fromkeys(value for key, value in fields.items() if key.startswith(f"{name}.") and value))


def wish(fields: Mapping[str, str], before: Subscriber, *, full: bool) -> Wish:
    """The subscriber as the fields want it; `full`: whole articles may be chosen."""
    wrong: list[str] = []
    choices = _choices(fields, wrong)
    timing = _timing(fields, before.timing, wrong)
    form = _of(Form, fields.get("form", ""), wrong)
    if form is Form.FULL and not full:
        wrong.append("choice")
    language = fields.get("language", "")
    if language not in LANGUAGES:
        wrong.append("choice")
    reading = replace(before.reading, size=_of(Size, fields.get("size", ""), wrong), form=form, language=language)
    if wrong:
        reading = before.reading if "choice" in wrong else reading
    return Wish(replace(before, choices=choices, timing=timing, reading=reading), tuple(dict.fromkeys(wrong)))


def _choices(fields: Mapping[str, str], wrong: list[str]) -> Choices:
    topics = tuple(dict.fromkeys((*ticked(fields, "topic"), *names_of(fields.get("topics", ""), _ANY))))
    words, muted, sources = (names_of(fields.get(name, ""), _ANY) for name in ("words", "muted", "sources"))
    every_kind = (topics, words, muted, sources)
    if any(len(names) > MOST_NAMES or max(map(len, names), default=0) > LONGEST for names in every_kind):
        wrong.append("names")
    languages = tuple(language for language in ticked(fields, "stories") if language in LANGUAGES)
    breaking = fields.get("breaking") == "yes"
    every = () if len(languages) == len(LANGUAGES) else languages
    return Choices(every, topics, words, muted, sources, breaking_only=breaking)


def _timing(fields: Mapping[str, str], before: Timing, wrong: list[str]) -> Timing:
    at, day, zone = _clock(fields.get("at", "")), fields.get("weekday", ""), fields.get("zone", "")
    if at is None:
        wrong.append("at")
    if day not in tuple("0123456"):
        wrong.append("choice")
    if zone not in available_timezones():
        wrong.append("zone")
    since, until = fields.get("quiet_from", ""), fields.get("quiet_to", "")
    quiet = (_clock(since), _clock(until))
    if bool(since) != bool(until) or (since and None in quiet) or (since and since == until):
        wrong.append("quiet")
    most = fields.get("most", "").strip()
    if most and not (most.isascii() and most.isdigit() and 1 <= int(most[:6]) <= MOST_A_DAY):
        wrong.append("most")
    rhythm = _of(Rhythm, fields.get("rhythm", ""), wrong)
    if {"at", "choice", "zone", "quiet", "most"} & set(wrong):
        return before
    begin, end = quiet
    return Timing(
        zone,
        rhythm,
        at or before.at,
        int(day),
        (begin, end) if begin and end else None,
        int(most) if most else None,
    )


def _of(kind: type[One], value: str, wrong: list[str]) -> One:
    try:
        return kind(value)
    except ValueError:
        wrong.append("choice")
        return next(iter(kind))


def _clock(text: str) -> time | None:
    """Of a field for times: "08:30"."""
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)(?::00)?", text)
    return time(int(found[1]), int(found[2])) if found else None


def shown(one: Subscriber, fields: Mapping[str, str] | None = None) -> dict[str, str]:
    """What stands in the form's fields: as they were sent, else as it is kept."""
    if fields is not None:
        return {name: fields.get(name, "") for name in ("words", "muted", "sources", "topics", "at", "quiet_from",
                                                         "quiet_to", "most", "zone", "weekday", "rhythm", "form",
                                                         "size", "language", "breaking")}  # fmt: skip
    choices, timing, reading = one.choices, one.timing, one.reading
    quiet = [f"{at:%H:%M}" for at in timing.quiet] if timing.quiet else ["", ""]
    return {
        "words": "\n".join(choices.words),
        "muted": "\n".join(choices.muted),
        "sources": "\n".join(choices.sources),
        "topics": "",
        "at": f"{timing.at:%H:%M}",
        "quiet_from": quiet[0],
        "quiet_to": quiet[1],
        "most": str(timing.most or ""),
        "zone": timing.zone,
        "weekday": str(timing.weekday),
        "rhythm": timing.rhythm.value,
        "form": reading.form.value,
        "size": reading.size.value,
        "language": reading.language,
        "breaking": "yes" if choices.breaking_only else "",
    }


@lru_cache(maxsize=1)
def zones() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Every zone that is a place, by continent or sea."""
    places = sorted(name for name in available_timezones() if "/" in name and not name.startswith(_OLD))
    continents = sorted({name.partition("/")[0] for name in places})
    return tuple((one, tuple(_within(one, places))) for one in continents)


def _within(continent: str, places: Sequence[str]) -> Iterator[str]:
    return (name for name in places if name.startswith(f"{continent}/"))
