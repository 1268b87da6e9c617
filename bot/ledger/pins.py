"""Pins: what should be on top of each channel, and what is; a tick makes the two agree."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Row, and_, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger import standing
from bot.ledger.moves import note
from bot.ledger.order_tables import pins
from bot.ledger.rows import delivery_of, select_deliveries, text_of
from bot.ledger.store import Store
from bot.ledger.tables import deliveries
from bot.model.decision import Decision, Verb
from bot.model.delivery import Act, Receipt, State
from bot.model.order import Done
from bot.model.pin import Pin

_receipts = TypeAdapter(Receipt)


class Pins:
    """One a channel, never two."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def pin(self, story: int, channels: Collection[str], until: datetime | None, who: str, now: datetime) -> Done:
        """Put the story on top of these channels, in the place of what is there. Raises Conflict where two do it."""
        if until is not None and until <= now:
            return Done(story, done=False, why_not="its end is past")
        async with self._store.write() as connection:
            for channel in channels:
                current = (pins.c.channel == channel, pins.c.ended_at.is_(None))
                there = (await connection.execute(select(pins).where(*current).with_for_update())).one_or_none()
                if there is not None and there.story == story:
                    await connection.execute(update(pins).where(pins.c.id == there.id).values(until=until, who=who))
                else:
                    if there is not None:
                        await _end(connection, there, who, f"#{story} takes its place", now)
                    row = {"channel": channel, "story": story, "until": until, "who": who, "at": now}
                    await connection.execute(insert(pins).values(**row, tries=0, next_at=now, problem=""))
                    await _anew(connection, story, channel)
                end = f"until {until:%Y-%m-%d %H:%M} UTC" if until else "until it is unpinned"
                await note(connection, [Decision(Verb.PINNED, who, end, now, story, None, channel)])
        return Done(story, done=True, moved=len(channels))

    async def unpin(self, story: int, who: str, why: str, now: datetime, channel: str | None = None) -> Done:
        """Take the story down, from one channel or everywhere."""
        mine: list[ColumnElement[bool]] = [pins.c.story == story, pins.c.ended_at.is_(None)]
        if channel is not None:
            mine.append(pins.c.channel == channel)
        async with self._store.write() as connection:
            rows = (await connection.execute(select(pins).where(*mine).with_for_update())).all()
            for row in rows:
                await _end(connection, row, who, why, now)
        return Done(story, done=bool(rows), moved=len(rows), why_not="" if rows else "it is not pinned")

    async def expire(self, now: datetime) -> int:
        """End those whose time has come; how many."""
        over = (pins.c.ended_at.is_(None), pins.c.until <= now)
        async with self._store.write() as connection:
            rows = (await connection.execute(select(pins).where(*over).with_for_update())).all()
            for row in rows:
                await _end(connection, row, "pinning", "its time is over", now)
        return len(rows)

    async def current(self, channel: str | None = None) -> tuple[Pin, ...]:
        """What should be on top now, of one channel or of all: heads digests and feeds too."""
        mine: list[ColumnElement[bool]] = [pins.c.ended_at.is_(None)]
        if channel is not None:
            mine.append(pins.c.channel == channel)
        return await self._pins(select(pins).where(*mine).order_by(pins.c.channel))

    async def due(self, channels: Collection[str], now: datetime, *, again: bool = False) -> tuple[Pin, ...]:
        """What is to be taken down and put up on these channels, in this order for each.

        `again`: also what is up already, as after a restart.
        """
        wanted: ColumnElement[bool] = pins.c.ended_at.is_(None)
        if not again:
            wanted = and_(wanted, or_(pins.c.receipt.is_(None), pins.c.tries > 0))
        ended = and_(pins.c.ended_at.is_not(None), pins.c.receipt.is_not(None))
        mine = (pins.c.channel.in_(channels), pins.c.next_at <= now, or_(wanted, ended))
        return await self._pins(select(pins).where(*mine).order_by(pins.c.channel, pins.c.id))

    async def post(self, pin: Pin) -> Receipt | None:
        """The newest post of the story on the channel that came out and has a name; None where there is none."""
        query = (
            select_deliveries()
            .where(
                deliveries.c.story == pin.story,
                deliveries.c.channel == pin.channel,
                deliveries.c.act == Act.POST.value,
                deliveries.c.state == State.SENT.value,
            )
            .order_by(deliveries.c.id.desc())
        )
        async with self._store.read() as connection:
            found = [delivery_of(row).receipt for row in await connection.execute(query)]
        return next((receipt for receipt in found if receipt is not None and receipt.platform_id), None)

    async def trying(self, pin: Pin, receipt: Receipt) -> None:
        """It is about to be pinned: whatever becomes of the answer, its post can be taken down."""
        values = {"receipt": text_of(_receipts, receipt), "tries": max(pin.tries, 1)}
        async with self._store.write() as connection:
            await connection.execute(update(pins).where(pins.c.id == pin.id, pins.c.receipt.is_(None)).values(values))

    async def up(self, pin: Pin, receipt: Receipt, now: datetime) -> bool:
        """It is on top; False where it ended meanwhile: then it is to be taken down."""
        values = {"receipt": text_of(_receipts, receipt), "problem": "", "tries": 0}
        async with self._store.write() as connection:
            await connection.execute(update(pins).where(pins.c.id == pin.id).values(values))
            ended = (await connection.execute(select(pins.c.ended_at).where(pins.c.id == pin.id))).scalar_one()
            if pin.receipt is None or pin.tries:
                link = receipt.permalink or receipt.platform_id
                await note(connection, [Decision(Verb.PINNED, "pinning", link, now, pin.story, None, pin.channel)])
        return ended is None

    async def down(self, pin: Pin, why: str, now: datetime) -> None:
        """It is no longer on top, or never will be taken down."""
        async with self._store.write() as connection:
            values = {"receipt": None, "problem": why, "tries": 0}
            await connection.execute(update(pins).where(pins.c.id == pin.id).values(values))
            told = why or "taken down"
            await note(connection, [Decision(Verb.UNPINNED, "pinning", told, now, pin.story, None, pin.channel)])

    async def failed(self, pin: Pin, why: str, next_at: datetime, now: datetime) -> int:
        """It could not be done; how many times in a row now."""
        async with self._store.write() as connection:
            values = {"tries": pins.c.tries + 1, "next_at": next_at, "problem": why}
            await connection.execute(update(pins).where(pins.c.id == pin.id).values(values))
            if why != pin.problem:
                await note(connection, [Decision(Verb.FAILED, "pinning", why, now, pin.story, None, pin.channel)])
        return pin.tries + 1

    async def give_up(self, pin: Pin, why: str, now: datetime) -> None:
        """The platform refused it: it ends."""
        async with self._store.write() as connection:
            values = {"ended_at": pin.ended_at or now, "receipt": None, "problem": why}
            await connection.execute(update(pins).where(pins.c.id == pin.id).values(values))
            await note(connection, [Decision(Verb.FAILED, "pinning", why, now, pin.story, None, pin.channel)])

    async def _pins(self, query: Any) -> tuple[Pin, ...]:
        async with self._store.read() as connection:
            return tuple(map(_pin_of, await connection.execute(query)))


