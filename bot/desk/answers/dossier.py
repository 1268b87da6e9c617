"""A story looked at closely: its parts, its revisions and what they changed, every delivery."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.desk.answer import Button, Rows, Topic
from bot.desk.answers.looking import Standing, turning
from bot.model.desk import Shows
from bot.rules.difference import Change


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of the body, by its kind."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Outline:
    """Every part that was read; the body a page at a time."""

    template: ClassVar[str] = "outline"
    number: int
    headline: str
    subtitle: str | None
    lead: str | None
    section: str | None
    language: str
    credit: str | None
    editor: str | None
    author: str | None
    published: datetime | None
    updated: datetime | None
    tags: tuple[str, ...]
    link: str | None
    pictures: int
    related: int
    body: tuple[Piece, ...]
    page: int
    pages: int

    @property
    def rows(self) -> Rows:
        """On through the body, or back to the story."""
        return _rows(self.number, "parts", self.page, self.pages)

    @property
    def topic(self) -> Topic:
        """The story."""
        return Topic(Shows.ANSWER, self.number)


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision, and what reads otherwise than in the one before."""

    number: int
    at: datetime
    headline: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Revisions:
    """Newest first."""

    template: ClassVar[str] = "revisions"
    number: int
    headline: str
    revisions: tuple[Revision, ...]
    page: int
    pages: int

    @property
    def rows(self) -> Rows:
        """Older and newer, or back to the story."""
        return _rows(self.number, "revisions", self.page, self.pages)

    @property
    def topic(self) -> Topic:
        """The story."""
        return Topic(Shows.ANSWER, self.number)


@dataclass(frozen=True, slots=True)
class Sent:
    """One delivery, of which revision, and how often it was tried."""

    standing: Standing
    revision: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Deliveries:
    """All of them, oldest first, what was cancelled too."""

    template: ClassVar[str] = "deliveries"
    number: int
    headline: str
    deliveries: tuple[Sent, ...]
    total: int
    page: int
    pages: int

    @property
    def rows(self) -> Rows:
        """On through them, or back to the story."""
        return _rows(self.number, "deliveries", self.page, self.pages)

    @property
    def topic(self) -> Topic:
        """The story."""
        return Topic(Shows.ANSWER, self.number)


def _rows(number: int, view: str, page: int, pages: int) -> Rows:
    return (*turning(f"story {number} {view}", page, pages), (Button("story_one", f"story {number}", f"#{number}"),))
