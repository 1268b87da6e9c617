"""Erasing: what is kept of one subscriber, told whole or deleted whole; and what time lets go by itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger.batches import Batches
from bot.ledger.begun import begun
from bot.ledger.bounces import bounces
from bot.ledger.membership import ERASED, HERE, become, count, row_of, rows_of, theirs
from bot.ledger.moves import note
from bot.ledger.rows import editions
from bot.ledger.subscriber_rows import subscriber_of
from bot.ledger.subscriber_tables import bans, fanouts, kept_back, shared_editions, subscribers
from bot.ledger.tables import attempts, decisions, deliveries, parts, receipts
from bot.model.decision import Decision, Verb
from bot.model.membership import MyData, Told
from bot.model.subscriber import Membership, channel_of

CHUNK = 200
"""Subscribers a transaction: nobody who sends waits long for it."""


class Erasing(Batches):
    """The right to know, and the right to be forgotten."""

    async def forget(self, number: int, now: datetime) -> bool:
        """Delete them and everything that went to them, but for figures, and a ban; False where there is nobody."""
        async with self._store.write() as connection:
            row = await row_of(connection, subscribers.c.id == number)
            if row is None:
                return False
            await self._erase(connection, [row], now)
            return True

    async def expire(self, now: datetime, ask_for: timedelta, drop_after: timedelta) -> int:
        """Forget who did not confirm in time, and who could not be reached for so long; how many."""
        asked = (subscribers.c.state == Membership.ASKED.value) & (subscribers.c.changed_at < now - ask_for)
        lost = (subscribers.c.state == Membership.LOST.value) & (subscribers.c.changed_at < now - drop_after)
        gone = 0
        while True:
            async with self._store.write() as connection:
                rows = await rows_of(connection, CHUNK, or_(asked, lost))
                await self._erase(connection, rows, now)
            gone += len(rows)
            if len(rows) < CHUNK:
                return gone

    async def mydata(self, number: int) -> MyData | None:
        """Everything that is kept of them; None for nobody."""
        async with self._store.read() as connection:
            found = select(subscribers).where(subscribers.c.id == number)
            row = (await connection.execute(found)).one_or_none()
            if row is None:
                return None
            back = select(func.count()).select_from(kept_back).where(kept_back.c.subscriber == number)
            kept = (await connection.execute(back)).scalar_one()
            told = await _told(connection, row)
            mine = select(deliveries.c.id).where(*theirs(connection, row.carrier, number))
            query = select(bounces).where(bounces.c.delivery.in_(mine)).order_by(bounces.c.id)
            returned = [
                f"{one.at:%Y-%m-%d %H:%M} UTC: {one.kind}: {one.why}" for one in await connection.execute(query)
            ]
        address = self._opened(row) if row.sealed else None
        return MyData(
            subscriber=subscriber_of(row),
            address=address.to if address else None,
            secrets=len(address.secrets) if address else 0,
            changed_at=row.changed_at,
            asked_to_confirm=row.told_at,
            digest_at=row.digest_at,
            posts_today=(row.day, row.sent),
            failures=row.failures,
            failing_since=row.failing_since,
            told=told,
            returned=returned,
            kept_back=kept,
        )

    async def ban(self, number: int, who: str, why: str, now: datetime) -> bool:
        """They do not come back until an editor lets them; False for nobody."""
        async with self._store.write() as connection:
            row = await row_of(connection, subscribers.c.id == number)
            if row is None:
                return False
            await self._ban(connection, row.carrier, row.mark, who, why, now)
            return True

    async def ban_address(self, carrier: str, to: str, who: str, why: str, now: datetime) -> None:
        """The same, also of who never was here."""
        mark = (await self._marks()).of(carrier, to)
        async with self._store.write() as connection:
            await self._ban(connection, carrier, mark, who, why, now)

    async def unban(self, number: int, who: str, why: str, now: datetime) -> bool:
        """They may subscribe again, by themselves; False where they were not banned."""
        async with self._store.write() as connection:
            row = await row_of(connection, subscribers.c.id == number)
            return row is not None and await self._unban(connection, row.carrier, row.mark, who, why, now)

    async def unban_address(self, carrier: str, to: str, who: str, why: str, now: datetime) -> bool:
        """The same by their address."""
        mark = (await self._marks()).of(carrier, to)
        async with self._store.write() as connection:
            return await self._unban(connection, carrier, mark, who, why, now)

    async def _ban(
        self, connection: AsyncConnection, carrier: str, mark: str, who: str, why: str, now: datetime
    ) -> None:
        mine = (bans.c.carrier == carrier, bans.c.mark == mark)
        if (await connection.execute(select(bans.c.at).where(*mine))).first() is not None:
            return
        await connection.execute(insert(bans).values(carrier=carrier, mark=mark, who=who, why=why, at=now))
        row = await row_of(connection, subscribers.c.carrier == carrier, subscribers.c.mark == mark)
        whom = f"subscriber {row.id}" if row else "an address"
        if row is not None:
            await become(connection, row, Membership.BANNED, why, now, **ERASED)
        await note(connection, [Decision(Verb.BANNED, who, f"{whom}: {why}", now, channel=carrier)])

    async def _unban(
        self, connection: AsyncConnection, carrier: str, mark: str, who: str, why: str, now: datetime
    ) -> bool:
        mine = (bans.c.carrier == carrier, bans.c.mark == mark)
        if not (await connection.execute(delete(bans).where(*mine))).rowcount:
            return False
        here = (subscribers.c.carrier == carrier, subscribers.c.mark == mark)
        left = {"state": Membership.LEFT.value, "why": "the ban was lifted", "changed_at": now}
        await connection.execute(update(subscribers).where(*here).values(left))
        await note(connection, [Decision(Verb.UNBANNED, who, why, now, channel=carrier)])
        return True

    async def _erase(self, connection: AsyncConnection, rows: Sequence[Row[Any]], now: datetime) -> None:
        for row in rows:
            if row.state in HERE:
                await count(connection, row.carrier, now, left=1)
            await _erase_deliveries(connection, row.carrier, row.id)
        numbers = [row.id for row in rows]
        await connection.execute(delete(kept_back).where(kept_back.c.subscriber.in_(numbers)))
        await connection.execute(delete(subscribers).where(subscribers.c.id.in_(numbers)))


async def _erase_deliveries(connection: AsyncConnection, carrier: str, number: int) -> None:
    """A worker that is sending one of them finds its claim gone, and records nothing."""
    channel = channel_of(carrier, number)
    await connection.execute(delete(begun).where(begun.c.channel == channel))
    query = select(deliveries.c.id, deliveries.c.story).where(*theirs(connection, carrier, number)).with_for_update()
    rows = (await connection.execute(query)).all()
    if not rows:
        return
    ids, numbers = [row.id for row in rows], {row.story for row in rows}
    for table in (receipts, parts, attempts, bounces):
        await connection.execute(delete(table).where(table.c.delivery.in_(ids)))
    await connection.execute(delete(deliveries).where(deliveries.c.id.in_(ids)))
    which: list[ColumnElement[bool]] = [decisions.c.story.in_(numbers), decisions.c.channel == channel]
    await connection.execute(delete(decisions).where(*which))


async def _told(connection: AsyncConnection, row: Row[Any]) -> tuple[Told, ...]:
    query = (
        select(
            deliveries,
            shared_editions.c.edition.label("shared_edition"),
            receipts.c.at.label("sent_at"),
            fanouts.c.title,
        )
        .join(fanouts, fanouts.c.id == -deliveries.c.story)
        .outerjoin(shared_editions, shared_editions.c.id == deliveries.c.shared)
        .outerjoin(receipts, receipts.c.delivery == deliveries.c.id)
        .where(*theirs(connection, row.carrier, row.id))
        .order_by(deliveries.c.id)
    )
    found = []
    for one in await connection.execute(query):
        text = one.shared_edition or one.edition
        link = editions.validate_json(text).link if text else None
        found.append(Told(one.title, one.state, one.sent_at or one.changed_at, link))
    return tuple(found)
