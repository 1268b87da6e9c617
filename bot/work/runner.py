"""Who runs which piece of work: every piece soon, and never the same piece twice at once.

The ledger knows what is due; a runner that forgets a piece (or dies) loses nothing, the next tick asks again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

import structlog

from bot.errors import CrierError

log = structlog.get_logger(__name__)


class Work(StrEnum):
    """What a piece of work does."""

    LOOK = "look at source"
    RECEIVE = "read what was brought to source"
    COMPOSE = "compose story"
    FANOUT = "plan fan-out"
    DRAIN = "drain lane"
    ROUND = "make round"


@dataclass(frozen=True, slots=True)
class Piece:
    """One source, story, fan-out or lane to be worked on."""

    work: Work
    subject: str


Handler = Callable[[str], Awaitable[timedelta | None]]
"""Does one piece for a subject; answers after which time it wants to be called again, if at all."""


class Runner(Protocol):
    """The seam: one process, or many on one database."""

    async def start(self) -> None:
        """Begin to run what is asked for. Raises LedgerError where the pieces' own database does not answer."""
        ...

    def soon(self, piece: Piece) -> None:
        """Run it; once more if it is running at this moment. Never waits. Works without a handler are others'."""
        ...

    async def stop(self, grace: timedelta) -> None:
        """Take nothing new, let what runs end within `grace`, cancel the rest."""
        ...


async def turns(handler: Handler, piece: Piece, asked_again: set[Piece], stopping: asyncio.Event) -> timedelta | None:
    """Run a piece, and once more while it stands in `asked_again`; an error ends its turn and nobody else's."""
    again: timedelta | None = None
    try:
        while True:
            asked_again.discard(piece)
            again = await handler(piece.subject)
            if piece not in asked_again or stopping.is_set():
                break
    except CrierError as err:
        log.warning("piece failed", work=piece.work, subject=piece.subject, error=str(err))
    except Exception:
        log.exception("piece broke", work=piece.work, subject=piece.subject)
    return again


class LocalRunner:
    """Asyncio tasks in one process."""

    def __init__(
        self, handlers: Mapping[Work, Handler], *, at_once: Mapping[Work, int], stopping: asyncio.Event
    ) -> None:
        self._handlers = handlers
        self._room = {work: asyncio.Semaphore(count) for work, count in at_once.items()}
        self._running: dict[Piece, asyncio.Task[None]] = {}
        self._asked_again: set[Piece] = set()
        self._later: dict[Piece, asyncio.TimerHandle] = {}
        self._stopping = stopping

    async def start(self) -> None:
        pass

    def soon(self, piece: Piece) -> None:
        if self._stopping.is_set() or piece.work not in self._handlers:
            return
        if piece in self._running:
            self._asked_again.add(piece)
            return
        if timer := self._later.pop(piece, None):
            timer.cancel()
        task = asyncio.create_task(self._run(piece), name=f"{piece.work} {piece.subject}")
        self._running[piece] = task
        task.add_done_callback(lambda _: self._ended(piece))

    async def stop(self, grace: timedelta) -> None:
        self._stopping.set()
        for timer in self._later.values():
            timer.cancel()
        self._later.clear()
        tasks = set(self._running.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=grace.total_seconds())
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, piece: Piece) -> None:
        """Run it, as often as it was asked for meanwhile."""
        async with self._room[piece.work]:
            again = await turns(self._handlers[piece.work], piece, self._asked_again, self._stopping)
        if again is not None and not self._stopping.is_set():
            loop = asyncio.get_running_loop()
            self._later[piece] = loop.call_later(max(again.total_seconds(), 0.0), self._wake, piece)

    def _wake(self, piece: Piece) -> None:
        self._later.pop(piece, None)
        self.soon(piece)

    def _ended(self, piece: Piece) -> None:
        self._running.pop(piece, None)
        if piece in self._asked_again:
            self._asked_again.discard(piece)
            self.soon(piece)
