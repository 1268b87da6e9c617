"""An outlet: a channel as the newsroom set it up, and the lane that its account's limits make."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.model.channel import Channel
from bot.rules.follow import Corrections

Clock = Callable[[], datetime]
"""The time now, aware, UTC. Given by app.py; a test gives its own."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """Where editions of one channel go."""

    name: str
    channel: Channel
    lane: str
    corrections: Corrections = "said"
    """When a changed story is posted anew where it cannot be edited."""
