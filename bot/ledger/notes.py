"""Notes: what sources remember between looks, and when they are looked at next."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from bot.ledger.desk_tables import source_pauses
from bot.ledger.moves import note
from bot.ledger.rows import memories, text_of
from bot.ledger.store import Conflict, Store
from bot.ledger.tables import sources
from bot.model.decision import Decision, Verb
from bot.model.ledger import SourceNote
from bot.model.source import Memory


class Notes:
    """One line a source."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def register(self, names: Sequence[str], now: datetime) -> None:
        """Make a line for each that has none: it is due at once. Several machines may start at the same moment."""
        while True:
            try:
                return await self._register(names, now)
            except Conflict:  # another machine has just written some of them: only the rest is left
                continue

    async def _register(self, names: Sequence[str], now: datetime) -> None:
        async with self._store.write() as connection:
            there = set((await connection.execute(select(sources.c.name))).scalars())
            new = [
                {"name": name, "memory": text_of(memories, Memory()), "next_look": now, "failures": 0, "problem": ""}
                for name in names
                if name not in there
            ]
            if new:
                await connection.execute(insert(sources), new)

    async def due(self, now: datetime) -> tuple[str, ...]:
        """Sources to be looked at, longest overdue first; one that is paused waits."""
        paused = select(source_pauses.c.source)
        due = (sources.c.next_look <= now, sources.c.name.not_in(paused))
        query = select(sources.c.name).where(*due).order_by(sources.c.next_look)
        async with self._store.read() as connection:
            return tuple((await connection.execute(query)).scalars())

    async def get(self, source: str) -> SourceNote | None:
        """How one source does; None where it is not known."""
        async with self._store.read() as connection:
            row = (await connection.execute(select(sources).where(sources.c.name == source))).one_or_none()
        return _note_of(row) if row else None

    async def memory(self, source: str) -> Memory:
        """What it remembers; an empty memory where it has never been looked at."""
        async with self._store.read() as connection:
            found = (await connection.execute(select(sources.c.memory).where(sources.c.name == source))).scalar()
        return memories.validate_json(found) if found else Memory()

    async def remember(self, source: str, memory: Memory) -> None:
        """Keep its memory; when it is looked at stays as it was."""
        change = update(sources).where(sources.c.name == source).values(memory=text_of(memories, memory))
        async with self._store.write() as connection:
            await connection.execute(change)

    async def looked(
        self, source: str, memory: Memory, next_look: datetime, now: datetime, problems: Sequence[str] = ()
    ) -> None:
        """It was looked at, and everything found has been recorded."""
        values = {
            "memory": text_of(memories, memory),
            "next_look": next_look,
            "last_look": now,
            "failures": 0,
            "problem": "; ".join(problems),
        }
        async with self._store.write() as connection:
            await connection.execute(update(sources).where(sources.c.name == source).values(values))

    async def failed(self, source: str, why: str, next_look: datetime, now: datetime) -> int:
        """It could not be looked at; how many times in a row now."""
        mine = sources.c.name == source
        async with self._store.write() as connection:
            values = {"next_look": next_look, "last_look": now, "failures": sources.c.failures + 1, "problem": why}
            await connection.execute(update(sources).where(mine).values(values))
            return int((await connection.execute(select(sources.c.failures).where(mine))).scalar_one())

    async def wake(self, source: str, now: datetime) -> None:
        """Make it due."""
        async with self._store.write() as connection:
            await connection.execute(update(sources).where(sources.c.name == source).values(next_look=now))

    async def pause(self, source: str, who: str, why: str, now: datetime) -> bool:
        """Look at it no more, and let wait what it is brought; False where it was paused already."""
        async with self._store.write() as connection:
            mine = source_pauses.c.source == source
            if (await connection.execute(select(source_pauses.c.source).where(mine))).first():
                return False
            await connection.execute(insert(source_pauses).values(source=source, why=why, at=now))
            await note(connection, [Decision(Verb.PAUSED, who, f"{source}: {why}", now)])
        return True

    async def resume(self, source: str, who: str, now: datetime) -> bool:
        """Look at it again, at once; False where it was not paused."""
        async with self._store.write() as connection:
            if not (await connection.execute(delete(source_pauses).where(source_pauses.c.source == source))).rowcount:
                return False
            await connection.execute(update(sources).where(sources.c.name == source).values(next_look=now))
            await note(connection, [Decision(Verb.RELEASED, who, f"{source}: the source is resumed", now)])
        return True

    async def paused(self) -> dict[str, str]:
        """Paused sources and why."""
        async with self._store.read() as connection:
            return {row.source: row.why for row in await connection.execute(select(source_pauses))}

    async def all(self) -> tuple[SourceNote, ...]:
        """How every source does, by name."""
        async with self._store.read() as connection:
            rows = await connection.execute(select(sources).order_by(sources.c.name))
            return tuple(map(_note_of, rows))


def _note_of(row: Row[Any]) -> SourceNote:
    return SourceNote(row.name, row.next_look, row.last_look, row.failures, row.problem)
