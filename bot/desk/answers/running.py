"""What the verbs that run the house answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.desk.answer import Button, Rows
from bot.desk.answers.looking import turning


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


@dataclass(frozen=True, slots=True)
class ChannelsShown:
    """How all channels do."""

    template: ClassVar[str] = "channels"
    channels: tuple[ChannelLine, ...]

    @property
    def rows(self) -> Rows:
        """Resume what is paused."""
        return tuple((Button("resume", f"resume {one.name}", one.name),) for one in self.channels if one.paused)


@dataclass(frozen=True, slots=True)
class Paused:
    """A channel stands still; `done` is False where it did before."""

    template: ClassVar[str] = "paused"
    channel: str
    why: str
    done: bool

    @property
    def rows(self) -> Rows:
        """The way back."""
        return ((Button("resume", f"resume {self.channel}", self.channel),),)


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


def _helping(source: SourceLine) -> Button:
    verb = "resume" if source.paused else "look"
    return Button(verb, f"{verb} {source.name}", source.name)


@dataclass(frozen=True, slots=True)
class SourcesShown:
    """A page of sources."""

    template: ClassVar[str] = "sources"
    sources: tuple[SourceLine, ...]
    page: int
    pages: int

    @property
    def rows(self) -> Rows:
        """Look at those in trouble, and turn the page."""
        ill = tuple((_helping(one),) for one in self.sources if one.problem or one.paused)
        return (*ill, *turning("sources", self.page, self.pages))


@dataclass(frozen=True, slots=True)
class Woken:
    """A source is looked at now, or there is none of that name."""

    template: ClassVar[str] = "woken"
    name: str
    known: bool
    near: str | None = None


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


def flooding(source: str) -> tuple[Button, ...]:
    """The two ways out of a flood."""
    return (
        Button("flood_release", f"flood {source} release", source),
        Button("flood_drop", f"flood {source} drop", source),
    )
