"""Subscriptions: which hub promised to bring which source's changes, and until when."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, update

from bot.ledger.store import Store
from bot.ledger.tables import subscriptions
from bot.model.subscription import Hub, Standing, Subscription


class Subscriptions:
    """One a source."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def offered(self, source: str, hub: Hub, word: str, secret: str, now: datetime) -> None:
        """Want it; nothing changes where this very hub and topic are there already."""
        values = {
            "hub": hub.url,
            "topic": hub.topic,
            "word": word,
            "secret": secret,
            "state": Standing.WANTED.value,
            "lease_until": None,
            "next_at": now,
            "tries": 0,
            "problem": "",
        }
        async with self._store.write() as connection:
            mine = subscriptions.c.source == source
            row = (await connection.execute(select(subscriptions).where(mine))).one_or_none()
            if row is None:
                await connection.execute(insert(subscriptions).values(source=source, **values))
            elif (row.hub, row.topic) != (hub.url, hub.topic):
                await connection.execute(update(subscriptions).where(mine).values(values))

    async def of(self, source: str) -> Subscription | None:
        """The source's, if there is one."""
        async with self._store.read() as connection:
            row = (
                await connection.execute(select(subscriptions).where(subscriptions.c.source == source))
            ).one_or_none()
        return _subscription(row) if row else None

    async def due(self, now: datetime) -> tuple[Subscription, ...]:
        """Where the hub is to be asked, or asked again."""
        query = select(subscriptions).where(subscriptions.c.next_at <= now).order_by(subscriptions.c.next_at)
        async with self._store.read() as connection:
            return tuple(map(_subscription, await connection.execute(query)))

    async def asked(self, one: Subscription, again: datetime) -> None:
        """The hub was asked; a lease that still lasts goes on."""
        asked = {} if one.standing is Standing.ACTIVE else {"state": Standing.ASKED.value}
        await self._change(one.source, one.word, next_at=again, tries=one.tries + 1, **asked)

    async def vain(self, one: Subscription, why: str, again: datetime) -> None:
        """The hub could not be asked."""
        await self._change(one.source, one.word, next_at=again, tries=one.tries + 1, problem=why)

    async def confirmed(self, one: Subscription, lease_until: datetime, renew: datetime) -> None:
        """The hub asked back, and it was us."""
        values = {"state": Standing.ACTIVE.value, "lease_until": lease_until, "next_at": renew}
        await self._change(one.source, one.word, tries=0, problem="", **values)

    async def denied(self, one: Subscription, why: str, again: datetime) -> None:
        """The hub will not, or no longer."""
        values = {"state": Standing.DENIED.value, "lease_until": None, "next_at": again}
        await self._change(one.source, one.word, problem=why, **values)

    async def forget(self, source: str) -> None:
        """Nothing is wanted any more: whatever the hub still sends is not let in."""
        async with self._store.write() as connection:
            await connection.execute(delete(subscriptions).where(subscriptions.c.source == source))

    async def _change(self, source: str, word: str, **values: object) -> None:
        mine: list[ColumnElement[bool]] = [subscriptions.c.source == source, subscriptions.c.word == word]
        async with self._store.write() as connection:
            await connection.execute(update(subscriptions).where(*mine).values(values))


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        source=row.source,
        hub=Hub(row.hub, row.topic),
        word=row.word,
        secret=row.secret,
        standing=Standing(row.state),
        lease_until=row.lease_until,
        tries=row.tries,
        problem=row.problem,
    )
