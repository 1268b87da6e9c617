"""Circulation: readers in figures, and what is on its way to them; nobody's name or address."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import func, select

from bot.ledger.claiming import planned
from bot.ledger.store import Store
from bot.ledger.subscriber_rows import choices_of, reading_of, timing_of
from bot.ledger.subscriber_tables import subscribers
from bot.ledger.tables import deliveries
from bot.model.membership import Unreached, Ways
from bot.model.subscriber import Choices, Fanout, Membership, Progress, Reader

_ACTIVE = subscribers.c.state == Membership.ACTIVE.value
_WHYS = 8


class Circulation:
    """What the desk and the page ask."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def choices(self, carrier: str) -> tuple[tuple[Choices, int], ...]:
        """What its active readers chose, and how many of them alike."""
        query = select(subscribers.c.choices, func.count().label("many")).where(
            subscribers.c.carrier == carrier, _ACTIVE
        )
        async with self._store.read() as connection:
            rows = await connection.execute(query.group_by(subscribers.c.choices))
            return tuple((choices_of(row.choices), row.many) for row in rows)

    async def ways(self) -> Ways:
        """How active readers get stories: by rhythm, form and language."""
        rhythms: Counter[str] = Counter()
        forms: Counter[str] = Counter()
        languages: Counter[str] = Counter()
        columns = (subscribers.c.timing, subscribers.c.reading)
        query = select(*columns, func.count().label("many")).where(_ACTIVE).group_by(*columns)
        async with self._store.read() as connection:
            for row in await connection.execute(query):
                reading = reading_of(row.reading)
                rhythms[timing_of(row.timing).rhythm] += row.many
                forms[reading.form] += row.many
                languages[reading.language] += row.many
        return Ways(*(tuple(one.most_common()) for one in (rhythms, forms, languages)))

    async def unreached(self) -> tuple[Unreached, ...]:
        """Why readers are lost, the most frequent first, each with the number of the last who was."""
        columns = (subscribers.c.carrier, subscribers.c.why)
        many = func.count().label("many")
        query = (
            select(*columns, many, func.max(subscribers.c.id).label("last"))
            .where(subscribers.c.state == Membership.LOST.value)
            .group_by(*columns)
            .order_by(many.desc(), *columns)
            .limit(_WHYS)
        )
        async with self._store.read() as connection:
            return tuple(Unreached(*row) for row in await connection.execute(query))

    async def lost_by(self, fanout: Fanout) -> int:
        """Readers of its carrier that were found gone while it was on its way."""
        since = subscribers.c.changed_at >= fanout.created_at
        mine = [subscribers.c.carrier == fanout.carrier, subscribers.c.state == Membership.LOST.value, since]
        async with self._store.read() as connection:
            number: int = (await connection.execute(select(func.count()).where(*mine))).scalar_one()
        return number if fanout.state is not Progress.WAITING else 0

    async def ahead(self, lane: str, priority: int) -> int:
        """Deliveries that wait in the lane and go before, or with, what has that priority."""
        mine = (planned, deliveries.c.lane == lane, deliveries.c.priority >= priority)
        async with self._store.read() as connection:
            number: int = (
                await connection.execute(select(func.count()).select_from(deliveries).where(*mine))
            ).scalar_one()
        return number

    async def readers(self, numbers: Sequence[int]) -> tuple[tuple[Reader, Membership, str], ...]:
        """As matching sees them, with their state and why they are in it."""
        columns = [subscribers.c[name] for name in ("id", "choices", "timing", "reading", "day", "sent")]
        query = select(*columns, subscribers.c.state, subscribers.c.why).where(subscribers.c.id.in_(numbers))
        async with self._store.read() as connection:
            rows = (await connection.execute(query.order_by(subscribers.c.id))).all()
        return tuple((Reader(*row[:6]), Membership(row.state), row.why) for row in rows)
