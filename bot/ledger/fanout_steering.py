"""How editors stop fan-outs, let them go on and cancel them, inside another transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger import threads
from bot.ledger.fanout_rows import CANCELLED, NEEDS, OPEN, numbers_of
from bot.ledger.moves import note
from bot.ledger.subscriber_tables import fanouts
from bot.ledger.tables import deliveries
from bot.model.decision import Decision, Verb
from bot.model.delivery import BREAKING, Act, State
from bot.model.ledger import Fate, Withdrawn
from bot.model.subscriber import Progress
from bot.rules.follow import OUT

_STOPPED = fanouts.c.state == Progress.STOPPED.value
_Which = Sequence[ColumnElement[bool]]


def of(story: int, channel: str | None = None) -> list[ColumnElement[bool]]:
    """The fan-outs of a story, or the one of a carrier."""
    mine = [fanouts.c.story == story]
    return mine if channel is None else [*mine, fanouts.c.carrier == channel]


async def stop(connection: AsyncConnection, which: _Which, who: str, why: str, now: datetime) -> int:
    """Nothing of them is claimed any more."""
    return await _move(connection, [*which, OPEN, ~_STOPPED], Progress.STOPPED, Verb.HELD, who, why, now)


async def go_on(connection: AsyncConnection, which: _Which, who: str, why: str, now: datetime) -> int:
    """What was stopped, but not cancelled, goes on."""
    mine = [*which, _STOPPED, ~fanouts.c.why.startswith(CANCELLED), ~fanouts.c.why.startswith(NEEDS)]
    return await _move(connection, mine, Progress.PLANNING, Verb.RELEASED, who, why, now)


async def cancel(connection: AsyncConnection, which: _Which, who: str, why: str, now: datetime) -> int:
    """Nothing more of them is sent; the fan-out work cancels row by row what waits."""
    mine = [*which, OPEN, or_(~_STOPPED, ~fanouts.c.why.startswith(CANCELLED)), fanouts.c.withdrawn.is_(False)]
    return await _move(connection, mine, Progress.STOPPED, Verb.CANCELLED, who, why, now, f"{CANCELLED}: {why}")


async def take_back(connection: AsyncConnection, which: _Which, who: str, why: str, now: datetime) -> int:
    """What waits of them is cancelled, and what is out deleted, as of a withdrawn story."""
    mine = (*which, fanouts.c.withdrawn.is_(False), fanouts.c.folded.is_(None))
    values = {"withdrawn": True, "state": Progress.PLANNING.value, "cursor": 0, "due_at": now, "changed_at": now}
    rows = await connection.execute(
        update(fanouts).where(*mine).values(**values, who=who, why=why).returning(fanouts.c.carrier)
    )
    carriers = list(rows.scalars())
    await note(connection, [Decision(Verb.WITHDRAWN, who, why, now, channel=one) for one in carriers])
    return len(carriers)


async def anew(connection: AsyncConnection, which: _Which, now: datetime) -> int:
    """What was cancelled is matched anew, and who was to get it waits again; how many carriers."""
    mine = [*which, fanouts.c.withdrawn.is_(False), fanouts.c.folded.is_(None), fanouts.c.why.startswith(CANCELLED)]
    values = {"state": Progress.WAITING.value, "cursor": 0, "why": "", "due_at": now, "changed_at": now}
    rows = await connection.execute(update(fanouts).where(*mine).values(values).returning(fanouts.c.id))
    numbers = [-one for one in rows.scalars()]
    back = (
        deliveries.c.story.in_(numbers),
        deliveries.c.state == State.CANCELLED.value,
        deliveries.c.reason.startswith(CANCELLED),
    )
    again = {"state": State.PLANNED.value, "reason": "", "due_at": now, "changed_at": now}
    await connection.execute(update(deliveries).where(*back).values(again))
    return len(numbers)


async def hurry(connection: AsyncConnection, story: int, now: datetime) -> None:
    """Breaking: it overtakes all, in planning and in sending, and waits for nobody's quiet hours."""
    urgent = {"priority": BREAKING, "due_at": now, "changed_at": now}
    await connection.execute(update(fanouts).where(*of(story), OPEN).values(urgent))
    waits = (
        deliveries.c.story.in_(numbers_of(story)),
        deliveries.c.state == State.PLANNED.value,
        deliveries.c.act != Act.DELETE.value,
    )
    await connection.execute(update(deliveries).where(*waits).values(urgent))


async def due(connection: AsyncConnection, which: _Which, at: datetime, now: datetime) -> None:
    """Give what has not begun its time."""
    mine = [*which, fanouts.c.state == Progress.WAITING.value]
    await connection.execute(update(fanouts).where(*mine).values(due_at=at, changed_at=now))


async def withdraw(
    connection: AsyncConnection, story: int, able: Collection[str], why: str, now: datetime
) -> list[Withdrawn]:
    """Take the story back from whoever has it: the fan-out work does it chunk by chunk. A line a carrier."""
    told = []
    for row in (await connection.execute(select(fanouts).where(*of(story)).with_for_update())).all():
        out = await _out(connection, row.id) or row.folded is not None
        fate = Fate.CANCELLED if not out else Fate.STAYS if row.folded or row.carrier not in able else Fate.DELETING
        told.append(Withdrawn(row.carrier, fate, story=story))
    values = {
        "withdrawn": True,
        "state": Progress.PLANNING.value,
        "cursor": 0,
        "due_at": now,
        "why": why,
        "changed_at": now,
    }
    mine = (*of(story), fanouts.c.withdrawn.is_(False), fanouts.c.folded.is_(None))
    await connection.execute(update(fanouts).where(*mine).values(values))
    return told


async def _out(connection: AsyncConnection, fanout: int) -> bool:
    """Whether somebody has it, or may have it."""
    mine = (deliveries.c.story == -fanout, deliveries.c.act != Act.DELETE.value)
    tried = or_(deliveries.c.state.in_([state.value for state in OUT]), threads.doubtful())
    return (await connection.execute(select(deliveries.c.id).where(*mine, tried).limit(1))).first() is not None


async def _move(
    connection: AsyncConnection,
    which: _Which,
    to: Progress,
    verb: Verb,
    who: str,
    why: str,
    now: datetime,
    said: str | None = None,
) -> int:
    rows = (await connection.execute(select(fanouts).where(*which).with_for_update())).all()
    if rows:
        values = {"state": to.value, "who": who, "why": said or why, "changed_at": now}
        await connection.execute(update(fanouts).where(fanouts.c.id.in_([row.id for row in rows])).values(values))
        made = [Decision(verb, who, why, now, row.story, row.revision, row.carrier) for row in rows]
        await note(connection, made)
    return len(rows)
