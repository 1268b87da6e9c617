"""Rows of finished fan-outs become figures: of the fan-out, and of its carrier's days."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger.bounces import bounces
from bot.ledger.digest_tables import digest_stories
from bot.ledger.subscriber_tables import carrier_days, fanouts, shared_editions
from bot.ledger.tables import attempts, deliveries, parts, receipts
from bot.model.delivery import State
from bot.model.subscriber import Counts, Progress

_AT_ONCE = 1_000
"""Rows a transaction: nobody who sends waits long for it."""


async def fold(connection: AsyncConnection, before: datetime) -> int:
    """Fold the next rows of what was done before then; how many."""
    left = exists().where(deliveries.c.story == -fanouts.c.id)
    old = select(fanouts).where(fanouts.c.state == Progress.DONE.value, fanouts.c.changed_at < before, left)
    fanout = (await connection.execute(old.order_by(fanouts.c.changed_at).limit(1).with_for_update())).one_or_none()
    if fanout is None:
        return 0
    columns = [deliveries.c[name] for name in ("id", "state", "changed_at")]
    query = select(*columns).where(deliveries.c.story == -fanout.id).order_by(deliveries.c.id).limit(_AT_ONCE)
    rows = (await connection.execute(query)).all()
    numbers = [row.id for row in rows]
    for table in (attempts, receipts, parts, bounces):
        await connection.execute(delete(table).where(table.c.delivery.in_(numbers)))
    await connection.execute(delete(deliveries).where(deliveries.c.id.in_(numbers)))
    whole = counted(fanout.folded) + Counts(**Counter(row.state for row in rows))
    told = {"folded": json.dumps({name: many for name, many in asdict(whole).items() if many})}
    await connection.execute(update(fanouts).where(fanouts.c.id == fanout.id).values(told))
    await _days(connection, fanout.carrier, rows)
    if len(rows) < _AT_ONCE:
        mine = select(shared_editions.c.id).where(shared_editions.c.fanout == fanout.id)
        await connection.execute(delete(digest_stories).where(digest_stories.c.shared.in_(mine)))
        await connection.execute(delete(shared_editions).where(shared_editions.c.fanout == fanout.id))
    return len(rows)


def counted(folded: str | None) -> Counts:
    """What a fan-out's rows were folded into."""
    return Counts(**json.loads(folded)) if folded else Counts()


async def _days(connection: AsyncConnection, carrier: str, rows: Sequence[Row[Any]]) -> None:
    figures = Counter((row.changed_at.date().isoformat(), row.state) for row in rows)
    for day in sorted({day for day, _ in figures}):
        sent, failed = (figures[day, state.value] for state in (State.SENT, State.FAILED))
        mine = (carrier_days.c.day == day, carrier_days.c.carrier == carrier)
        more = {"sent": carrier_days.c.sent + sent, "failed": carrier_days.c.failed + failed}
        if not (await connection.execute(update(carrier_days).where(*mine).values(more))).rowcount:
            values = {"day": day, "carrier": carrier, "joined": 0, "left": 0, "lost": 0, "sent": sent, "failed": failed}
            await connection.execute(insert(carrier_days).values(values))
