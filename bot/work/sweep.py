"""Sweep: settle what a dead or sleeping worker left in `sending`, and look for what nobody knows."""

from collections.abc import Mapping
from datetime import timedelta

import structlog

from bot.errors import DeliveryError
from bot.ledger import Ledger
from bot.model.channel import Findable
from bot.model.ledger import Claim
from bot.work.outcome import Outcomes
from bot.work.outlet import Clock, Outlet
from bot.work.outlets import carriers_of

log = structlog.get_logger(__name__)

STILL_UNDER_WAY = timedelta(minutes=2)
"""A request whose answer was lost may be carried out this late: until then its absence proves nothing."""
CLOCKS_DIFFER = timedelta(minutes=15)
"""A machine whose clock is ahead wrote when the post was planned: it is looked for so much further back."""


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

    async def look(self) -> int:
        """Look for what is uncertain where the channel can look; how many were settled by it."""
        settled = 0
        able, carriers = (
            [name for name, outlet in outlets.items() if isinstance(outlet.channel, Findable)]
            for outlets in (self._outlets, carriers_of(self._outlets))
        )
        for claim in await self._ledger.claims.unsure(able, carriers) if able or carriers else ():
            about = {"delivery": claim.delivery.id, "story": claim.delivery.story, "channel": claim.delivery.channel}
            with structlog.contextvars.bound_contextvars(**about):
                settled += await self._looked(claim)
        return settled

    async def _looked(self, claim: Claim) -> bool:
        delivery, channel = claim.delivery, self._outlets[claim.delivery.channel].channel
        if claim.on_what_is_out or not isinstance(channel, Findable):
            return False
        try:
            found = await channel.find(claim.edition, claim.key, delivery.created_at - CLOCKS_DIFFER)
        except DeliveryError as err:
            log.info("looked in vain", why=err.why)
            return False
        now = self._clock()
        if found is None:
            if now - delivery.changed_at < STILL_UNDER_WAY:
                return False
            return await self._ledger.claims.not_out(claim, "looked: it is not out", now)
        return await self._ledger.claims.sent(claim, found, now)

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
