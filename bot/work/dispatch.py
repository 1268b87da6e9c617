"""Dispatch: claim what is due, send it, and write down what the platform said; nothing leaves that is not recorded."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from bot.errors import DeliveryError, Refused, Uncertain
from bot.ledger import Ledger
from bot.model.channel import Channel, Editable, Long, Threadable, Withdrawable
from bot.model.delivery import Act, Delivery, Receipt
from bot.model.ledger import Claim
from bot.model.story import Story
from bot.rules import clearance, pacing
from bot.rules.retry import forgotten
from bot.work.outcome import Outcomes
from bot.work.outlet import Clock, Outlet

log = structlog.get_logger(__name__)

MARGIN = timedelta(seconds=5)
"""The lease outlives the longest send by this, so that its outcome can still be written."""


class Dispatch:
    """The half of the house that gives out, one lane at a time."""

    def __init__(
        self,
        ledger: Ledger,
        outlets: Mapping[str, Outlet],
        worker: str,
        clock: Clock,
        stopping: asyncio.Event,
        *,
        not_older_than: timedelta | None,
    ) -> None:
        self._ledger, self._outlets, self._worker, self._clock = ledger, outlets, worker, clock
        self._stopping, self._not_older_than = stopping, not_older_than
        self._outcomes = Outcomes(ledger, outlets, clock)

    async def drain(self, lane: str) -> timedelta | None:
        """Send what is due in the lane; its channels side by side, each in order. Answers when the pace allows more."""
        names = [name for name, outlet in self._outlets.items() if outlet.lane == lane]
        pace = asyncio.Lock()
        ended = await asyncio.gather(
            *(self._drain_channel(lane, name, pace) for name in names), return_exceptions=True
        )  # one channel's trouble must not end another's send
        for wait in ended:
            if isinstance(wait, BaseException):
                raise wait
        return min((wait for wait in ended if isinstance(wait, timedelta)), default=None)

    async def _drain_channel(self, lane: str, name: str, pace: asyncio.Lock) -> timedelta | None:
        while not self._stopping.is_set():
            async with pace:  # the account's pace is read and used by one channel at a time
                now = self._clock()
                opens = await self._opens(lane, name, now)
                if opens > now:
                    return opens - now  # nothing may be waiting then: one look too many is cheap
                lease = self._outlets[name].channel.facts.send_within + MARGIN
                claim = await self._ledger.claims.next([name], self._worker, now, lease, self._clear)
            if claim is None:
                return None
            await self._deliver(claim)
        return None

    async def _opens(self, lane: str, name: str, now: datetime) -> datetime:
        closed = (await self._ledger.lanes.closed(now)).get(lane)
        paces = self._outlets[name].channel.facts.pace
        if not paces:
            return closed or now
        sends = await self._ledger.claims.sends(lane, now - pacing.window(paces))
        return max(pacing.open_at(paces, name, sends, now), closed or now)

    def _clear(self, delivery: Delivery, story: Story) -> str | None:
        return clearance.objection(delivery.act, story, self._clock(), not_older_than=self._not_older_than)

    async def _deliver(self, claim: Claim) -> None:
        delivery = claim.delivery
        about = {"delivery": delivery.id, "story": delivery.story, "channel": delivery.channel}
        with structlog.contextvars.bound_contextvars(**about):
            try:
                await self._refuse_to_guess(claim)
                receipt = await self._call(claim)
            except DeliveryError as err:
                await self._outcomes.failed(claim, err)
            except asyncio.CancelledError:
                # The daemon is being stopped in the middle of the send: say what is known, then go.
                await asyncio.shield(self._outcomes.silent(claim, "the daemon was stopped while sending"))
                raise
            else:
                await self._outcomes.sent(claim, receipt)

    async def _refuse_to_guess(self, claim: Claim) -> None:
        """Raises Uncertain where a repeat would be blind. The claim is for a later try only."""
        delivery = claim.delivery
        if delivery.attempts <= 1:
            return
        attempts = await self._ledger.deliveries.attempts(delivery.id)
        if forgotten(attempts, self._outlets[delivery.channel].channel.facts, self._clock()):
            raise Uncertain(delivery.channel, "an earlier try may be out, and the platform no longer knows its key")

    async def _call(self, claim: Claim) -> Receipt:
        """One call of the channel within its time; whatever it raises becomes one of the three."""
        name = claim.delivery.channel
        channel = self._outlets[name].channel
        try:
            async with asyncio.timeout(channel.facts.send_within.total_seconds()):
                return await _act(channel, claim)
        except TimeoutError as err:
            raise Uncertain(name, "no answer within the time of one send") from err
        except DeliveryError:
            raise
        except Exception as err:
            log.exception("channel broke")
            raise Uncertain(name, f"{type(err).__name__}: {err}") from err


async def _act(channel: Channel, claim: Claim) -> Receipt:
    """The next step of a claim: one post, or one post of its thread."""
    delivery, number = claim.delivery, len(claim.done)
    edition, key = claim.edition, claim.key
    if delivery.act is not Act.POST and number < len(claim.out):
        there = claim.out[number]
        if not there.platform_id:
            raise Refused(delivery.channel, "what is out has no number that we know: do it by hand")
        if delivery.act is Act.EDIT and isinstance(channel, Editable):
            return await channel.edit(there, edition, key)
        if delivery.act is Act.DELETE and isinstance(channel, Withdrawable):
            return await channel.withdraw(there, key)
    if delivery.act is Act.DELETE or (delivery.act is Act.EDIT and number == 0):
        raise Refused(delivery.channel, f"this channel cannot {delivery.act}")
    above = _above(claim, channel.facts.long)
    if above is not None and isinstance(channel, Threadable):
        return await channel.reply(above, edition, key)
    return await channel.send(edition, key)


def _above(claim: Claim, long: Long) -> Receipt | None:
    """The post that this one answers: the one before it in a thread, or the one that it corrects."""
    if claim.done and long is not Long.THREAD:
        return None
    before = claim.done or (claim.out[:1] if claim.delivery.act is Act.POST else ())
    return next((receipt for receipt in reversed(before) if receipt.platform_id), None)
