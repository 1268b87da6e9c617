"""A call of the language model: what was asked, for which edition, and what it cost."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Question:
    """What an answer may be kept for: asked again, it is not asked of the model."""

    story: int
    revision: int
    channel: str
    print: str
    """A hash of everything that is asked."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What the calls since some moment came to."""

    calls: int
    tokens: int


class Calls(Protocol):
    """The memory of calls; a ledger keeps it."""

    async def answer(self, question: Question) -> str | None:
        """What was answered before; None where nothing was."""
        ...

    async def spent(self, since: datetime) -> Spent:
        """Calls begun since then, those without an answer too."""
        ...

    async def begin(self, question: Question, tokens: int, now: datetime) -> int:
        """Write down that it is asked, and how many tokens it may cost; the call's number."""
        ...

    async def end(self, call: int, tokens: int, answer: str | None, problem: str) -> None:
        """Write down how it ended."""
        ...
