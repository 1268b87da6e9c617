"""Errands: what waits for somebody else's server goes on by itself, and no other command waits behind it."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger(__name__)


class Errands:
    """The commands that are still under way."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def under_way(self) -> bool:
        """Whether somebody still waits for an answer."""
        return bool(self._tasks)

    def send(self, errand: Coroutine[Any, Any, None]) -> None:
        """Have it go on."""
        task = asyncio.create_task(errand)
        self._tasks.add(task)
        task.add_done_callback(self._back)

    async def end(self, grace: float) -> None:
        """Give them so many seconds, then end them."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace)
        left = [*self._tasks]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _back(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (err := task.exception()) is not None:
            log.error("a command broke", exc_info=err)
