"""Orders: what editors decide of a story, each one transaction with its line in the history."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, case, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger import fanout_steering, standing, threads
from bot.ledger.fanout_rows import numbers_of
from bot.ledger.moves import move, not_before, note
from bot.ledger.order_tables import orders, overrides
from bot.ledger.reversals import undoable
from bot.ledger.store import Store
from bot.ledger.tables import deliveries, stories
from bot.model.decision import Decision, Verb
from bot.model.delivery import BREAKING, Act, State
from bot.model.order import EMBARGOED, REJECTED, SKIPPED, Done, Given, Orders

WAITING = (State.PLANNED, State.HELD)
_TICK = timedelta(microseconds=1)


class StoryOrders:
    """The verbs; each answers what it did. Who decides second is told who decided first."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def given(self, story: int) -> Given:
        """Everything that was ordered of it."""
        async with self._store.read() as connection:
            return await standing.given(connection, story)

    async def ask(self, story: int, needed: int, because: str, now: datetime) -> Orders:
        """Say how many editors have to approve it and why; another reason than before asks anew."""
        async with self._store.write() as connection:
            known = await standing.orders_of(connection, story, lock=True)
            if (known.needed, known.because) == (needed, because):
                return known
            # Signed for other reasons, or by fewer than it takes now: not signed for this.
            same = needed <= known.needed and set(_parts(because)) <= set(_parts(known.because))
            signed = known.signed if same else ()
            await standing.put(
                connection, story, needed=needed, because=because, signed=json.dumps(signed, ensure_ascii=False)
            )
            if needed:
                await note(connection, [Decision(Verb.HELD, "desk", f"needs {needed}: {because}", now, story)])
            return await standing.orders_of(connection, story)

    async def approve(self, story: int, who: str, why: str, now: datetime) -> Done:
        """Sign it off. When enough different editors have, all that is held of it goes, but for paused channels."""
        async with undoable(self._store, "approve", story, who, now) as connection:
            known = await standing.orders_of(connection, story, lock=True)
            if (stands := await _rejected(connection, story)) is not None:
                return Done(story, done=False, why_not=f"it is {stands} already")
            if known.signed and not known.missing:
                return Done(story, done=False, why_not=f"approved already by {_listed(known.signed)}")
            if who in known.signed:
                return Done(
                    story, done=False, why_not="you have approved it: it takes another editor", missing=known.missing
                )
            signed = (*known.signed, who)
            missing = max(0, known.needed - len(signed))
            # Its name may be printed: what waits is made anew before it goes.
            await standing.put(connection, story, signed=json.dumps(signed, ensure_ascii=False), renew=not missing)
            moved = 0 if missing else len(await _let_go(connection, story, Verb.APPROVED, who, why, now))
            told = f"{why}; {missing} more needed" if missing else why
            await note(connection, [Decision(Verb.APPROVED, who, told, now, story)])
        return Done(story, done=True, moved=moved, missing=missing)

    async def reject(self, story: int, who: str, why: str, now: datetime) -> Done:
        """Nothing of it goes out, later revisions neither, until an editor releases it."""
        held = f"{REJECTED}: {why}"
        async with undoable(self._store, "reject", story, who, now) as connection:
            if (stands := await _rejected(connection, story)) is not None:
                return Done(story, done=False, why_not=f"it is {stands} already")
            await connection.execute(update(stories).where(stories.c.id == story).values(held=held, changed_at=now))
            which = [deliveries.c.story == story, deliveries.c.act != Act.DELETE.value]
            moved = await threads.take_back(connection, which, Verb.REJECTED, who, held, now)
            await note(connection, [Decision(Verb.REJECTED, who, why, now, story)])
        return Done(story, done=True, moved=moved)

    async def schedule(self, story: int, at: datetime, who: str, why: str, now: datetime) -> Done:
        """What waits of it goes at that moment, and what is composed later no sooner."""
        return await self._time(story, Verb.SCHEDULED, at, who, why, now)

    async def embargo(self, story: int, until: datetime | None, who: str, why: str, now: datetime) -> Done:
        """Nothing of its cluster leaves before that; None lifts it."""
        return await self._time(story, Verb.EMBARGOED, until, who, why, now)

    async def _time(self, story: int, verb: Verb, at: datetime | None, who: str, why: str, now: datetime) -> Done:
        said = "lifted" if at is None else f"{at:%Y-%m-%d %H:%M} UTC"
        told = f"{said}: {why}" if why else said
        name = "schedule" if verb is Verb.SCHEDULED else "embargo"
        async with undoable(self._store, name, story, who, now) as connection:
            if verb is Verb.SCHEDULED:
                await standing.put(connection, story, scheduled=at)
                which = or_(deliveries.c.story == story, deliveries.c.story.in_(numbers_of(story)))
            else:
                # Of what is on its way to subscribers the claim asks.
                await standing.put(connection, story, embargo=at)
                which = deliveries.c.story.in_(standing.kin(story))
            embargo = await standing.embargo_of(connection, story)
            known = await standing.orders_of(connection, story)
            wanted = max(known.scheduled or now, now)
            due = max(wanted, embargo or now)
            moved = await _due(connection, which, due, embargo if embargo and embargo > wanted else None, now)
            await fanout_steering.due(connection, fanout_steering.of(story), due, now)
            await note(connection, [Decision(verb, who, told, now, story)])
        return Done(story, done=True, moved=moved)

    async def hurry(self, story: int, needed: int, who: str, why: str, now: datetime) -> Done:
        """Breaking: once `needed` editors want it, it overtakes all and goes without grace; an embargo stands."""
        async with undoable(self._store, "now", story, who, now) as connection:
            known = await standing.orders_of(connection, story, lock=True)
            if (stands := await _rejected(connection, story)) is not None:
                return Done(story, done=False, why_not=f"it is {stands} already")
            if known.urgent:
                return Done(story, done=False, why_not=f"it is going already: {_listed(known.hurried)} said now")
            if who in known.hurried:
                return Done(story, done=False, why_not="you have said so: it takes another editor", missing=1)
            hurried = (*known.hurried, who)
            missing = max(0, needed - len(hurried))
            # Who says now has read it: that is an approval too.
            signed = known.signed if who in known.signed else (*known.signed, who)
            values = {"hurried": json.dumps(hurried, ensure_ascii=False), "urgent": not missing}
            await standing.put(
                connection, story, signed=json.dumps(signed, ensure_ascii=False), renew=not missing, **values
            )
            unsigned = max(0, known.needed - len(signed))
            moved = 0
            if not missing:
                if not unsigned:
                    await _let_go(connection, story, Verb.HURRIED, who, why, now)
                which = [deliveries.c.story == story, deliveries.c.state.in_([state.value for state in WAITING])]
                change = update(deliveries).where(*which).values(priority=BREAKING, due_at=now, changed_at=now)
                moved = (await connection.execute(change)).rowcount
                await fanout_steering.hurry(connection, story, now)
            told = f"{why}; {missing} more needed" if missing else why
            await note(connection, [Decision(Verb.HURRIED, who, told, now, story)])
        return Done(story, done=True, moved=moved, missing=missing or unsigned)

    async def skip(self, story: int, channel: str, who: str, why: str, now: datetime) -> Done:
        """The channel does not get it, whatever the routes say."""
        async with undoable(self._store, "skip", story, who, now) as connection:
            await _override(connection, story, channel, who, why, goes=False)
            mine = [deliveries.c.story == story, deliveries.c.channel == channel, deliveries.c.act != Act.DELETE.value]
            reason = f"{SKIPPED} by {who}: {why}"
            moved = await threads.take_back(connection, mine, Verb.SKIPPED, who, reason, now)
            await fanout_steering.cancel(connection, fanout_steering.of(story, channel), who, reason, now)
            await note(connection, [Decision(Verb.SKIPPED, who, why, now, story, None, channel)])
        return Done(story, done=True, moved=moved)

    async def add(self, story: int, channel: str, who: str, why: str, now: datetime) -> Done:
        """The channel gets it, whatever the routes say: what was skipped waits again, else it is composed."""
        async with undoable(self._store, "add", story, who, now) as connection:
            await _override(connection, story, channel, who, why, goes=True)
            revision = select(stories.c.revision).where(stories.c.id == story).scalar_subquery()
            mine = [deliveries.c.story == story, deliveries.c.channel == channel, deliveries.c.revision == revision]
            skipped = [*mine, deliveries.c.reason.startswith(SKIPPED)]
            values = {"due_at": not_before(now)}
            taken_back = [State.CANCELLED, State.UNCERTAIN]  # the latter where a try may be out: it is seen through
            moved = await move(connection, skipped, taken_back, State.PLANNED, Verb.ADDED, who, why, now, **values)
            carried = await fanout_steering.anew(connection, fanout_steering.of(story, channel), now)
            if not moved and not carried:
                await connection.execute(
                    update(stories).where(stories.c.id == story).values(fresh=True, changed_at=now)
                )
            await note(connection, [Decision(Verb.ADDED, who, why, now, story, None, channel)])
        return Done(story, done=True, moved=len(moved))

    async def picture(self, story: int, picture: str | None, who: str, now: datetime) -> Done:
        """Its picture: an address, a file of an editor's, CARD_ONLY; None: the article's own again."""
        async with self._store.write() as connection:
            await connection.execute(select(stories.c.id).where(stories.c.id == story).with_for_update())
            await standing.put(connection, story, picture=picture, renew=True)
            await note(connection, [Decision(Verb.PICTURED, who, picture or "the article's own", now, story)])
        return Done(story, done=True)

    async def shift(self, delivery: int, steps: int, who: str, now: datetime) -> Done:
        """Move a planned delivery up (negative) or down among those of its channel: it takes the other's turn."""
        async with self._store.write() as connection:
            row = (await connection.execute(select(deliveries).where(deliveries.c.id == delivery))).one_or_none()
            if row is None:
                return Done(0, done=False, why_not=f"there is no delivery {delivery}")
            planned = (deliveries.c.channel == row.channel, deliveries.c.state == State.PLANNED.value)
            by_turn = (deliveries.c.priority.desc(), deliveries.c.due_at, deliveries.c.id)
            line = (
                await connection.execute(select(deliveries).where(*planned).order_by(*by_turn).with_for_update())
            ).all()
            ids = [one.id for one in line]
            if delivery not in ids:
                return Done(row.story, done=False, why_not=f"it is {row.state}: only what is planned has a turn")
            here = ids.index(delivery)
            there = min(max(here + steps, 0), len(ids) - 1)
            if there == here:
                end = "first" if steps < 0 else "last"
                return Done(row.story, done=False, why_not=f"it is the {end} already")
            await _turns(connection, line, here, there, now)
            told = f"{'before' if there < here else 'after'} #{line[there].story}"
            made = Decision(Verb.REORDERED, who, told, now, row.story, row.revision, row.channel)
            await note(connection, [made])
        return Done(row.story, done=True, moved=abs(there - here) + 1)

    async def to_renew(self, limit: int = 100) -> tuple[int, ...]:
        """Stories whose waiting editions are to be made anew."""
        query = select(orders.c.story).where(standing.TO_RENEW).order_by(orders.c.story).limit(limit)
        async with self._store.read() as connection:
            return tuple((await connection.execute(query)).scalars())


