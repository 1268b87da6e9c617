"""What the verbs for what is on top of channels answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.desk.answer import Button, Rows, Topic
from bot.model.desk import Shows


@dataclass(frozen=True, slots=True)
class PinUntil:
    """The end of a pin as it was understood, with every other way to read it; or why it was not. Nothing counts yet."""

    template: ClassVar[str] = "pin_until"
    asks: ClassVar[bool] = True
    number: int
    headline: str
    channels: tuple[str, ...]
    """Empty: all that it goes to and that can pin."""
    readings: tuple[datetime, ...] = ()
    """In the newsroom's zone, the likeliest first."""
    doubts: tuple[str, ...] = ()
    words: str = ""
    """What was not understood, or is past."""

    @property
    def rows(self) -> Rows:
        """One button a reading."""
        return tuple(
            (Button("sure", f"pin {self.number} ={int(one.timestamp())}", f"{one:%m-%d %H:%M}"),)
            for one in self.readings
        )

    @property
    def topic(self) -> Topic:
        """The story."""
        return Topic(Shows.ANSWER, self.number)


@dataclass(frozen=True, slots=True)
class Pinned:
    """What became of an order to pin or to unpin."""

    template: ClassVar[str] = "pinned"
    verb: str
    number: int
    headline: str
    done: bool
    why_not: str = ""
    until: datetime | None = None
    channels: tuple[str, ...] = ()
    """Where the story is to stand on top now."""
    replaced: tuple[str, ...] = ()
    """Headlines that it takes the place of, each with its channel."""

    @property
    def rows(self) -> Rows:
        """The way back."""
        return ((Button("unpin_one", f"unpin {self.number}", f"#{self.number}"),),) if self.channels else ()

    @property
    def topic(self) -> Topic:
        """The story."""
        return Topic(Shows.ANSWER, self.number)


@dataclass(frozen=True, slots=True)
class Top:
    """What should be on top of one channel."""

    channel: str
    story: int
    headline: str
    until: datetime | None
    who: str
    up: bool
    """The platform has it there."""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class OnTop:
    """What is pinned now, channel by channel."""

    template: ClassVar[str] = "on_top"
    tops: tuple[Top, ...]

    @property
    def rows(self) -> Rows:
        """One tap takes a story down everywhere."""
        return tuple(
            (Button("unpin_one", f"unpin {one}", f"#{one}"),) for one in dict.fromkeys(top.story for top in self.tops)
        )
