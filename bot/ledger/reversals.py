"""Reversals: what an order changed, kept so that it can be taken back where it has not led to anything yet."""

import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger import standing, threads
from bot.ledger.moves import note
from bot.ledger.order_tables import orders, overrides, reversals
from bot.ledger.store import Store
from bot.ledger.tables import deliveries, stories
from bot.model.decision import Decision, Verb
from bot.model.delivery import State
from bot.model.order import Done

WITHIN = timedelta(minutes=1)
"""Later an order stands: others have built on it."""
_REMEMBERED = timedelta(days=1)
_MOST = 100
"""Lines that one order of an editor's may have left, at most: one a channel."""
_MOVABLE = (State.PLANNED, State.HELD, State.CANCELLED)
_DELIVERY = ("state", "priority", "due_at", "reason", "paused", "released")
_ORDERS = ("needed", "because", "signed", "hurried", "urgent", "scheduled", "embargo", "picture")

Snapshot = dict[str, list[Any] | None]
"""What stood in a row, by the row's name; times as ISO text. None: there was no such row."""


@contextlib.asynccontextmanager
async def undoable(store: Store, verb: str, story: int, who: str, now: datetime) -> AsyncIterator[AsyncConnection]:
    """One transaction whose changes of the story can be taken back. Raises LedgerError."""
    async with store.write() as connection:
        # Locked first: what is compared afterwards is then this order's work alone.
        await connection.execute(select(stories.c.id).where(stories.c.id == story).with_for_update())
        before = await _snapshot(connection, story)
        yield connection
        after = await _snapshot(connection, story)
        changed = {
            name: [before.get(name), after.get(name)]
            for name in {**before, **after}
            if before.get(name) != after.get(name) and _by_order(name, after.get(name))
        }
        if changed:
            await connection.execute(delete(reversals).where(reversals.c.at < now - _REMEMBERED))
            values = {"who": who, "story": story, "verb": verb, "at": now, "changed": json.dumps(changed)}
            await connection.execute(insert(reversals).values(values))


