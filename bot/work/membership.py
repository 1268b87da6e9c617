"""Membership: what time does to subscribers; who never confirmed and who is not there any more is let go."""

import structlog

from bot.ledger.subscribers import Subscribers
from bot.settings.subscribers import Subscribers as Section
from bot.work.outlet import Clock

log = structlog.get_logger(__name__)


class Memberships:
    """Growth needs no round: it is counted in the transactions that it is of."""

    def __init__(self, subscribers: Subscribers, settings: Section, clock: Clock) -> None:
        self._subscribers, self._settings, self._clock = subscribers, settings, clock

    async def round(self) -> None:
        """Let go whose time is over. Raises LedgerError."""
        gone = await self._subscribers.expire(self._clock(), self._settings.ask_for, self._settings.drop_after)
        if gone:
            log.info("subscribers were let go", count=gone)
