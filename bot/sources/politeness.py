"""When to look again: never sooner than the settings say, later where the site asks for it or has long been silent."""

import re
from bisect import bisect_right
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import blake2b

from bot.sources.reading.feeds import Feed

LATEST = timedelta(hours=1)
"""Many a server says "a day" of everything; news does not wait that long."""
_SILENT_FOR = (timedelta(hours=3), timedelta(days=1), timedelta(days=7))
_TIMES = (1, 2, 4, 12)
"""How many times less often before and after each of these: a night does little, a week much."""
_TOO_SHORT_TO_SPREAD = timedelta(minutes=1)
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_ALWAYS_STALE = re.compile(r"no-cache|no-store", re.IGNORECASE)


def next_look(every: timedelta, headers: Mapping[str, str], feed: Feed | None, now: datetime) -> timedelta:
    """`headers` in lower case; `feed` is None where it has not changed."""
    asked = max(_fresh_for(headers), (feed.every if feed else None) or timedelta(0))
    wait = max(every, min(asked, LATEST))
    return _after_skipped(wait, feed.skip_hours, now) if feed else wait


def stretched(every: timedelta, silence: timedelta) -> timedelta:
    """The interval for a source that brought nothing new for `silence`; for this alone nobody waits over an hour."""
    return max(every, min(every * _TIMES[bisect_right(_SILENT_FOR, silence)], LATEST))


def spread(wait: timedelta, source: str) -> timedelta:
    """Up to a tenth later, the same for a source each time: thousands that were due at once soon no longer are."""
    if wait < _TOO_SHORT_TO_SPREAD:
        return wait
    share = int.from_bytes(blake2b(source.encode(), digest_size=4).digest(), "big") / 2**32
    return wait + wait * share / 10


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
