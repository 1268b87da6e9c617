"""When a channel may send next, read from what was sent: no counter that a restart could lose."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.model.channel import Pace, Scope

Sends = Sequence[tuple[str, datetime]]
"""(channel, start of the attempt) of one lane, newest first."""


def open_at(paces: Iterable[Pace], channel: str, sends: Sends, now: datetime) -> datetime:
    """The earliest time, not before `now`, at which one more send of `channel` keeps every pace."""
    earliest = now
    for pace in paces:
        counted = [at for name, at in sends if pace.scope is Scope.ACCOUNT or name == channel]
        if len(counted) >= pace.count:
            earliest = max(earliest, counted[pace.count - 1] + pace.per)
    return earliest


def window(paces: Iterable[Pace]) -> timedelta:
    """How far back sends must be known."""
    return max((pace.per for pace in paces), default=timedelta(0))
