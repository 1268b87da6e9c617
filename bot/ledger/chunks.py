"""Chunks: how a fan-out is planned, a few thousand subscribers a transaction; a crash between two loses nothing."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger import fanout_following, standing
from bot.ledger.fanout_rows import CANCELLED, OPEN, fanout_of, write_down
from bot.ledger.pace_tables import pauses
from bot.ledger.rows import editions, text_of
from bot.ledger.store import Store
from bot.ledger.subscriber_tables import fanouts, kept_back, shared_editions, subscribers
from bot.ledger.tables import deliveries, stories
from bot.model.delivery import Act
from bot.model.edition import Edition
from bot.model.subscriber import Fanout, Has, Membership, Progress, Reader, Wanting
from bot.rules.follow import OUT

_MATCHED = (Progress.WAITING.value, Progress.PLANNING.value)


class Chunks:
    """The fan-out work's own room; what the desk asks and orders is in `fanouts`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def due(self, now: datetime) -> tuple[Fanout, ...]:
        """What may be planned, followed or cancelled now, the most urgent first."""
        async with self._store.read() as connection:
            query = select(fanouts).where(OPEN, fanouts.c.state != Progress.GOING.value, fanouts.c.due_at <= now)
            order = (fanouts.c.withdrawn.desc(), fanouts.c.priority.desc(), fanouts.c.due_at, fanouts.c.id)
            rows = (await connection.execute(query.order_by(*order))).all()
            return tuple([one for one in map(fanout_of, rows) if await _may_start(connection, one, now)])

    async def readers(self, fanout: Fanout, limit: int) -> tuple[Reader, ...]:
        """The next subscribers to be looked at; who came later than the story has missed it."""
        mine = (
            subscribers.c.carrier == fanout.carrier,
            subscribers.c.state == Membership.ACTIVE.value,
            subscribers.c.id > fanout.cursor,
            subscribers.c.since <= fanout.created_at,
        )
        columns = [subscribers.c[name] for name in ("id", "choices", "timing", "reading", "day", "sent")]
        query = select(*columns).where(*mine).order_by(subscribers.c.id).limit(limit)
        async with self._store.read() as connection:
            return tuple(Reader(*row) for row in await connection.execute(query))

    async def editions(self, fanout: Fanout) -> dict[str, int]:
        """The shared editions of its revision, by variant."""
        mine = (shared_editions.c.fanout == fanout.id, shared_editions.c.revision == fanout.revision)
        async with self._store.read() as connection:
            rows = await connection.execute(select(shared_editions.c.variant, shared_editions.c.id).where(*mine))
            return {row.variant: row.id for row in rows}

    async def keep(self, fanout: Fanout, variant: str, edition: Edition) -> int:
        """Write an edition down that many share; its number. Made anew, it takes the place of the one there is."""
        text = text_of(editions, edition)
        key = {"fanout": fanout.id, "revision": fanout.revision, "variant": variant}
        mine = [shared_editions.c[name] == value for name, value in key.items()]
        async with self._store.write() as connection:
            again = update(shared_editions).where(*mine).values(edition=text).returning(shared_editions.c.id)
            number = (await connection.execute(again)).scalar()
            if number is None:
                made = insert(shared_editions).values(**key, edition=text).returning(shared_editions.c.id)
                number = (await connection.execute(made)).scalar_one()
            return int(number)

    async def newest_out(self, fanout: Fanout) -> int | None:
        """The newest revision before its own that somebody has; None where nobody has any."""
        out = [state.value for state in OUT]
        mine = (deliveries.c.story == fanout.number, deliveries.c.revision < fanout.revision)
        query = select(func.max(deliveries.c.revision)).where(*mine, deliveries.c.state.in_(out))
        async with self._store.read() as connection:
            found: int | None = (await connection.execute(query)).scalar()
        return found

    async def begun(self, fanout: Fanout) -> bool:
        """Whether anybody has a delivery of it."""
        query = select(deliveries.c.id).where(deliveries.c.story == fanout.number).limit(1)
        async with self._store.read() as connection:
            return (await connection.execute(query)).first() is not None

    async def have(self, fanout: Fanout, readers: Sequence[int]) -> frozenset[int]:
        """Who of them has a delivery of it already."""
        async with self._store.read() as connection:
            return await fanout_following.have(connection, fanout, readers)

    async def kept(self, fanout: Fanout, readers: Sequence[int]) -> frozenset[int]:
        """For whom the story waits to be told in their next digest."""
        mine = (kept_back.c.story == fanout.story, kept_back.c.subscriber.in_(readers))
        async with self._store.read() as connection:
            return frozenset((await connection.execute(select(kept_back.c.subscriber).where(*mine))).scalars())

    async def write(
        self,
        fanout: Fanout,
        cursor: int,
        lane: str,
        wanting: Sequence[Wanting],
        now: datetime,
        *,
        kept: Sequence[int] = (),
        has: Sequence[Has] = (),
    ) -> bool:
        """Plan a chunk and move the cursor, in one transaction; False where anything else happened to it meanwhile.

        `kept` are subscribers whose daily number is reached: the story waits for their digest. Who `has` it already
        gets the new revision in the place of what waits, or an edit or a correction of what is out.
        """
        async with self._store.write() as connection:
            if not await _advance(connection, fanout, cursor, len(wanting), now):
                return False
            await fanout_following.follow(connection, fanout, lane, has, now)
            await write_down(connection, fanout, lane, Act.POST, wanting, now)
            await _count(connection, wanting)
            back = [{"subscriber": reader, "story": fanout.story, "at": now} for reader in kept]
            if back:
                again = (kept_back.c.story == fanout.story, kept_back.c.subscriber.in_(kept))
                await connection.execute(delete(kept_back).where(*again))
                await connection.execute(insert(kept_back), back)
        return True

    async def take_back(self, fanout: Fanout, limit: int, now: datetime, *, able: bool) -> bool:
        """Cancel what waits of a withdrawn story, and plan the deletion of what is out; False: nothing is left.

        `able`: the carrier can delete.
        """
        async with self._store.write() as connection:
            cursor = await fanout_following.take_back(connection, fanout, limit, now, able=able)
            return cursor is not None and await _advance(connection, fanout, cursor, 0, now)

    async def cancel_some(self, fanout: Fanout, limit: int, now: datetime) -> bool:
        """Cancel what waits of a cancelled fan-out; False: nothing is left."""
        async with self._store.write() as connection:
            if await fanout_following.cancel_some(connection, fanout, limit, fanout.why, now):
                return True
            mine = (fanouts.c.id == fanout.id, fanouts.c.state == Progress.STOPPED.value)
            done = {"state": Progress.DONE.value, "changed_at": now}
            await connection.execute(update(fanouts).where(*mine, fanouts.c.why == fanout.why).values(done))
        return False

    async def planned(self, fanout: Fanout, now: datetime) -> bool:
        """Nobody is left to be looked at: from here on dispatch has it."""
        mine = (
            fanouts.c.id == fanout.id,
            fanouts.c.revision == fanout.revision,
            fanouts.c.cursor == fanout.cursor,
            fanouts.c.state.in_(_MATCHED),
            fanouts.c.withdrawn.is_(fanout.withdrawn),
        )
        async with self._store.write() as connection:
            going = update(fanouts).where(*mine).values(state=Progress.GOING.value, changed_at=now)
            if not (await connection.execute(going)).rowcount:
                return False
            # Whoever left meanwhile was not looked at: what waits for them has the words of an older revision.
            await fanout_following.cancel_left(connection, fanout, now)
        return True


