"""What the verbs that set a time answer before it counts."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.desk.answer import Button, Rows, Topic
from bot.model.desk import Shows


@dataclass(frozen=True, slots=True)
class WhatTime:
    """No time yet, or one that was not understood or is past."""

    template: ClassVar[str] = "what_time"
    asks: ClassVar[bool] = True
    verb: str
    number: int
    headline: str
    words: str = ""
    """What was not understood, or is past."""
    past: datetime | None = None
    embargo: datetime | None = None
    """What stands now and can be lifted."""

    @property
    def rows(self) -> Rows:
        """Times that are often meant; each is repeated before it counts."""
        usual = (("in_half_an_hour", "in 30 min"), ("in_an_hour", "in 60 min"), ("tomorrow_at_nine", "tomorrow 09:00"))
        times = tuple((Button(caption, f"{self.verb} {self.number} {words}"),) for caption, words in usual)
        lift = ((Button("lift", f"{self.verb} {self.number} off"),),) if self.embargo else ()
        return (*times, *lift)

    @property
    def topic(self) -> Topic:
        """The story."""
        return Topic(Shows.ANSWER, self.number)


@dataclass(frozen=True, slots=True)
class Sure:
    """A time as it was understood, with every other way to read it: one tap makes it count."""

    template: ClassVar[str] = "sure"
    asks: ClassVar[bool] = True
    verb: str
    number: int
    headline: str
    readings: tuple[datetime, ...]
    """In the newsroom's zone, the likeliest first."""
    doubts: tuple[str, ...] = ()
    """What else may be meant, or was taken for granted."""

    @property
    def rows(self) -> Rows:
        """One button a reading, and one for another time."""
        clocks = [f"{one:%m-%d %H:%M}" for one in self.readings]
        named = (
            clock if clocks.count(clock) == 1 else f"{clock} {one:%z}"
            for clock, one in zip(clocks, self.readings, strict=True)
        )
        order = f"{self.verb} {self.number}"
        sure = (
            (Button("sure", f"{order} ={int(one.timestamp())}", name),)
            for one, name in zip(self.readings, named, strict=True)
        )
        return (*sure, (Button("another_time", order),))

    @property
    def topic(self) -> Topic:
        """The story."""
        return Topic(Shows.ANSWER, self.number)
