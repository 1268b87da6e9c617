"""An outlet: a channel as the newsroom set it up, and the lane that its account's limits make."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.model.channel import Channel

Clock = Callable[[], datetime]
"""The time now, aware, UTC. Given by app.py; a test gives its own."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """Where editions of one channel go."""

    name: str
    channel: Channel
    lane: str
