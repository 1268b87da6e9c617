"""What is answered about readers: figures, how one of them stands, and that somebody was banned. Never an address."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from bot.desk.answer import Button, Rows
from bot.model.membership import Unreached, Ways
from bot.model.subscriber import Choices, Reading, Timing


@dataclass(frozen=True, slots=True)
class Moved:
    """How many came and went in so many days."""

    days: int
    joined: int
    left: int
    """With those who were lost."""


@dataclass(frozen=True, slots=True)
class CarrierFigures:
    """A carrier's readers by state."""

    carrier: str
    active: int
    asked: int
    paused: int
    lost: int
    left: int
    banned: int


@dataclass(frozen=True, slots=True)
class Readers:
    """All of them in figures, with a chart of how they grew."""

    template: ClassVar[str] = "readers"
    carriers: tuple[CarrierFigures, ...]
    moved: tuple[Moved, ...]
    topics: tuple[tuple[str, int], ...]
    ways: Ways
    unreached: tuple[Unreached, ...]
    chart: Path | None = None

    @property
    def picture(self) -> Path | None:
        """How they grew."""
        return self.chart

    @property
    def active(self) -> int:
        """Who gets posts."""
        return sum(one.active for one in self.carriers)


@dataclass(frozen=True, slots=True)
class OneReader:
    """How one of them stands and what they chose."""

    template: ClassVar[str] = "reader"
    number: int
    carrier: str
    state: str
    why: str
    since: datetime
    choices: Choices
    timing: Timing
    reading: Reading
    bans: bool
    """Whoever asks may ban them."""

    @property
    def rows(self) -> Rows:
        """Keep them out, or let them back in."""
        verb = "unban" if self.state == "banned" else "ban"
        return (
            ((Button(f"{verb}_one", f"{verb} {self.number}", f"{self.carrier}~{self.number}"),),) if self.bans else ()
        )


@dataclass(frozen=True, slots=True)
class WhichReader:
    """No reader was named, or nobody has that number."""

    template: ClassVar[str] = "which_reader"
    verb: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Barred:
    """Somebody is banned, or let back in; `done` False where that was so already."""

    template: ClassVar[str] = "barred"
    verb: str
    whom: str
    """Such as "letters~17", or the story that they sent in."""
    done: bool
