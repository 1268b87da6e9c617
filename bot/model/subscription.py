"""A subscription: a hub's promise to bring a source's changes to us (WebSub), for as long as its lease lasts."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Standing(StrEnum):
    """How a subscription stands."""

    WANTED = "wanted"  # the house asks the hub, when it is due
    ASKED = "asked"  # the hub, by asking back whether it was us; the house asks again, when that does not come
    ACTIVE = "active"  # the house renews it, before its lease ends
    DENIED = "denied"  # the house asks again after a day


@dataclass(frozen=True, slots=True)
class Hub:
    """Where changes of a document can be subscribed to."""

    url: str
    topic: str
    """What the document calls itself there."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One a source."""

    source: str
    hub: Hub
    word: str = field(repr=False)
    """Ends the address that the hub is given: nobody else knows it."""
    secret: str = field(repr=False)
    """What the hub signs with."""
    standing: Standing
    lease_until: datetime | None
    tries: int
    """Asked in vain, in a row."""
    problem: str = ""

    def active(self, now: datetime) -> bool:
        """Whether the hub brings what is new."""
        return self.lease_until is not None and now < self.lease_until
