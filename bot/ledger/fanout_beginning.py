"""How a story's fan-outs begin, in the transaction that plans its deliveries."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger import standing
from bot.ledger.fanout_rows import CANCELLED, TOO_OLD
from bot.ledger.moves import note
from bot.ledger.subscriber_tables import fanouts
from bot.ledger.tables import stories
from bot.model.decision import Decision, Verb
from bot.model.subscriber import Fanned, Fanning, Progress


async def begin(
    connection: AsyncConnection, story: int, revision: int, wanted: Sequence[Fanning], now: datetime
) -> None:
    """Start a story's fan-outs inside another transaction; those that were begun before follow the new revision."""
    for one in wanted:
        query = select(fanouts).where(fanouts.c.story == story, fanouts.c.carrier == one.carrier).with_for_update()
        row = (await connection.execute(query)).one_or_none()
        values = {
            "revision": revision,
            "state": (Progress.STOPPED if one.stopped else Progress.WAITING).value,
            "cursor": 0,
            "planned": 0,
            "priority": one.priority,
            "due_at": one.due_at,
            "title": one.title,
            "why": one.stopped,
            "changed_at": now,
        }
        if row is None:
            if await _told_by_another(connection, story, one.carrier):
                why = "a reprint of a story that its subscribers get"
                await note(connection, [Decision(Verb.NOT_ROUTED, "follow", why, now, story, revision, one.carrier)])
                continue
            alike = {"kind": Fanned.STORY.value, "withdrawn": False, "who": "", "created_at": now}
            await connection.execute(
                insert(fanouts).values({**values, **alike, "carrier": one.carrier, "story": story})
            )
        elif row.folded is not None or row.withdrawn:
            if row.folded is not None and row.revision != revision:
                why = f"too old to correct: {TOO_OLD}"
                await note(connection, [Decision(Verb.NOT_ROUTED, "follow", why, now, story, revision, one.carrier)])
        elif row.revision != revision:
            stopped = row.state == Progress.STOPPED.value and not row.why.startswith(CANCELLED)
            state = Progress.STOPPED if stopped else Progress.WAITING
            # Of what an editor cancelled only those hear who have it already.
            values |= {"state": state.value, "why": row.why if stopped or row.why.startswith(CANCELLED) else ""}
            await connection.execute(update(fanouts).where(fanouts.c.id == row.id).values(values))


async def _told_by_another(connection: AsyncConnection, story: int, carrier: str) -> bool:
    """Whether another story of its cluster goes there already."""
    others = standing.kin(story).where(stories.c.id != story)
    there = select(fanouts.c.id).where(fanouts.c.carrier == carrier, fanouts.c.story.in_(others))
    return (await connection.execute(there.limit(1))).first() is not None
