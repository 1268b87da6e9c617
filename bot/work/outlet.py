"""An outlet: a channel as the newsroom set it up, and the lane that its account's limits make."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.model.channel import Channel, Facts, Measurable, Pace
from bot.rules.follow import Corrections
from bot.rules.hours import Hours, Quiet
from bot.rules.lateness import Late, Lateness
from bot.settings import ChannelSettings, Settings

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
    pace: tuple[Pace, ...] | None = None
    """Instead of the platform's own."""
    hours: Hours | None = None
    """When its readers may be disturbed."""
    lateness: Lateness | None = None
    """What becomes of a late story; None: as the whole newsroom does."""
    signs: bool = False
    """It prints the editor who approved a story, where the article names no responsible editor (责任编辑)."""

    async def facts(self) -> Facts:
        """What its platform takes; a server that says so itself is asked first. Never raises a DeliveryError."""
        if isinstance(self.channel, Measurable):
            await self.channel.measure()
        return self.channel.facts

    @property
    def paces(self) -> tuple[Pace, ...]:
        """How fast it may send."""
        return self.channel.facts.pace if self.pace is None else self.pace


def outlet(settings: Settings, own: ChannelSettings, channel: Channel, lane: str) -> Outlet:
    """The channel with everything that the settings say of how and when it posts."""
    hours = own.hours.over(settings.newsroom.hours)
    span = hours.span
    zone = ZoneInfo(hours.zone) if hours.zone else settings.newsroom.tz
    limit: timedelta | None = hours.not_older_than or settings.desk.not_older_than
    return Outlet(
        channel.name,
        channel,
        lane,
        own.corrections,
        own.paces(channel.facts.pace),
        Hours(zone, Quiet(*span, hours.breaking) if span else None, hours.space, hours.daily),
        Lateness(limit, Late(hours.late)),
        own.sign,
    )
