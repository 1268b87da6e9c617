"""Choosing: what a button's order, or a reader's words, make of what they have chosen."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import time

from bot.model.subscriber import Choices, Form, Rhythm, Subscriber, Timing

MOST_NAMES = 60
"""Of each kind: nobody reads a longer list."""
LANGUAGES = ("zh", "en")
_OFF = "-"


def applied(one: Subscriber, order: str, names: Mapping[str, str]) -> Subscriber | None:  # noqa: PLR0911 - a table
    """The subscriber as the order wants it; None for an order that is none. `names` by their marks."""
    match order.split():
        case ["t" | "s" as kind, mark, on, *_] if mark in names:
            field = "topics" if kind == "t" else "sources"
            return _choices(one, **{field: toggled(getattr(one.choices, field), names[mark], on=on == "1")})
        case ["t*" | "s*" as kind]:
            return _choices(one, **{"topics" if kind == "t*" else "sources": ()})
        case ["w" | "m" as kind, mark] if mark in names:
            field = "words" if kind == "w" else "muted"
            return _choices(one, **{field: toggled(getattr(one.choices, field), names[mark], on=False)})
        case ["b", on]:
            return _choices(one, breaking_only=on == "1")
        case ["f", form] if form in list(Form):
            return replace(one, reading=replace(one.reading, form=Form(form)))
        case ["l", language] if language in LANGUAGES:
            return replace(one, reading=replace(one.reading, language=language))
        case ["sl", language] if language in (*LANGUAGES, _OFF):
            return _choices(one, languages=() if language == _OFF else (language,))
        case [word, value]:
            timing = _timed(one.timing, word, value)
            return replace(one, timing=timing) if timing else None
    return None


def toggled(names: tuple[str, ...], name: str, *, on: bool) -> tuple[str, ...]:
    """With it or without it; never more than there may be."""
    others = tuple(other for other in names if other != name)
    if not on:
        return others
    return names if name in names else (*names, name)[:MOST_NAMES]


def added(names: tuple[str, ...], more: Iterable[str]) -> tuple[str, ...]:
    """Those and more, each once, in their order."""
    return tuple(dict.fromkeys((*names, *more)))[:MOST_NAMES]


def _choices(one: Subscriber, **changed: object) -> Subscriber:
    choices: Choices = replace(one.choices, **changed)  # type: ignore[arg-type]  # each case names its own field
    return replace(one, choices=choices)


def _timed(timing: Timing, word: str, value: str) -> Timing | None:  # noqa: PLR0911 - a table
    match word, value:
        case "r", ("at-once" | "hourly" | "daily" | "weekly"):
            return replace(timing, rhythm=Rhythm(value.replace("-", " ")))
        case "at", _ if (at := clock_of(value)) is not None:
            return replace(timing, at=at)
        case "wd", _ if value.isdecimal() and int(value) < 7:
            return replace(timing, weekday=int(value))
        case "q", "-":
            return replace(timing, quiet=None)
        case "q", _ if (since := clock_of(value[:4])) is not None and (until := clock_of(value[4:])) is not None:
            return replace(timing, quiet=(since, until))
        case "n", "-":
            return replace(timing, most=None)
        case "n", _ if value.isdecimal() and 0 < int(value) <= 100:
            return replace(timing, most=int(value))
    return None


def clock_of(text: str) -> time | None:
    """Of a button: "0830"."""
    if len(text) != 4 or not text.isdecimal() or int(text[:2]) > 23 or int(text[2:]) > 59:
        return None
    return time(int(text[:2]), int(text[2:]))
