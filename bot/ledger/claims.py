"""Claims: who may send what, under which lease, and what became of it. Every step is a compare-and-set."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger import threads
from bot.ledger.moves import move, note
from bot.ledger.rows import delivery_of, select_deliveries, select_stories, story_of
from bot.ledger.store import Store
from bot.ledger.tables import attempts, deliveries, lanes, pauses, stories
from bot.model.decision import Decision, Verb
from bot.model.delivery import Act, Delivery, Outcome, Receipt, State
from bot.model.ledger import Claim, Due
from bot.model.story import Story

Clearance = Callable[[Delivery, Story], str | None]
"""The reason to hold a delivery at the last moment, or None."""

_UNSETTLED = [state.value for state in (State.PLANNED, State.HELD, State.SENDING, State.UNCERTAIN)]


class Claims:
    """The one way from planned to sent."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def due(self, now: datetime) -> tuple[Due, ...]:
        """Where something can be claimed now, most urgent first."""
        query = (
            select(deliveries.c.lane, deliveries.c.channel)
            .where(*_claimable(now))
            .order_by(deliveries.c.priority.desc(), deliveries.c.due_at)
            .limit(10_000)
        )
        async with self._store.read() as connection:
            found = {(row.lane, row.channel): None for row in await connection.execute(query)}
        return tuple(Due(lane, channel) for lane, channel in found)

    async def next(
        self, channels: Sequence[str], worker: str, now: datetime, lease: timedelta, clearance: Clearance
    ) -> Claim | None:
        """Mark the next due delivery of these channels as sending, committed before this returns.

        What may not leave is held on the way, with the reason; an edit of nothing is cancelled.
        """
        async with self._store.write() as connection:
            await _hold_paused(connection, channels, now)
            while (delivery := await _first(connection, channels, now)) is not None:
                out = await _out(connection, delivery)
                if delivery.act is not Act.POST and not out:
                    await _aside(connection, delivery, State.CANCELLED, Verb.CANCELLED, "nothing is out", now)
                    continue
                objection = None if await _released(connection, delivery) else clearance(
                    delivery, await _story(connection, delivery)
                )  # fmt: skip
                if objection is not None:
                    await _aside(connection, delivery, State.HELD, Verb.HELD, objection, now)
                    continue
                done = await threads.posts(connection, delivery.id)
                return Claim(await _take(connection, delivery, worker, now, now + lease), out, done)
        return None

    async def sent(self, claim: Claim, receipt: Receipt, now: datetime) -> bool:
        """Write the proof. Proof beats doubt: it is also taken where the lease had ended meanwhile.

        A thread that has more posts is planned again, due at once: the next claim is for the next post.
        """
        delivery, states = claim.delivery, [State.SENDING, State.UNCERTAIN]
        number = len(claim.done)
        async with self._store.write() as connection:
            if claim.last:
                ours = await _finish(connection, claim, states, State.SENT, Outcome.SENT, "", now)
            else:
                why = f"{number + 1} of {len(delivery.edition.more) + 1} posts of the thread are out"
                ours = await _finish(connection, claim, states, State.PLANNED, Outcome.SENT, why, now, due_at=now)
            if not ours:
                return False
            await threads.keep(connection, delivery.id, number, receipt)
            await note(connection, [_decision(delivery, Verb.SENT, receipt.permalink or receipt.platform_id, now)])
        return True

    async def again(self, claim: Claim, outcome: Outcome, why: str, at: datetime, now: datetime) -> bool:
        """Plan it anew for `at`."""
        return await self._end(claim, State.PLANNED, outcome, Verb.RETRIED, why, now, due_at=at)

    async def failed(self, claim: Claim, outcome: Outcome, why: str, now: datetime) -> bool:
        """Give it up; an editor may retry it."""
        return await self._end(claim, State.FAILED, outcome, Verb.FAILED, why, now)

    async def uncertain(self, claim: Claim, why: str, now: datetime) -> bool:
        """Say that nobody knows."""
        return await self._end(claim, State.UNCERTAIN, Outcome.UNCERTAIN, Verb.UNCERTAIN, why, now)

    async def renew(self, claim: Claim, until: datetime) -> bool:
        """Make the lease longer, if it is still ours."""
        async with self._store.write() as connection:
            change = update(deliveries).where(*_ours(claim, [State.SENDING])).values(lease_until=until)
            return bool((await connection.execute(change)).rowcount)

    async def overdue(self, now: datetime) -> tuple[Claim, ...]:
        """What is being sent although its lease is over."""
        return await self._claims(deliveries.c.lease_until <= now)

    async def orphans(self, worker: str) -> tuple[Claim, ...]:
        """What anybody else is sending; only the holder of the queue's lock may conclude that they are dead."""
        return await self._claims(deliveries.c.worker != worker)

    async def sends(self, lane: str, since: datetime) -> tuple[tuple[str, datetime], ...]:
        """(channel, start) of every attempt in the lane since then, newest first: what pacing counts."""
        query = (
            select(attempts.c.channel, attempts.c.started_at)
            .where(attempts.c.lane == lane, attempts.c.started_at > since)
            .order_by(attempts.c.started_at.desc())
        )
        async with self._store.read() as connection:
            return tuple((row.channel, row.started_at) for row in await connection.execute(query))

    async def _end(
        self, claim: Claim, to: State, outcome: Outcome, verb: Verb, why: str, now: datetime, **values: Any
    ) -> bool:
        async with self._store.write() as connection:
            if not await _finish(connection, claim, [State.SENDING], to, outcome, why, now, **values):
                return False
            await note(connection, [_decision(claim.delivery, verb, why, now)])
        return True

    async def _claims(self, which: ColumnElement[bool]) -> tuple[Claim, ...]:
        query = select_deliveries().where(deliveries.c.state == State.SENDING.value, which).order_by(deliveries.c.id)
        async with self._store.read() as connection:
            rows = (await connection.execute(query)).all()
            return tuple([Claim(delivery_of(row), done=await threads.posts(connection, row.id)) for row in rows])


