"""Deliveries: written before anything is sent, steered by editors, read by everybody."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger import fanout_steering, floods, standing, threads
from bot.ledger.fanout_beginning import begin
from bot.ledger.moves import move, note
from bot.ledger.reversals import undoable
from bot.ledger.rows import delivery_of, editions, select_deliveries, text_of
from bot.ledger.store import Store
from bot.ledger.tables import attempts, deliveries, pauses, stories
from bot.model.decision import Decision, Verb
from bot.model.delivery import Act, Attempt, Delivery, Outcome, Plan, Receipt, State
from bot.model.order import PAUSED
from bot.model.subscriber import Fanning

WAITING = (State.PLANNED, State.HELD)
OUT = (State.SENDING, State.SENT, State.UNCERTAIN)
_AT_ONCE = 2_000
"""Rows of one insert: a fan-out need not be in memory as a whole."""
_OWN = deliveries.c.story > 0
"""Of the newsroom's own channels: subscribers' deliveries are counted by fan-out."""
SETTLED_BY_HAND = "settled by an editor, without proof of the platform"


class Deliveries:
    """The promises."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def plan(
        self,
        story: int,
        revision: int,
        plans: Sequence[Plan],
        made: Sequence[Decision],
        now: datetime,
        *,
        still_fresh: bool = False,
        fanned: Sequence[Fanning] = (),
    ) -> bool:
        """Write all deliveries of a revision, its decisions, and clear its fresh mark, in one transaction.

        Older revisions' waiting rows of the same channels are superseded. Nothing is written, and the answer is
        False, where the story is no longer fresh at this revision, or where a first post went out meanwhile and a
        second one would double it. `still_fresh` keeps the mark: some channel is still to be composed. `fanned` are the
        carriers whose subscribers it is to reach.
        """
        async with self._store.write() as connection:
            mark = update(stories).where(
                stories.c.id == story, stories.c.revision == revision, stories.c.fresh.is_(True)
            )
            if not (await connection.execute(mark.values(fresh=still_fresh, changed_at=now))).rowcount:
                return False
            had = select(deliveries.c.channel).where(deliveries.c.story == story).distinct()
            before = set((await connection.execute(had)).scalars())
            for plan in plans:
                if plan.channel not in before:  # as in a fan-out to a hundred thousand
                    continue
                mine = [deliveries.c.story == story, deliveries.c.channel == plan.channel]
                why = f"superseded by revision {revision}"
                # What may have come out stays, to be seen through under its key: a new one would double it.
                await threads.take_back(connection, [*mine, ~threads.doubtful()], Verb.SUPERSEDED, "compose", why, now)
                first = plan.act is Act.POST and not plan.correction
                out = _in(OUT) | threads.doubtful()
                if first and await _any(connection, *mine, deliveries.c.act == Act.POST, out):
                    await connection.rollback()
                    return False
            await planned(connection, story, revision, plans, now)
            await begin(connection, story, revision, fanned, now)
            await note(connection, made)
        return True

    async def hold(self, story: int, who: str, why: str, now: datetime, channel: str | None = None) -> int:
        """Stop what is planned; how many were stopped. Without a channel also what is composed later is held."""
        async with undoable(self._store, "hold", story, who, now) as connection:
            if channel is None:
                await connection.execute(update(stories).where(stories.c.id == story).values(held=why))
            else:
                await fanout_steering.stop(connection, fanout_steering.of(story, channel), who, why, now)
            return len(
                await move(connection, _of(story, channel), [State.PLANNED], State.HELD, Verb.HELD, who, why, now)
            )

    async def release(self, story: int, who: str, why: str, now: datetime, channel: str | None = None) -> int:
        """Let go what is held: due at once, or at its own time if that is later. Clearance does not hold it again.

        Without a channel also a story that was only remembered (it is composed now), and one that was rejected. What
        still needs an editor's approval stays held: `approve` lets it go.
        """
        async with undoable(self._store, "release", story, who, now) as connection:
            if channel is None:
                await floods.let_go(connection, [stories.c.id == story], who, why, now)
                free = update(stories).where(stories.c.id == story, stories.c.held.is_distinct_from(floods.UNREAD))
                await connection.execute(free.values(held=None))
            await fanout_steering.go_on(connection, fanout_steering.of(story, channel), who, why, now)
            return await standing.release(connection, _of(story, channel), story, who, why, now)

    async def cancel(self, story: int, who: str, why: str, now: datetime, channel: str | None = None) -> int:
        """Take back what has not been sent; a thread that is half out ends where it is.

        What may be out after all, and would be repeated under its key, is uncertain until somebody has looked.
        """
        async with undoable(self._store, "cancel", story, who, now) as connection:
            await fanout_steering.cancel(connection, fanout_steering.of(story, channel), who, why, now)
            return await threads.take_back(connection, _of(story, channel), Verb.CANCELLED, who, why, now)

    async def retry(self, story: int, who: str, why: str, now: datetime, channel: str | None = None) -> int:
        """Try again what failed, but nothing that a later one has taken the place of."""
        values = {"due_at": now, "released": True}
        later = deliveries.alias("later")
        same = (later.c.story == deliveries.c.story, later.c.channel == deliveries.c.channel)
        replaced = exists().where(*same, later.c.id > deliveries.c.id, later.c.state != State.CANCELLED.value)
        mine = [*_of(story, channel), ~replaced]
        async with self._store.write() as connection:
            moved = await move(connection, mine, [State.FAILED], State.PLANNED, Verb.RETRIED, who, why, now, **values)
            return len(moved)

    async def settle(self, story: int, channel: str, who: str, why: str, now: datetime, *, out: bool) -> int:
        """Say of uncertain deliveries what an editor saw: it is out, or it is not (then it is sent again)."""
        mine = [deliveries.c.story == story, deliveries.c.channel == channel]
        async with self._store.write() as connection:
            if not out:
                values = {"due_at": now, "released": True}
                off = await threads.called_off(connection, mine)
                moved = await move(
                    connection, mine, [State.UNCERTAIN], State.PLANNED, Verb.RETRIED, who, why, now, **values
                )
                await threads.proven_in_vain(connection, moved, who, f"{who} looked: {why}", now, off)
                return len(moved)
            moved = await move(connection, mine, [State.UNCERTAIN], State.SENT, Verb.SENT, who, why, now)
            for one in moved:
                await self._settled_out(connection, one, now)
            return len(moved)

    async def _settled_out(self, connection: AsyncConnection, delivery: int, now: datetime) -> None:
        """Stand in for the proof; a thread goes on with its next post."""
        row = delivery_of((await connection.execute(select_deliveries().where(deliveries.c.id == delivery))).one())
        number = len(await threads.posts(connection, delivery))
        await threads.keep(connection, delivery, number, Receipt("", now, sent=SETTLED_BY_HAND))
        if number < len(row.edition.more):
            goes_on = {"state": State.PLANNED.value, "due_at": now}
            await connection.execute(update(deliveries).where(deliveries.c.id == delivery).values(goes_on))

    async def get(self, delivery: int) -> Delivery | None:
        """One by its number."""
        found = await self._select(select_deliveries().where(deliveries.c.id == delivery))
        return found[0] if found else None

    async def of_story(self, story: int) -> tuple[Delivery, ...]:
        """All of a story, oldest first."""
        query = select_deliveries().add_columns(threads.doubtful().label("doubtful"))
        return await self._select(query.where(deliveries.c.story == story).order_by(deliveries.c.id))

    async def queue(self, limit: int = 20, offset: int = 0) -> tuple[Delivery, ...]:
        """What is planned, being sent or held, by due time; what is held stands last: it goes nowhere by itself."""
        query = select_deliveries().where(_OWN, _in([*WAITING, State.SENDING]))
        held = case((deliveries.c.state == State.HELD.value, 1), else_=0)
        order = (held, deliveries.c.due_at, deliveries.c.priority.desc(), deliveries.c.id)
        return await self._select(query.order_by(*order).limit(limit).offset(offset))

    async def recent(self, limit: int = 20) -> tuple[Delivery, ...]:
        """Latest changed first."""
        order = (deliveries.c.changed_at.desc(), deliveries.c.id.desc())
        return await self._select(select_deliveries().where(_OWN).order_by(*order).limit(limit))

    async def counts(self) -> dict[State, int]:
        """How many stand in each state; every state is named."""
        query = select(deliveries.c.state, func.count()).where(_OWN).group_by(deliveries.c.state)
        async with self._store.read() as connection:
            found = {row[0]: row[1] for row in await connection.execute(query)}
        return {state: found.get(state.value, 0) for state in State}

    async def attempts(self, delivery: int) -> tuple[Attempt, ...]:
        """Every try, in order."""
        query = select(attempts).where(attempts.c.delivery == delivery).order_by(attempts.c.number)
        async with self._store.read() as connection:
            rows = await connection.execute(query)
            return tuple(
                Attempt(
                    row.number, row.started_at, row.ended_at, Outcome(row.outcome) if row.outcome else None, row.detail
                )
                for row in rows
            )

    async def _select(self, query: Any) -> tuple[Delivery, ...]:
        async with self._store.read() as connection:
            return tuple(map(delivery_of, await connection.execute(query)))


