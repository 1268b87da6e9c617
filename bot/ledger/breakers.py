"""Breakers: which channels fail again and again, and when one delivery may try again; shared by all workers."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from bot.ledger.history import open_notice
from bot.ledger.pace_tables import breakers
from bot.ledger.store import Conflict, Store
from bot.rules.breaker import Breaker, after_failure


class Breakers:
    """One row a channel in trouble."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def failed(self, channel: str, delivery: int, why: str, now: datetime) -> Breaker:
        """Count a failure; the desk is told once when it opens."""
        try:
            return await self._failed(channel, delivery, why, now)
        except Conflict:  # two readers of one carrier at the same moment: the other made the row
            return await self._failed(channel, delivery, why, now)

    async def _failed(self, channel: str, delivery: int, why: str, now: datetime) -> Breaker:
        mine = breakers.c.channel == channel
        async with self._store.write() as connection:
            row = (await connection.execute(select(breakers).where(mine).with_for_update())).one_or_none()
            before = _breaker(row) if row else Breaker(channel)
            after = after_failure(before, delivery, why, now)
            values = {
                "failures": after.failures,
                "delivery": after.delivery,
                "why": after.why,
                "opened_at": after.opened_at,
                "probe_at": after.probe_at,
                "probes": after.probes,
            }
            change = (
                update(breakers).where(mine).values(values)
                if row
                else insert(breakers).values(channel=channel, **values)
            )
            await connection.execute(change)
            if after.opened_at is not None and before.opened_at is None:
                text = f"{channel}: does not answer, its deliveries wait and one tries again now and then: {why}"
                await open_notice(connection, f"channel {channel} fails", text, now)
        return after

    async def answered(self, channel: str, now: datetime) -> None:
        """It works again: forget its failures, and tell the desk if it had been open."""
        async with self._store.write() as connection:
            gone = delete(breakers).where(breakers.c.channel == channel).returning(breakers.c.opened_at)
            opened_at = (await connection.execute(gone)).scalar()
            if opened_at is not None:
                await open_notice(connection, f"channel {channel} answers", f"{channel}: answers again", now)

    async def all(self) -> tuple[Breaker, ...]:
        """Channels that failed lately, by name; those whose `opened_at` is none are still in use."""
        async with self._store.read() as connection:
            return tuple(map(_breaker, await connection.execute(select(breakers).order_by(breakers.c.channel))))


def _breaker(row: Row[Any]) -> Breaker:
    return Breaker(row.channel, row.failures, row.delivery, row.why, row.opened_at, row.probe_at, row.probes)