def _claimable(now: datetime) -> list[ColumnElement[bool]]:
    earlier = deliveries.alias("earlier")
    return [
        deliveries.c.state == State.PLANNED.value,
        deliveries.c.due_at <= now,
        deliveries.c.lane.not_in(select(lanes.c.name).where(lanes.c.closed_until > now)),
        # Order within one channel and story: a correction never overtakes its post.
        ~exists().where(
            earlier.c.story == deliveries.c.story,
            earlier.c.channel == deliveries.c.channel,
            earlier.c.id < deliveries.c.id,
            earlier.c.state.in_(_UNSETTLED),
        ),
    ]


async def _first(connection: AsyncConnection, channels: Sequence[str], now: datetime) -> Delivery | None:
    query = (
        select(deliveries.c.id)
        .where(deliveries.c.channel.in_(channels), *_claimable(now))
        .order_by(deliveries.c.priority.desc(), deliveries.c.due_at, deliveries.c.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=deliveries)
    )
    found = (await connection.execute(query)).scalar_one_or_none()
    if found is None:
        return None
    return delivery_of((await connection.execute(select_deliveries().where(deliveries.c.id == found))).one())


async def _hold_paused(connection: AsyncConnection, channels: Sequence[str], now: datetime) -> None:
    """A paused channel's rows wait as held ones, whoever planned them."""
    for pause in (await connection.execute(select(pauses).where(pauses.c.channel.in_(channels)))).all():
        which = [deliveries.c.channel == pause.channel]
        why = f"the channel is paused: {pause.why}"
        await move(connection, which, [State.PLANNED], State.HELD, Verb.HELD, "dispatch", why, now, paused=True)


async def _out(connection: AsyncConnection, delivery: Delivery) -> tuple[Receipt, ...]:
    """What an edit or a deletion is about: the newest delivery before it that came out."""
    if delivery.act is Act.POST:
        return ()
    query = (
        select(deliveries.c.id)
        .where(
            deliveries.c.story == delivery.story,
            deliveries.c.channel == delivery.channel,
            deliveries.c.id < delivery.id,
            deliveries.c.state == State.SENT.value,
        )
        .order_by(deliveries.c.id.desc())
        .limit(1)
    )
    found = (await connection.execute(query)).scalar_one_or_none()
    return await threads.posts(connection, found) if found is not None else ()


async def _released(connection: AsyncConnection, delivery: Delivery) -> bool:
    return bool(
        (await connection.execute(select(deliveries.c.released).where(deliveries.c.id == delivery.id))).scalar()
    )


async def _story(connection: AsyncConnection, delivery: Delivery) -> Story:
    return story_of((await connection.execute(select_stories().where(stories.c.id == delivery.story))).one())


async def _aside(
    connection: AsyncConnection, delivery: Delivery, to: State, verb: Verb, why: str, now: datetime
) -> None:
    which = [deliveries.c.id == delivery.id]
    await move(connection, which, [State.PLANNED], to, verb, "dispatch", why, now)


async def _take(
    connection: AsyncConnection, delivery: Delivery, worker: str, now: datetime, until: datetime
) -> Delivery:
    number = delivery.attempts + 1
    values = {
        "state": State.SENDING.value,
        "worker": worker,
        "lease_until": until,
        "attempts": number,
        "reason": "",
        "changed_at": now,
    }
    await connection.execute(update(deliveries).where(deliveries.c.id == delivery.id).values(values))
    start = {"delivery": delivery.id, "number": number, "lane": delivery.lane, "channel": delivery.channel}
    await connection.execute(insert(attempts).values(worker=worker, started_at=now, detail="", **start))
    taken = select_deliveries().where(deliveries.c.id == delivery.id)
    return delivery_of((await connection.execute(taken)).one())


def _ours(claim: Claim, states: Sequence[State]) -> list[ColumnElement[bool]]:
    delivery = claim.delivery
    return [
        deliveries.c.id == delivery.id,
        deliveries.c.state.in_([state.value for state in states]),
        deliveries.c.worker == delivery.worker,
        deliveries.c.attempts == delivery.attempts,
    ]


async def _finish(
    connection: AsyncConnection,
    claim: Claim,
    states: Sequence[State],
    to: State,
    outcome: Outcome,
    why: str,
    now: datetime,
    **values: Any,
) -> bool:
    """End the attempt, if the row is still this claim's."""
    values = {"state": to.value, "reason": why, "lease_until": None, "changed_at": now, **values}
    change = update(deliveries).where(*_ours(claim, states)).values(values)
    if not (await connection.execute(change)).rowcount:
        return False
    delivery = claim.delivery
    mine = (attempts.c.delivery == delivery.id, attempts.c.number == delivery.attempts)
    await connection.execute(update(attempts).where(*mine).values(ended_at=now, outcome=outcome.value, detail=why))
    return True


def _decision(delivery: Delivery, verb: Verb, why: str, now: datetime) -> Decision:
    return Decision(verb, "dispatch", why, now, delivery.story, delivery.revision, delivery.channel)