class Reversals:
    """Taking orders back."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def undo(self, who: str, now: datetime, *, story: int | None = None, verb: str = "") -> Done:
        """Take back the last order of this editor, as far as nothing has come of it; else say why not.

        Where it was given for several channels at once, all of it. With `story` and `verb` only where it was that one.
        """
        mine = select(reversals).where(reversals.c.who == who).order_by(reversals.c.id.desc()).limit(_MOST)
        async with self._store.write() as connection:
            lately = (await connection.execute(mine.with_for_update())).all()
            last = lately[0] if lately else None
            if last is None:
                return Done(story or 0, done=False, why_not="there is no order of yours that can be taken back")
            if story not in (None, last.story) or verb not in ("", last.verb):
                return Done(story or last.story, done=False, why_not="that is not your last order")
            if last.undone_at is not None:
                return Done(
                    last.story, done=False, why_not=f"your last order, {last.verb}, has been taken back already"
                )
            if now - last.at > WITHIN:
                return Done(last.story, done=False, why_not=f"your last order, {last.verb}, is older than a minute")
            await connection.execute(select(stories.c.id).where(stories.c.id == last.story).with_for_update())
            stands = await _snapshot(connection, last.story)
            moved = stuck = changes = 0
            for line in lately:
                if (line.story, line.verb, line.at) != (last.story, last.verb, last.at):
                    break
                changed: Mapping[str, Any] = json.loads(line.changed)
                changes += len(changed)
                for name, (old, new) in changed.items():
                    if stands.get(name) != new:
                        stuck += 1
                        continue
                    await _restore(connection, last.story, name, old, now)
                    stands[name] = old
                    moved += name.startswith("delivery ")
                await connection.execute(update(reversals).where(reversals.c.id == line.id).values(undone_at=now))
            if stuck == changes:
                await connection.rollback()
                why = f"{last.verb} cannot be taken back: what it moved has gone on since"
                return Done(last.story, done=False, why_not=why)
            await note(connection, [Decision(Verb.UNDONE, who, f"{last.verb} taken back", now, last.story)])
        why = f"{stuck} of {changes} could not be taken back: they have gone on since" if stuck else ""
        return Done(last.story, done=True, moved=moved, why_not=why)


def _by_order(name: str, now: list[Any] | None) -> bool:
    """Whether an order can have left it so; a worker may claim a delivery, and send it, in the midst of an order."""
    if not name.startswith("delivery ") or now is None:
        return True
    state, why = now[_DELIVERY.index("state")], str(now[_DELIVERY.index("reason")])
    if state == State.SENT:
        return why.startswith(threads.ENDED)
    if state == State.UNCERTAIN:
        return why.endswith(threads.IN_DOUBT)
    return state in _MOVABLE


async def _snapshot(connection: AsyncConnection, story: int) -> Snapshot:
    """What an order may change, without the words."""
    taken: Snapshot = {}
    columns = [deliveries.c[name] for name in _DELIVERY]
    # An embargo moves the reprints' too.
    newest = select(stories.c.revision).where(stories.c.id == deliveries.c.story).scalar_subquery()
    mine = (
        deliveries.c.story.in_(standing.kin(story)),
        deliveries.c.revision == newest,
    )
    rows = select(deliveries.c.id, *columns).where(*mine)
    for row in await connection.execute(rows):
        taken[f"delivery {row.id}"] = _plain(row[1:])
    for name, table, names in (("orders", orders, _ORDERS), ("held", stories, ("held",))):
        key = table.c.id if table is stories else table.c.story
        found = (await connection.execute(select(*(table.c[one] for one in names)).where(key == story))).one_or_none()
        taken[name] = _plain(found) if found else None
    for row in await connection.execute(select(overrides).where(overrides.c.story == story)):
        taken[f"override {row.channel}"] = [row.goes, row.who, row.why]
    return taken


def _plain(row: Any) -> list[Any]:
    return [value.isoformat() if isinstance(value, datetime) else value for value in row]


async def _restore(connection: AsyncConnection, story: int, name: str, old: list[Any] | None, now: datetime) -> None:
    kind, _, which = name.partition(" ")
    if kind == "delivery":
        row = deliveries.c.id == int(which)
        values = dict(zip(_DELIVERY, old or (), strict=True))
        values["due_at"] = datetime.fromisoformat(values["due_at"])
        await connection.execute(update(deliveries).where(row).values(changed_at=now, **values))
    elif kind == "held":
        await connection.execute(update(stories).where(stories.c.id == story).values(held=(old or [None])[0]))
    elif kind == "orders":
        await _put(connection, orders, and_(orders.c.story == story), _ORDERS, old, {"story": story})
        # What waits may bear the mark of breaking news, or a name that no longer stands below it.
        await standing.put(connection, story, renew=True)
    else:
        row = and_(overrides.c.story == story, overrides.c.channel == which)
        key = {"story": story, "channel": which}
        await _put(connection, overrides, row, ("goes", "who", "why"), old, key)


async def _put(
    connection: AsyncConnection, table: Table, row: Any, names: tuple[str, ...], old: list[Any] | None, key: Any
) -> None:
    """Make the row as it was, also where it was not there or is gone."""
    if old is None:
        if table is orders:  # nothing ordered is as good as no row; what is to be made anew stays so
            old = [0, "", "[]", "[]", False, None, None, None]
        else:
            await connection.execute(delete(table).where(row))
            return
    values = dict(zip(names, old, strict=True))
    for name in ("scheduled", "embargo"):
        if values.get(name):
            values[name] = datetime.fromisoformat(values[name])
    if not (await connection.execute(update(table).where(row).values(values))).rowcount:
        await connection.execute(insert(table).values(**key, **values))
