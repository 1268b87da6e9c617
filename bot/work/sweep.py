"""Sweep: settle what a dead or sleeping worker left in `sending`."""

from collections.abc import Mapping

import structlog

from bot.ledger import Ledger
from bot.model.ledger import Claim
from bot.work.outcome import Outcomes
from bot.work.outlet import Clock, Outlet

log = structlog.get_logger(__name__)


class Sweep:
    """Turns `sending` without a living worker into planned again or uncertain, as the platform allows."""

    def __init__(self, ledger: Ledger, outlets: Mapping[str, Outlet], worker: str, clock: Clock) -> None:
        self._ledger, self._outlets, self._worker, self._clock = ledger, outlets, worker, clock
        self._outcomes = Outcomes(ledger, outlets, clock)

    async def after_a_crash(self) -> int:
        """Settle what other workers left; only the holder of the queue's lock may call it, for then they are dead."""
        return await self._settle(await self._ledger.claims.orphans(self._worker), "the daemon died while sending")

    async def overdue(self) -> int:
        """Settle what has outlived its lease."""
        return await self._settle(await self._ledger.claims.overdue(self._clock()), "no outcome within the lease")

    async def _settle(self, claims: tuple[Claim, ...], why: str) -> int:
        for claim in claims:
            about = {"delivery": claim.delivery.id, "story": claim.delivery.story, "channel": claim.delivery.channel}
            with structlog.contextvars.bound_contextvars(**about):
                if claim.delivery.channel in self._outlets:
                    await self._outcomes.silent(claim, why)
                else:
                    why_not = f"{why}, and its channel is no longer in the settings"
                    await self._ledger.claims.uncertain(claim, why_not, self._clock())
        return len(claims)
