"""Fold: what is older than the house keeps becomes daily figures, a little at a time, and its cards are let go."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from bot.ledger import Ledger
from bot.model.figure import Folded
from bot.work.outlet import Clock

log = structlog.get_logger(__name__)

MARGIN = timedelta(days=1)
"""A card may be older than the delivery that took it over from another."""


class Fold:
    """The house's memory, kept short."""

    def __init__(
        self, ledger: Ledger, cards: Path, keep: timedelta, clock: Clock, *, fanouts: timedelta | None = None
    ) -> None:
        """`fanouts`: how long the rows of finished fan-outs are kept, where there are any."""
        self._fanouts = fanouts
        self._ledger, self._cards, self._keep, self._clock = ledger, cards, keep, clock

    async def run(self) -> Folded:
        """Fold everything that is old enough; what was folded."""
        before = self._clock() - self._keep
        whole = Folded()
        while batch := await self._ledger.retention.fold(before):
            whole += batch
        if self._fanouts is not None:
            while rows := await self._ledger.fanouts.fold(self._clock() - self._fanouts):
                log.info("folded what went to subscribers", deliveries=rows)
        calls = await self._ledger.calls.forget(before)
        cards = await self._let_cards_go(before - MARGIN)
        if whole or calls or cards:
            log.info("folded", deliveries=whole.deliveries, attempts=whole.attempts, calls=calls, cards=cards)
        return whole

    async def _let_cards_go(self, before: datetime) -> int:
        """A card is touched whenever an edition takes it, so an old one is needed by old deliveries at most."""
        needed = await self._ledger.retention.cards(before + 2 * MARGIN)
        return await asyncio.to_thread(_remove, self._cards, before, needed)


def _remove(folder: Path, before: datetime, needed: frozenset[str]) -> int:
    if not folder.is_dir():
        return 0
    old = [
        path
        for path in folder.iterdir()
        if path.is_file() and path.name not in needed and _touched(path) < before
    ]  # fmt: skip
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _touched(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
