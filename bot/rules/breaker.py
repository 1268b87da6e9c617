"""The breaker of a channel: opened by failure after failure, probed by one delivery at a time, closed by a success."""

from dataclasses import dataclass
from datetime import datetime, timedelta

FAILURES = 5
"""Different deliveries that fail one after the other open it."""
FIRST = timedelta(minutes=1)
LONGEST = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Breaker:
    """What is remembered of a channel that failed."""

    channel: str
    failures: int = 0
    """Deliveries in a row, each counted once."""
    delivery: int = 0
    """The last one that failed."""
    why: str = ""
    opened_at: datetime | None = None
    """None while it is closed: the channel is in use, and only its failures are counted."""
    probe_at: datetime | None = None
    """When one delivery may try again."""
    probes: int = 0
    """Tries that failed since it opened."""


def after_failure(before: Breaker, delivery: int, why: str, now: datetime) -> Breaker:
    """Count it. One delivery that fails again and again says nothing of its channel."""
    failures = before.failures + (delivery != before.delivery)
    if before.opened_at is not None:
        probes = before.probes + 1
        return Breaker(before.channel, failures, delivery, why, before.opened_at, now + _wait(probes), probes)
    if failures < FAILURES:
        return Breaker(before.channel, failures, delivery, why)
    return Breaker(before.channel, failures, delivery, why, now, now + _wait(0))


def _wait(probes: int) -> timedelta:
    return min(FIRST * (1 << min(probes, 20)), LONGEST)
