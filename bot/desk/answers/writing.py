"""What the verbs that word a story answer."""

from dataclasses import dataclass
from typing import ClassVar

from bot.desk.answer import Button, Rows, Topic
from bot.desk.answers.proofs import Wrote
from bot.model.desk import Shows
from bot.rules.rewording import Part


@dataclass(frozen=True, slots=True)
class WhichWords:
    """What can be worded, and who has."""

    template: ClassVar[str] = "which_words"
    number: int
    headline: str
    channel: str | None
    """None: on all channels."""
    wrote: tuple[Wrote, ...]

    @property
    def rows(self) -> Rows:
        """One tap asks for the words."""
        subject = f"{self.number} {self.channel}" if self.channel else f"{self.number}"
        parts = tuple(Button(f"edit_{part}", f"edit {subject} {part}") for part in Part)
        again = (Button("edit_press", f"edit {subject} press"),) if self.wrote else ()
        return tuple(row for row in (parts, again) if row)

    @property
    def topic(self) -> Topic:
        """The story."""
        return Topic(Shows.ANSWER, self.number)


@dataclass(frozen=True, slots=True)
class AskWords:
    """The next message is the new text."""

    template: ClassVar[str] = "ask_words"
    asks: ClassVar[bool] = True
    number: int
    headline: str
    channels: tuple[str, ...]
    part: Part
    now: str
    """As it reads today."""


@dataclass(frozen=True, slots=True)
class TooLongWords:
    """They do not fit a channel: nothing was kept, and shorter ones are waited for."""

    template: ClassVar[str] = "too_long_words"
    asks: ClassVar[bool] = True
    number: int
    headline: str
    channel: str
    count: int
    limit: int
    unit: str
    beyond: str
    """What is over, if it can be told."""


@dataclass(frozen=True, slots=True)
class Edited:
    """Whose words the story has now."""

    template: ClassVar[str] = "edited"
    number: int
    headline: str
    channels: tuple[str, ...]
    """None: all."""
    parts: tuple[tuple[Part, str], ...]
    moved: int
    why_not: str


@dataclass(frozen=True, slots=True)
class Forgot:
    """The press's words again; `done` False where nobody's stood there."""

    template: ClassVar[str] = "forgot"
    number: int
    headline: str
    channels: tuple[str, ...]
    done: bool


@dataclass(frozen=True, slots=True)
class NotWritten:
    """An order that cannot be carried out as it stands, and why."""

    template: ClassVar[str] = "not_written"
    number: int | None
    headline: str
    why: str


@dataclass(frozen=True, slots=True)
class WhichPicture:
    """The article's pictures, and that one can be sent."""

    template: ClassVar[str] = "which_picture"
    asks: ClassVar[bool] = True
    number: int
    headline: str
    pictures: tuple[tuple[str, str], ...]
    """Address and caption."""
    chosen: str
    """"own", "none", "sent", or which of them, counted from 1."""
    theirs: bool = False
    """Its reader sent one."""

    @property
    def rows(self) -> Rows:
        """One tap chooses."""
        one_by_one = tuple(
            Button("picture_one", f"picture {self.number} {place}", str(place))
            for place in range(1, len(self.pictures) + 1)
        )
        theirs = (Button("picture_theirs", f"picture {self.number} theirs"),) if self.theirs else ()
        others = (
            Button("picture_none", f"picture {self.number} none"),
            Button("picture_own", f"picture {self.number} own"),
        )
        return tuple(row for row in (one_by_one[:8], theirs, others) if row)


@dataclass(frozen=True, slots=True)
class Pictured:
    """The card's picture was chosen; how many posts wait for it."""

    template: ClassVar[str] = "pictured"
    number: int
    headline: str
    chosen: str


@dataclass(frozen=True, slots=True)
class NoPicture:
    """A picture that cannot be taken, and why; another is waited for."""

    template: ClassVar[str] = "no_picture"
    asks: ClassVar[bool] = True
    number: int | None
    why: str