async def _advance(connection: AsyncConnection, fanout: Fanout, cursor: int, more: int, now: datetime) -> bool:
    """Move the cursor, if it is where it was and nothing halts the fan-out."""
    if not await _may_start(connection, fanout, now):
        return False
    mine = (
        fanouts.c.id == fanout.id,
        fanouts.c.cursor == fanout.cursor,
        fanouts.c.revision == fanout.revision,
        fanouts.c.withdrawn.is_(fanout.withdrawn),
        fanouts.c.state.in_(_MATCHED),
    )
    values = {
        "cursor": cursor,
        "state": Progress.PLANNING.value,
        "planned": fanouts.c.planned + more,
        "changed_at": now,
    }
    return bool((await connection.execute(update(fanouts).where(*mine).values(values))).rowcount)


async def _may_start(connection: AsyncConnection, fanout: Fanout, now: datetime) -> bool:
    """Whether nothing stands against it: an editor, a hold, an approval, an embargo, a paused carrier."""
    if fanout.state is Progress.STOPPED:
        return fanout.why.startswith(CANCELLED)
    if fanout.withdrawn or fanout.story is None:
        return True
    paused = select(pauses.c.channel).where(pauses.c.channel == fanout.carrier)
    held = select(stories.c.id).where(stories.c.id == fanout.story, stories.c.held.is_not(None))
    embargo = select(stories.c.id).where(stories.c.id == fanout.story, stories.c.id.in_(standing.embargoed(now)))
    for query in (paused, held, embargo):
        if (await connection.execute(query)).first() is not None:
            return False
    return (await standing.orders_of(connection, fanout.story)).objection is None


async def _count(connection: AsyncConnection, wanting: Sequence[Wanting]) -> None:
    """Count what somebody gets on a day of theirs."""
    counted: dict[str, list[int]] = defaultdict(list)
    for one in wanting:
        if one.day:
            counted[one.day].append(one.reader)
    for day, readers in counted.items():
        # What is read on the right is the day as it was.
        sent = case((subscribers.c.day == day, subscribers.c.sent + 1), else_=1)
        mine = update(subscribers).where(subscribers.c.id.in_(readers))
        await connection.execute(mine.values(day=day, sent=sent))
