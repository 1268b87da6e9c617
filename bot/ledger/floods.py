"""Floods: many old stories of a source at once, held as one group until an editor lets them go or drops them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger.moves import note
from bot.ledger.rows import memories, select_stories, story_of, text_of
from bot.ledger.store import Store
from bot.ledger.tables import sources, stories
from bot.model.decision import Decision, Verb
from bot.model.ledger import Flood
from bot.model.source import Memory
from bot.model.story import Story

WAITS = "one of many old entries at once: an editor lets them all go or drops them"
UNREAD = "let go by an editor: its page is read first"
"""What a story that is only a teaser waits for; the next look at its source fetches the page."""


class Floods:
    """What came all at once, as when a site has moved."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def waiting(self) -> tuple[Flood, ...]:
        """Every source that has a flood waiting, by name."""
        query = select(stories.c.source).where(stories.c.held == WAITS).distinct().order_by(stories.c.source)
        async with self._store.read() as connection:
            names = (await connection.execute(query)).scalars().all()
            found = [await _flood(connection, name) for name in names]
        return tuple(one for one in found if one is not None)

    async def of(self, source: str) -> Flood | None:
        """The flood of that source; None where nothing of it waits."""
        async with self._store.read() as connection:
            return await _flood(connection, source)

    async def release(self, source: str, who: str, why: str, now: datetime) -> int:
        """Let all of it go: it is composed as if it were new, however old; how many stories."""
        async with self._store.write() as connection:
            return await let_go(connection, _of(source), who, why, now)

    async def drop(self, source: str, who: str, why: str, now: datetime) -> int:
        """Only remember it, as what was there before the first look; how many stories."""
        async with self._store.write() as connection:
            query = select(stories.c.id, stories.c.revision).where(*_of(source)).with_for_update()
            rows = (await connection.execute(query)).all()
            await connection.execute(update(stories).where(*_of(source)).values(held=None, changed_at=now))
            await note(connection, _decisions(Verb.CANCELLED, {row.id: row.revision for row in rows}, who, why, now))
            await _remember(connection, source, replace(await _memory(connection, source), unread=()))
        return len(rows)

    async def unread(self, source: str, now: datetime) -> tuple[Story, ...]:
        """After a look that left nothing over: what was let go and could not be read goes as it is.

        Those without a text are given; they stay remembered, for a headline alone is no story.
        """
        mine = (stories.c.source == source, stories.c.held == UNREAD)
        async with self._store.write() as connection:
            query = select_stories().where(*mine).with_for_update(of=stories)
            found = [story_of(row) for row in await connection.execute(query)]
            bare = tuple(one for one in found if not one.article.blocks)
            goes = {story.id: bool(story.article.blocks) for story in found}
            for text in (True, False):
                some = stories.c.id.in_([story for story, whole in goes.items() if whole is text])
                change = update(stories).where(some).values(held=None, fresh=text, remembered=not text, changed_at=now)
                await connection.execute(change)
        return bare


async def let_go(
    connection: AsyncConnection, which: Sequence[ColumnElement[bool]], who: str, why: str, now: datetime
) -> int:
    """Let remembered stories go, in a transaction; one that is only a teaser goes when its page has been read."""
    query = select_stories().where(stories.c.remembered.is_(True), *which).with_for_update(of=stories)
    by_source: dict[str, list[Story]] = defaultdict(list)
    for story in map(story_of, await connection.execute(query)):
        by_source[story.source].append(story)
    for source, group in by_source.items():
        memory = await _memory(connection, source)
        half = {story.id: mark for story in group if (mark := _mark(story, memory))}
        whole = [story.id for story in group if story.id not in half]
        freed = {"remembered": False, "changed_at": now}
        for ids, values in ((whole, {"fresh": True, "held": None}), (list(half), {"held": UNREAD})):
            await connection.execute(update(stories).where(stories.c.id.in_(ids)).values({**freed, **values}))
        await note(connection, _decisions(Verb.RELEASED, {one.id: one.revision for one in group}, who, why, now))
        if half:
            # Words that no entry has: at the next look each of these says something else, and its page is read.
            again = dict.fromkeys(half.values(), "")
            left = tuple(mark for mark in memory.unread if mark not in again)
            changed = replace(memory, validators={}, marks={**memory.marks, **again}, unread=left)
            await _remember(connection, source, changed, next_look=now)
    return sum(map(len, by_source.values()))


def _mark(story: Story, memory: Memory) -> str | None:
    """By what name its source knows that its page has not been read."""
    return next((name for name in (story.article.guid, story.article.link) if name and name in memory.unread), None)


def _of(source: str) -> tuple[ColumnElement[bool], ...]:
    return stories.c.source == source, stories.c.held == WAITS


async def _flood(connection: AsyncConnection, source: str) -> Flood | None:
    rows = await connection.execute(select_stories().where(*_of(source)).order_by(stories.c.id))
    found = [story_of(row) for row in rows]
    if not found:
        return None
    never = datetime.min.replace(tzinfo=UTC)
    dated = sorted(found, key=lambda story: story.article.byline.published or never)
    return Flood(source, len(found), _named(dated[0]), _named(dated[-1]), min(story.first_seen for story in found))


def _named(story: Story) -> tuple[str, datetime | None]:
    return story.article.headline, story.article.byline.published


def _decisions(verb: Verb, revisions: Mapping[int, int], who: str, why: str, now: datetime) -> list[Decision]:
    return [Decision(verb, who, why, now, story, revision) for story, revision in revisions.items()]


async def _memory(connection: AsyncConnection, source: str) -> Memory:
    found = (await connection.execute(select(sources.c.memory).where(sources.c.name == source))).scalar()
    return memories.validate_json(found) if found else Memory()


async def _remember(connection: AsyncConnection, source: str, memory: Memory, **values: datetime) -> None:
    change = {"memory": text_of(memories, memory), **values}
    await connection.execute(update(sources).where(sources.c.name == source).values(change))
