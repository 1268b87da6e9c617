"""The steps of a claim inside one transaction: what may be claimed, what stands against it, and how it is taken."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    exists,
    false,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger import standing, threads
from bot.ledger.fanout_rows import may_go
from bot.ledger.moment import Moment
from bot.ledger.moves import move
from bot.ledger.pace_tables import breakers, lanes, pauses
from bot.ledger.rows import select_deliveries, select_stories, story_of
from bot.ledger.tables import attempts, deliveries, stories
from bot.model.decision import Verb
from bot.model.delivery import BREAKING, TAKEN_BACK, Act, Delivery, Outcome, Receipt, State
from bot.model.lane import Later, Never, Objection
from bot.model.story import Story
from bot.rules.pacing import OPEN, Shut

_UNSETTLED = [state.value for state in (State.PLANNED, State.HELD, State.SENDING, State.UNCERTAIN)]
_IN_VAIN = [outcome.value for outcome in (Outcome.REFUSED, Outcome.UNAVAILABLE)]
# Written out: with a parameter a partial index is not found.
planned = deliveries.c.state == literal_column("'planned'")
_before = deliveries.alias("before")
NOW = bindparam("now", type_=Moment)
MOST_URGENT = (deliveries.c.priority.desc(), deliveries.c.due_at, deliveries.c.id)


Now = datetime | ColumnElement[datetime]


@dataclass(frozen=True, slots=True)
class Gate:
    """What a delivery must pass at the last moment."""

    lease: Callable[[Delivery], timedelta | None]
    """How long its send may take; None where its channel is not this worker's."""
    clearance: Callable[[Delivery, Story], Objection | None]
    """Not asked where an editor let it go."""
    asks: Callable[[str], datetime | None] = lambda _: None
    """Since when the channel's posts must be known for `hours`."""
    hours: Callable[[Delivery, Sequence[datetime]], Later | None] = lambda *_: None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a drain can send at this moment."""

    limit: int
    busy: Collection[str] = ()
    """Channels that send something already, or that nobody knows."""
    ordinary: Shut = OPEN
    urgent: Shut = OPEN
    deletions: Shut = OPEN

    def asked(self, spares: str | None) -> dict[str, Any] | None:
        """What IN_LANE is asked; None where there can be no row. `spares`: the one act that a closed lane lets pass."""
        kinds = {"ordinary": self.ordinary, "urgent": self.urgent, "deletions": self.deletions}
        if spares == "" or all(shut.lane is not None for shut in kinds.values()):
            return None
        shut = {name: list(kind.channels) for name, kind in kinds.items()}
        closed = {f"no_{name}": kind.lane is not None for name, kind in kinds.items()}
        return {**shut, **closed, "spares": spares or "", "passed": list(self.busy)}


def due(now: Now) -> list[ColumnElement[bool]]:
    """What is planned, due, and has nothing unsettled before it on its channel."""
    return [
        planned,
        deliveries.c.due_at <= now,
        # No embargo, and no editor's words still to be set: also for what an editor let go.
        standing.may_leave(now),
        # No editor, hold, pause or newer revision against the fan-out that it is of.
        may_go(now),
        # An open breaker lets nothing through until its probe is due.
        deliveries.c.channel.not_in(select(breakers.c.channel).where(breakers.c.probe_at > now)),
        # Order within one channel and story: a correction never overtakes its post.
        ~exists().where(
            _before.c.story == deliveries.c.story,
            _before.c.channel == deliveries.c.channel,
            _before.c.id < deliveries.c.id,
            _before.c.state.in_(_UNSETTLED),
        ),
    ]


def lane_open(now: Now) -> ColumnElement[bool]:
    """Whether the platform takes such an act in the delivery's lane now."""
    return ~exists().where(
        lanes.c.name == deliveries.c.lane, lanes.c.closed_until > now, lanes.c.spares != deliveries.c.act
    )


_ENTER = select(lanes).where(lanes.c.name == bindparam("lane")).with_for_update()


async def enter(connection: AsyncConnection, lane: str, worker: str, now: datetime) -> Row[Any] | None:
    """The lane's row as it was, locked, and from now on this worker's; None where it had none."""
    row = (await connection.execute(_ENTER, {"lane": lane})).one_or_none()
    if row is None:
        await connection.execute(insert(lanes).values(name=lane, closed_until=now, why="", worker=worker))
    elif row.worker != worker:
        await connection.execute(update(lanes).where(lanes.c.name == lane).values(worker=worker))
    return row


def candidates(*which: ColumnElement[bool]) -> Select[Any]:
    """The most urgent `most` of them that may leave at `now`, none on the channels `passed`.

    With what the claim has to know of each.
    """
    follows = exists().where(
        _before.c.story == deliveries.c.story,
        _before.c.channel == deliveries.c.channel,
        _before.c.id < deliveries.c.id,
        _before.c.state == State.SENT.value,
    )
    return (
        select_deliveries()
        .add_columns(pauses.c.why.label("paused_why"), breakers.c.failures, follows.label("follows"))
        .outerjoin(pauses, pauses.c.channel == deliveries.c.channel)
        .outerjoin(breakers, breakers.c.channel == deliveries.c.channel)
        .where(*which, *due(NOW), _apart("passed"))
        .order_by(*MOST_URGENT)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True, of=deliveries)
    )