async def planned(connection: AsyncConnection, story: int, revision: int, plans: Sequence[Plan], now: datetime) -> None:
    """Write plans down inside another transaction; what is for a paused channel waits."""
    if not plans:
        return
    paused = {row.channel: row.why for row in await connection.execute(select(pauses))}
    rows: list[dict[str, object]] = []
    for plan in plans:
        stopped = plan.channel in paused and plan.state is State.PLANNED
        rows.append({
            "story": story,
            "revision": revision,
            "channel": plan.channel,
            "act": plan.act.value,
            "lane": plan.lane,
            "state": (State.HELD if stopped else plan.state).value,
            "priority": plan.priority,
            "due_at": plan.due_at,
            "key": plan.key,
            "edition": text_of(editions, plan.edition),
            "attempts": 0,
            "reason": f"{PAUSED}: {paused[plan.channel]}" if stopped else plan.reason,
            "paused": stopped,
            "released": False,
            "created_at": now,
            "changed_at": now,
        })  # fmt: skip
        if len(rows) == _AT_ONCE:
            await connection.execute(insert(deliveries), rows)
            rows.clear()
    if rows:
        await connection.execute(insert(deliveries), rows)


def _of(story: int, channel: str | None) -> list[ColumnElement[bool]]:
    mine = [deliveries.c.story == story]
    return mine if channel is None else [*mine, deliveries.c.channel == channel]


def _in(states: Sequence[State]) -> ColumnElement[bool]:
    return deliveries.c.state.in_([state.value for state in states])


async def _any(connection: AsyncConnection, *which: ColumnElement[bool]) -> bool:
    return (await connection.execute(select(deliveries.c.id).where(*which).limit(1))).first() is not None
