"""The steps of a claim inside one transaction: what may be claimed, what stands against it, and how it ends."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger import standing, threads
from bot.ledger.moves import move
from bot.ledger.rows import delivery_of, select_deliveries, select_stories, story_of
from bot.ledger.tables import attempts, deliveries, lanes, pauses, stories
from bot.model.decision import Decision, Verb
from bot.model.delivery import Act, Delivery, Outcome, Receipt, State
from bot.model.ledger import Claim
from bot.model.story import Story

_UNSETTLED = [state.value for state in (State.PLANNED, State.HELD, State.SENDING, State.UNCERTAIN)]


def claimable(now: datetime) -> list[ColumnElement[bool]]:
    """What is planned, due, in an open lane, and has nothing unsettled before it on its channel."""
    earlier = deliveries.alias("earlier")
    return [
        deliveries.c.state == State.PLANNED.value,
        deliveries.c.due_at <= now,
        deliveries.c.lane.not_in(select(lanes.c.name).where(lanes.c.closed_until > now)),
        standing.may_leave(now),
        # Order within one channel and story: a correction never overtakes its post.
        ~exists().where(
            earlier.c.story == deliveries.c.story,
            earlier.c.channel == deliveries.c.channel,
            earlier.c.id < deliveries.c.id,
            earlier.c.state.in_(_UNSETTLED),
        ),
    ]


async def first(connection: AsyncConnection, channels: Sequence[str], now: datetime) -> Delivery | None:
    """The most urgent claimable one, locked."""
    query = (
        select(deliveries.c.id)
        .where(deliveries.c.channel.in_(channels), *claimable(now))
        .order_by(deliveries.c.priority.desc(), deliveries.c.due_at, deliveries.c.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=deliveries)
    )
    found = (await connection.execute(query)).scalar_one_or_none()
    if found is None:
        return None
    return delivery_of((await connection.execute(select_deliveries().where(deliveries.c.id == found))).one())


async def hold_paused(connection: AsyncConnection, channels: Sequence[str], now: datetime) -> None:
    """A paused channel's rows wait as held ones, whoever planned them."""
    for pause in (await connection.execute(select(pauses).where(pauses.c.channel.in_(channels)))).all():
        which = [deliveries.c.channel == pause.channel]
        why = f"the channel is paused: {pause.why}"
        await move(connection, which, [State.PLANNED], State.HELD, Verb.HELD, "dispatch", why, now, paused=True)


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
        return await threads.posts(connection, chosen[0]) if chosen else ()
    every = [receipt for one in came_out for receipt in await threads.posts(connection, one)]
    return tuple({receipt.platform_id: receipt for receipt in every}.values())


async def released(connection: AsyncConnection, delivery: Delivery) -> bool:
    """Whether an editor let it go."""
    return bool(
        (await connection.execute(select(deliveries.c.released).where(deliveries.c.id == delivery.id))).scalar()
    )


async def story(connection: AsyncConnection, delivery: Delivery) -> Story:
    """The story at its newest revision."""
    return story_of((await connection.execute(select_stories().where(stories.c.id == delivery.story))).one())


async def aside(
    connection: AsyncConnection, delivery: Delivery, to: State, verb: Verb, why: str, now: datetime
) -> None:
    """Put a planned one out of the way, with its reason."""
    which = [deliveries.c.id == delivery.id]
    await move(connection, which, [State.PLANNED], to, verb, "dispatch", why, now)


async def take(
    connection: AsyncConnection, delivery: Delivery, worker: str, now: datetime, until: datetime
) -> Delivery:
    """Mark it as sending and open its attempt."""
    number = delivery.attempts + 1
    values = {
        "state": State.SENDING.value,
        "worker": worker,
        "lease_until": until,
        "attempts": number,
        "reason": "",
        "changed_at": now,
    }
    await connection.execute(update(deliveries).where(deliveries.c.id == delivery.id).values(values))
    start = {"delivery": delivery.id, "number": number, "lane": delivery.lane, "channel": delivery.channel}
    await connection.execute(insert(attempts).values(worker=worker, started_at=now, detail="", **start))
    taken = select_deliveries().where(deliveries.c.id == delivery.id)
    return delivery_of((await connection.execute(taken)).one())


def ours(claim: Claim, states: Sequence[State]) -> list[ColumnElement[bool]]:
    """The row, if it is still as this claim left it."""
    delivery = claim.delivery
    return [
        deliveries.c.id == delivery.id,
        deliveries.c.state.in_([state.value for state in states]),
        deliveries.c.worker == delivery.worker,
        deliveries.c.attempts == delivery.attempts,
    ]


async def finish(
    connection: AsyncConnection,
    claim: Claim,
    states: Sequence[State],
    to: State,
    outcome: Outcome,
    why: str,
    now: datetime,
    **values: Any,
) -> bool:
    """End the attempt, if the row is still this claim's."""
    values = {"state": to.value, "reason": why, "lease_until": None, "changed_at": now, **values}
    change = update(deliveries).where(*ours(claim, states)).values(values)
    if not (await connection.execute(change)).rowcount:
        return False
    delivery = claim.delivery
    mine = (attempts.c.delivery == delivery.id, attempts.c.number == delivery.attempts)
    await connection.execute(update(attempts).where(*mine).values(ended_at=now, outcome=outcome.value, detail=why))
    return True


def decision(delivery: Delivery, verb: Verb, why: str, now: datetime) -> Decision:
    """A line of dispatch's for the history."""
    return Decision(verb, "dispatch", why, now, delivery.story, delivery.revision, delivery.channel)
