"""What readers who send something in are told, and editors of them."""

from dataclasses import dataclass
from typing import ClassVar

from bot.desk.answer import Topic
from bot.model.desk import Shows


@dataclass(frozen=True, slots=True)
class Invited:
    """To a reader who wants to send something in: what happens with it, and under which name."""

    template: ClassVar[str] = "invited"
    name: str


@dataclass(frozen=True, slots=True)
class Received:
    """A reader's contribution is with the editors."""

    template: ClassVar[str] = "received"
    name: str


@dataclass(frozen=True, slots=True)
class Contact:
    """How the contributor of a story can be reached; None where they did not say; `brought`: there is one."""

    template: ClassVar[str] = "contact"
    number: int
    headline: str
    name: str | None
    contact: str | None
    brought: bool


@dataclass(frozen=True, slots=True)
class Enough:
    """No more contributions today."""

    template: ClassVar[str] = "enough"


@dataclass(frozen=True, slots=True)
class Passed:
    """To a contributor: their answer is with the editors."""

    template: ClassVar[str] = "passed"


@dataclass(frozen=True, slots=True)
class AskedBack:
    """To a contributor: what an editor wants to know; their next words are the answer."""

    template: ClassVar[str] = "asked_back"
    headline: str
    question: str


@dataclass(frozen=True, slots=True)
class Declined:
    """To a contributor: a polite no, with an editor's own words where there are any."""

    template: ClassVar[str] = "declined"
    name: str
    headline: str
    words: str


@dataclass(frozen=True, slots=True)
class WhatAsk:
    """A question to an editor: what the contributor is to be asked."""

    template: ClassVar[str] = "what_ask"
    asks: ClassVar[bool] = True
    number: int
    headline: str
    name: str | None

    @property
    def topic(self) -> Topic:
        """The story."""
        return Topic(Shows.ANSWER, self.number)


@dataclass(frozen=True, slots=True)
class Carried:
    """Whether the contributor was written to; where not, how they can be reached."""

    template: ClassVar[str] = "carried"
    verb: str
    number: int
    headline: str
    name: str | None
    reached: bool
    why_not: str = ""
    contact: str | None = None
    rejected: bool = False
    """Nothing of the story goes out."""

    @property
    def topic(self) -> Topic:
        """The story."""
        return Topic(Shows.ANSWER, self.number)
