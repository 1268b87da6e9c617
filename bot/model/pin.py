"""A pin: the one story that stands on top of a channel, until its end."""

from dataclasses import dataclass
from datetime import datetime

from bot.model.delivery import Receipt


@dataclass(frozen=True, slots=True)
class Pin:
    """What an editor wants on top, and what is there."""

    id: int
    channel: str
    story: int
    until: datetime | None
    who: str
    at: datetime
    ended_at: datetime | None = None
    receipt: Receipt | None = None
    """The post that this pin put on top; None before and after."""
    tries: int = 0
    problem: str = ""
