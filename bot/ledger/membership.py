"""Membership: how a subscriber's row moves from state to state, counted once, with what waited for it cancelled."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, any_, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import OrderError
from bot.ledger.subscriber_rows import NOTHING, timing_of
from bot.ledger.subscriber_tables import bans, carrier_days, fanouts, kept_back, subscribers
from bot.ledger.tables import deliveries
from bot.model.delivery import State
from bot.model.subscriber import Membership, Timing, channel_of
from bot.rules.addresses import blotted
from bot.rules.rhythm import next_digest

HERE = (Membership.ACTIVE.value, Membership.PAUSED.value)
"""Who counts as a reader."""
_WAITING = (State.PLANNED.value, State.HELD.value)
QUIET: dict[str, Any] = {"digest_at": None, "digest_since": None}
ERASED: dict[str, Any] = {
    "sealed": None,
    "choices": NOTHING,
    "timing": NOTHING,
    "reading": NOTHING,
    "consent": None,
    "day": "",
    "sent": 0,
    "failures": 0,
    "failing_since": None,
    "asked_at": None,
    **QUIET,
}
"""What a row is left with that only keeps its mark."""


async def row_of(connection: AsyncConnection, *which: ColumnElement[bool]) -> Row[Any] | None:
    """The one row, held until the transaction ends."""
    return (await connection.execute(select(subscribers).where(*which).with_for_update())).one_or_none()


async def banned(connection: AsyncConnection, carrier: str, mark: str) -> bool:
    """Whether this address must not come back."""
    mine = select(bans.c.at).where(bans.c.carrier == carrier, bans.c.mark == mark)
    return (await connection.execute(mine)).first() is not None


async def change(connection: AsyncConnection, number: int, **values: Any) -> Row[Any]:
    """The row as it is then."""
    await connection.execute(update(subscribers).where(subscribers.c.id == number).values(values))
    return (await connection.execute(select(subscribers).where(subscribers.c.id == number))).one()


async def become(
    connection: AsyncConnection, row: Row[Any], state: Membership, why: str, now: datetime, **values: Any
) -> Row[Any]:
    """Move it on: figures of the day, the next digest and what waits are put right with it."""
    timing, values = timing_of(values.get("timing", row.timing)), {"asked_at": None, **values}
    if state is Membership.ACTIVE:
        values = {**digests(timing, now), "failures": 0, "failing_since": None, **values}
    else:
        values = {**QUIET, **values}
    was_here, is_here = row.state in HERE, state.value in HERE
    if was_here and state is not Membership.ACTIVE:
        await cancel_waiting(connection, row.carrier, row.id, why or state.value, now)
        await connection.execute(delete(kept_back).where(kept_back.c.subscriber == row.id))
    if is_here and not was_here:
        await count(connection, row.carrier, now, joined=1)
    elif was_here and not is_here:
        gone = {"lost": 1} if state is Membership.LOST else {"left": 1}
        await count(connection, row.carrier, now, **gone)
    return await change(connection, row.id, state=state.value, why=blotted(why), changed_at=now, **values)


def digests(timing: Timing, now: datetime) -> dict[str, Any]:
    """The columns of the next digest; what came before is not in it."""
    at = next_digest(sound(timing), now)
    return {"digest_at": at, "digest_since": now if at else None}


def sound(timing: Timing) -> Timing:
    """The same. Raises OrderError where it names no zone, or a day that no week has."""
    try:
        ZoneInfo(timing.zone)
    except (KeyError, ValueError, OSError):
        raise OrderError(f"timing.zone is {timing.zone!r}: write a place such as Asia/Shanghai") from None
    if not 0 <= timing.weekday <= 6:
        raise OrderError(f"timing.weekday is {timing.weekday}: write 0 (Monday) to 6")
    if timing.most is not None and timing.most < 1:
        raise OrderError(f"timing.most is {timing.most}: write 1 or more, or nothing")
    return timing


def theirs(connection: AsyncConnection, carrier: str, number: int) -> list[ColumnElement[bool]]:
    """Deliveries to one subscriber: found by way of the carrier's fan-outs, for which there is an index."""
    numbers = select(-fanouts.c.id).where(fanouts.c.carrier == carrier)
    if connection.dialect.name == "postgresql":  # as an array, else its planner reads the whole index
        among: ColumnElement[bool] = deliveries.c.story == any_(func.array(numbers.scalar_subquery()))
    else:
        among = deliveries.c.story.in_(numbers)
    return [among, deliveries.c.channel == channel_of(carrier, number)]


async def cancel_waiting(connection: AsyncConnection, carrier: str, number: int, why: str, now: datetime) -> None:
    """Nothing that waits for them goes out; no decision is written for each: their own state says why."""
    values = {"state": State.CANCELLED.value, "reason": blotted(why), "changed_at": now, "paused": False}
    mine = [*theirs(connection, carrier, number), deliveries.c.state.in_(_WAITING)]
    await connection.execute(update(deliveries).where(*mine).values(values))


async def count(connection: AsyncConnection, carrier: str, now: datetime, **more: int) -> None:
    """Add to the figures of that day (UTC), in the transaction that they are of."""
    values = {"joined": 0, "left": 0, "lost": 0, "sent": 0, "failed": 0, **more}
    insert = insert_postgresql if connection.dialect.name == "postgresql" else insert_sqlite
    new = insert(carrier_days).values(day=now.date().isoformat(), carrier=carrier, **values)
    added = {name: carrier_days.c[name] + new.excluded[name] for name in values}
    await connection.execute(new.on_conflict_do_update(index_elements=["day", "carrier"], set_=added))


async def rows_of(connection: AsyncConnection, limit: int, *which: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """The first so many, held until the transaction ends; who holds others is not waited for."""
    query = select(subscribers).where(*which).order_by(subscribers.c.id).limit(limit)
    return (await connection.execute(query.with_for_update(skip_locked=True))).all()
