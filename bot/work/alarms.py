"""Alarms: what nobody would notice by itself: a post that is missing, a source that has fallen silent, a full disk."""

import asyncio
import shutil
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

from bot.ledger import Ledger
from bot.rules.silence import LEAST, silent_for
from bot.work.outlet import Clock

ROOM = 1 << 30
"""Bytes that should be free where the ledger and the cards are."""
_HOUR = timedelta(hours=1)


class Alarms:
    """Each trouble is told once: what is missing by its delivery, silence by its last story, the disk by its day."""

    def __init__(
        self,
        ledger: Ledger,
        sources: Collection[str],
        folder: Path,
        missing_after: timedelta | None,
        clock: Clock,
        *,
        room: int = ROOM,
    ) -> None:
        self._ledger, self._sources, self._folder = ledger, sources, folder
        self._missing_after, self._clock, self._room = missing_after, clock, room

    async def round(self) -> None:
        """Look at everything once. Raises LedgerError."""
        await self._missing()
        await self._silent()
        await self._full()

    async def _missing(self) -> None:
        if self._missing_after is None:
            return
        now = self._clock()
        for row in await self._ledger.lateness.overdue(now - self._missing_after):
            late = int((now - row.due_at).total_seconds() // 60)
            text = f"#{row.story} {row.edition.headline} → {row.channel}: not out {late} minutes after its time"
            await self._ledger.notices.once(f"missing {row.story} {row.channel}", text, now)

    async def _silent(self) -> None:
        now = self._clock()
        for source, last in (await self._ledger.lateness.last_story()).items():
            if source not in self._sources or now - last < LEAST:
                continue
            quiet = silent_for(await self._ledger.lateness.story_times(source), now)
            if quiet is not None:
                text = f"{source}: nothing new for {quiet // _HOUR} hours, longer than usual"
                await self._ledger.notices.once(f"silent {source} {last:%Y-%m-%dT%H:%M}", text, now)

    async def _full(self) -> None:
        free = (await asyncio.to_thread(shutil.disk_usage, self._folder)).free
        if free < self._room:
            now = self._clock()
            text = f"the disk is nearly full: {free / (1 << 20):.0f} MB left in the queue's folder"
            await self._ledger.notices.once(f"disk {now:%Y-%m-%d}", text, now)
