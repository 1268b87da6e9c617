"""Reach: whether the ledger answers; while it does not, nothing is begun, and the log says so once."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from bot.errors import LedgerError
from bot.work.outlet import Clock

log = structlog.get_logger(__name__)


class Reach:
    """Watches over one job that asks the ledger often; the others only ask whether it is away."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since: datetime | None = None

    @property
    def away(self) -> bool:
        """The ledger did not answer when it was last asked."""
        return self._since is not None

    async def watch(self, job: Callable[[], Awaitable[object]]) -> None:
        """Do the job; a ledger that does not answer is waited for."""
        try:
            await job()
        except LedgerError as err:
            if self._since is None:
                self._since = self._clock()
                log.error("the ledger does not answer: nothing is sent until it does", error=str(err))  # noqa: TRY400 - its words say it
            return
        if self._since is not None:
            log.warning("the ledger answers again", away=str(self._clock() - self._since))
            self._since = None
