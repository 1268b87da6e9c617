"""An arrival: what somebody brought to a source, kept as it came until it has been read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from bot.model.source import Found, Look, Memory
from bot.model.subscription import Subscription


class Arrived(StrEnum):
    """How far the reading of an arrival is."""

    WAITING = "waiting"  # pickup, when it is due
    DONE = "done"  # nobody: the ledger has what came of it
    UNREADABLE = "unreadable"  # nobody: it is kept with its problem, and an editor has been told


@dataclass(frozen=True, slots=True)
class Knock:
    """A request at a source's own address, as it came."""

    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    query: Mapping[str, str] = field(default_factory=dict)
    word: str = ""
    """What stood in the path behind the source's name."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What of a request is kept."""

    key: str
    """A second letter of the same key is a repeat, and nothing is done for it."""
    body: bytes
    content_type: str = ""
    contact: str | None = None
    """How the sender can be reached: for editors only, never part of a story, a log or a page."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A letter that waits to be read."""

    id: int
    source: str
    key: str
    received_at: datetime
    content_type: str
    body: bytes


@runtime_checkable
class Reads(Protocol):
    """A source that can be brought things, beside what it goes and looks for.

    The house keeps the letters: an arrival is done with only when the ledger has what `read` made of it.
    """

    name: str

    async def read(self, arrival: Arrival, memory: Memory, now: datetime) -> Look:
        """The same as a look, made from what was brought.

        Raises SourceUnreadable where it never will be an article, SourceUnreachable where it may be one later.
        """
        ...

    async def taken(self, found: Found) -> None:
        """The ledger has it."""
        ...


@runtime_checkable
class Receives(Reads, Protocol):
    """A source that lets people and machines in by itself."""

    largest: int
    """Bytes of a body that are read at most."""

    def admit(self, knock: Knock, now: datetime) -> Letter:
        """What is to be kept, and is in the ledger before the sender hears of it. Raises NotAdmitted."""
        ...


@runtime_checkable
class Subscribes(Reads, Protocol):
    """A source whose changes a hub can bring (WebSub)."""

    every: timedelta
    subscribes: bool
    """Whether the settings let it."""

    async def subscribe(self, one: Subscription, callback: str) -> None:
        """Ask the hub; it asks back at the callback. Raises SourceUnreachable."""
        ...
