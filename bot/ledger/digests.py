"""Digests: many stories told in one, filed as a story of the desk's own, which waits for its editor's yes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import insert, select, update

from bot.ledger.deliveries import planned
from bot.ledger.moves import note
from bot.ledger.ordertables import overrides
from bot.ledger.rows import articles, select_stories, story_of, text_of
from bot.ledger.store import Store
from bot.ledger.tables import deliveries, revisions, stories
from bot.model.decision import Decision, Verb
from bot.model.delivery import Act, Plan, State
from bot.model.story import Article, Story
from bot.rules.identity import fingerprint

_MOST = 500


class Digests:
    """What they are made of, and what they become."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def material(self, since: datetime) -> tuple[tuple[Story, frozenset[str]], ...]:
        """Stories of which a post came out since then and that are not taken back, each with the channels it is on."""
        out = select(deliveries.c.story, deliveries.c.channel).where(
            deliveries.c.act == Act.POST.value,
            deliveries.c.state == State.SENT.value,
            deliveries.c.changed_at >= since,
        )
        async with self._store.read() as connection:
            where: dict[int, set[str]] = {}
            for row in await connection.execute(out):
                where.setdefault(row.story, set()).add(row.channel)
            newest = sorted(where, reverse=True)[:_MOST]
            found = await connection.execute(select_stories().where(stories.c.id.in_(newest), stories.c.held.is_(None)))
            return tuple((story, frozenset(where[story.id])) for story in map(story_of, found))

    async def plan(
        self, source: str, article: Article, goes: Mapping[str, bool], plans: Sequence[Plan], who: str, now: datetime
    ) -> int:
        """File it with its deliveries in one transaction; its number.

        Nothing composes it, for it is never fresh; `goes` says of every channel whether it gets it, for the routes know
        nothing of digests.
        """
        seen = {"first_seen": now, "changed_at": now}
        why = f"a digest of {len(article.blocks[0].items)} stories"
        async with self._store.write() as connection:
            row = {"source": source, "revision": 1, "fresh": False, "remembered": False, "held": None, **seen}
            story = int((await connection.execute(insert(stories).values(row).returning(stories.c.id))).scalar_one())
            await connection.execute(update(stories).where(stories.c.id == story).values(cluster=story))
            print_ = fingerprint(article)
            kept = {"article": text_of(articles, article), "fingerprint": print_, "seen_at": now}
            await connection.execute(insert(revisions).values(story=story, revision=1, **kept))
            said = [
                {"story": story, "channel": name, "goes": yes, "who": who, "why": why} for name, yes in goes.items()
            ]
            if said:
                await connection.execute(insert(overrides), said)
            filed = [replace(one, edition=replace(one.edition, story=story, revision=1)) for one in plans]
            await planned(connection, story, 1, filed, now)
            await note(connection, [Decision(Verb.PICKED_UP, who, why, now, story, 1)])
        return story
