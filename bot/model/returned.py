"""What comes back: of a mail that did not arrive or that a reader complained of, or of a message afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from bot.model.arrival import Knock


class Return(StrEnum):
    """Why a mail came back."""

    HARD = "hard"  # there is no such reader
    SOFT = "soft"  # a full mailbox, a rule, a fault: it may go well the next time
    COMPLAINT = "complaint"  # the reader called it spam


@dataclass(frozen=True, slots=True)
class Returned:
    """One reader's mail that came back."""

    address: str
    """Empty where a complaint does not tell whose it is."""
    kind: Return
    why: str
    """As their server said it."""


@dataclass(frozen=True, slots=True)
class Report:
    """One mail of another server that tells what became of ours."""

    id: str
    """Where it lies in the mailbox."""
    mark: str
    """The same however often it is read."""
    keys: tuple[str, ...]
    """What our delivery's key may be, for whoever knows a key of ours has had the mail; the surest first."""
    returned: tuple[Returned, ...] = ()


@dataclass(frozen=True, slots=True)
class Bounce:
    """What the ledger knows of one return."""

    channel: str
    address: str
    kind: Return
    why: str
    at: datetime
    story: int


@runtime_checkable
class Returning(Protocol):
    """A channel to which a mailbox tells what did not arrive."""

    async def reports(self) -> tuple[Report, ...]:
        """Reports that nobody has filed yet; other mail stays untouched. Raises Refused or Unavailable."""
        ...

    async def filed(self, reports: Sequence[Report]) -> None:
        """The ledger has them: they are marked as read. Raises like `reports`."""
        ...


class Fate(StrEnum):
    """What a platform says of a message afterwards."""

    OUT = "out"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class News:
    """What became of one message that the platform had taken."""

    key: str
    platform_id: str
    fate: Fate
    at: datetime
    why: str = ""


@runtime_checkable
class Reporting(Protocol):
    """A channel whose platform reports at a door of ours what became of its messages."""

    name: str
    largest: int
    """Bytes of a report that are read at most."""

    def challenged(self, query: Mapping[str, str]) -> str:
        """What proves to the platform that the door is ours. Raises NotAdmitted."""
        ...

    def news(self, knock: Knock) -> tuple[News, ...]:
        """What is reported, of this channel and of others of the same account. Raises NotAdmitted."""
        ...
