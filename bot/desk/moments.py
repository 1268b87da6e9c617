"""Times as people say them: today, tomorrow, or the date, on the newsroom's clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_DAYS = {-1: "yesterday", 0: "today", 1: "tomorrow"}


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in the newsroom's zone; `day` is "yesterday", "today", "tomorrow" or empty."""

    local: datetime
    day: str
    this_year: bool
    past: bool


def moment(at: datetime, now: datetime, zone: ZoneInfo) -> Moment:
    """Seen from now."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    days = (local.date() - today.date()) // timedelta(days=1)
    return Moment(local, _DAYS.get(days, ""), local.year == today.year, at <= now)
