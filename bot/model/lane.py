"""A lane: the way out through one account; what a drain finds there when it looks for the next deliveries."""

from dataclasses import dataclass
from datetime import datetime

from bot.model.ledger import Claim


@dataclass(frozen=True, slots=True)
class Later:
    """A delivery may not leave yet: it waits by itself, with the reason beside it."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Never:
    """A delivery may not leave at all any more."""

    why: str


Objection = str | Later | Never
"""What stands against sending a delivery now; plain words hold it for an editor."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What was claimed in one transaction, and what is known of the lane."""

    claims: tuple[Claim, ...] = ()
    stale: bool = False
    """Another worker claimed here meanwhile, so nothing was claimed: what was sent must be read again first."""
    closed_until: datetime | None = None
    """The platform wants to be left alone."""
    strikes: int = 0
    """How often it throttled us in a row without naming a time."""
    more: bool = False
    """There may be more that can be claimed at once."""
    unknown: frozenset[str] = frozenset()
    """Channels with deliveries in the lane that this worker does not have there."""
    troubled: frozenset[str] = frozenset()
    """Channels of these claims that failed lately."""


@dataclass(frozen=True, slots=True)
class Closure:
    """A lane that its platform wants to be left alone, for the desk."""

    lane: str
    until: datetime
    why: str
