"""Clusters: which stories are one, found by the passages they share, decided in the transaction that records them."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger.moves import note
from bot.ledger.rows import delivery_of, select_deliveries, select_stories, story_of
from bot.ledger.store import Store
from bot.ledger.tables import anchors, deliveries, stories
from bot.model.cluster import Relative
from bot.model.decision import Decision, Verb
from bot.model.delivery import Delivery
from bot.model.story import Article, Story
from bot.rules.identity import one_newsroom
from bot.rules.reprints import ANCHORS_ASKED, ANCHORS_KEPT, Kin, Kinship, Text, kinship

MEMORY = timedelta(days=90)
"""Reprints come within days; a text that comes again a season later, like the notice of every winter, is news again."""
BOILERPLATE = 30
"""A passage that stands in so many stories tells nothing about any."""
_COMPARED = 6
"""So many stories that share most passages are read and compared; others share a phrase at best."""
_LOCK = 7_305_812  # one more than migrate.py's: who holds it records a new story


@dataclass(frozen=True, slots=True)
class Likeness:
    """What the ledger holds that resembles an article."""

    text: Text
    closest: tuple[Story, Kinship] | None
    known: frozenset[int]
    """Anchors that need not be kept: they are boilerplate, or lead to the closest story's cluster already."""


class Clusters:
    """Stories that are one."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def relatives(self, story: Story) -> tuple[Relative, ...]:
        """The other stories of its cluster, first one first, each with its deliveries."""
        others = (
            select(stories.c.id, stories.c.fresh, stories.c.remembered)
            .where(stories.c.cluster == story.cluster, stories.c.id != story.id)
            .order_by(stories.c.id)
        )
        async with self._store.read() as connection:
            rows = (await connection.execute(others)).all()
            if not rows:
                return ()
            done: dict[int, list[Delivery]] = {row.id: [] for row in rows}
            query = select_deliveries().where(deliveries.c.story.in_(done)).order_by(deliveries.c.id)
            for delivery in map(delivery_of, await connection.execute(query)):
                done[delivery.story].append(delivery)
        return tuple(Relative(row.id, row.fresh, row.remembered, tuple(done[row.id])) for row in rows)


async def one_at_a_time(connection: AsyncConnection) -> bool:
    """Until this transaction ends, nobody else records a new story: two reprints at once see each other.

    SQLite has one writer anyway. Whether somebody may have recorded one while we waited.
    """
    if connection.dialect.name != "postgresql":
        return False
    await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    return True


async def likeness(connection: AsyncConnection, source: str, article: Article, now: datetime) -> Likeness:
    """Look for the story that this article is a reprint of."""
    own = Text.of(article)
    places = await _places(connection, own.anchors(ANCHORS_ASKED))
    telling = {anchor: where for anchor, where in places.items() if len(where) < BOILERPLATE}
    shared = Counter(story for where in telling.values() for story in where)
    ranked = sorted(shared, key=lambda story: (shared[story], story), reverse=True)[:_COMPARED]
    found = []
    members: set[int] = set()
    for old in await _recent(connection, ranked, now):
        kin = kinship(own, Text.of(old.article), one_newsroom=one_newsroom(source, article, old.source, old.article))
        if kin.kin is not Kin.OTHER:
            found.append((old, kin))
    closest = max(found, key=_nearness, default=None)
    if closest is not None and await _is_update(connection, source, article, own, closest[0].cluster):
        closest = None
    if closest is not None:
        members = {old.id for old, _ in found if old.cluster == closest[0].cluster}
    known = {anchor for anchor, where in places.items() if len(where) >= BOILERPLATE or where & members}
    return Likeness(own, closest, frozenset(known))


async def join(connection: AsyncConnection, story: int, like: Likeness, article: Article, now: datetime) -> None:
    """Make a new story the first of its own cluster, or a reprint in another's, and remember its passages."""
    cluster = story
    if like.closest is not None:
        old, kin = like.closest
        cluster = old.cluster
        credit = f"; credit {article.byline.credit} kept" if article.byline.credit else ""
        where = f"the cluster of #{cluster}" + (f" with #{old.id}" if old.id != cluster else "")
        await note(connection, [Decision(Verb.JOINED, "identity", f"joined {where}: {kin.why}{credit}", now, story, 1)])
    await connection.execute(update(stories).where(stories.c.id == story).values(cluster=cluster))
    await _keep(connection, story, [one for one in like.text.anchors(ANCHORS_KEPT) if one not in like.known])