async def end(connection: AsyncConnection, story: int, who: str, why: str, now: datetime) -> None:
    """End every pin of a story inside another transaction."""
    mine = (pins.c.story == story, pins.c.ended_at.is_(None))
    for row in (await connection.execute(select(pins).where(*mine).with_for_update())).all():
        await _end(connection, row, who, why, now)


async def _end(connection: AsyncConnection, row: Row[Any], who: str, why: str, now: datetime) -> None:
    values = {"ended_at": now, "next_at": now, "tries": 0}
    await connection.execute(update(pins).where(pins.c.id == row.id).values(values))
    await note(connection, [Decision(Verb.UNPINNED, who, why, now, row.story, None, row.channel)])
    await _anew(connection, row.story, row.channel)


async def _anew(connection: AsyncConnection, story: int, channel: str) -> None:
    """What waits for that channel says whether it is pinned."""
    waiting = [state.value for state in (State.PLANNED, State.HELD)]
    mine = (deliveries.c.story == story, deliveries.c.channel == channel, deliveries.c.state.in_(waiting))
    if (await connection.execute(select(deliveries.c.id).where(*mine).limit(1))).first():
        await standing.put(connection, story, renew=True)


def _pin_of(row: Row[Any]) -> Pin:
    receipt = _receipts.validate_json(row.receipt) if row.receipt else None
    return Pin(
        row.id, row.channel, row.story, row.until, row.who, row.at, row.ended_at, receipt, row.tries, row.problem
    )
