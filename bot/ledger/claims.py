"""Claims: who may send what, under which lease, and what became of it. Every step is a compare-and-set."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, select, update

from bot.ledger import claiming, threads
from bot.ledger.moves import move, note
from bot.ledger.rows import delivery_of, select_deliveries
from bot.ledger.store import Store
from bot.ledger.tables import attempts, deliveries
from bot.model.decision import Verb
from bot.model.delivery import Act, Delivery, Outcome, Receipt, State
from bot.model.ledger import Claim, Due
from bot.model.story import Story

Clearance = Callable[[Delivery, Story], str | None]
"""The reason to hold a delivery at the last moment, or None."""


class Claims:
    """The one way from planned to sent."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def due(self, now: datetime) -> tuple[Due, ...]:
        """Where something can be claimed now, most urgent first."""
        query = (
            select(deliveries.c.lane, deliveries.c.channel)
            .where(*claiming.claimable(now))
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
            await claiming.hold_paused(connection, channels, now)
            while (delivery := await claiming.first(connection, channels, now)) is not None:
                out = await claiming.out(connection, delivery)
                if delivery.act is not Act.POST and not out:
                    await claiming.aside(connection, delivery, State.CANCELLED, Verb.CANCELLED, "nothing is out", now)
                    continue
                objection = None if await claiming.released(connection, delivery) else clearance(
                    delivery, await claiming.story(connection, delivery)
                )  # fmt: skip
                if objection is not None:
                    await claiming.aside(connection, delivery, State.HELD, Verb.HELD, objection, now)
                    continue
                done = await threads.posts(connection, delivery.id)
                return Claim(await claiming.take(connection, delivery, worker, now, now + lease), out, done)
        return None

    async def sent(self, claim: Claim, receipt: Receipt, now: datetime) -> bool:
        """Write the proof. Proof beats doubt: it is also taken where the lease had ended meanwhile.

        A thread that has more posts is planned again, due at once: the next claim is for the next post.
        """
        delivery, states = claim.delivery, [State.SENDING, State.UNCERTAIN]
        number = len(claim.done)
        async with self._store.write() as connection:
            if claim.last:
                ours = await claiming.finish(connection, claim, states, State.SENT, Outcome.SENT, "", now)
            else:
                why = f"{number + 1} of {len(delivery.edition.more) + 1} posts of the thread are out"
                ours = await claiming.finish(
                    connection, claim, states, State.PLANNED, Outcome.SENT, why, now, due_at=now
                )
            if not ours:
                return False
            await threads.keep(connection, delivery.id, number, receipt)
            await note(
                connection, [claiming.decision(delivery, Verb.SENT, receipt.permalink or receipt.platform_id, now)]
            )
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
            change = update(deliveries).where(*claiming.ours(claim, [State.SENDING])).values(lease_until=until)
            return bool((await connection.execute(change)).rowcount)

    async def overdue(self, now: datetime) -> tuple[Claim, ...]:
        """What is being sent although its lease is over."""
        return await self._sending(deliveries.c.lease_until <= now)

    async def unsure(self, channels: Sequence[str]) -> tuple[Claim, ...]:
        """What is uncertain on these channels: each may be looked for where the channel can look."""
        query = (
            select_deliveries()
            .where(deliveries.c.state == State.UNCERTAIN.value, deliveries.c.channel.in_(channels))
            .order_by(deliveries.c.id)
            .limit(100)
        )
        return await self._claims(query)

    async def not_out(self, claim: Claim, why: str, now: datetime) -> bool:
        """Somebody looked, and it is not there: it is sent again."""
        delivery = claim.delivery
        mine = [deliveries.c.id == delivery.id, deliveries.c.attempts == delivery.attempts]
        async with self._store.write() as connection:
            moved = await move(
                connection, mine, [State.UNCERTAIN], State.PLANNED, Verb.RETRIED, "sweep", why, now, due_at=now
            )
        return bool(moved)

    async def orphans(self, worker: str) -> tuple[Claim, ...]:
        """What anybody else is sending; only the holder of the queue's lock may conclude that they are dead."""
        return await self._sending(deliveries.c.worker != worker)

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
            if not await claiming.finish(connection, claim, [State.SENDING], to, outcome, why, now, **values):
                return False
            await note(connection, [claiming.decision(claim.delivery, verb, why, now)])
        return True

    async def _sending(self, which: ColumnElement[bool]) -> tuple[Claim, ...]:
        query = select_deliveries().where(deliveries.c.state == State.SENDING.value, which).order_by(deliveries.c.id)
        return await self._claims(query)

    async def _claims(self, query: Select[Any]) -> tuple[Claim, ...]:
        async with self._store.read() as connection:
            rows = (await connection.execute(query)).all()
            return tuple([Claim(delivery_of(row), done=await threads.posts(connection, row.id)) for row in rows])
