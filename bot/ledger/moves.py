"""One way to move deliveries from state to state, with the reason written beside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, insert, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger.rows import decision_values
from bot.ledger.tables import decisions, deliveries
from bot.model.decision import Decision, Verb
from bot.model.delivery import State


async def note(connection: AsyncConnection, made: Sequence[Decision]) -> None:
    """Write decisions down; but none of single subscribers' deliveries: a fan-out is counted, and nobody's history."""
    told = [decision_values(decision) for decision in made if decision.story is None or decision.story > 0]
    if told:
        await connection.execute(insert(decisions), told)


async def move(
    connection: AsyncConnection,
    which: Sequence[ColumnElement[bool]],
    states: Sequence[State],
    to: State,
    verb: Verb,
    who: str,
    why: str,
    now: datetime,
    **values: Any,
) -> tuple[int, ...]:
    """Move every delivery that is in one of `states` now; their ids. Rows that others hold are waited for."""
    wanted = [deliveries.c.state.in_([state.value for state in states]), *which]
    query = select(deliveries.c.id, deliveries.c.story, deliveries.c.revision, deliveries.c.channel).where(*wanted)
    rows = (await connection.execute(query.order_by(deliveries.c.id).with_for_update())).all()
    ids = tuple(row.id for row in rows)
    if ids:
        # Marks of an earlier holding do not outlive it, unless the caller sets them.
        values = {"state": to.value, "reason": why, "changed_at": now, "paused": False, **values}
        await connection.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(values))
        await note(connection, [Decision(verb, who, why, now, row.story, row.revision, row.channel) for row in rows])
    return ids


def still(state: State) -> ColumnElement[bool]:
    """Deliveries in that state. Written out: with a parameter its partial index is not found."""
    return deliveries.c.state == literal_column(f"'{state.value}'")


def not_before(now: datetime) -> ColumnElement[datetime]:
    """The row's own due time, or now where that is past."""
    return case((deliveries.c.due_at > now, deliveries.c.due_at), else_=now)
