"""When to look again: never sooner than the settings say, later where the server or the feed asks for it."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from bot.sources.reading.feeds import Feed

LATEST = timedelta(hours=1)
"""Many a server says "a day" of everything; news does not wait that long."""
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_ALWAYS_STALE = re.compile(r"no-cache|no-store", re.IGNORECASE)


def next_look(every: timedelta, headers: Mapping[str, str], feed: Feed | None, now: datetime) -> timedelta:
    """`headers` in lower case; `feed` is None where it has not changed."""
    asked = max(_fresh_for(headers), (feed.every if feed else None) or timedelta(0))
    wait = max(every, min(asked, LATEST))
    return _after_skipped(wait, feed.skip_hours, now) if feed else wait


def _fresh_for(headers: Mapping[str, str]) -> timedelta:
    """How long the server says that its answer stays as it is."""
    control = headers.get("cache-control", "")
    if _ALWAYS_STALE.search(control):
        return timedelta(0)
    if match := _MAX_AGE.search(control):
        age = headers.get("age", "")
        spent = int(age) if age.isascii() and age.isdigit() and len(age) < 10 else 0
        return timedelta(seconds=max(int(match[1]) - spent, 0))
    try:
        expires = _utc(parsedate_to_datetime(headers["expires"]))
        return max(expires - _utc(parsedate_to_datetime(headers["date"])), timedelta(0))
    except (KeyError, ValueError, TypeError, OverflowError):
        return timedelta(0)


def _after_skipped(wait: timedelta, skipped: frozenset[int], now: datetime) -> timedelta:
    """Not within the hours in which the feed asks for rest; a feed that names all of them is not believed."""
    for hours in range(24):
        at = now.astimezone(UTC) + wait + timedelta(hours=hours)
        if at.hour not in skipped:
            return wait if hours == 0 else at.replace(minute=0, second=0, microsecond=0) - now
    return wait


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
