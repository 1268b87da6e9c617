"""Catching up: when what is late on a channel becomes one digest, and what names that digest."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.model.delivery import Delivery
from bot.model.story import Story
from bot.rules.lateness import WAITS, Lateness

SETTLES = timedelta(minutes=3)
"""After an outage stories come one after the other: so long nothing new must have joined."""
AT_LAST = timedelta(minutes=15)
"""What trickles in for ever holds up nobody longer than this."""
MOST = 100
"""Stories of one digest; no reader reads more."""


def ripe(joined: Sequence[datetime], now: datetime) -> bool:
    """Whether the digest is made now of what joined at these times."""
    return bool(joined) and (now - max(joined) >= SETTLES or now - min(joined) >= AT_LAST)


def tellable(row: Delivery, story: Story, lateness: Lateness, now: datetime) -> bool:
    """Whether lateness alone stands against it; what an editor holds meanwhile is not told."""
    return lateness.objection(row.act, story, now) == WAITS


def in_order(stories: Iterable[Story]) -> tuple[Story, ...]:
    """Breaking first, then newest, and no more than a reader reads."""
    found = sorted(stories, key=lambda one: (one.orders.urgent, one.first_seen, one.id), reverse=True)
    return tuple(found[:MOST])


def same(story: Story, others: Iterable[Story]) -> bool:
    """Whether it, or a reprint of it, is one of them."""
    return any(story.id == one.id or (story.cluster and story.cluster == one.cluster) for one in others)


def key_of(waiting: Iterable[int]) -> str:
    """The same for the same deliveries, whoever makes their digest and however often."""
    return f"late:{hashlib.sha256(' '.join(map(str, sorted(waiting))).encode()).hexdigest()[:32]}"
