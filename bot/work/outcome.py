"""What a send's outcome means for the ledger, the lane, the channel's breaker and the desk."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from bot.errors import DeliveryError, LedgerError, Left, Refused, Unavailable
from bot.ledger import Ledger
from bot.model.delivery import Outcome, Receipt
from bot.model.ledger import Claim
from bot.model.subscriber import carrier_of, subscriber_of
from bot.rules.retry import Again, Ask, AssumeSent, GiveUp, Next, after_error, after_silence
from bot.work.outlet import Clock, Outlet

log = structlog.get_logger(__name__)

INSIST = (0.1, 0.5, 1.0, 2.0, 4.0, *(5.0,) * 12)
"""Seconds between tries to write an outcome down while the ledger does not answer; then the lease decides.

A database may be away for a minute: whoever has a receipt in hand then must not forget it.
"""


@dataclass(eq=False)
class _Page:
    """Proofs that are committed together."""

    proofs: list[tuple[Claim, Receipt]] = field(default_factory=list)
    error: LedgerError | None = None


class Outcomes:
    """Writes what became of a claim; proofs that come while others are being written share a transaction."""

    def __init__(self, ledger: Ledger, outlets: Mapping[str, Outlet], clock: Clock) -> None:
        self._ledger, self._outlets, self._clock = ledger, outlets, clock
        self._page, self._pen = _Page(), asyncio.Lock()

    async def sent(self, claim: Claim, receipt: Receipt) -> None:
        """The platform gave proof. Returns when it is committed."""
        page = self._page
        page.proofs.append((claim, receipt))
        async with self._pen:
            if self._page is page:  # else whoever wrote before us took it along
                self._page = _Page()
                try:
                    await _insist(lambda: self._prove(page))
                except LedgerError as err:
                    page.error = err
        if page.error is not None:
            raise page.error
        log.info("sent", act=claim.delivery.act, platform_id=receipt.platform_id, permalink=receipt.permalink)

    async def _prove(self, page: _Page) -> bool:
        return len(await self._ledger.claims.all_sent(page.proofs, self._clock())) == len(page.proofs)

    async def failed(self, claim: Claim, err: DeliveryError) -> None:
        """No proof: again, given up, or uncertain, as the rules say; and what it means for the others.

        Of a subscriber's delivery it says something of the reader, or of the carrier as a whole.
        """
        now = self._clock()
        delivery, lanes = claim.delivery, self._ledger.lanes
        carrier, reader = carrier_of(delivery.channel), subscriber_of(delivery.channel)
        if isinstance(err, Left):
            await _insist(lambda: self._ledger.claims.cancelled(claim, err.why, now))
            return
        if isinstance(err, Refused) and err.gone and reader is not None:
            await self._write(claim, GiveUp(Outcome.REFUSED), err.why)
            await self._ledger.fanouts.gone(reader, err.why, now)
            return
        facts = self._outlets[delivery.channel].channel.facts
        await self._write(claim, after_error(err, claim, facts, now), err.why)
        if facts.apart and reader is not None:
            await self._ledger.fanouts.missed(reader, err.why, now)
            return
        match err:
            case Unavailable(alone=True):
                pass
            case Unavailable(retry_after=timedelta() as wait) if wait:
                await lanes.close(delivery.lane, now + wait, err.why, err.spares)
            case Unavailable(throttled=True):
                await lanes.throttled(delivery.lane, err.why, now)
            case Refused(account=True):
                await lanes.pause(carrier, err.why, now)  # holds this one too, until it is resumed
            case Refused():
                pass
            case _:
                await self._ledger.breakers.failed(carrier, delivery.id, err.why, now)

    async def silent(self, claim: Claim, why: str) -> None:
        """Nobody knows how the send ended."""
        facts = self._outlets[claim.delivery.channel].channel.facts
        await self._write(claim, after_silence(claim, facts, self._clock()), why)

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
        if subscriber_of(delivery.channel) is not None:  # counted: the desk is told once a fan-out
            log.info(what)
            return
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
