"""What the verbs that decide on a story answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.desk.answer import Button, Rows, Topic
from bot.desk.answers.looking import Decided, Standing
from bot.model.desk import Shows


@dataclass(frozen=True, slots=True)
class Ordered:
    """What an order did to a story, and where the story stands now."""

    template: ClassVar[str] = "ordered"
    verb: str
    number: int
    headline: str
    done: bool
    standings: tuple[Standing, ...]
    why_not: str = ""
    """Where it was not carried out, or not wholly."""
    reason: str = ""
    missing: int = 0
    """How many more editors have to say the same."""
    signed: tuple[str, ...] = ()
    """Who has approved it, in order."""
    urgent: bool = False
    """Enough editors want it out now."""
    channels: tuple[str, ...] = ()
    at: datetime | None = None
    """The moment that was ordered; None for an embargo: it is lifted."""
    last: Decided | None = None
    """Who was first, where nothing was left to do."""

    @property
    def rows(self) -> Rows:
        """The way back."""
        return undoing(self.verb, self.number) if self.done else ()

    @property
    def topic(self) -> Topic:
        """The story."""
        return Topic(Shows.ANSWER, self.number)


@dataclass(frozen=True, slots=True)
class WhyRejected:
    """A rejection needs a reason."""

    template: ClassVar[str] = "why_rejected"
    asks: ClassVar[bool] = True
    number: int
    headline: str

    @property
    def topic(self) -> Topic:
        """The story."""
        return Topic(Shows.ANSWER, self.number)


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of taking an order back; no number: there was none."""

    template: ClassVar[str] = "undone"
    number: int
    headline: str
    done: bool
    why_not: str
    standings: tuple[Standing, ...]

    @property
    def topic(self) -> Topic:
        """The story, if there is one."""
        return Topic(Shows.ANSWER, self.number or None)


def undoing(verb: str, number: int) -> Rows:
    """The way back, for a minute."""
    return ((Button("undo", f"undo {number} {verb}"),),)
