"""What an answer is: a value that a template says, with buttons below it, a picture above it, a story it is about."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol, runtime_checkable

from bot.model.desk import Shows


class Answer(Protocol):
    """A frozen dataclass; its fields are the template's names."""

    template: ClassVar[str]
    """Without suffix; the file stands in each language's folder."""


@dataclass(frozen=True, slots=True)
class Button:
    """What one tap orders, as one would write it behind the slash: "hold 12 weekly"."""

    caption: str
    """A line of `buttons` in words.yaml."""
    order: str = ""
    about: str = ""
    """Stands in the place of {} in the caption."""
    url: str | None = None
    """Opens this instead of ordering something."""


Rows = tuple[tuple[Button, ...], ...]
"""Buttons, row by row."""


@runtime_checkable
class Buttoned(Protocol):
    """An answer with buttons."""

    @property
    def rows(self) -> Rows:
        """May be empty."""


@runtime_checkable
class Pictured(Protocol):
    """An answer with a picture above its words."""

    @property
    def picture(self) -> Path | None:
        """A PNG or JPEG; None: words alone."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What a message of the desk's is about, for whoever replies to it."""

    shows: Shows
    story: int | None = None
    channel: str | None = None


@runtime_checkable
class Topical(Protocol):
    """An answer about one story."""

    @property
    def topic(self) -> Topic:
        """Kept with the message."""


@runtime_checkable
class Asking(Protocol):
    """An answer that is a question: it comes as a message of its own, and in a group Telegram opens a reply to it."""

    asks: ClassVar[bool]


def rows_of(answer: Answer) -> Rows:
    """Its buttons, if it has any."""
    return answer.rows if isinstance(answer, Buttoned) else ()


def picture_of(answer: Answer) -> Path | None:
    """Its picture, if it has one."""
    return answer.picture if isinstance(answer, Pictured) else None


def topic_of(answer: Answer) -> Topic:
    """What it is about."""
    return answer.topic if isinstance(answer, Topical) else Topic(Shows.ANSWER)


def asks(answer: Answer) -> bool:
    """Whether it is a question."""
    return isinstance(answer, Asking) and answer.asks