async def revise(
    connection: AsyncConnection, story: int, revision: int, source: str, article: Article, now: datetime
) -> None:
    """Remember the passages of a story's new revision; a reprint that is none any more leaves its cluster."""
    own = Text.of(article)
    cluster = (await connection.execute(select(stories.c.cluster).where(stories.c.id == story))).scalar_one()
    if cluster != story:
        first = story_of((await connection.execute(select_stories().where(stories.c.id == cluster))).one())
        same = one_newsroom(source, article, first.source, first.article)
        kin = kinship(own, Text.of(first.article), one_newsroom=same)
        if kin.kin is Kin.OTHER:
            why = f"left the cluster of #{cluster}: {kin.why}"
            await note(connection, [Decision(Verb.LEFT, "identity", why, now, story, revision)])
            await connection.execute(update(stories).where(stories.c.id == story).values(cluster=story))
    places = await _places(connection, own.anchors(ANCHORS_KEPT))
    known = {anchor for anchor, where in places.items() if len(where) >= BOILERPLATE or where & {story, cluster}}
    await _keep(connection, story, [one for one in own.anchors(ANCHORS_KEPT) if one not in known])


async def _is_update(connection: AsyncConnection, source: str, article: Article, own: Text, cluster: int) -> bool:
    """Whether this newsroom has told the cluster's story before, and in other words: then this is its follow-up.

    Else its update would be taken for a reprint of whoever reprinted it.
    """
    before = select_stories().where(stories.c.cluster == cluster, stories.c.source == source)
    newest = before.order_by(stories.c.id.desc()).limit(_COMPARED)
    its_own = [
        kinship(own, Text.of(old.article), one_newsroom=True).kin
        for old in map(story_of, await connection.execute(newest))
        if one_newsroom(source, article, old.source, old.article)
    ]
    return bool(its_own) and all(kin is Kin.OTHER for kin in its_own)


def _nearness(pair: tuple[Story, Kinship]) -> tuple[bool, float, int]:
    old, kin = pair
    return kin.kin is Kin.SAME, kin.new_in_old + kin.old_in_new, -old.id


async def _places(connection: AsyncConnection, hashes: Sequence[int]) -> dict[int, set[int]]:
    """In which stories each of these passages stands; never more than BOILERPLATE, for no more are kept."""
    places: dict[int, set[int]] = {}
    if hashes:
        query = select(anchors.c.hash, anchors.c.story).where(anchors.c.hash.in_(hashes))
        for row in await connection.execute(query):
            places.setdefault(row.hash, set()).add(row.story)
    return places


async def _recent(connection: AsyncConnection, ids: Collection[int], now: datetime) -> list[Story]:
    if not ids:
        return []
    # What waits for an editor is nobody's original: else a reader could keep the newsroom's own story from going out.
    # But one of a flood is what the newsroom itself printed.
    original = stories.c.held.is_(None) | stories.c.remembered
    mine = (stories.c.id.in_(ids), stories.c.first_seen >= now - MEMORY, original)
    query = select_stories().where(*mine)
    return [story_of(row) for row in await connection.execute(query)]


async def _keep(connection: AsyncConnection, story: int, hashes: Sequence[int]) -> None:
    if hashes:
        await connection.execute(insert(anchors), [{"hash": one, "story": story} for one in hashes])
