"""What the verbs that choose channels and turns answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.desk.answer import Button, Rows, Topic
from bot.desk.answers.looking import turning
from bot.model.desk import Shows


@dataclass(frozen=True, slots=True)
class WhichChannel:
    """A story without the channel that it is to be kept from, or given to."""

    template: ClassVar[str] = "which_channel"
    asks: ClassVar[bool] = True
    verb: str
    number: int
    headline: str
    channels: tuple[str, ...]

    @property
    def rows(self) -> Rows:
        """One tap names it."""
        order = f"{self.verb} {self.number}"
        return tuple((Button(f"{self.verb}_one", f"{order} {one}", one),) for one in self.channels)

    @property
    def topic(self) -> Topic:
        """The story."""
        return Topic(Shows.ANSWER, self.number)


@dataclass(frozen=True, slots=True)
class Turn:
    """One post that waits for its turn; `mine`: whoever asks may move it."""

    delivery: int
    story: int
    headline: str
    due_at: datetime
    urgent: bool
    mine: bool = True


@dataclass(frozen=True, slots=True)
class Turns:
    """In which order the posts of a channel go, with what was moved last."""

    template: ClassVar[str] = "turns"
    channel: str
    turns: tuple[Turn, ...]
    """One page of them."""
    before: int
    """How many stand on the pages before."""
    page: int
    pages: int
    moved: int | None = None
    """The turn that a story has now."""
    why_not: str = ""

    @property
    def rows(self) -> Rows:
        """Up and down for each, and the pages."""
        steps = tuple(
            tuple(
                Button(f"turn_{way}", f"order d{one.delivery} {way}", f"#{one.story}") for way in ("top", "up", "down")
            )
            for one in self.turns
            if one.mine
        )
        return (*steps, *turning(f"order {self.channel}", self.page, self.pages))


@dataclass(frozen=True, slots=True)
class WhichLine:
    """Several channels have posts waiting; each has an order of its own."""

    template: ClassVar[str] = "which_line"
    channels: tuple[str, ...]

    @property
    def rows(self) -> Rows:
        """One tap shows it."""
        return tuple((Button("line_one", f"order {one}", one),) for one in self.channels)
