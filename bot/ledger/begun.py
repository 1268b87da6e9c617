"""Begun: what channels have begun on their platforms, for whichever worker goes on with it."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Column, Index, Table, Text, delete, exists, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger.moment import Moment
from bot.ledger.naming import metadata
from bot.ledger.store import Store
from bot.ledger.tables import deliveries
from bot.model.delivery import State

_HEX = 32
"""Digits of a delivery's key; behind them a thread writes the number of the post."""
_ENDED = (State.SENT.value, State.CANCELLED.value)

begun = Table(
    "begun",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    # The channel's own writing: a container's number, a task's, a picture's address.
    Column("value", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "at"),
)


class BegunOf:
    """One channel's part of it."""

    def __init__(self, store: Store, channel: str, clock: Callable[[], datetime]) -> None:
        self._store, self._channel, self._clock = store, channel, clock

    async def get(self, key: str) -> str | None:
        """What was written last."""
        query = select(begun.c.value).where(begun.c.channel == self._channel, begun.c.key == key)
        async with self._store.read() as connection:
            return (await connection.execute(query)).scalar()

    async def keep(self, key: str, value: str) -> None:
        """Write it in the place of whatever is there."""
        now = self._clock()
        async with self._store.write() as connection:
            await write(connection, self._channel, key, value, now)

    async def done(self, key: str) -> None:
        """Forget it."""
        async with self._store.write() as connection:
            await forget(connection, self._channel, key)


async def write(connection: AsyncConnection, channel: str, key: str, value: str, now: datetime) -> None:
    """Keep a word inside another transaction."""
    mine = (begun.c.channel == channel, begun.c.key == key)
    if not (await connection.execute(update(begun).where(*mine).values(value=value, at=now))).rowcount:
        await connection.execute(insert(begun).values(channel=channel, key=key, value=value, at=now))


async def forget(connection: AsyncConnection, channel: str, key: str) -> None:
    """Take a word away inside another transaction."""
    await connection.execute(delete(begun).where(begun.c.channel == channel, begun.c.key == key))


async def purge(connection: AsyncConnection, before: datetime, limit: int) -> int:
    """Forget some of what is older than that, but nothing that a delivery needs which has not ended; how many."""
    own = deliveries.c.key.in_([begun.c.key, func.substr(begun.c.key, 1, _HEX)])
    needed = exists().where(own, deliveries.c.state.not_in(_ENDED))
    query = select(begun.c.channel, begun.c.key).where(begun.c.at < before, ~needed).order_by(begun.c.at).limit(limit)
    old = [(row.channel, row.key) for row in await connection.execute(query)]
    if old:
        await connection.execute(delete(begun).where(tuple_(begun.c.channel, begun.c.key).in_(old)))
    return len(old)
