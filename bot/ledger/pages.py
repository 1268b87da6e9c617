"""Pages of posted stories: which are to be asked for again, and since when one of them is gone."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import exists, func, insert, or_, select, update

from bot.ledger.rows import select_stories, story_of
from bot.ledger.store import Conflict, Store
from bot.ledger.tables import deliveries, pages, stories
from bot.model.delivery import Act, State
from bot.model.story import Story


class Pages:
    """One line a story whose page has been asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def due(
        self,
        sources: Collection[str],
        posted_since: datetime,
        asked_before: datetime,
        gone_before: datetime,
        limit: int,
    ) -> tuple[Story, ...]:
        """Stories of these sources that were posted lately, and asked for long ago or never; longest ago first.

        A page that is gone is asked for again where it was asked for before `gone_before`.
        """
        posted = exists().where(
            deliveries.c.story == stories.c.id,
            deliveries.c.act == Act.POST.value,
            deliveries.c.state == State.SENT.value,
            deliveries.c.changed_at >= posted_since,
        )
        waited = or_(
            pages.c.story.is_(None) & (stories.c.first_seen <= asked_before),
            pages.c.gone_since.is_(None) & (pages.c.asked_at <= asked_before),
            pages.c.gone_since.is_not(None) & (pages.c.asked_at <= gone_before),
        )
        query = (
            select_stories()
            .outerjoin(pages, pages.c.story == stories.c.id)
            .where(stories.c.source.in_(sources), posted, waited, or_(pages.c.told.is_(None), pages.c.told.is_(False)))
            .order_by(func.coalesce(pages.c.asked_at, stories.c.first_seen), stories.c.id)
            .limit(limit)
        )
        async with self._store.read() as connection:
            return tuple(map(story_of, await connection.execute(query)))

    async def there(self, story: int, now: datetime) -> None:
        """It was answered as a page is."""
        await self._asked(story, now, gone_since=None)

    async def unknown(self, story: int, now: datetime) -> None:
        """No answer, or one that says nothing of the page: what was known of it stays."""
        await self._asked(story, now)

    async def gone(self, story: int, now: datetime) -> datetime:
        """There is no such page; since when that is so."""
        query = select(pages.c.gone_since).where(pages.c.story == story)
        async with self._store.read() as connection:
            since = (await connection.execute(query)).scalar_one_or_none() or now
        await self._asked(story, now, gone_since=since)
        return since

    async def told(self, gone: Sequence[int]) -> None:
        """An editor knows of these."""
        async with self._store.write() as connection:
            await connection.execute(update(pages).where(pages.c.story.in_(gone)).values(told=True))

    async def _asked(self, story: int, now: datetime, **values: datetime | None) -> None:
        changed = update(pages).where(pages.c.story == story).values(asked_at=now, **values)
        new = {"story": story, "asked_at": now, "gone_since": None, "told": False, **values}
        try:
            async with self._store.write() as connection:
                if not (await connection.execute(changed)).rowcount:
                    await connection.execute(insert(pages).values(new))
        except Conflict:
            async with self._store.write() as connection:
                await connection.execute(changed)
