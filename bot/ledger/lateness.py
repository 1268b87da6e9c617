"""Lateness: what should be out and is not, and when each source's stories came."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select

from bot.ledger.rows import delivery_of, select_deliveries
from bot.ledger.store import Store
from bot.ledger.tables import deliveries, stories
from bot.model.delivery import Act, Delivery, State


class Lateness:
    """Questions for alarms."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def overdue(self, before: datetime, limit: int = 50) -> tuple[Delivery, ...]:
        """Posts that were due before then and still wait, longest overdue first."""
        late = (
            deliveries.c.state == State.PLANNED.value,
            deliveries.c.act == Act.POST.value,
            deliveries.c.due_at < before,
        )
        query = select_deliveries().where(*late).order_by(deliveries.c.due_at, deliveries.c.id).limit(limit)
        async with self._store.read() as connection:
            return tuple(map(delivery_of, await connection.execute(query)))

    async def last_story(self) -> Mapping[str, datetime]:
        """When each source brought its newest story."""
        query = select(stories.c.source, func.max(stories.c.first_seen).label("at")).group_by(stories.c.source)
        async with self._store.read() as connection:
            return {row.source: row.at for row in await connection.execute(query)}

    async def story_times(self, source: str, limit: int = 50) -> tuple[datetime, ...]:
        """When its last stories came, newest first."""
        query = select(stories.c.first_seen).where(stories.c.source == source).order_by(stories.c.id.desc())
        async with self._store.read() as connection:
            return tuple((await connection.execute(query.limit(limit))).scalars())
