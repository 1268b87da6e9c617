"""The rows of fan-outs: what they say, and which of their deliveries may leave."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Text,
    and_,
    cast,
    exists,
    insert,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger import standing
from bot.ledger.pace_tables import breakers, pauses
from bot.ledger.subscriber_tables import fanouts, subscribers
from bot.ledger.tables import deliveries, stories
from bot.model.delivery import FIRST, Act, State
from bot.model.subscriber import Fanned, Fanout, Progress, Wanting, carrier_of, channel_of, subscriber_of

CANCELLED = "cancelled"
"""How the reason begins of a fan-out that an editor stopped for good: what waits of it is being cancelled."""
NEEDS = "needs the approval of"
"""How the reason begins of a broadcast that waits for another editor: it is signed, and not merely let go on."""
TOO_OLD = "what went to subscribers is too old: its rows have become figures"
OPEN = fanouts.c.state != literal_column("'done'")  # written out: with a parameter its partial index is not found
_mine = fanouts.alias("mine")


def may_go(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether a subscriber's delivery may leave: asked in the transaction that claims. Others always may."""
    shut = or_(
        _mine.c.carrier.in_(select(pauses.c.channel)),
        _mine.c.carrier.in_(select(breakers.c.channel).where(breakers.c.probe_at > now)),
    )
    held = exists().where(stories.c.id == _mine.c.story, stories.c.held.is_not(None))
    # Of a newer revision, or a withdrawal, the fan-out work has to come by first; what may be out is seen through.
    overtaken = and_(
        deliveries.c.attempts == 0, or_(_mine.c.revision > deliveries.c.revision, _mine.c.withdrawn.is_(True))
    )
    ordered = and_(
        _mine.c.withdrawn.is_(False),
        or_(
            held,
            _mine.c.story.in_(standing.embargoed(now)),
            _mine.c.story.in_(standing.unset()),
        ),
    )
    halted = or_(_mine.c.state == Progress.STOPPED.value, overtaken, ordered)
    against = exists().where(
        _mine.c.id == -deliveries.c.story, or_(shut, and_(deliveries.c.act != Act.DELETE.value, halted))
    )
    return or_(deliveries.c.story > 0, ~against)


def numbers_of(story: int) -> Select[Any]:
    """What stands in the place of the story's number in the deliveries of its fan-outs."""
    return select(-fanouts.c.id).where(fanouts.c.story == story)


def fanout_of(row: Row[Any]) -> Fanout:
    """A row of `fanouts`."""
    return Fanout(
        id=row.id,
        kind=Fanned(row.kind),
        carrier=row.carrier,
        story=row.story,
        revision=row.revision,
        state=Progress(row.state),
        cursor=row.cursor,
        planned=row.planned,
        priority=row.priority,
        due_at=row.due_at,
        created_at=row.created_at,
        title=row.title,
        who=row.who,
        why=row.why,
        withdrawn=row.withdrawn,
        folded=row.folded is not None,
    )


def open_of(carriers: Collection[str]) -> Select[Any]:
    """The numbers of these carriers' fan-outs that are not done."""
    return select(-fanouts.c.id).where(OPEN, fanouts.c.carrier.in_(carriers))


async def troubled_carriers(connection: AsyncConnection, channels: Iterable[str]) -> set[str]:
    """Those of the channels that are subscribers' and whose carrier failed lately."""
    carried = {channel: carrier_of(channel) for channel in channels if subscriber_of(channel) is not None}
    if not carried:
        return set()
    failing = select(breakers.c.channel).where(breakers.c.channel.in_(set(carried.values())))
    found = set((await connection.execute(failing)).scalars())
    return {channel for channel, carrier in carried.items() if carrier in found}


async def reached(connection: AsyncConnection, channels: Iterable[str]) -> None:
    """Whoever got something is there: what was refused before is forgotten."""
    readers = [reader for channel in channels if (reader := subscriber_of(channel)) is not None]
    if readers:
        mine = (subscribers.c.id.in_(readers), subscribers.c.failures > 0)
        await connection.execute(update(subscribers).where(*mine).values(failures=0, failing_since=None))


async def write_down(
    connection: AsyncConnection, fanout: Fanout, lane: str, act: Act, wanting: Sequence[Wanting], now: datetime
) -> None:
    """Plan deliveries to subscribers: a statement for all that are alike but for whom they are for."""
    alike: dict[tuple[datetime, int, str], list[int]] = defaultdict(list)
    for one in wanting:
        alike[one.due_at, one.shared, one.why].append(one.reader)
    for (due_at, shared, why), readers in alike.items():
        values: dict[str, Any] = {
            "story": fanout.number,
            "revision": fanout.revision,
            "act": act.value,
            "lane": lane,
            "state": State.PLANNED.value,
            "priority": FIRST if act is Act.DELETE else fanout.priority,
            "due_at": due_at,
            "edition": "",
            "shared": shared,
            "attempts": 0,
            "reason": why,
            "paused": False,
            "released": True,
            "folded": False,
            "created_at": now,
            "changed_at": now,
        }
        number = cast(subscribers.c.id, Text)
        columns: list[ColumnElement[Any]] = [literal(value, deliveries.c[name].type) for name, value in values.items()]
        columns += [literal(channel_of(fanout.carrier, "")) + number, literal(f"{uuid4().hex}-") + number]
        chosen = select(*columns).where(subscribers.c.id.in_(readers)).order_by(subscribers.c.id)
        await connection.execute(insert(deliveries).from_select([*values, "channel", "key"], chosen))
