"""Renewing: ask for every connected account's next token in good time; tell the desk where a person is needed."""

from collections.abc import Mapping
from datetime import date, timedelta

import structlog

from bot.ledger import Ledger
from bot.model.token import Connectable, Standing
from bot.work.outlet import Clock, Outlet

log = structlog.get_logger(__name__)

SOON = timedelta(days=5)
"""So long before the end of a token that nothing renews, the desk is told, once a day."""


class Renewing:
    """A channel that posts asks by itself; this is for those that have nothing to post for weeks."""

    def __init__(self, ledger: Ledger, outlets: Mapping[str, Outlet], clock: Clock) -> None:
        self._ledger, self._outlets, self._clock = ledger, outlets, clock
        self._told: dict[str, date] = {}

    async def round(self) -> None:
        """Look at each account once. Raises LedgerError where the desk cannot be told."""
        for name, outlet in self._outlets.items():
            if isinstance(outlet.channel, Connectable):
                await self._look(name, await outlet.channel.token.renew())

    async def _look(self, name: str, standing: Standing) -> None:
        now = self._clock()
        if not standing.trouble or self._told.get(name) == now.date():
            return
        self._told[name] = now.date()
        log.warning("a token was not renewed", channel=name, until=standing.until, why=standing.trouble)
        if standing.until is not None and standing.until - now < SOON:
            text = f"{name}: its token ends on {standing.until:%Y-%m-%d %H:%M} UTC: {standing.trouble}"
            await self._ledger.notices.add(f"token {name}", text, now)