def _apart(name: str) -> ColumnElement[bool]:
    return deliveries.c.channel.not_in(bindparam(name, expanding=True))


def _in_lane() -> Select[Any]:
    deletion, urgent = deliveries.c.act == Act.DELETE.value, deliveries.c.priority >= BREAKING
    kinds = {"ordinary": and_(~deletion, ~urgent), "urgent": and_(~deletion, urgent), "deletions": deletion}
    open_ones = [
        and_(kind, bindparam(f"no_{name}", type_=Boolean) == false(), _apart(name)) for name, kind in kinds.items()
    ]
    spares = bindparam("spares", type_=Text)
    passes = or_(spares == "", deliveries.c.act == spares)
    return candidates(deliveries.c.lane == bindparam("lane"), or_(*open_ones), passes)


# Made once: to build a statement anew costs more than to run it.
IN_LANE = _in_lane()
_NEWEST = select_stories().where(stories.c.id.in_(bindparam("numbers", expanding=True)))
_TAKE = (
    update(deliveries)
    .where(deliveries.c.id.in_(bindparam("numbers", expanding=True)), planned)
    .values(
        state=State.SENDING.value,
        worker=bindparam("whose"),
        lease_until=bindparam("until"),
        attempts=deliveries.c.attempts + 1,
        reason="",
        changed_at=bindparam("now"),
    )
    .returning(deliveries.c.id)
)


async def out(connection: AsyncConnection, delivery: Delivery) -> tuple[Receipt, ...]:
    """What is out of the story on this channel, as the act needs it.

    For an edit the newest delivery before it that came out; for a post the first one, which it corrects; for a deletion
    every post there is.
    """
    query = (
        select(deliveries.c.id)
        .where(
            deliveries.c.story == delivery.story,
            deliveries.c.channel == delivery.channel,
            deliveries.c.id < delivery.id,
            deliveries.c.state == State.SENT.value,
        )
        .order_by(deliveries.c.id)
    )
    came_out = (await connection.execute(query)).scalars().all()
    if delivery.act is not Act.DELETE:
        chosen = came_out[-1:] if delivery.act is Act.EDIT else came_out[:1]
        found = await threads.posts(connection, chosen[0]) if chosen else ()
        return tuple(receipt for receipt in found if receipt.sent != TAKEN_BACK)
    every = [receipt for one in came_out for receipt in await threads.posts(connection, one)]
    newest = {receipt.platform_id: receipt for receipt in every}.values()
    return tuple(receipt for receipt in newest if receipt.sent != TAKEN_BACK)


async def newest(connection: AsyncConnection, numbers: Collection[int]) -> Mapping[int, Story]:
    """Stories at their newest revision."""
    rows = await connection.execute(_NEWEST, {"numbers": list(numbers)})
    return {row.id: story_of(row) for row in rows}


async def posts(connection: AsyncConnection, delivery: Delivery, since: datetime) -> tuple[datetime, ...]:
    """When other posts of the channel went out, or may have."""
    query = (
        select(func.max(attempts.c.started_at))
        .join(deliveries, deliveries.c.id == attempts.c.delivery)
        .where(
            attempts.c.lane == delivery.lane,
            attempts.c.started_at >= since,
            attempts.c.channel == delivery.channel,
            attempts.c.delivery != delivery.id,
            deliveries.c.act == Act.POST.value,
            or_(attempts.c.outcome.is_(None), attempts.c.outcome.not_in(_IN_VAIN)),
        )
        .group_by(attempts.c.delivery)
    )
    return tuple((await connection.execute(query)).scalars())


async def aside(
    connection: AsyncConnection, delivery: Delivery, objection: Objection, now: datetime, **values: Any
) -> None:
    """Put a planned one out of the way, with the reason: held, cancelled, or only for later."""
    mine = [deliveries.c.id == delivery.id]
    match objection:
        case Later(until, why):
            change = update(deliveries).where(*mine, planned).values(due_at=until, reason=why, changed_at=now)
            await connection.execute(change)
        case Never(why):
            await threads.take_back(connection, [*mine, planned], Verb.CANCELLED, "dispatch", why, now)
        case _:
            held = Verb.HELD
            await move(connection, mine, [State.PLANNED], State.HELD, held, "dispatch", objection, now, **values)


async def take(
    connection: AsyncConnection, chosen: Sequence[Delivery], worker: str, now: datetime, until: datetime
) -> tuple[Delivery, ...]:
    """Mark them as sending and open their attempts; only those that nobody moved meanwhile."""
    if not chosen:
        return ()
    given = {"numbers": [one.id for one in chosen], "whose": worker, "until": until, "now": now}
    moved = set((await connection.execute(_TAKE, given)).scalars())
    taken = tuple(
        replace(
            one,
            state=State.SENDING,
            worker=worker,
            lease_until=until,
            attempts=one.attempts + 1,
            reason="",
            changed_at=now,
        )
        for one in chosen
        if one.id in moved
    )
    rows = [
        {
            "delivery": one.id,
            "number": one.attempts,
            "lane": one.lane,
            "channel": one.channel,
            "worker": worker,
            "started_at": now,
            "detail": "",
        }
        for one in taken
    ]
    if rows:
        await connection.execute(insert(attempts), rows)
    return taken
