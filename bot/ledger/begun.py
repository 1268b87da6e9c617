"""Begun: what channels have begun on their platforms, for whichever worker goes on with it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Column, Index, Table, Text, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger.moment import Moment
from bot.ledger.naming import metadata
from bot.ledger.store import Store

LIFE = timedelta(days=30)
"""No platform keeps a thing longer that was begun and never finished."""

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
        """Write it in the place of whatever is there; what nobody has finished for a month goes."""
        now = self._clock()
        async with self._store.write() as connection:
            await connection.execute(delete(begun).where(begun.c.at < now - LIFE))
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
