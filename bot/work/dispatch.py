"""Dispatch: claim what is due, send it, and write down what the platform said; nothing leaves that is not recorded."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.errors import DeliveryError, LedgerError, Refused, Uncertain
from bot.ledger import Ledger
from bot.ledger.claiming import Gate, Wanted
from bot.model.channel import Channel, Editable, Long, Threadable, Withdrawable
from bot.model.delivery import BREAKING, Act, Delivery, Receipt
from bot.model.lane import Batch, Later, Objection
from bot.model.ledger import Claim
from bot.model.story import Story
from bot.model.subscriber import carrier_of
from bot.rules.lateness import Lateness
from bot.rules.pacing import Rhythm, Sent
from bot.rules.retry import forgotten, twice_is_once
from bot.work import surplus
from bot.work.outcome import Outcomes
from bot.work.outlet import Clock, Outlet
from bot.work.outlets import carriers_of, doors_of

log = structlog.get_logger(__name__)

MARGIN = timedelta(seconds=5)
"""The lease outlives the longest send by this, so that its outcome can still be written."""
AT_ONCE = 100
"""Sends under way in one lane, at most: of each channel one, so that its posts keep their order."""
LOOK = 0.25
"""Seconds after which a drain looks again while all its sends are slow: breaking news on another channel is due."""


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
        at_once: int = AT_ONCE,
    ) -> None:
        self._ledger, self._outlets, self._worker, self._clock = ledger, outlets, worker, clock
        self._stopping, self._at_once = stopping, at_once
        self._lateness = Lateness(not_older_than)
        self._outcomes = Outcomes(ledger, outlets, clock)
        self._gate = Gate(self._lease, self._clear, self._asks, self._hours)
        self._rhythms: dict[str, Rhythm] = {}
        self._strangers: dict[str, set[str]] = {}
        """Channels with deliveries in a lane that the settings no longer name, or name elsewhere."""

    async def drain(self, lane: str) -> timedelta | None:
        """Send what is due in the lane, the most urgent first, its channels side by side, each in order.

        Answers when the pace or the platform allows more.
        """
        flying: dict[asyncio.Task[None], str] = {}
        try:
            while not self._stopping.is_set():
                now = self._clock()
                batch, opens = await self._claim(lane, set(flying.values()), self._at_once - len(flying), now)
                for claim in batch.claims:
                    sending = self._deliver(claim, batch)
                    flying[asyncio.create_task(sending, name=f"send {claim.delivery.id}")] = claim.delivery.channel
                if not flying:
                    return None if opens is None else opens - now
                if not batch.more:
                    await _landed(flying, LOOK if opens is None else min(LOOK, (opens - now).total_seconds()))
            await _landed(flying, None, all_of_them=True)
        except LedgerError:  # the ledger is away: no reason to break off what is under way
            await _landed(flying, None, all_of_them=True)
            raise
        finally:
            await _cancelled(flying)
        return None

    async def _claim(self, lane: str, busy: set[str], room: int, now: datetime) -> tuple[Batch, datetime | None]:
        """The next deliveries, and when more may be claimed if it is not yet."""
        rhythm = self._rhythms.get(lane) or await self._counted(lane, now)
        strangers = self._strangers.setdefault(lane, set())
        while True:
            ordinary, urgent = rhythm.shut(now), rhythm.shut(now, urgent=True)
            deletions = rhythm.shut(now, Act.DELETE, urgent=True)
            opens = min((at for at in (ordinary.opens, urgent.opens) if at), default=None)
            limit = min(room, rhythm.room(now, urgent=ordinary.lane is not None))
            wanted = Wanted(limit, busy | strangers, ordinary, urgent, deletions)
            if limit <= 0 or (urgent.lane is not None and deletions.lane is not None):
                return Batch(), opens
            batch = await self._ledger.claims.batch(lane, self._worker, now, wanted, self._gate)
            if not batch.stale:
                break
            rhythm = await self._counted(lane, now)
        strangers |= batch.unknown
        for claim in batch.claims:
            rhythm.sent(Sent(claim.delivery.channel, now, claim.delivery.act))
        return batch, batch.closed_until or opens

    async def _counted(self, lane: str, now: datetime) -> Rhythm:
        """Count from the ledger what was sent: after a restart, and after another worker was here."""
        paces = {name: outlet.paces for name, outlet in doors_of(self._outlets).items() if outlet.lane == lane}
        back = Rhythm(paces).window
        sends = await self._ledger.claims.sends(lane, now - back) if back else ()
        self._rhythms[lane] = rhythm = Rhythm(paces, sends, carriers=carriers_of(self._outlets))
        return rhythm

    def _lease(self, delivery: Delivery) -> timedelta | None:
        outlet = self._outlets.get(delivery.channel)
        known = outlet is not None and outlet.lane == delivery.lane
        return outlet.channel.facts.send_within + MARGIN if outlet is not None and known else None

    def _clear(self, delivery: Delivery, story: Story) -> Objection | None:
        lateness = self._outlets[delivery.channel].lateness or self._lateness
        return lateness.objection(delivery.act, story, self._clock())

    def _asks(self, channel: str) -> datetime | None:
        hours = self._outlets[channel].hours
        return hours.asks(self._clock()) if hours else None

    def _hours(self, delivery: Delivery, posts: Sequence[datetime]) -> Later | None:
        hours = self._outlets[delivery.channel].hours
        wait = hours.wait(posts, self._clock(), breaking=delivery.priority >= BREAKING) if hours else None
        return Later(*wait) if wait else None

    async def _deliver(self, claim: Claim, batch: Batch) -> None:
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
                await _seen_through(self._proved(claim, receipt, batch))

    async def _proved(self, claim: Claim, receipt: Receipt, batch: Batch) -> None:
        await self._outcomes.sent(claim, receipt)
        if claim.surplus:
            await surplus.told(self._ledger, claim, receipt, self._clock())
        if batch.strikes:
            await self._ledger.lanes.eased(claim.delivery.lane)
        if claim.delivery.channel in batch.troubled:
            await self._ledger.breakers.answered(carrier_of(claim.delivery.channel), self._clock())

    async def _refuse_to_guess(self, claim: Claim) -> None:
        """Raises Uncertain where a repeat would be blind. The claim is for a later try only."""
        delivery = claim.delivery
        facts = self._outlets[delivery.channel].channel.facts
        if delivery.attempts <= 1 or twice_is_once(claim, facts):
            return
        attempts = await self._ledger.deliveries.attempts(delivery.id)
        if forgotten(attempts, facts, self._clock()):
            raise Uncertain(delivery.channel, "an earlier try may be out, and the platform no longer knows its key")

    async def _call(self, claim: Claim) -> Receipt:
        """One call of the channel within its time; whatever it raises becomes one of the three."""
        name = claim.delivery.channel
        channel = self._outlets[name].channel
        try:
            async with asyncio.timeout(channel.facts.send_within.total_seconds()):
                return await (surplus.take_back if claim.surplus else _act)(channel, claim)
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


async def _landed(flying: dict[asyncio.Task[None], str], wait: float | None, *, all_of_them: bool = False) -> None:
    """Until one send has ended, or all; an error of one is raised when the others are through."""
    if not flying:
        return
    until = asyncio.ALL_COMPLETED if all_of_them else asyncio.FIRST_COMPLETED
    done, _ = await asyncio.wait(flying, timeout=wait, return_when=until)
    for task in done:
        del flying[task]
    errors = [err for task in done if (err := task.exception()) is not None]
    if errors:
        await _landed(flying, None, all_of_them=True)
        raise errors[0]


async def _seen_through(writing: Coroutine[Any, Any, None]) -> None:
    """What the platform proved is written down also if the daemon is told to stop meanwhile."""
    task = asyncio.create_task(writing)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


async def _cancelled(flying: dict[asyncio.Task[None], str]) -> None:
    for task in flying:
        task.cancel()
    await asyncio.gather(*flying, return_exceptions=True)
