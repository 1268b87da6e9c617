"""Stories and their revisions: what was picked up, once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import LedgerError
from bot.ledger import clusters
from bot.ledger.floods import UNREAD
from bot.ledger.rows import articles, decision_values, select_revisions, select_stories, story_of, text_of
from bot.ledger.store import Conflict, Store
from bot.ledger.tables import decisions, revisions, stories, story_keys
from bot.model.decision import Decision, Verb
from bot.model.ledger import Recorded, Taking, Verdict
from bot.model.story import Article, Story
from bot.rules import identity
from bot.rules.reprints import Kin

_TRIES = 5


class Stories:
    """What the newsroom published."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def record(
        self,
        source: str,
        article: Article,
        keys: Sequence[str],
        fingerprint: str,
        now: datetime,
        *,
        fresh: bool = True,
        why: str = "picked up",
        held: str | None = None,
    ) -> Recorded:
        """One article: see `record_all`."""
        taking = Taking(article, tuple(keys), fingerprint, fresh=fresh, why=why, held=held)
        return (await self.record_all(source, [taking], now))[0]

    async def record_all(self, source: str, takings: Sequence[Taking], now: datetime) -> tuple[Recorded, ...]:
        """Write articles down in one transaction, each as a new story, a new revision, or nothing.

        Any known key makes it that story, the first in `keys` before the others; so does the same text in the same
        newsroom. A new story whose text stands in another joins its cluster, in the same transaction.
        """
        for _ in range(_TRIES):
            try:
                async with self._store.write() as connection:
                    return tuple([await _record(connection, source, one, now) for one in takings])
            except Conflict:
                continue  # somebody recorded the same keys a moment ago: now they are known
        named = ", ".join(repr(one.article.headline) for one in takings[:3])
        raise LedgerError(f"{source}: {named} could not be recorded, the keys belong to several stories")

    async def hold(self, story: int, why: str) -> bool:
        """What is still to be composed of it waits for an editor; False where nothing is."""
        change = update(stories).where(stories.c.id == story, stories.c.fresh.is_(True)).values(held=why)
        async with self._store.write() as connection:
            return bool((await connection.execute(change)).rowcount)

    async def get(self, story: int) -> Story | None:
        """The story at its newest revision."""
        async with self._store.read() as connection:
            row = (await connection.execute(select_stories().where(stories.c.id == story))).one_or_none()
        return story_of(row) if row else None

    async def keyed(self, key: str) -> int | None:
        """The story that goes by this name (rules/identity.py)."""
        query = select(story_keys.c.story).where(story_keys.c.key == key)
        async with self._store.read() as connection:
            return (await connection.execute(query)).scalar_one_or_none()

    async def revisions(self, story: int) -> tuple[Story, ...]:
        """The story at each revision, oldest first."""
        query = select_revisions().where(stories.c.id == story).order_by(revisions.c.revision)
        async with self._store.read() as connection:
            return tuple(map(story_of, await connection.execute(query)))

    async def waiting(self, limit: int = 100) -> tuple[int, ...]:
        """Stories whose newest revision has not been composed, oldest first."""
        query = select(stories.c.id).where(stories.c.fresh.is_(True)).order_by(stories.c.id).limit(limit)
        async with self._store.read() as connection:
            return tuple((await connection.execute(query)).scalars())

    async def recent(self, limit: int, offset: int = 0) -> tuple[Story, ...]:
        """Latest changed first."""
        query = select_stories().order_by(stories.c.changed_at.desc(), stories.c.id.desc()).limit(limit).offset(offset)
        async with self._store.read() as connection:
            return tuple(map(story_of, await connection.execute(query)))


async def _record(connection: AsyncConnection, source: str, one: Taking, now: datetime) -> Recorded:
    known = await _known(connection, one.keys)
    if not known and await clusters.one_at_a_time(connection):
        known = await _known(connection, one.keys)
    like = None if known else await clusters.likeness(connection, source, one.article, now)
    story = known[next(key for key in one.keys if key in known)] if known else _same(like, one.fingerprint)
    if story is not None:
        recorded = await _again(connection, story, one, now)
    else:
        recorded = await _new(connection, source, one, now, remembered=not one.fresh)
    await _keep_keys(connection, [key for key in dict.fromkeys(one.keys) if key not in known], recorded)
    if recorded.verdict is not Verdict.KNOWN:
        await _keep_revision(connection, recorded, one, now)
    if like is not None and recorded.verdict is Verdict.NEW:
        await clusters.join(connection, recorded.story, like, one.article, now)
    elif recorded.verdict is Verdict.REVISED:
        await clusters.revise(connection, recorded.story, recorded.revision, source, one.article, now)
    return recorded


