"""What the verbs that look over everything answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.desk.answer import Button, Rows
from bot.desk.answers.carrying import Reaching
from bot.desk.answers.looking import settling, turning
from bot.model.delivery import Act, State

MOST_BUTTONS = 4


@dataclass(frozen=True, slots=True)
class Cell:
    """One channel of a story in the matrix; `late`: its time is long past."""

    channel: str
    state: State
    late: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A story in the matrix."""

    number: int
    headline: str
    cells: tuple[Cell, ...]
    carried: tuple[Reaching, ...] = ()
    """On its way to readers."""


@dataclass(frozen=True, slots=True)
class Status:
    """Stories and channels as a matrix, newest story first, and what is wrong."""

    template: ClassVar[str] = "status"
    stories: tuple[Row, ...]
    planned: int
    held: int
    uncertain: int
    failed: int
    paused: tuple[str, ...]
    ill: tuple[str, ...]
    """Sources in trouble."""
    page: int
    pages: int

    @property
    def rows(self) -> Rows:
        """What helps: settle what is uncertain, resume what is paused; and the pages."""
        doubtful = [
            settling(row.number, cell.channel)
            for row in self.stories
            for cell in row.cells
            if cell.state is State.UNCERTAIN
        ]
        resumed = [(Button("resume", f"resume {one}", one),) for one in self.paused]
        return (*doubtful[:MOST_BUTTONS], *resumed[:MOST_BUTTONS], *turning("status", self.page, self.pages))


@dataclass(frozen=True, slots=True)
class OutToday:
    """Something that went out; minutes from its publication, where that is known."""

    number: int
    headline: str
    channel: str
    act: Act
    at: datetime
    link: str | None
    minutes: int | None


@dataclass(frozen=True, slots=True)
class Today:
    """What went out today, newest first, and how many stories came and posts are still to go."""

    template: ClassVar[str] = "today"
    out: tuple[OutToday, ...]
    total: int
    came: int
    waiting: int
    page: int
    pages: int

    @property
    def rows(self) -> Rows:
        """The pages."""
        return turning("today", self.page, self.pages)


@dataclass(frozen=True, slots=True)
class Done:
    """One act of a person, on one story or several at once."""

    who: str
    verb: str
    why: str
    at: datetime
    stories: tuple[int, ...]
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Log:
    """Who did what, newest first."""

    template: ClassVar[str] = "log"
    done: tuple[Done, ...]
    page: int
    more: bool

    @property
    def rows(self) -> Rows:
        """A page back and one on: how many there are, nobody counts."""
        return turning("log", self.page, self.page + self.more)
