"""Arrivals: what was brought to a source, kept before the sender hears of it and until it has been read."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, insert, select, update

from bot.ledger.desk_tables import source_pauses
from bot.ledger.store import Conflict, Store
from bot.ledger.tables import arrivals
from bot.model.arrival import Arrival, Arrived, Letter


class Arrivals:
    """Letters by source."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def receive(self, source: str, letter: Letter, now: datetime) -> bool:
        """Keep it, due at once; False where a letter of this key has come before."""
        values = {
            "source": source,
            "key": letter.key,
            "received_at": now,
            "content_type": letter.content_type,
            "body": letter.body,
            "state": Arrived.WAITING.value,
            "due_at": now,
            "problem": "",
            "contact": letter.contact,
        }
        there = select(arrivals.c.id).where(arrivals.c.source == source, arrivals.c.key == letter.key)
        try:
            async with self._store.write() as connection:
                if (await connection.execute(there)).first():
                    return False
                await connection.execute(insert(arrivals).values(values))
        except Conflict:
            return False
        return True

    async def due(self, now: datetime) -> tuple[str, ...]:
        """Sources with something to be read; one that is paused waits."""
        unpaused = arrivals.c.source.not_in(select(source_pauses.c.source))
        query = select(arrivals.c.source).where(*_waiting(now), unpaused).distinct()
        async with self._store.read() as connection:
            return tuple((await connection.execute(query)).scalars())

    async def waiting(self, source: str, now: datetime, limit: int = 20) -> tuple[Arrival, ...]:
        """What is to be read now, in the order in which it came."""
        query = select(arrivals).where(arrivals.c.source == source, *_waiting(now)).order_by(arrivals.c.id)
        async with self._store.read() as connection:
            return tuple(
                Arrival(row.id, row.source, row.key, row.received_at, row.content_type, row.body)
                for row in await connection.execute(query.limit(limit))
            )

    async def done(self, arrival: int) -> None:
        """The ledger has what came of it: the body is let go, the key stays."""
        await self._change(arrival, state=Arrived.DONE.value, body=None)

    async def unreadable(self, arrival: int, why: str) -> None:
        """Keep it for an editor, with the reason."""
        await self._change(arrival, state=Arrived.UNREADABLE.value, problem=why)

    async def later(self, arrival: int, why: str, at: datetime) -> None:
        """Read it again then."""
        await self._change(arrival, due_at=at, problem=why)

    async def count(self, source: str, since: datetime) -> int:
        """How many came since then."""
        mine = (arrivals.c.source == source, arrivals.c.received_at > since)
        async with self._store.read() as connection:
            return int((await connection.execute(select(func.count()).where(*mine))).scalar_one())

    async def contact(self, source: str, key: str) -> str | None:
        """How the sender can be reached, where they said so."""
        query = select(arrivals.c.contact).where(arrivals.c.source == source, arrivals.c.key == key)
        async with self._store.read() as connection:
            return (await connection.execute(query)).scalar_one_or_none()

    async def _change(self, arrival: int, **values: object) -> None:
        mine = (arrivals.c.id == arrival, arrivals.c.state == Arrived.WAITING.value)
        async with self._store.write() as connection:
            await connection.execute(update(arrivals).where(*mine).values(values))


def _waiting(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return arrivals.c.state == Arrived.WAITING.value, arrivals.c.due_at <= now
