"""Rhythm: when a subscriber's next digest is due, on the clock of their own zone, and since when it counts stories."""

from datetime import UTC, datetime, timedelta

from bot.model.subscriber import Rhythm, Timing

OVERLAP = timedelta(minutes=10)
"""What is just being planned when somebody turns to digests has not come at once: it may stand in their first."""


def next_digest(timing: Timing, after: datetime) -> datetime | None:
    """The first moment after that one (UTC); None for who gets everything at once.

    Who gets so many a day at most gets the rest of them in a daily one. On a day whose clock changes there is one, too:
    an hour that comes twice counts the first time, one that is left out counts as if the clock had not been changed.
    """
    if timing.rhythm is Rhythm.AT_ONCE and timing.most is None:
        return None
    local = after.astimezone(timing.tz)
    if timing.rhythm is Rhythm.HOURLY:
        ahead = (timing.at.minute - local.minute) % 60 or 60
        return (after + timedelta(minutes=ahead)).astimezone(UTC).replace(second=0, microsecond=0)
    every = 7 if timing.rhythm is Rhythm.WEEKLY else 1
    day = local.date() - timedelta(days=1)  # a zone's clock may have been put back over midnight
    while True:
        at = datetime.combine(day, timing.at.replace(tzinfo=None), timing.tz).astimezone(UTC)
        if at > after and (every == 1 or day.weekday() == timing.weekday):
            return at
        day += timedelta(days=1)


def turned(timing: Timing, at: datetime | None, since: datetime | None, now: datetime) -> tuple[datetime | None, ...]:
    """When the next digest is due, and since when its stories are counted, for who has just changed their timing.

    `at` and `since` are as they were; no `at`: all came at once. What waited for a digest that comes no more comes in a
    last one, now.
    """
    following = next_digest(timing, now)
    if at is None:
        return following, since if following is None else max(since or now - OVERLAP, now - OVERLAP)
    return following or now, since
