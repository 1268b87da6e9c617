"""Bounces: whose mail came back, and what a platform says of a message afterwards."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Integer, Row, Table, Text, UniqueConstraint, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger import begun
from bot.ledger.history import open_notice
from bot.ledger.moment import Moment
from bot.ledger.moves import move, note
from bot.ledger.naming import metadata, one_of
from bot.ledger.store import Store
from bot.ledger.tables import deliveries
from bot.model.decision import Decision, Verb
from bot.model.delivery import State
from bot.model.returned import Bounce, Fate, News, Report, Return, Returned

bounces = Table(
    "bounces",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", Text, nullable=False),
    # In small letters, so that it is found; empty where a complaint does not tell whose it is.
    Column("address", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("why", Text, nullable=False),
    # What tells one report from another: one that is read twice counts once.
    Column("mark", Text, nullable=False),
    Column("delivery", Integer, ForeignKey("deliveries.id"), nullable=False),
    Column("at", Moment, nullable=False),
    one_of("kind", Return),
    UniqueConstraint("mark", "address"),
    Index(None, "address", "at"),
    Index(None, "delivery"),
)


class Bounces:
    """Believed only where the report knows a key of ours: else anybody could have a reader dropped."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def take(self, channel: str, report: Report, now: datetime) -> bool:
        """Mark the addresses, and tell the desk of each for whom it is final; False where no mail of ours is meant."""
        async with self._store.write() as connection:
            row = await _delivery(connection, report.keys, channel)
            if row is None:
                return False
            there = select(bounces.c.address).where(bounces.c.mark == report.mark)
            known = set((await connection.execute(there)).scalars())
            for one in report.returned:
                address = one.address.casefold()
                if address not in known:
                    known.add(address)
                    values = {"channel": channel, "address": address, "kind": one.kind.value, "why": one.why}
                    kept = insert(bounces).values(**values, mark=report.mark, delivery=row.id, at=now)
                    await connection.execute(kept)
                    await _tell(connection, row, one, now)
        return True

    async def of(self, address: str) -> tuple[Bounce, ...]:
        """What came back from a reader, oldest first."""
        return await self._select(bounces.c.address == address.casefold())

    async def since(self, at: datetime) -> tuple[Bounce, ...]:
        """Whatever came back since then, oldest first."""
        return await self._select(bounces.c.at >= at)

    async def heard(self, news: News, now: datetime) -> bool:
        """What a platform said of a message; False where no delivery of ours is meant.

        That it is out is kept for `find`, should its answer have been lost. That it failed settles what was uncertain;
        what counted as sent stays so, with the reason beside it. The desk hears of every failure.
        """
        async with self._store.write() as connection:
            row = await _delivery(connection, [news.key])
            if row is None:
                return False
            if news.fate is Fate.OUT:
                if row.state in (State.SENDING.value, State.UNCERTAIN.value):
                    told = f"{news.platform_id} {news.at.isoformat()}"
                    await begun.write(connection, row.channel, news.key, told, now)
                return True
            await begun.forget(connection, row.channel, news.key)
            mine = [deliveries.c.id == row.id]
            settled = await move(
                connection, mine, [State.UNCERTAIN], State.FAILED, Verb.FAILED, row.channel, news.why, now
            )
            if not settled:
                failed = Decision(Verb.FAILED, row.channel, news.why, now, row.story, row.revision, row.channel)
                await note(connection, [failed])
            text = f"#{row.story} → {row.channel}: it did not arrive: {news.why}"
            await open_notice(connection, f"returned {row.channel} #{row.story}", text, now)
        return True

    async def _select(self, which: Any) -> tuple[Bounce, ...]:
        query = select(bounces, deliveries.c.story).join(deliveries, deliveries.c.id == bounces.c.delivery)
        async with self._store.read() as connection:
            return tuple(
                Bounce(row.channel, row.address, Return(row.kind), row.why, row.at, row.story)
                for row in await connection.execute(query.where(which).order_by(bounces.c.id))
            )


async def _delivery(connection: AsyncConnection, keys: Sequence[str], channel: str | None = None) -> Row[Any] | None:
    """The one whose key is the first of these that is ours."""
    names = ("id", "key", "story", "revision", "channel", "state")
    query = select(*[deliveries.c[name] for name in names]).where(deliveries.c.key.in_(keys)).with_for_update()
    if channel is not None:
        query = query.where(deliveries.c.channel == channel)
    rows: Sequence[Row[Any]] = (await connection.execute(query)).all()
    return min(rows, key=lambda row: keys.index(row.key), default=None)


async def _tell(connection: AsyncConnection, row: Row[Any], one: Returned, now: datetime) -> None:
    whose = one.address or "a reader who is not named"
    if one.kind is Return.COMPLAINT:
        text = f"{row.channel}: {whose} complained of the mail of #{row.story}: {one.why}"
    elif one.kind is Return.HARD:
        text = f"{row.channel}: the mail of #{row.story} cannot reach {whose}: {one.why}"
    else:
        return  # it may go well the next time; the mark stands in the ledger
    await open_notice(connection, f"returned {row.channel} {whose}", text, now)
