"""History and notices: every decision with its reason, and what an editor must be told once."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger.moves import note
from bot.ledger.store import Conflict, Store
from bot.ledger.tables import decisions, notices
from bot.model.decision import Decision, Verb
from bot.model.ledger import Notice


class History:
    """Who did what, when and why."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, decision: Decision) -> None:
        """Write one down."""
        async with self._store.write() as connection:
            await note(connection, [decision])

    async def of_story(self, story: int) -> tuple[Decision, ...]:
        """A story's, in order."""
        return await self._select(select(decisions).where(decisions.c.story == story).order_by(decisions.c.id))

    async def lately(self, limit: int, offset: int = 0, *, besides: Collection[str] = ()) -> tuple[Decision, ...]:
        """Newest first; `besides` names whose decisions are left out."""
        query = select(decisions).where(decisions.c.who.not_in(besides)).order_by(decisions.c.id.desc())
        return await self._select(query.limit(limit).offset(offset))

    async def _select(self, query: Select[Any]) -> tuple[Decision, ...]:
        async with self._store.read() as connection:
            return tuple(
                Decision(Verb(row.verb), row.who, row.why, row.at, row.story, row.revision, row.channel)
                for row in await connection.execute(query)
            )


class Notices:
    """What the desk is to be told."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, subject: str, text: str, now: datetime) -> bool:
        """Open a notice; False where one of the same subject has not been told yet."""
        try:
            async with self._store.write() as connection:
                return await open_notice(connection, subject, text, now)
        except Conflict:
            return False

    async def once(self, subject: str, text: str, now: datetime) -> bool:
        """Open a notice unless there has ever been one of the same subject; False where there has."""
        async with self._store.write() as connection:
            if (await connection.execute(select(notices.c.id).where(notices.c.subject == subject).limit(1))).first():
                return False
            return await open_notice(connection, subject, text, now)

    async def untold(self) -> tuple[Notice, ...]:
        """Open ones, oldest first."""
        query = select(notices).where(notices.c.told_at.is_(None)).order_by(notices.c.id)
        async with self._store.read() as connection:
            return tuple(Notice(row.id, row.subject, row.text, row.at) for row in await connection.execute(query))

    async def told(self, notice: int, now: datetime) -> None:
        """An editor has it."""
        async with self._store.write() as connection:
            await connection.execute(update(notices).where(notices.c.id == notice).values(told_at=now))


async def open_notice(connection: AsyncConnection, subject: str, text: str, now: datetime) -> bool:
    """Add a notice inside another transaction, unless one of its subject is open."""
    there = select(notices.c.id).where(notices.c.subject == subject, notices.c.told_at.is_(None))
    if (await connection.execute(there)).first():
        return False
    await connection.execute(insert(notices).values(subject=subject, text=text, at=now))
    return True


async def drop_notice(connection: AsyncConnection, subject: str, now: datetime) -> None:
    """What nobody has been told yet is over: it is told to nobody."""
    mine = (notices.c.subject == subject, notices.c.told_at.is_(None))
    await connection.execute(update(notices).where(*mine).values(told_at=now))
