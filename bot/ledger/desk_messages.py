"""The desk's own messages: which story each shows, which buttons are its own, and whether it is out of date."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, exists, insert, or_, select

from bot.ledger.desk_tables import desk_messages
from bot.ledger.store import Store
from bot.ledger.tables import decisions, deliveries, stories
from bot.model.delivery import State
from bot.model.desk import DeskMessage, Shows
from bot.rules.lateness import WAITS


class DeskMessages:
    """One row a message that has buttons, shows a story or can be replied to."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def keep(self, message: DeskMessage) -> None:
        """Write down what it shows now, new or edited."""
        mine = (desk_messages.c.chat == message.chat, desk_messages.c.message == message.message)
        values = {
            "chat": message.chat,
            "message": message.message,
            "shows": message.shows.value,
            "story": message.story,
            "channel": message.channel,
            "word": message.word,
            "shown": message.shown,
            "picture": message.picture,
            "at": message.at,
        }
        async with self._store.write() as connection:
            await connection.execute(delete(desk_messages).where(*mine))
            await connection.execute(insert(desk_messages).values(values))

    async def get(self, chat: int, message: int) -> DeskMessage | None:
        """What this message shows."""
        query = select(desk_messages).where(desk_messages.c.chat == chat, desk_messages.c.message == message)
        async with self._store.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return _message_of(row) if row else None

    async def of_story(self, story: int) -> tuple[DeskMessage, ...]:
        """The one message of the story in each chat."""
        return await self._stories(desk_messages.c.story == story)

    async def lately(self, since: datetime) -> tuple[DeskMessage, ...]:
        """Messages of stories of which something was decided since then."""
        mine = desk_messages.c.story
        changed = or_(
            exists().where(decisions.c.story == mine, decisions.c.at >= since),
            exists().where(deliveries.c.story == mine, deliveries.c.changed_at >= since),
            exists().where(stories.c.id == mine, stories.c.changed_at >= since),
        )
        return await self._stories(changed)

    async def withdrawals(self) -> tuple[DeskMessage, ...]:
        """Lists of withdrawals that are not complete."""
        query = select(desk_messages).where(desk_messages.c.shows == Shows.WITHDRAWAL.value)
        async with self._store.read() as connection:
            return tuple(map(_message_of, await connection.execute(query.order_by(desk_messages.c.at))))

    async def about(self, what: str, since: datetime) -> tuple[DeskMessage, ...]:
        """Messages since then that are about something of that name which is no story, such as "broadcast "."""
        mine = (desk_messages.c.story.is_(None), desk_messages.c.channel.startswith(what), desk_messages.c.at >= since)
        async with self._store.read() as connection:
            rows = await connection.execute(select(desk_messages).where(*mine).order_by(desk_messages.c.at))
            return tuple(map(_message_of, rows))

    async def forget(self, chat: int, message: int) -> None:
        """It is no longer there."""
        mine = (desk_messages.c.chat == chat, desk_messages.c.message == message)
        async with self._store.write() as connection:
            await connection.execute(delete(desk_messages).where(*mine))

    async def clear(self, before: datetime) -> None:
        """Forget what nobody will press any more."""
        async with self._store.write() as connection:
            await connection.execute(delete(desk_messages).where(desk_messages.c.at < before))

    async def waiting(self, since: datetime, limit: int = 100) -> tuple[int, ...]:
        """Stories that wait for an editor and changed since then, oldest first."""
        held = (
            deliveries.c.story == stories.c.id,
            deliveries.c.state == State.HELD.value,
            deliveries.c.paused.is_(False),
            deliveries.c.reason != WAITS,
        )
        query = (
            select(stories.c.id)
            .where(stories.c.first_seen >= since, stories.c.fresh.is_(False), exists().where(*held))
            .order_by(stories.c.id)
            .limit(limit)
        )
        async with self._store.read() as connection:
            return tuple((await connection.execute(query)).scalars())

    async def chats(self, stories_: Sequence[int]) -> frozenset[tuple[int, int]]:
        """Which of these stories have their message in which chat."""
        mine = (desk_messages.c.shows == Shows.STORY.value, desk_messages.c.story.in_(stories_))
        query = select(desk_messages.c.story, desk_messages.c.chat).where(*mine)
        async with self._store.read() as connection:
            return frozenset((row.story, row.chat) for row in await connection.execute(query))

    async def _stories(self, *which: Any) -> tuple[DeskMessage, ...]:
        query = select(desk_messages).where(desk_messages.c.shows == Shows.STORY.value, *which)
        async with self._store.read() as connection:
            return tuple(map(_message_of, await connection.execute(query.order_by(desk_messages.c.story))))


def _message_of(row: Row[Any]) -> DeskMessage:
    return DeskMessage(
        row.chat, row.message, Shows(row.shows), row.story, row.channel, row.word, row.shown, row.picture, row.at
    )
