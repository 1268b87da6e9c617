"""The pulse: one poller of the ledger for all who listen, and none while nobody does."""

import asyncio
from collections.abc import AsyncIterator

import structlog

from bot.errors import LedgerError
from bot.ledger import Ledger

log = structlog.get_logger(__name__)

EVERY = 0.4
SILENCE = 15.0
"""Seconds after which a listener gets an empty beat: a dead connection is noticed by writing to it."""


class Pulse:
    """Beats whenever something that a page shows has changed."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._last, self._ended = ledger, "", False
        self._listeners = 0
        self._somebody, self._news = asyncio.Event(), asyncio.Event()

    async def run(self) -> None:
        """Ask the ledger again and again while somebody listens; ends only by being cancelled."""
        try:
            while True:
                await self._somebody.wait()
                await self._ask()
                await asyncio.sleep(EVERY)
        finally:
            self._ended = True
            self._tell()

    async def beats(self) -> AsyncIterator[str]:
        """The pulse now, then at every change; "" after a long silence. Ends when `run` ends."""
        self._listeners += 1
        self._somebody.set()
        told = ""
        try:
            while not self._ended:
                if self._last not in ("", told):
                    told = self._last
                    yield told
                    continue
                try:
                    await asyncio.wait_for(self._news.wait(), SILENCE)
                except TimeoutError:
                    yield ""
        finally:
            self._listeners -= 1
            if not self._listeners:
                self._somebody.clear()
                self._last = ""  # the next listener waits for a pulse that is true then

    async def _ask(self) -> None:
        try:
            pulse = await self._ledger.pulse()
        except LedgerError as err:
            log.warning("the page has no pulse", error=str(err))
            return
        if pulse != self._last and self._listeners:
            self._last = pulse
            self._tell()

    def _tell(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()
