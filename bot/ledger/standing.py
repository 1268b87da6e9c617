"""What stands ordered of a story, read and written inside another transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Select, and_, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger.moves import move, not_before
from bot.ledger.order_tables import corrections, orders, overrides, pins, wordings
from bot.ledger.rows import orders_from
from bot.ledger.tables import deliveries, stories
from bot.model.decision import Verb
from bot.model.delivery import Act, State
from bot.model.order import REJECTED, Correction, Given, Orders, Override, Worded, Wording

# As its partial index says it: with "= 1" SQLite reads the whole table at every claim.
TO_RENEW = text("orders.renew")
as_wording = TypeAdapter(Wording)
as_correction = TypeAdapter(Correction)
_NOTHING: dict[str, Any] = {
    "needed": 0,
    "because": "",
    "signed": "[]",
    "hurried": "[]",
    "urgent": False,
    "scheduled": None,
    "embargo": None,
    "picture": None,
    "renew": False,
}


async def orders_of(connection: AsyncConnection, story: int, *, lock: bool = False) -> Orders:
    """What was ordered; locked, nobody else orders until the transaction ends."""
    query = select(orders).where(orders.c.story == story)
    row = (await connection.execute(query.with_for_update() if lock else query)).one_or_none()
    return orders_from(row) if row else Orders()


async def put(connection: AsyncConnection, story: int, **values: Any) -> None:
    """Change some of it; the caller has locked the story where two may come at once."""
    if not (await connection.execute(update(orders).where(orders.c.story == story).values(values))).rowcount:
        await connection.execute(insert(orders).values(story=story, **{**_NOTHING, **values}))


def kin(story: int) -> Select[Any]:
    """The numbers of all stories of its cluster."""
    cluster = select(stories.c.cluster).where(stories.c.id == story).scalar_subquery()
    return select(stories.c.id).where(stories.c.cluster == cluster)


async def embargo_of(connection: AsyncConnection, story: int) -> datetime | None:
    """The latest embargo on any story of the cluster."""
    found: datetime | None = (
        await connection.execute(select(func.max(orders.c.embargo)).where(orders.c.story.in_(kin(story))))
    ).scalar()
    return found


def may_leave(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """No embargo on its cluster, and no new words to be set first: asked in the transaction that claims."""
    free = and_(deliveries.c.story.not_in(embargoed(now)), deliveries.c.story.not_in(unset()))
    return or_(deliveries.c.act == Act.DELETE.value, free)


def embargoed(now: datetime | ColumnElement[datetime]) -> Select[Any]:
    """Stories whose cluster is under an embargo."""
    held_back = select(stories.c.cluster).join(orders, orders.c.story == stories.c.id).where(orders.c.embargo > now)
    return select(stories.c.id).where(stories.c.cluster.in_(held_back))


def unset() -> Select[Any]:
    """Stories whose waiting editions are to be made anew first."""
    return select(orders.c.story).where(TO_RENEW)


async def release(
    connection: AsyncConnection,
    which: Sequence[ColumnElement[bool]],
    story: int,
    who: str,
    why: str,
    now: datetime,
) -> int:
    """Let go what is held, and what was rejected at this revision; what needs an approval stays."""
    revision = select(stories.c.revision).where(stories.c.id == story).scalar_subquery()
    rejected = [*which, deliveries.c.revision == revision, deliveries.c.reason.startswith(f"{REJECTED}: ")]
    taken_back = [State.CANCELLED, State.UNCERTAIN]  # the latter where a try may be out: it is seen through
    await move(connection, rejected, taken_back, State.HELD, Verb.RELEASED, who, why, now)
    waits = (await orders_of(connection, story, lock=True)).objection
    if waits is not None:
        held = [*which, deliveries.c.state == State.HELD.value, deliveries.c.paused.is_(False)]
        await connection.execute(update(deliveries).where(*held).values(reason=waits, changed_at=now))
        return 0
    values = {"due_at": not_before(now), "released": True}
    return len(await move(connection, which, [State.HELD], State.PLANNED, Verb.RELEASED, who, why, now, **values))


async def given(connection: AsyncConnection, story: int) -> Given:
    """Everything that compose needs to know."""
    known = await orders_of(connection, story)
    embargo = await embargo_of(connection, story)
    routed = {
        row.channel: Override(row.channel, row.goes, row.who, row.why)
        for row in await connection.execute(select(overrides).where(overrides.c.story == story))
    }
    words = tuple(
        Worded(row.channel, as_wording.validate_json(row.wording), row.revision, row.who, row.at)
        for row in await connection.execute(select(wordings).where(wordings.c.story == story))
    )
    made = (
        await connection.execute(
            select(corrections).where(corrections.c.story == story).order_by(corrections.c.revision.desc()).limit(1)
        )
    ).one_or_none()
    on_top = select(pins.c.channel).where(pins.c.story == story, pins.c.ended_at.is_(None))
    renew = (await connection.execute(select(orders.c.renew).where(orders.c.story == story))).scalar()
    newest = (await connection.execute(select(stories.c.revision, stories.c.fresh).where(stories.c.id == story))).one()
    mine = made is not None and made.revision == newest.revision
    return Given(
        orders=known,
        embargo=embargo,
        overrides=routed,
        worded=words,
        pinned=frozenset((await connection.execute(on_top)).scalars()),
        correction=as_correction.validate_json(made.correction) if made is not None and mine else None,
        fresh=newest.fresh,
        renew=bool(renew),
        corrected_before=made is not None and not mine,
    )
