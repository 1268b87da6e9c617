"""Retention: what is old becomes daily figures; stories, receipts and reasons stay, so nothing is posted again."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger import begun
from bot.ledger.daily import daily_figures
from bot.ledger.rows import editions, text_of
from bot.ledger.store import Store
from bot.ledger.subscriber_tables import shared_editions
from bot.ledger.tables import arrivals, attempts, deliveries, notices
from bot.model.arrival import Arrived
from bot.model.delivery import State
from bot.model.figure import Counted, Figure, Folded

BATCH = 200
"""Rows a transaction: nobody who sends waits long for it."""
_FINAL = (State.SENT.value, State.CANCELLED.value)
"""What nobody moves any more; an uncertain or failed one keeps its words until somebody has decided."""
_OWN = deliveries.c.story > 0
"""Subscribers' are folded by fan-out: ledger/fanout_folding.py."""
_WHOLE = text("NOT deliveries.folded")
_UNDER_WAY = "under way"

Key = tuple[str, Counted, str, str]
Sums = Mapping[Key, tuple[int, timedelta]]


class Retention:
    """Folding, and what was folded."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def fold(self, before: datetime) -> Folded:
        """Fold a batch of what ended before then; a falsy answer says that nothing is left. Two at once do no harm."""
        async with self._store.write() as connection:
            gone = await _deliveries(connection, before)
            gone += await _arrivals(connection, before)
            gone += await _notices(connection, before)
            return gone + Folded(begun=await begun.purge(connection, before, BATCH))

    async def figures(self, since: date) -> tuple[Figure, ...]:
        """What was folded of that day and later, oldest first."""
        query = select(daily_figures, daily_figures.c.count.label("many")).where(
            daily_figures.c.day >= since.isoformat()
        )
        order = (daily_figures.c.day, daily_figures.c.counted, daily_figures.c.subject, daily_figures.c.outcome)
        async with self._store.read() as connection:
            return tuple(
                Figure(
                    date.fromisoformat(row.day), Counted(row.counted), row.subject, row.outcome, row.many,
                    timedelta(milliseconds=row.delay),
                )
                for row in await connection.execute(query.order_by(*order))
            )  # fmt: skip

    async def cards(self, before: datetime) -> frozenset[str]:
        """Files of cards and pictures that deliveries planned before then still need."""
        own = select(deliveries.c.edition).where(_WHOLE, _OWN, deliveries.c.created_at < before)
        query = own.union_all(select(shared_editions.c.edition))
        async with self._store.read() as connection:
            found = [editions.validate_json(text) for text in (await connection.execute(query)).scalars()]
        return frozenset(card.file for one in found for card in (one.card, *one.pictures) if card is not None)


async def _deliveries(connection: AsyncConnection, before: datetime) -> Folded:
    query = (
        select(deliveries)
        .where(_WHOLE, _OWN, deliveries.c.changed_at < before, deliveries.c.state.in_(_FINAL))
        .order_by(deliveries.c.changed_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    rows = (await connection.execute(query)).all()
    if not rows:
        return Folded()
    await _count(
        connection,
        _summed(
            (row.changed_at, Counted.DELIVERY, row.channel, row.state, row.changed_at - row.created_at) for row in rows
        ),
    )
    tried = attempts.c.delivery.in_([row.id for row in rows])
    tries = (await connection.execute(select(attempts).where(tried))).all()
    await _count(
        connection,
        _summed(
            (
                one.started_at,
                Counted.ATTEMPT,
                one.channel,
                one.outcome or _UNDER_WAY,
                _took(one.started_at, one.ended_at),
            )
            for one in tries
        ),
    )
    await connection.execute(delete(attempts).where(tried))
    for row in rows:
        composed = editions.validate_json(row.edition)
        edition = replace(composed, text="", card=None, more=(), pictures=(), notes=(), count=0)
        values = {"folded": True, "edition": text_of(editions, edition)}
        await connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(values))
    return Folded(deliveries=len(rows), attempts=len(tries))


async def _arrivals(connection: AsyncConnection, before: datetime) -> Folded:
    """Letters and how to reach who wrote them; the story's own names keep it from being taken for a new one."""
    query = (
        select(arrivals.c.id, arrivals.c.received_at, arrivals.c.source, arrivals.c.state)
        .where(arrivals.c.received_at < before, arrivals.c.state != Arrived.WAITING.value)
        .order_by(arrivals.c.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    rows = (await connection.execute(query)).all()
    if rows:
        counted = ((row.received_at, Counted.ARRIVAL, row.source, row.state, timedelta(0)) for row in rows)
        await _count(connection, _summed(counted))
        await connection.execute(delete(arrivals).where(arrivals.c.id.in_([row.id for row in rows])))
    return Folded(arrivals=len(rows))


async def _notices(connection: AsyncConnection, before: datetime) -> Folded:
    query = select(notices.c.id).where(notices.c.told_at < before).order_by(notices.c.id).limit(BATCH)
    old = (await connection.execute(query)).scalars().all()
    if old:
        await connection.execute(delete(notices).where(notices.c.id.in_(old)))
    return Folded(notices=len(old))


def _took(begun: datetime, ended: datetime | None) -> timedelta:
    return ended - begun if ended else timedelta(0)


def _summed(ended: Iterable[tuple[datetime, Counted, str, str, timedelta]]) -> Sums:
    sums: dict[Key, tuple[int, timedelta]] = defaultdict(lambda: (0, timedelta(0)))
    for at, counted, subject, outcome, delay in ended:
        key = (at.date().isoformat(), counted, subject, outcome)
        count, so_far = sums[key]
        sums[key] = (count + 1, so_far + delay)
    return sums


async def _count(connection: AsyncConnection, sums: Sums) -> None:
    """Add to what is there; in order, so that two who fold at once do not wait for each other in a ring."""
    for (day, counted, subject, outcome), (count, delay) in sorted(sums.items()):
        milliseconds = delay // timedelta(milliseconds=1)
        key = {"day": day, "counted": counted.value, "subject": subject, "outcome": outcome}
        mine = [daily_figures.c[name] == value for name, value in key.items()]
        more = {"count": daily_figures.c.count + count, "delay": daily_figures.c.delay + milliseconds}
        if not (await connection.execute(update(daily_figures).where(*mine).values(more))).rowcount:
            await connection.execute(insert(daily_figures).values(**key, count=count, delay=milliseconds))
