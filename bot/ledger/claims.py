"""Claims: who may send what, under which lease, and what became of it. Every step is a compare-and-set."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger import claiming, finishing, threads
from bot.ledger.claiming import Gate, Wanted
from bot.ledger.fanout_rows import open_of, reached, troubled_carriers
from bot.ledger.moves import move, note, still
from bot.ledger.rows import AS_COMPOSED, delivery_of, select_deliveries
from bot.ledger.store import Store
from bot.ledger.tables import attempts, deliveries
from bot.model.decision import Verb
from bot.model.delivery import Act, Delivery, Outcome, Receipt, State
from bot.model.lane import Batch, Never, Objection
from bot.model.ledger import Claim, Due
from bot.model.order import PAUSED
from bot.model.story import Story
from bot.rules.pacing import Sent

Clearance = Callable[[Delivery, Story], Objection | None]
"""What stands against a delivery at the last moment, or None."""
_AHEAD = 4
"""Looked at for each one that is wanted: several may be of one channel, which sends one at a time."""


class Claims:
    """The one way from planned to sent."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def due(self, now: datetime) -> tuple[Due, ...]:
        """Lanes in which something can be claimed now, each with the channel of its most urgent one."""
        first = select(deliveries.c.lane).where(claiming.planned).order_by(deliveries.c.lane).limit(1)
        lanes = select(first.scalar_subquery().label("lane")).cte("busy", recursive=True)
        following = select(deliveries.c.lane).where(claiming.planned, deliveries.c.lane > lanes.c.lane)
        following = following.order_by(deliveries.c.lane).limit(1)
        lanes = lanes.union_all(select(following.scalar_subquery()).where(lanes.c.lane.is_not(None)))
        urgent = (
            select(deliveries.c.channel)
            .where(deliveries.c.lane == lanes.c.lane, claiming.lane_open(now), *claiming.due(now))
            .order_by(*claiming.MOST_URGENT)
            .limit(1)
            .scalar_subquery()
        )
        async with self._store.read() as connection:
            rows = await connection.execute(select(lanes.c.lane, urgent.label("channel")).order_by(lanes.c.lane))
            return tuple(Due(row.lane, row.channel) for row in rows if row.channel is not None)

    async def batch(self, lane: str, worker: str, now: datetime, wanted: Wanted, gate: Gate) -> Batch:
        """Mark the most urgent deliveries of the lane as sending, one a channel, committed before this returns.

        What may not leave is put aside on the way, with the reason; an edit of nothing is cancelled.
        """
        async with self._store.write() as connection:
            row = await claiming.enter(connection, lane, worker, now)
            if row is not None and row.worker != worker:
                return Batch(stale=True)
            closed = row.closed_until if row is not None and row.closed_until > now else None
            strikes = row.strikes if row is not None else 0
            asked = wanted.asked(row.spares if row is not None and closed else None)
            if asked is None:
                return Batch(closed_until=closed, strikes=strikes)
            asked["lane"] = lane
            batch = await _claim(connection, claiming.IN_LANE, asked, worker, now, wanted.limit, gate)
            return replace(batch, closed_until=closed, strikes=strikes)

    async def next(
        self, channels: Sequence[str], worker: str, now: datetime, lease: timedelta, clearance: Clearance
    ) -> Claim | None:
        """The most urgent one of these channels, whatever their lanes' pace says."""
        gate = Gate(lambda _: lease, clearance)
        query = claiming.candidates(deliveries.c.channel.in_(channels), claiming.lane_open(now))
        async with self._store.write() as connection:
            batch = await _claim(connection, query, {"passed": []}, worker, now, 1, gate)
        return batch.claims[0] if batch.claims else None

    async def sent(self, claim: Claim, receipt: Receipt, now: datetime) -> bool:
        """Write the proof. Proof beats doubt: it is also taken where the lease had ended meanwhile.

        A thread that has more posts is planned again, due at once: the next claim is for the next post.
        """
        return bool(await self.all_sent([(claim, receipt)], now))

    async def all_sent(self, proofs: Sequence[tuple[Claim, Receipt]], now: datetime) -> frozenset[int]:
        """Write the proofs of one worker's claims; the deliveries that were still theirs."""
        whole = [claim for claim, _ in proofs if claim.last]
        states = [State.SENDING, State.UNCERTAIN]
        async with self._store.write() as connection:
            await reached(connection, [claim.delivery.channel for claim, _ in proofs])
            ours = frozenset[int]()
            if whole:
                ours = await finishing.finish(connection, whole, states, State.SENT, Outcome.SENT, "", now)
            for claim, _ in proofs:
                if not claim.last:
                    why = f"{len(claim.done) + 1} of {len(claim.delivery.edition.more) + 1} posts of the thread are out"
                    ours |= await finishing.finish(
                        connection, [claim], states, State.PLANNED, Outcome.SENT, why, now, now
                    )
            kept = [(claim, receipt) for claim, receipt in proofs if claim.delivery.id in ours]
            await threads.keep_all(
                connection, [(one.delivery.id, len(one.done), _as_kept(one, receipt)) for one, receipt in kept]
            )
            await note(
                connection,
                [
                    finishing.decision(one.delivery, Verb.SENT, receipt.permalink or receipt.platform_id, now)
                    for one, receipt in kept
                ],
            )
        return ours

    async def again(self, claim: Claim, outcome: Outcome, why: str, at: datetime, now: datetime) -> bool:
        """Plan it anew for `at`."""
        return await self._end(claim, State.PLANNED, outcome, Verb.RETRIED, why, now, at)

    async def failed(self, claim: Claim, outcome: Outcome, why: str, now: datetime) -> bool:
        """Give it up; an editor may retry it."""
        return await self._end(claim, State.FAILED, outcome, Verb.FAILED, why, now)

    async def cancelled(self, claim: Claim, why: str, now: datetime) -> bool:
        """Nothing was sent, and nothing is to be: whom it was for has left."""
        return await self._end(claim, State.CANCELLED, Outcome.REFUSED, Verb.CANCELLED, why, now)

    async def uncertain(self, claim: Claim, why: str, now: datetime) -> bool:
        """Say that nobody knows."""
        return await self._end(claim, State.UNCERTAIN, Outcome.UNCERTAIN, Verb.UNCERTAIN, why, now)

    async def renew(self, claim: Claim, until: datetime) -> bool:
        """Make the lease longer, if it is still ours."""
        async with self._store.write() as connection:
            given = {**finishing.ours([claim], [State.SENDING]), "until": until}
            return bool((await connection.execute(finishing.RENEW, given)).rowcount)

    async def overdue(self, now: datetime) -> tuple[Claim, ...]:
        """What is being sent although its lease is over."""
        return await self._sending(deliveries.c.lease_until <= now)

    async def unsure(self, channels: Sequence[str], carriers: Sequence[str] = ()) -> tuple[Claim, ...]:
        """What is uncertain on these channels, and with these carriers' subscribers: each may be looked for."""
        there = or_(deliveries.c.channel.in_(channels), deliveries.c.story.in_(open_of(carriers)))
        query = select_deliveries().where(still(State.UNCERTAIN), there).order_by(deliveries.c.id).limit(100)
        return await self._claims(query)

    async def not_out(self, claim: Claim, why: str, now: datetime) -> bool:
        """Somebody looked, and it is not there: it is sent again, unless it was taken back meanwhile."""
        delivery = claim.delivery
        mine = [deliveries.c.id == delivery.id, deliveries.c.attempts == delivery.attempts]
        async with self._store.write() as connection:
            off = await threads.called_off(connection, mine)
            moved = await move(
                connection, mine, [State.UNCERTAIN], State.PLANNED, Verb.RETRIED, "sweep", why, now, due_at=now
            )
            await threads.proven_in_vain(connection, moved, "sweep", why, now, off)
        return bool(moved)

    async def orphans(self, worker: str) -> tuple[Claim, ...]:
        """What anybody else is sending; only the holder of the queue's lock may conclude that they are dead."""
        return await self._sending(deliveries.c.worker != worker)

    async def sends(self, lane: str, since: datetime) -> tuple[Sent, ...]:
        """Every attempt in the lane since then, newest first: what pacing counts."""
        query = (
            select(attempts.c.channel, attempts.c.started_at, deliveries.c.act)
            .join(deliveries, deliveries.c.id == attempts.c.delivery)
            .where(attempts.c.lane == lane, attempts.c.started_at > since)
            .order_by(attempts.c.started_at.desc())
        )
        async with self._store.read() as connection:
            rows = await connection.execute(query)
            return tuple(Sent(row.channel, row.started_at, Act(row.act)) for row in rows)

    async def _end(
        self, claim: Claim, to: State, outcome: Outcome, verb: Verb, why: str, now: datetime, at: datetime | None = None
    ) -> bool:
        async with self._store.write() as connection:
            if not await finishing.finish(connection, [claim], [State.SENDING], to, outcome, why, now, at):
                return False
            await note(connection, [finishing.decision(claim.delivery, verb, why, now)])
        return True

    async def _sending(self, which: ColumnElement[bool]) -> tuple[Claim, ...]:
        query = select_deliveries().where(still(State.SENDING), which)
        query = query.order_by(deliveries.c.lease_until, deliveries.c.id)  # as its index has them
        return await self._claims(query)

    async def _claims(self, query: Select[Any]) -> tuple[Claim, ...]:
        async with self._store.read() as connection:
            rows = (await connection.execute(query)).all()
            return tuple([await _as_it_stands(connection, delivery_of(row)) for row in rows])


