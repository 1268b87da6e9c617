"""Ways out that fail, where a test says so: transactions at the Store's door, and verbs of a channel or a source."""

import contextlib
import functools
import inspect
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import LedgerError
from bot.ledger.store import Store

T = TypeVar("T")
READ, WRITE = "read", "write"


class How(StrEnum):
    BEFORE = "before anything is done"
    LATE = "when it is done, and the answer is lost"
    ODD = "when it is done, with an error that nobody knows"
    LOST = "before anything is done, and nobody knows"
    REFUSED = "with a refusal of the post"
    BARRED = "with a refusal of the account"
    BUSY = "with a time after which it is free"
    THROTTLED = "as too much at once"


DONE = frozenset({How.LATE, How.ODD})
"""What was asked for is done all the same."""
Way = tuple[str, str]
"""Whose way out it is, and which."""


@dataclass
class Points:
    """Counts how often each way out is taken, and fails where it is told to."""

    fails: Mapping[tuple[Way, int], How] = field(default_factory=dict)
    """Which way out, at which time it is taken, and how it fails."""
    reached: list[tuple[Way, int]] = field(default_factory=list)
    """The ways out, in order, each with the number of the time."""
    over: bool = False
    """Nothing fails any more, and nothing is counted."""
    _times: Counter[Way] = field(default_factory=Counter)

    def at(self, whose: str, verb: str) -> How | None:
        """How it fails, if it does."""
        if self.over:
            return None
        way = whose, verb
        self._times[way] += 1
        self.reached.append((way, self._times[way]))
        return self.fails.get(self.reached[-1])


class FaultyStore(Store):
    """The door to a database, at which transactions fail."""

    def __init__(self, store: Store, points: Points) -> None:
        super().__init__(store.engine)
        self._points = points

    @contextlib.asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        how = self._points.at(_asker(), WRITE)
        async with super().write() as connection:
            yield connection
            if how is How.BEFORE:
                raise LedgerError("the ledger does not answer")
        if how is not None:
            raise LedgerError("the ledger did not answer")

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        if self._points.at(_asker(), READ) is not None:
            raise LedgerError("the ledger does not answer")
        async with super().read() as connection:
            yield connection


def _asker() -> str:
    """Which verb of the ledger's opens the transaction, such as Claims.batch: the outermost of its own on the way."""
    frame, found = inspect.currentframe(), ""
    while frame is not None:
        room = frame.f_globals.get("__name__", "")
        if room.startswith("bot.ledger.") and room != "bot.ledger.store":
            found = frame.f_code.co_qualname
        elif found and room != "contextlib":
            break
        frame = frame.f_back
    return found


def faulty(kind: type[T], verbs: Collection[str], points: Points, error: Callable[[str, How], Exception]) -> type[T]:
    """The same, but each of these verbs fails where the points say so."""

    def failing(verb: str) -> Any:
        good = getattr(kind, verb)

        @functools.wraps(good)
        async def bad(self: Any, *given: Any) -> Any:
            how = points.at(self.name, verb)
            if how is not None and how not in DONE:
                raise error(self.name, how)
            answer = await good(self, *given)
            if how is not None:
                raise error(self.name, how)
            return answer

        return bad

    return type(kind.__name__, (kind,), {verb: failing(verb) for verb in verbs if hasattr(kind, verb)})
