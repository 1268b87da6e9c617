"""What `why` answers: the whole way of one story, sentence by sentence."""

from dataclasses import dataclass
from typing import ClassVar

from bot.desk.answer import Topic
from bot.desk.answers.carrying import Reaching
from bot.model.desk import Shows
from bot.rules.why import Line


@dataclass(frozen=True, slots=True)
class Why:
    """What happened everywhere, then channel by channel; each ends with what it waits for."""

    template: ClassVar[str] = "why"
    number: int
    headline: str
    lines: tuple[Line, ...]
    carried: tuple[Reaching, ...] = ()
    """On its way to readers."""

    @property
    def topic(self) -> Topic:
        """The story."""
        return Topic(Shows.ANSWER, self.number)
