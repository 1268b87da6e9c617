"""Menus: which chats have a menu of verbs from the bot, so that it is taken away from whoever leaves."""

from sqlalchemy import delete, insert, select

from bot.ledger.desk_tables import menus
from bot.ledger.store import Store


class Menus:
    """A bot's own are told apart by its number."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def all(self, bot: int) -> dict[int, str]:
        """By chat, in which language and for which role."""
        async with self._store.read() as connection:
            rows = await connection.execute(select(menus.c.chat, menus.c.shown).where(menus.c.bot == bot))
            return {row.chat: row.shown for row in rows}

    async def keep(self, bot: int, chat: int, shown: str) -> None:
        """It is there."""
        async with self._store.write() as connection:
            await connection.execute(delete(menus).where(menus.c.bot == bot, menus.c.chat == chat))
            await connection.execute(insert(menus).values(bot=bot, chat=chat, shown=shown))

    async def forget(self, bot: int, chat: int) -> None:
        """It is gone."""
        async with self._store.write() as connection:
            await connection.execute(delete(menus).where(menus.c.bot == bot, menus.c.chat == chat))
