"""Which entries of a site are news: what stands there at the first look is not, and no flood of old entries is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from bot.model.source import Memory
from bot.settings.scalars import Duration
from bot.settings.sections import Section
from bot.sources.reading.feeds import Entry

LATE = timedelta(days=1)
"""An entry may appear this long after the time it names: some feeds name only the day."""
FLOOD = 50
"""So many old or undated entries at once are a site that moved, not news."""
_REMEMBERED = 1_000


class Newest(Section):
    """Post some of what is there already."""

    newest: int = Field(ge=1, description="How many of the newest entries are posted at the first look.")


class Since(Section):
    """Post what appeared lately."""

    since: Duration = Field(description="Entries that appeared within this time before the first look are posted.")


FirstLook = Literal["none", "all"] | Newest | Since


@dataclass(frozen=True, slots=True)
class Sighting:
    """An entry that is new, or says something else than before."""

    entry: Entry
    fresh: bool
    why: str
    flood: bool = False
    """One of many old entries at once: an editor is asked."""


def reach(policy: FirstLook, now: datetime) -> tuple[datetime | None, int | None]:
    """How far back a first look must ask: from which time on, and how many entries at most; None is without end."""
    match policy:
        case Newest(newest=count):
            return None, count
        case Since(since=span):
            return now - max(span, LATE), None
        case "all":
            return None, None
        case _:
            return now - LATE, None


def sightings(
    entries: Sequence[Entry], memory: Memory, policy: FirstLook, now: datetime, where: str = "in the feed"
) -> tuple[Sighting, ...]:
    """Judge the entries whose words are not those remembered; `where` they stand is said in each reason.

    Oldest first, so that they are posted in the order in which they appeared.
    """
    changed = [entry for entry in _in_order(entries) if memory.marks.get(entry.mark) != entry.fingerprint]
    if memory.first_look is None:
        wanted = _at_first(changed, policy, now)
        return tuple(_at_first_look(entry, where, fresh=entry.mark in wanted) for entry in changed)
    new = [entry for entry in changed if entry.mark not in memory.marks]
    old = {entry.mark for entry in new if entry.dated is None or entry.dated < now - LATE}
    flood = old if len(old) > FLOOD else set()
    oldest = None if policy == "all" else memory.first_look - LATE
    return tuple(_later(entry, where, memory.marks, flood, oldest) for entry in changed)


def remembered(entries: Sequence[Entry], memory: Memory, but: frozenset[str] = frozenset()) -> dict[str, str]:
    """The marks to keep: those in the feed, and as many again of those that left it; never those in `but`."""
    marks = {entry.mark: entry.fingerprint for entry in entries if entry.mark not in but}
    room = 2 * len(marks) + _REMEMBERED
    for mark, fingerprint in memory.marks.items():
        if len(marks) >= room:
            break
        marks.setdefault(mark, fingerprint)
    return marks


def _in_order(entries: Sequence[Entry]) -> list[Entry]:
    """By time where every entry has one; else from the foot of the document to its head, where the newest stands."""
    upwards = list(reversed(entries))
    times = [entry.dated for entry in upwards]
    if all(times):
        upwards.sort(key=lambda entry: entry.dated or datetime.min)  # noqa: DTZ901 - never taken: all have a time
    return upwards


def _at_first(entries: Sequence[Entry], policy: FirstLook, now: datetime) -> set[str]:
    match policy:
        case Newest(newest=count):
            return {entry.mark for entry in entries[-count:]}
        case Since(since=span):
            return {entry.mark for entry in entries if entry.dated and entry.dated >= now - span}
        case "all":
            return {entry.mark for entry in entries}
        case _:
            return set()


def _at_first_look(entry: Entry, where: str, *, fresh: bool) -> Sighting:
    why = f"{where} at the first look"
    return Sighting(entry, fresh, why if fresh else f"{why}: remembered, not posted")


def _later(entry: Entry, where: str, marks: Mapping[str, str], flood: set[str], oldest: datetime | None) -> Sighting:
    if entry.mark in marks:
        return Sighting(entry, fresh=True, why=f"changed {where}")
    if entry.mark in flood:
        return Sighting(entry, fresh=False, why="one of many old entries at once: an editor is asked", flood=True)
    if oldest and entry.dated and entry.dated < oldest:
        return Sighting(entry, fresh=False, why="older than the first look: remembered, not posted")
    return Sighting(entry, fresh=True, why=f"new {where}")
