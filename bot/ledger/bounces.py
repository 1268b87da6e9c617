"""Bounces: whose mail came back, and what a platform says of a message afterwards."""

import itertools
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    Row,
    Table,
    Text,
    UniqueConstraint,
    exists,
    insert,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger import begun
from bot.ledger.history import open_notice
from bot.ledger.membership import ERASED, HERE, become, change, row_of, theirs
from bot.ledger.moment import Moment
from bot.ledger.moves import move, note
from bot.ledger.naming import metadata, one_of
from bot.ledger.store import Store
from bot.ledger.subscriber_tables import subscribers
from bot.ledger.tables import deliveries
from bot.model.decision import Decision, Verb
from bot.model.delivery import State
from bot.model.returned import Bounce, Fate, News, Report, Return, Returned
from bot.model.subscriber import Membership, subscriber_of
from bot.rules.addresses import blotted

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


SOFT_IN_A_ROW = 5
"""A full mailbox is waited for so long; then nobody reads it."""
_WEIGHT = {Return.SOFT: 0, Return.HARD: 1, Return.COMPLAINT: 2}


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
            if (reader := subscriber_of(row.channel)) is not None:
                if report.returned and not known:
                    await _of_subscriber(connection, row, reader, report, now)
                return True
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
            if subscriber_of(row.channel) is None:  # of those the desk has a number, not a hundred thousand notices
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
        readers = deliveries.c.channel.startswith(f"{channel}~", autoescape=True)
        query = query.where(or_(deliveries.c.channel == channel, readers))
    rows: Sequence[Row[Any]] = (await connection.execute(query)).all()
    return min(rows, key=lambda row: keys.index(row.key), default=None)


async def _of_subscriber(
    connection: AsyncConnection, row: Row[Any], reader: int, report: Report, now: datetime
) -> None:
    """Whose mail it was, the delivery knows: so nobody's address is kept, and no notice is opened."""
    one = max(report.returned, key=lambda returned: _WEIGHT[returned.kind])
    values = {"channel": row.channel, "address": "", "kind": one.kind.value, "why": blotted(one.why)}
    await connection.execute(insert(bounces).values(**values, mark=report.mark, delivery=row.id, at=now))
    there = await row_of(connection, subscribers.c.id == reader, subscribers.c.state.in_(HERE))
    if there is None:
        return
    if one.kind is Return.COMPLAINT:
        await become(connection, there, Membership.LEFT, f"complained: {one.why}", now, **ERASED)
    elif one.kind is Return.HARD:
        await become(connection, there, Membership.LOST, one.why, now, failing_since=now)
    else:
        in_a_row = await _soft_in_a_row(connection, there)
        failing = {"failures": in_a_row, "failing_since": there.failing_since if in_a_row > 1 else now}
        if in_a_row >= SOFT_IN_A_ROW:
            await become(connection, there, Membership.LOST, f"{in_a_row} times: {one.why}", now, **failing)
        else:
            await change(connection, reader, **failing)


async def _soft_in_a_row(connection: AsyncConnection, there: Row[Any]) -> int:
    """Of their newest posts, how many came back softly, up to the first that did not."""
    soft = exists().where(bounces.c.delivery == deliveries.c.id, bounces.c.kind == Return.SOFT.value)
    mine = [*theirs(connection, there.carrier, there.id), deliveries.c.state == State.SENT.value]
    query = select(soft.label("soft")).where(*mine).order_by(deliveries.c.id.desc()).limit(SOFT_IN_A_ROW)
    came_back = (await connection.execute(query)).scalars().all()
    in_a_row = len(list(itertools.takewhile(bool, came_back)))
    # Rows of seldom digests are figures already when the next comes back: then the row of their subscriber knows.
    return max(in_a_row, there.failures + 1) if in_a_row == len(came_back) else in_a_row


async def _tell(connection: AsyncConnection, row: Row[Any], one: Returned, now: datetime) -> None:
    whose = one.address or "a reader who is not named"
    if one.kind is Return.COMPLAINT:
        text = f"{row.channel}: {whose} complained of the mail of #{row.story}: {one.why}"
    elif one.kind is Return.HARD:
        text = f"{row.channel}: the mail of #{row.story} cannot reach {whose}: {one.why}"
    else:
        return  # it may go well the next time; the mark stands in the ledger
    await open_notice(connection, f"returned {row.channel} {whose}", text, now)