async def _turns(connection: AsyncConnection, line: Sequence[Row[Any]], here: int, there: int, now: datetime) -> None:
    """Let one take another's turn and those between move by one; equal turns are told apart by a microsecond."""
    moved = [row for row in line if row.id != line[here].id]
    moved.insert(there, line[here])
    before: tuple[int, datetime, int] | None = None
    for number, (row, place) in enumerate(zip(moved, line, strict=True)):
        priority, due = place.priority, place.due_at
        if before is not None and (-priority, due, row.id) <= before:
            priority, due = -before[0], before[1] + (_TICK if row.id < before[2] else timedelta(0))
        elif number > max(here, there):
            break
        before = (-priority, due, row.id)
        if (priority, due) != (row.priority, row.due_at):
            change = update(deliveries).where(deliveries.c.id == row.id)
            await connection.execute(change.values(priority=priority, due_at=due, changed_at=now))


async def _rejected(connection: AsyncConnection, story: int) -> str | None:
    """The rejection that stands, until an editor releases it."""
    stands: str | None = (await connection.execute(select(stories.c.held).where(stories.c.id == story))).scalar()
    return stands if stands is not None and stands.startswith(REJECTED) else None


async def _let_go(
    connection: AsyncConnection, story: int, verb: Verb, who: str, why: str, now: datetime
) -> tuple[int, ...]:
    """Whatever is held of it is planned, but for what a paused channel holds."""
    await connection.execute(update(stories).where(stories.c.id == story).values(held=None))
    which = [deliveries.c.story == story, deliveries.c.paused.is_(False)]
    values = {"due_at": not_before(now), "released": True}
    return await move(connection, which, [State.HELD], State.PLANNED, verb, who, why, now, **values)


async def _due(
    connection: AsyncConnection, which: ColumnElement[bool], due: datetime, embargo: datetime | None, now: datetime
) -> int:
    """Give what waits its time, with the reason where an embargo makes it; how many there are."""
    mine = [which, deliveries.c.state.in_([state.value for state in WAITING]), deliveries.c.act != Act.DELETE.value]
    planned = deliveries.c.state == State.PLANNED.value
    reason = f"{EMBARGOED} {embargo:%Y-%m-%d %H:%M} UTC" if embargo else ""
    said = case((planned, reason), else_=deliveries.c.reason)
    change = update(deliveries).where(*mine).values(due_at=due, reason=said, changed_at=now)
    return (await connection.execute(change)).rowcount


async def _override(connection: AsyncConnection, story: int, channel: str, who: str, why: str, *, goes: bool) -> None:
    values = {"goes": goes, "who": who, "why": why}
    mine = (overrides.c.story == story, overrides.c.channel == channel)
    if not (await connection.execute(update(overrides).where(*mine).values(values))).rowcount:
        await connection.execute(insert(overrides).values(story=story, channel=channel, **values))


def _parts(because: str) -> list[str]:
    return because.split("; ")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
