"""What the verbs that run the house answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.desk.answer import Button, Rows
from bot.desk.answers.looking import turning
from bot.desk.answers.settling import others
from bot.rules.breaker import Breaker
from bot.rules.pacing import Used


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """How one channel does; `closed_until`: its platform asked to wait."""

    name: str
    paused: str | None
    closed_until: datetime | None
    waiting: int
    held: int
    last_at: datetime | None
    last_link: str | None
    used: Used | None = None
    """Of the limit that it has come closest to."""
    failing: Breaker | None = None
    """It does not answer: one delivery tries now and then."""


@dataclass(frozen=True, slots=True)
class ChannelsShown:
    """How all channels do."""

    template: ClassVar[str] = "channels"
    channels: tuple[ChannelLine, ...]
    page: int = 1
    pages: int = 1
    may: bool = False
    """Whoever asks may pause and resume."""
    paused: int = 0
    """Of all channels."""
    every: int = 0

    @property
    def rows(self) -> Rows:
        """Pause or resume one or all, and turn the page."""
        turns = turning("channels", self.page, self.pages)
        if not self.may:
            return turns
        both = [Button("pause_all", "pause all")] if self.paused < self.every else []
        both += [Button("resume_all", "resume all")] if self.paused else []
        switches = [_switch(one.name, paused=bool(one.paused)) for one in self.channels]
        return (*pairwise(switches), *((tuple(both),) if both else ()), *turns)


@dataclass(frozen=True, slots=True)
class Paused:
    """Channels or a source stand still; `done` is False where they did before."""

    template: ClassVar[str] = "paused"
    names: tuple[str, ...]
    why: str
    done: bool
    source: bool = False

    @property
    def rows(self) -> Rows:
        """The way back."""
        one = len(self.names) == 1
        back = _switch(self.names[0], paused=True) if one else Button("resume_all", "resume all")
        return ((back, *others(source=self.source)),)


@dataclass(frozen=True, slots=True)
class Panicked:
    """Everything has been stopped, or goes on; the channels that this changed."""

    template: ClassVar[str] = "panicked"
    channels: tuple[str, ...]
    over: bool

    @property
    def rows(self) -> Rows:
        """The way back."""
        return () if self.over else ((Button("panic_over", "panic over"),),)


@dataclass(frozen=True, slots=True)
class SourceLine:
    """How one source does."""

    name: str
    last_look: datetime | None
    next_look: datetime
    failures: int
    problem: str
    paused: str | None = None


def _switch(name: str, *, paused: bool) -> Button:
    verb = "resume" if paused else "pause"
    return Button(verb, f"{verb} {name}", name)


@dataclass(frozen=True, slots=True)
class SourcesShown:
    """A page of sources."""

    template: ClassVar[str] = "sources"
    sources: tuple[SourceLine, ...]
    page: int
    pages: int
    may: bool = False
    """Whoever asks may have them looked at and pause them."""

    @property
    def rows(self) -> Rows:
        """Look at each now, or pause it; and turn the page."""
        turns = turning("sources", self.page, self.pages)
        return (*((*map(_steering, self.sources),) if self.may else ()), *turns)


def _steering(source: SourceLine) -> tuple[Button, ...]:
    look = Button("look", f"look {source.name}", source.name)
    return (_switch(source.name, paused=True),) if source.paused else (look, _switch(source.name, paused=False))


@dataclass(frozen=True, slots=True)
class Woken:
    """A source is looked at now, or there is none of that name."""

    template: ClassVar[str] = "woken"
    name: str
    known: bool
    near: str | None = None

    @property
    def rows(self) -> Rows:
        """Back to all of them."""
        return (others(source=True),)


@dataclass(frozen=True, slots=True)
class FloodLine:
    """A source that brought many old stories at once."""

    source: str
    stories: int


@dataclass(frozen=True, slots=True)
class FloodsShown:
    """Which sources have a flood waiting."""

    template: ClassVar[str] = "floods"
    asks: ClassVar[bool] = True
    floods: tuple[FloodLine, ...]

    @property
    def rows(self) -> Rows:
        """Both ways out, source by source."""
        return tuple(flooding(one.source) for one in self.floods)


@dataclass(frozen=True, slots=True)
class FloodDone:
    """All of it goes out, or is only remembered."""

    template: ClassVar[str] = "flood_done"
    source: str
    stories: int
    released: bool


def pairwise(buttons: Sequence[Button]) -> Rows:
    """Two a row."""
    return tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))


def flooding(source: str) -> tuple[Button, ...]:
    """The two ways out of a flood."""
    return (
        Button("flood_release", f"flood {source} release", source),
        Button("flood_drop", f"flood {source} drop", source),
    )
