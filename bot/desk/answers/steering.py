"""What the verbs that stop and start answer."""

from dataclasses import dataclass
from typing import ClassVar

from bot.desk.answer import Button, Rows, Topic
from bot.desk.answers.deciding import undoing
from bot.desk.answers.looking import Decided, Standing
from bot.model.desk import Shows


@dataclass(frozen=True, slots=True)
class Result:
    """What a verb did to one delivery: done, or why not, by the state it is in."""

    done: bool
    standing: Standing
    paused: bool = False
    """The whole channel is paused: what is let go waits on."""


@dataclass(frozen=True, slots=True)
class Steered:
    """What a verb did, delivery by delivery."""

    template: ClassVar[str] = "steered"
    verb: str
    number: int
    headline: str
    reason: str
    results: tuple[Result, ...]
    last: Decided | None = None
    """Who was first, where nothing was left to do."""

    @property
    def rows(self) -> Rows:
        """The way back."""
        back = {"hold": "release", "release": "hold"}.get(self.verb)
        if not any(result.done for result in self.results):
            return ()
        undo = undoing(self.verb, self.number)
        return ((Button(back, f"{back} {self.number}"), *undo[0]),) if back else undo

    @property
    def topic(self) -> Topic:
        """The story."""
        return Topic(Shows.ANSWER, self.number)
