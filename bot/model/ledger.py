"""What the ledger answers: values that every floor may name."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model.delivery import Delivery, Receipt


class Verdict(StrEnum):
    """What recording an article turned out to be."""

    NEW = "new"
    REVISED = "revised"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Recorded:
    """The story that an article is."""

    story: int
    revision: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Due:
    """Something waits to be sent here, now."""

    lane: str
    channel: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that one worker may send, under a lease."""

    delivery: Delivery
    receipt: Receipt | None = None
    """What is out already, for an edit or a deletion."""


@dataclass(frozen=True, slots=True)
class SourceNote:
    """How a source does."""

    name: str
    next_look: datetime
    last_look: datetime | None
    failures: int
    problem: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something an editor must be told, once."""

    id: int
    subject: str
    text: str
    at: datetime