async def _as_it_stands(connection: AsyncConnection, delivery: Delivery) -> Claim:
    """The claim that was being carried out, for nothing before it on its channel can have changed since."""
    out = await claiming.out(connection, delivery) if delivery.act is not Act.POST else ()
    return Claim(delivery, out, await threads.posts(connection, delivery.id))


def _as_kept(claim: Claim, receipt: Receipt) -> Receipt:
    """The edition is there already: its words need not stand in the ledger twice."""
    return replace(receipt, sent=AS_COMPOSED) if receipt.sent == claim.edition.text else receipt


async def _claim(
    connection: AsyncConnection,
    query: Select[Any],
    asked: Mapping[str, Any],
    worker: str,
    now: datetime,
    limit: int,
    gate: Gate,
) -> Batch:
    """Take up to `limit`, each of another channel."""
    chosen: dict[str, Claim] = {}
    leases: list[timedelta] = []
    troubled: set[str] = set()
    unknown: set[str] = set()
    looking, more = True, False
    while looking and len(chosen) < limit:
        passed = [*asked["passed"], *chosen, *unknown]
        ahead = (limit - len(chosen)) * _AHEAD
        given = {**asked, "passed": passed, "now": now, "most": ahead}
        rows = (await connection.execute(query, given)).all()
        unread = {row.story for row in rows if not row.released}
        stories = await claiming.newest(connection, unread) if unread else {}
        looking, more = False, len(rows) == ahead
        for row in rows:
            if row.channel in chosen or row.channel in unknown or len(chosen) == limit:
                continue
            delivery = delivery_of(row)
            lease = gate.lease(delivery)
            if lease is None:
                unknown.add(row.channel)
                looking = True
                continue
            claim, objection = await _considered(connection, delivery, row, stories.get(row.story), gate)
            if objection is not None:
                await claiming.aside(connection, delivery, objection, now, paused=row.paused_why is not None)
                looking = True
                continue
            chosen[row.channel] = claim
            leases.append(lease)
            if row.failures is not None:
                troubled.add(row.channel)
    until = now + max(leases, default=timedelta(0))
    taken = await claiming.take(connection, [one.delivery for one in chosen.values()], worker, now, until)
    troubled |= await troubled_carriers(connection, chosen)
    claims = tuple(replace(chosen[one.channel], delivery=one) for one in taken)
    return Batch(claims, more=more, unknown=frozenset(unknown), troubled=frozenset(troubled))


async def _considered(
    connection: AsyncConnection, delivery: Delivery, row: Row[Any], story: Story | None, gate: Gate
) -> tuple[Claim, Objection | None]:
    """The claim, and what stands against it. Without a story an editor let it go."""
    if row.paused_why is not None:
        return Claim(delivery), f"{PAUSED}: {row.paused_why}"
    out = await claiming.out(connection, delivery) if row.follows else ()
    done = await threads.posts(connection, delivery.id) if delivery.receipt else ()
    claim = Claim(delivery, out, done)
    if delivery.attempts and (withdrawn := await threads.withdrawn(connection, delivery.id)) is not False:
        # What may be out is tried once more under its key: that brings the number by which it is deleted.
        return claim, Never("withdrawn meanwhile") if withdrawn else None
    if delivery.act is not Act.POST and not out:
        return claim, Never("nothing is out")
    if story is not None and (objection := gate.clearance(delivery, story)) is not None:
        return claim, objection
    if delivery.act is not Act.POST or done:
        return claim, None
    since = gate.asks(delivery.channel)
    posts = await claiming.posts(connection, delivery, since) if since is not None else ()
    return claim, gate.hours(delivery, posts)
