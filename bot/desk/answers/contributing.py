"""What readers who send something in are told, and editors of them."""

from dataclasses import dataclass
from typing import ClassVar


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
