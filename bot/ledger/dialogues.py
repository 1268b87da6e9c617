"""Dialogues and updates: what the desk waits to hear from whom, and which updates it has seen, over restarts."""

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from bot.ledger.desk_tables import dialogues, updates
from bot.ledger.store import Conflict, Store
from bot.model.desk import Dialogue, Seen

REMEMBERED = timedelta(days=2)
"""Telegram itself keeps an update that nobody took for one day."""


class Dialogues:
    """One open conversation a person and chat."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def open(self, dialogue: Dialogue) -> None:
        """Wait for their next words; whatever was waited for before is given up."""
        mine = (dialogues.c.chat == dialogue.chat, dialogues.c.person == dialogue.person)
        values = {
            "chat": dialogue.chat,
            "person": dialogue.person,
            "verb": dialogue.verb,
            "step": dialogue.step,
            "data": dialogue.data,
            "until": dialogue.until,
        }
        async with self._store.write() as connection:
            await connection.execute(delete(dialogues).where(*mine))
            await connection.execute(insert(dialogues).values(values))

    async def get(self, chat: int, person: int, now: datetime) -> Dialogue | None:
        """What is waited for; None where it has taken too long."""
        query = select(dialogues).where(dialogues.c.chat == chat, dialogues.c.person == person, dialogues.c.until > now)
        async with self._store.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return Dialogue(row.chat, row.person, row.verb, row.step, row.data, row.until) if row else None

    async def close(self, chat: int, person: int) -> bool:
        """Wait no longer; False where nothing was waited for."""
        mine = (dialogues.c.chat == chat, dialogues.c.person == person)
        async with self._store.write() as connection:
            return bool((await connection.execute(delete(dialogues).where(*mine))).rowcount)

    async def forget(self, now: datetime) -> None:
        """Those that have taken too long."""
        async with self._store.write() as connection:
            await connection.execute(delete(dialogues).where(dialogues.c.until <= now))


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