async def _known(connection: AsyncConnection, keys: Sequence[str]) -> dict[str, int]:
    """Which of these keys are known, and to which story each belongs."""
    query = select(story_keys.c.key, story_keys.c.story).where(story_keys.c.key.in_(keys))
    return {row.key: row.story for row in await connection.execute(query)}


async def filed(connection: AsyncConnection, source: str, one: Taking, who: str, now: datetime) -> int:
    """A story that the desk makes of others: nothing is recognised, nobody is asked whose text it is. Its number."""
    recorded = await _new(connection, source, one, now, remembered=False)
    itself = update(stories).where(stories.c.id == recorded.story).values(cluster=recorded.story)
    await connection.execute(itself)
    await _keep_keys(connection, one.keys, recorded)
    await _keep_revision(connection, recorded, one, now, who)
    return recorded.story


async def _new(connection: AsyncConnection, source: str, one: Taking, now: datetime, *, remembered: bool) -> Recorded:
    seen = {"first_seen": now, "changed_at": now}
    values = {
        "source": source,
        "revision": 1,
        "fresh": one.fresh,
        "remembered": remembered,
        "held": one.held,
        **seen,
    }
    story = (await connection.execute(insert(stories).values(values).returning(stories.c.id))).scalar_one()
    return Recorded(story, 1, Verdict.NEW)


def _same(like: clusters.Likeness | None, fingerprint: str) -> int | None:
    """The story that this newsroom has printed already, word for word, under another name."""
    if like is None or like.closest is None:
        return None
    old, kin = like.closest
    return old.id if kin.kin is Kin.SAME and identity.fingerprint(old.article) == fingerprint else None


async def _again(connection: AsyncConnection, story: int, one: Taking, now: datetime) -> Recorded:
    mine = stories.c.id == story
    locked = select(stories.c.revision, stories.c.remembered, stories.c.held).where(mine).with_for_update()
    revision, remembered, held = (await connection.execute(locked)).one()
    let_go = {"held": None} if held == UNREAD and one.article.blocks else {}
    newest = select(revisions.c.fingerprint, revisions.c.article)
    row = (await connection.execute(newest.where(revisions.c.story == story, revisions.c.revision == revision))).one()
    # An older Crier may have taken other prints: then the words themselves are asked.
    same = one.fingerprint
    if row.fingerprint == same or identity.fingerprint(articles.validate_json(row.article)) == same:
        if let_go:
            await connection.execute(update(stories).where(mine).values(fresh=True, changed_at=now, **let_go))
        return Recorded(story, revision, Verdict.KNOWN)
    values = {"revision": revision + 1, "fresh": not remembered, "changed_at": now, **let_go}
    await connection.execute(update(stories).where(mine).values(values))
    return Recorded(story, revision + 1, Verdict.REVISED)


async def _keep_keys(connection: AsyncConnection, unknown: Sequence[str], recorded: Recorded) -> None:
    """Claim keys that were unknown a moment ago; a Conflict says that somebody was faster."""
    if unknown:
        await connection.execute(insert(story_keys), [{"key": key, "story": recorded.story} for key in unknown])


async def _keep_revision(
    connection: AsyncConnection, recorded: Recorded, one: Taking, now: datetime, who: str = "pickup"
) -> None:
    values = {
        "story": recorded.story,
        "revision": recorded.revision,
        "article": text_of(articles, one.article),
        "fingerprint": one.fingerprint,
        "seen_at": now,
    }
    await connection.execute(insert(revisions).values(values))
    verb = Verb.PICKED_UP if recorded.verdict is Verdict.NEW else Verb.REVISED
    decision = Decision(verb, who, one.why, now, recorded.story, recorded.revision)
    await connection.execute(insert(decisions).values(decision_values(decision)))
