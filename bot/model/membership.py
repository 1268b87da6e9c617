"""What the ledger tells of subscribers: for digests, for the desk, and for themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.model.subscriber import Membership, Subscriber


@dataclass(frozen=True, slots=True)
class Standing:
    """So many subscribers of a carrier are in that state."""

    carrier: str
    state: Membership
    count: int


@dataclass(frozen=True, slots=True)
class Topical:
    """So many who get posts have chosen that topic."""

    carrier: str
    topic: str
    count: int


@dataclass(frozen=True, slots=True)
class CarrierDay:
    """How a carrier's readers grew on one day (UTC), and what went to them."""

    day: date
    carrier: str
    joined: int = 0
    left: int = 0
    lost: int = 0
    sent: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Ways:
    """How many readers get stories in which way, the most usual first."""

    rhythms: tuple[tuple[str, int], ...] = ()
    forms: tuple[tuple[str, int], ...] = ()
    languages: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Unreached:
    """So many readers of a carrier are lost for that reason; the number of the last of them."""

    carrier: str
    why: str
    count: int
    last: int


@dataclass(frozen=True, slots=True)
class Told:
    """A post that went, or is to go, to one subscriber."""

    headline: str
    state: str
    at: datetime
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Ban:
    """That somebody must not come back."""

    who: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MyData:
    """Everything that is kept of one subscriber; for nobody's eyes but theirs."""

    subscriber: Subscriber
    address: str | None
    """None once they have left."""
    secrets: int
    """How many signing secrets are kept of a webhook; they are told once, when they are made."""
    changed_at: datetime
    asked_to_confirm: datetime | None
    digest_at: datetime | None
    posts_today: tuple[str, int]
    """A day of their zone, and how many posts came at once on it."""
    failures: int
    failing_since: datetime | None
    told: Sequence[Told]
    """Oldest first, as long as the rows of a fan-out are kept."""
    returned: Sequence[str]
    """What came back of the mail to them."""
    kept_back: int
    """Stories that wait for the next digest."""
