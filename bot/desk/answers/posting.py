"""What is answered to a story that is written in the chat, and to a link."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class AskHeadline:
    """The next message is the headline of a story without any article."""

    template: ClassVar[str] = "ask_headline"
    asks: ClassVar[bool] = True
    now: str = ""


@dataclass(frozen=True, slots=True)
class AskText:
    """The next message is its text."""

    template: ClassVar[str] = "ask_text"
    asks: ClassVar[bool] = True
    headline: str
    now: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """The story stands in the ledger."""

    template: ClassVar[str] = "written"
    number: int
    headline: str


@dataclass(frozen=True, slots=True)
class NothingWritten:
    """There is no draft: it was posted, given up, or left for too long."""

    template: ClassVar[str] = "nothing_written"


@dataclass(frozen=True, slots=True)
class Clipped:
    """The story of a link; `new` False where the newsroom had it already."""

    template: ClassVar[str] = "clipped"
    number: int
    headline: str
    credit: str | None
    new: bool
    original: int | None
    """The first story of its cluster, where it is a reprint."""


@dataclass(frozen=True, slots=True)
class Unclipped:
    """A link that no story could be made of."""

    template: ClassVar[str] = "unclipped"
    link: str
    why: str
