"""Dialogues and updates: what the desk waits to hear from whom, and which updates it has seen, over restarts."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, Table, delete, func, insert, select, update

from bot.ledger.desk_tables import dialogues, laid_aside, updates
from bot.ledger.store import Conflict, Store
from bot.model.desk import Dialogue, Seen

REMEMBERED = timedelta(days=2)
"""Telegram itself keeps an update that nobody took for one day."""


class Dialogues:
    """One open conversation a person and chat; those of other verbs are laid aside for it, and come back after it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def open(self, dialogue: Dialogue) -> None:
        """Wait for their next words."""
        values = {
            "chat": dialogue.chat,
            "person": dialogue.person,
            "verb": dialogue.verb,
            "step": dialogue.step,
            "data": dialogue.data,
            "until": dialogue.until,
        }
        async with self._store.write() as connection:
            of = partial(_of, dialogue.chat, dialogue.person)
            before = (await connection.execute(select(dialogues).where(*of(dialogues)))).mappings().one_or_none()
            if before is not None and before["verb"] != dialogue.verb:
                last = select(func.max(laid_aside.c.turn)).where(*of(laid_aside))
                turn = ((await connection.execute(last)).scalar_one() or 0) + 1
                await connection.execute(delete(laid_aside).where(*of(laid_aside, before["verb"])))
                await connection.execute(insert(laid_aside).values(turn=turn, **before))
            await connection.execute(delete(laid_aside).where(*of(laid_aside, dialogue.verb)))
            await connection.execute(delete(dialogues).where(*of(dialogues)))
            await connection.execute(insert(dialogues).values(values))

    async def get(self, chat: int, person: int, now: datetime, verb: str | None = None) -> Dialogue | None:
        """What is waited for, by that verb or at all; None where it has taken too long."""
        aside = select(laid_aside).where(*_of(chat, person, laid_aside, verb), laid_aside.c.until > now)
        async with self._store.read() as connection:
            current = select(dialogues).where(*_of(chat, person, dialogues, verb), dialogues.c.until > now)
            row = (await connection.execute(current)).one_or_none()
            if row is None:
                row = (await connection.execute(aside.order_by(laid_aside.c.turn.desc()).limit(1))).one_or_none()
        return Dialogue(row.chat, row.person, row.verb, row.step, row.data, row.until) if row else None

    async def close(self, chat: int, person: int, verb: str) -> bool:
        """That verb waits no longer; False where it did not."""
        async with self._store.write() as connection:
            closed = [
                (await connection.execute(delete(table).where(*_of(chat, person, table, verb)))).rowcount
                for table in (dialogues, laid_aside)
            ]
        return any(closed)

    async def forget(self, now: datetime) -> None:
        """Those that have taken too long."""
        async with self._store.write() as connection:
            for table in (dialogues, laid_aside):
                await connection.execute(delete(table).where(table.c.until <= now))


def _of(chat: int, person: int, table: Table, verb: str | None = None) -> tuple[ColumnElement[bool], ...]:
    mine = (table.c.chat == chat, table.c.person == person)
    return mine if verb is None else (*mine, table.c.verb == verb)


class Updates:
    """An update is marked as begun before anything comes of it, and as done after: twice delivered, it acts once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def begin(self, bot: int, number: int, now: datetime) -> Seen:
        """Mark it, and say whether it has come before."""
        mine = (updates.c.bot == bot, updates.c.number == number)
        try:
            async with self._store.write() as connection:
                done = (await connection.execute(select(updates.c.done).where(*mine))).scalar_one_or_none()
                if done is not None:
                    return Seen.DONE if done else Seen.BEGUN
                await connection.execute(insert(updates).values(bot=bot, number=number, at=now, done=False))
        except Conflict:
            return Seen.BEGUN
        return Seen.NEW

    async def done(self, bot: int, number: int) -> None:
        """All that comes of it is in the ledger."""
        mine = (updates.c.bot == bot, updates.c.number == number)
        async with self._store.write() as connection:
            await connection.execute(update(updates).where(*mine).values(done=True))

    async def forget(self, now: datetime) -> None:
        """Those that Telegram cannot deliver any more."""
        async with self._store.write() as connection:
            await connection.execute(delete(updates).where(updates.c.at < now - REMEMBERED))
