"""The lines of `why` in plain words: one why.yaml a language; where a language lacks one, in English."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Any

from bot.desk.reasons import SHIPPED
from bot.desk.words import FALLBACK
from bot.rules.why import Line
from bot.settings.wordfile import layered

FILE = "why.yaml"


@dataclass(frozen=True, slots=True)
class _Said:
    """The words of one language."""

    colon: str
    acts: Mapping[str, str]
    rooms: Mapping[str, str]
    """Parts of the house that did something by themselves."""
    lines: Mapping[str, str]
    """By verb or state."""


def sentence(
    line: Line,
    language: str,
    zone: tzinfo,
    reason: Callable[[str], str] = str,
    folders: Sequence[Path] = (SHIPPED,),
) -> str:
    """One line without its time; `reason` puts the house's own reasons into the reader's language.

    Raises SettingsError for a broken file.
    """
    words = _read(language, tuple(folders))
    why = reason(line.why)
    said = words.lines[line.what].format(
        who=words.rooms.get(line.who, line.who),
        why=f"{words.colon}{why}" if why else "",
        act=words.acts[line.act] if line.act else "",
        revision=line.revision,
        number=line.number,
        until=line.until.astimezone(zone).strftime("%m-%d %H:%M") if line.until else "",
    )
    return said[:1].upper() + said[1:]


def clock(at: datetime, zone: tzinfo) -> str:
    """A time as the newsroom reads it."""
    return at.astimezone(zone).strftime("%m-%d %H:%M:%S")


@cache
def _read(language: str, folders: tuple[Path, ...]) -> _Said:
    english, own = (layered(folders, Path("desk", each, FILE)) for each in (FALLBACK, language))
    every: dict[str, Any] = {"rooms": {}, **english, **own}
    lines = {**english["lines"], **own.get("lines", {})}
    return _Said(every["colon"], every["acts"], own.get("rooms", {}), lines)
