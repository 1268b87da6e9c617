"""Subscribing: ask hubs for what is wanted, again before a lease ends, and let go of what is wanted no more."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import structlog

from bot.errors import SourceUnreachable
from bot.ledger import Ledger
from bot.model.arrival import Subscribes
from bot.model.source import Source
from bot.model.subscription import Subscription
from bot.work.outlet import Clock

log = structlog.get_logger(__name__)

FIRST_WAIT = timedelta(minutes=2)
"""A hub asks back within seconds; it is asked again after this, and then ever more seldom."""
LONGEST_WAIT = timedelta(hours=12)


class Subscribing:
    """The asking half of WebSub; the answering half is a door (site/hubs.py)."""

    def __init__(self, ledger: Ledger, sources: Mapping[str, Source], public_url: str | None, clock: Clock) -> None:
        self._ledger, self._sources, self._clock = ledger, sources, clock
        self._public_url = public_url.rstrip("/") if public_url else None

    async def run(self) -> None:
        """Ask every hub that is due. Raises LedgerError."""
        await asyncio.gather(*map(self._ask, await self._ledger.subscriptions.due(self._clock())))

    async def _ask(self, one: Subscription) -> None:
        source = self._sources.get(one.source)
        if self._public_url is None or not isinstance(source, Subscribes) or not source.subscribes:
            await self._ledger.subscriptions.forget(one.source)
            return
        wait = min(FIRST_WAIT * (1 << min(one.tries, 12)), LONGEST_WAIT)
        # Written first: the hub may ask back before it has answered.
        await self._ledger.subscriptions.asked(one, self._clock() + wait)
        try:
            await source.subscribe(one, f"{self._public_url}/in/{one.source}/{one.word}")
        except SourceUnreachable as err:
            log.warning("a hub could not be asked", source=one.source, why=err.why, again=wait)
            await self._ledger.subscriptions.vain(one, err.why, self._clock() + wait)
