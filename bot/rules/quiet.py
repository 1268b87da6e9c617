"""Quiet hours: by the newsroom's rule, what is not urgent waits for the morning."""

from datetime import datetime, time
from zoneinfo import ZoneInfo


def is_quiet(hours: str | None, now: datetime, zone: ZoneInfo) -> bool:
    """Whether `now` lies in hours such as "23:00-07:00", which may go over midnight; the end is no longer quiet."""
    if hours is None:
        return False
    begin, end = (time.fromisoformat(one) for one in hours.split("-"))
    clock = now.astimezone(zone).time().replace(tzinfo=None)
    return begin <= clock < end if begin <= end else clock >= begin or clock < end
