"""A broadcast: a message of the newsroom's own to its readers, and how far it has come."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model.edition import Edition
from bot.model.subscriber import Counts, Fanout


@dataclass(frozen=True, slots=True)
class Draft:
    """A message before anybody has it."""

    text: str
    language: str
    topics: tuple[str, ...] = ()
    """Whoever would get a story of one of these; none: everybody."""
    carriers: tuple[str, ...] = ()
    """Who carries it; none: all of them."""
    urgent: bool = False
    """As breaking news: before all that waits, and in quiet hours."""


@dataclass(frozen=True, slots=True)
class Proof:
    """How a carrier would bring it; no edition where it cannot, and then the `problem` says why."""

    carrier: str
    edition: Edition | None
    readers: int
    takes: timedelta | None
    """Until the last of them has it, behind what waits already; None where nothing sets the pace."""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A message that was ordered, and who stands for it."""

    id: int
    draft: Draft
    needed: int
    """Editors that have to sign it."""
    signed: tuple[str, ...]
    """Who wrote it comes first."""
    fanouts: tuple[int, ...]
    """One a carrier."""
    at: datetime

    @property
    def missing(self) -> int:
        """Editors that have still to sign it."""
        return max(0, self.needed - len(self.signed))

    @property
    def title(self) -> str:
        """Its first line."""
        return self.draft.text.strip().splitlines()[0]


@dataclass(frozen=True, slots=True)
class Carried:
    """How far a story, a digest or a broadcast is on its way to a carrier's readers."""

    fanout: Fanout
    counts: Counts
    lost: int
    """Readers that are gone, as their platform said on the way."""
    left: timedelta | None
    """Until the last has it; None where it is done, or nothing sets the pace."""
