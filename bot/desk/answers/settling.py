"""What the verbs for what went wrong answer."""

from dataclasses import dataclass
from typing import ClassVar

from bot.desk.answer import Button, Rows, Topic
from bot.desk.answers.looking import Decided, settling
from bot.model.desk import Shows


@dataclass(frozen=True, slots=True)
class Settled:
    """What was settled or is tried again, and the channels where there was nothing to do."""

    template: ClassVar[str] = "settled"
    verb: str
    number: int
    headline: str
    done: tuple[str, ...]
    left: tuple[str, ...]
    out: bool | None = None
    last: Decided | None = None
    """Who was first, where nothing was left to do."""

    @property
    def topic(self) -> Topic:
        """The story."""
        return Topic(Shows.ANSWER, self.number)


@dataclass(frozen=True, slots=True)
class WhichSettle:
    """What is uncertain of a story, and whether it is out."""

    template: ClassVar[str] = "which_settle"
    asks: ClassVar[bool] = True
    number: int
    headline: str
    channels: tuple[str, ...]

    @property
    def rows(self) -> Rows:
        """Both answers, channel by channel."""
        return tuple(settling(self.number, channel) for channel in self.channels)

    @property
    def topic(self) -> Topic:
        """The story."""
        return Topic(Shows.ANSWER, self.number)


def others(*, source: bool) -> tuple[Button, ...]:
    """To the list of all channels, or of all sources."""
    return (Button("sources", "sources") if source else Button("channels", "channels"),)


@dataclass(frozen=True, slots=True)
class Resumed:
    """Channels or a source go on; `was`: they had been paused."""

    template: ClassVar[str] = "resumed"
    names: tuple[str, ...]
    was: bool
    planned: int
    source: bool = False

    @property
    def rows(self) -> Rows:
        """How the others do."""
        return (others(source=self.source),)


@dataclass(frozen=True, slots=True)
class NoChannel:
    """No channel of that name; those that could be meant."""

    template: ClassVar[str] = "no_channel"
    verb: str
    asked: str
    near: str | None
    channels: tuple[str, ...]

    @property
    def rows(self) -> Rows:
        """One tap names it."""
        return tuple((Button(self.verb, f"{self.verb} {one}", one),) for one in self.channels)
