"""What a send's outcome means for the ledger, the lane and the desk."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

from bot.errors import DeliveryError, LedgerError, Refused, Unavailable
from bot.ledger import Ledger
from bot.model.delivery import Receipt
from bot.model.ledger import Claim
from bot.rules.retry import Again, Ask, AssumeSent, GiveUp, Next, after_error, after_silence
from bot.work.outlet import Clock, Outlet

log = structlog.get_logger(__name__)

INSIST = (0.1, 0.5, 1.0, 2.0, 4.0)
"""Seconds between tries to write an outcome down while the ledger does not answer; then the lease decides."""


class Outcomes:
    """Writes what became of a claim."""

    def __init__(self, ledger: Ledger, outlets: Mapping[str, Outlet], clock: Clock) -> None:
        self._ledger, self._outlets, self._clock = ledger, outlets, clock

    async def sent(self, claim: Claim, receipt: Receipt) -> None:
        """The platform gave proof."""
        await _insist(lambda: self._ledger.claims.sent(claim, receipt, self._clock()))
        log.info("sent", act=claim.delivery.act, platform_id=receipt.platform_id, permalink=receipt.permalink)

    async def failed(self, claim: Claim, err: DeliveryError) -> None:
        """No proof: again, given up, or uncertain, as the rules say."""
        now = self._clock()
        delivery = claim.delivery
        step = after_error(err, delivery, self._outlets[delivery.channel].channel.facts, now)
        if isinstance(err, Unavailable) and err.retry_after is not None:
            await self._ledger.lanes.close(delivery.lane, now + err.retry_after, err.why)
        await self._write(claim, step, err.why)
        if isinstance(err, Refused) and err.account:
            await self._ledger.lanes.pause(delivery.channel, err.why, now)  # holds this one too, until it is resumed

    async def silent(self, claim: Claim, why: str) -> None:
        """Nobody knows how the send ended."""
        facts = self._outlets[claim.delivery.channel].channel.facts
        await self._write(claim, after_silence(claim.delivery, facts, self._clock()), why)

    async def _write(self, claim: Claim, step: Next, why: str) -> None:
        now, claims = self._clock(), self._ledger.claims
        match step:
            case Again(at, outcome):
                await _insist(lambda: claims.again(claim, outcome, why, at, now))
                log.warning("again", why=why, at=at)
            case GiveUp(outcome):
                await _insist(lambda: claims.failed(claim, outcome, why, now))
                await self._tell(claim, f"failed: {why}")
            case Ask():
                await _insist(lambda: claims.uncertain(claim, why, now))
                await self._tell(claim, f"uncertain, it may be out: {why}")
            case AssumeSent():
                receipt = Receipt("", now, sent=f"assumed sent by the channel's policy: {why}")
                await _insist(lambda: claims.sent(claim, receipt, now))
                log.warning("assumed sent", why=why)

    async def _tell(self, claim: Claim, what: str) -> None:
        delivery = claim.delivery
        log.error(what)
        text = f"#{delivery.story} {delivery.edition.headline} → {delivery.channel}: {what}"
        await self._ledger.notices.add(f"delivery {delivery.id}", text, self._clock())


async def _insist(write: Callable[[], Awaitable[bool]]) -> None:
    """What happened to a send must reach the ledger, also if the ledger is away for a moment."""
    for wait in (*INSIST, None):
        try:
            if not await write():
                log.warning("the row was no longer ours: its lease had ended")
            return
        except LedgerError as err:
            if wait is None:
                raise
            log.warning("ledger does not answer; trying again", error=str(err))
            await asyncio.sleep(wait)
