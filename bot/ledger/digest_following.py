"""What became of stories that digests told: revised, so that the next one says it; or withdrawn while it waits."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger.digest_tables import digest_stories
from bot.ledger.reader_digests import SPAN, read_into, tell
from bot.ledger.rows import editions, text_of
from bot.ledger.store import Store
from bot.ledger.subscriber_tables import fanouts, kept_back, shared_editions
from bot.ledger.tables import deliveries, stories
from bot.model.delivery import State
from bot.model.reader_digest import Line, Revised, Stale, Told
from bot.model.story import Story
from bot.model.subscriber import Fanned, Progress, channel_of, subscriber_of

_digest = fanouts.alias("digest")
_GONE = [State.CANCELLED.value, State.FAILED.value]
_HELD = or_(stories.c.held.is_not(None), fanouts.c.state == Progress.STOPPED.value)
_WAITS = [State.PLANNED.value, State.HELD.value]


class DigestFollowing:
    """Digests are told once: what was wrong in one stands right in the next."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def revised(self, carrier: str, now: datetime) -> tuple[Revised, ...]:
        """Stories that some of the carrier's readers were told at an older revision than the one that goes out now."""
        query = (
            select(fanouts.c.story, fanouts.c.revision, digest_stories.c.revision.label("told"))
            .join(digest_stories, digest_stories.c.story == fanouts.c.story)
            .join(shared_editions, shared_editions.c.id == digest_stories.c.shared)
            .join(_digest, _digest.c.id == shared_editions.c.fanout)
            .where(
                fanouts.c.carrier == carrier,
                _digest.c.carrier == carrier,
                fanouts.c.revision > digest_stories.c.revision,
                fanouts.c.changed_at >= now - SPAN,
                fanouts.c.withdrawn.is_(False),
            )
            .distinct()
        )
        found: dict[tuple[int, int], set[int]] = defaultdict(set)
        async with self._store.read() as connection:
            for row in await connection.execute(query):
                found[row.story, row.revision].add(row.told)
        return tuple(Revised(story, revision, frozenset(told)) for (story, revision), told in found.items())

    async def told(self, carrier: str, readers: Sequence[int], numbers: Collection[int]) -> dict[int, dict[int, int]]:
        """Of each reader whom digests told some of these stories, the newest revision that they know, by story."""
        shared = (
            select(digest_stories.c.shared, digest_stories.c.story, digest_stories.c.revision, shared_editions.c.fanout)
            .join(shared_editions, shared_editions.c.id == digest_stories.c.shared)
            .join(_digest, _digest.c.id == shared_editions.c.fanout)
            .where(digest_stories.c.story.in_(numbers), _digest.c.carrier == carrier)
        )
        lines: dict[int, dict[int, int]] = defaultdict(dict)
        found: dict[int, dict[int, int]] = defaultdict(dict)
        async with self._store.read() as connection:
            rows = (await connection.execute(shared)).all()
            for row in rows:
                lines[row.shared][row.story] = row.revision
            query = select(deliveries.c.channel, deliveries.c.shared).where(
                deliveries.c.story.in_({-row.fanout for row in rows}),
                deliveries.c.channel.in_([channel_of(carrier, reader) for reader in readers]),
                deliveries.c.state.not_in(_GONE),
            )
            for channel, edition in await connection.execute(query) if rows else ():
                mine = found[subscriber_of(channel) or 0]
                for story, revision in lines.get(edition, {}).items():
                    mine[story] = max(mine.get(story, 0), revision)
        return dict(found)

    async def stories(self, wanted: Collection[tuple[int, int]]) -> dict[tuple[int, int], Story]:
        """Stories at these revisions."""
        known: dict[tuple[int, int], Story] = {}
        async with self._store.read() as connection:
            await read_into(connection, wanted, known)
        return known

    async def stale(self, carrier: str) -> tuple[Stale, ...]:
        """Editions that are still to be sent to somebody and tell what was withdrawn, or is held, since."""
        mine = (fanouts.c.story == digest_stories.c.story, fanouts.c.carrier == carrier)
        query = (
            select(shared_editions.c.id, shared_editions.c.fanout, shared_editions.c.variant)
            .join(_digest, _digest.c.id == shared_editions.c.fanout)
            .join(digest_stories, digest_stories.c.shared == shared_editions.c.id)
            .join(fanouts, mine[0])
            .join(stories, stories.c.id == digest_stories.c.story)
            .where(
                mine[1],
                or_(fanouts.c.withdrawn.is_(True), _HELD),
                _digest.c.kind == Fanned.DIGEST.value,
                _digest.c.carrier == carrier,
            )
            .where(_digest.c.state != literal_column("'done'"))
            .distinct()
        )
        async with self._store.read() as connection:
            rows = (await connection.execute(query)).all()
            return tuple([await _stale(connection, row.id, row.fanout, row.variant, carrier) for row in rows])

    async def renew(self, one: Stale, told: Told | None, now: datetime) -> None:
        """Give those who still wait for it the edition without that; none at all where nothing is left to tell.

        What is only held is kept back for their next.
        """
        waiting = (
            deliveries.c.story == -one.fanout,
            deliveries.c.shared == one.shared,
            deliveries.c.state.in_(_WAITS),
            deliveries.c.attempts == 0,
        )
        async with self._store.write() as connection:
            await tell(connection, {one.shared: told.lines if told else ()})
            channels = (await connection.execute(select(deliveries.c.channel).where(*waiting))).scalars().all()
            await _keep_back(connection, [subscriber_of(channel) or 0 for channel in channels], one.held, now)
            if told is not None:
                mine = update(shared_editions).where(shared_editions.c.id == one.shared)
                await connection.execute(mine.values(edition=text_of(editions, told.edition)))
                return
            gone = {"state": State.CANCELLED.value, "reason": "all that it told was taken back", "changed_at": now}
            await connection.execute(update(deliveries).where(*waiting).values(gone))


async def _keep_back(
    connection: AsyncConnection, readers: Sequence[int], numbers: Sequence[int], now: datetime
) -> None:
    for story in numbers if readers else ():
        mine = (kept_back.c.story == story, kept_back.c.subscriber.in_(readers))
        await connection.execute(delete(kept_back).where(*mine))
        rows = [{"subscriber": reader, "story": story, "at": now} for reader in readers]
        await connection.execute(insert(kept_back), rows)


async def _stale(connection: AsyncConnection, shared: int, fanout: int, variant: str, carrier: str) -> Stale:
    columns = [digest_stories.c[name] for name in ("story", "revision", "corrected")]
    query = (
        select(*columns, _HELD.label("held"))
        .join(fanouts, (fanouts.c.story == digest_stories.c.story) & (fanouts.c.carrier == carrier))
        .join(stories, stories.c.id == digest_stories.c.story)
        .where(digest_stories.c.shared == shared, fanouts.c.withdrawn.is_(False))
    )
    rows = (await connection.execute(query)).all()
    left = tuple(Line(row.story, row.revision, corrected=row.corrected) for row in rows if not row.held)
    return Stale(shared, fanout, variant, left, tuple(row.story for row in rows if row.held))
