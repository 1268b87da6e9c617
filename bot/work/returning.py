"""Returning: read what other servers report of mail that is out, and mark in the ledger whom it cannot reach."""

from collections.abc import Mapping

import structlog

from bot.errors import DeliveryError
from bot.ledger import Ledger
from bot.model.returned import Returning
from bot.work.confirming import KEY
from bot.work.outlet import Clock, Outlet

log = structlog.get_logger(__name__)


class Returns:
    """A report is marked as read only when the ledger has it; one that means no mail of ours is left to a person."""

    def __init__(self, ledger: Ledger, outlets: Mapping[str, Outlet], clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock
        self._channels = {
            name: outlet.channel for name, outlet in outlets.items() if isinstance(outlet.channel, Returning)
        }

    async def round(self) -> None:
        """Look into each mailbox once; the desk hears once a day of one that cannot be read. Raises LedgerError."""
        for name, channel in self._channels.items():
            try:
                await self._look(name, channel)
            except DeliveryError as err:
                now = self._clock()
                log.warning("returned mail cannot be read", channel=name, why=err.why)
                text = f"{name}: returned mail cannot be read: {err.why}"
                await self._ledger.notices.once(f"mailbox {name} {now:%Y-%m-%d}", text, now)

    async def _look(self, name: str, channel: Returning) -> None:
        filed = []
        for report in await channel.reports():
            if await self._ledger.bounces.take(name, report, self._clock()):
                filed.append(report)
                log.info("mail came back", channel=name, readers=len(report.returned))
            elif any(key.startswith(KEY) for key in report.keys):
                filed.append(report)  # who cannot be asked is forgotten in time
                log.info("a confirmation came back", channel=name)
            else:
                log.warning("a report means no mail of ours", channel=name, report=report.mark)
        await channel.filed(filed)
