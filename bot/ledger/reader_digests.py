"""Subscribers' digests in the ledger: what can be told, and each reader's watermark moved with what they get."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, delete, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger import standing
from bot.ledger.digest_tables import digest_marks, digest_stories
from bot.ledger.fanout_rows import CANCELLED, fanout_of, write_down
from bot.ledger.order_tables import pins
from bot.ledger.pace_tables import pauses
from bot.ledger.rows import editions, select_revisions, story_of, text_of
from bot.ledger.store import Store
from bot.ledger.subscriber_rows import timing_of
from bot.ledger.subscriber_tables import fanouts, kept_back, shared_editions, subscribers
from bot.ledger.tables import deliveries, revisions
from bot.model.delivery import BREAKING, Act
from bot.model.reader_digest import Due, Line, Tellable, Told
from bot.model.story import Story
from bot.model.subscriber import Fanned, Fanout, Membership, Progress, Wanting, channel_of, subscriber_of
from bot.rules.rhythm import next_digest

SPAN = timedelta(days=8)
"""What is older is no news: a weekly digest and a day."""
MOST = 1_000
"""Stories of a carrier that are looked at."""
_ALL_ASKED = (Progress.GOING, Progress.DONE)
_STORY = fanouts.c.kind == Fanned.STORY.value
_TOLD = and_(_STORY, fanouts.c.withdrawn.is_(False), ~fanouts.c.why.startswith(CANCELLED))


class ReaderDigests:
    """The round's own room."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def mark(self, now: datetime) -> datetime:
        """Say of stories that have begun to go out that digests can tell them; the moment of this round.

        Rounds come one at a time; the moment is after all marks, though the clock may have been put back.
        """
        known = select(digest_marks.c.fanout).where(digest_marks.c.fanout == fanouts.c.id)
        begun = [Progress.PLANNING.value, Progress.GOING.value, Progress.DONE.value]
        new = (_TOLD, fanouts.c.state.in_(begun), fanouts.c.changed_at >= now - SPAN, ~known.exists())
        query = select(fanouts.c.id, fanouts.c.carrier).where(*new)
        async with self._store.read() as connection:
            rows = (await connection.execute(query)).all()
            last: datetime | None = (await connection.execute(select(func.max(digest_marks.c.at)))).scalar()
        moment = max(now, last + timedelta(microseconds=1)) if last else now
        if rows:
            marks = [{"fanout": row.id, "carrier": row.carrier, "at": moment} for row in rows]
            async with self._store.write() as connection:
                await connection.execute(insert(digest_marks), marks)
        return moment

    async def due(self, carrier: str, now: datetime, after: int, limit: int) -> tuple[Due, ...]:
        """Whose digest is due, by their number; nobody's while the carrier is paused."""
        query = select(subscribers).where(*_due(carrier, now), subscribers.c.id > after)
        async with self._store.read() as connection:
            rows = await connection.execute(query.order_by(subscribers.c.id).limit(limit))
            return tuple(
                Due(
                    row.id,
                    row.choices,
                    row.timing,
                    row.reading,
                    row.digest_at,
                    row.digest_since or row.since,
                    changed=row.digest_since is None or row.changed_at >= row.digest_since,
                )
                for row in rows
            )

    async def kept(self, readers: Sequence[int]) -> dict[int, frozenset[int]]:
        """The stories that were kept back for them."""
        query = select(kept_back.c.subscriber, kept_back.c.story).where(kept_back.c.subscriber.in_(readers))
        found: dict[int, set[int]] = defaultdict(set)
        async with self._store.read() as connection:
            for row in await connection.execute(query):
                found[row.subscriber].add(row.story)
        return {reader: frozenset(some) for reader, some in found.items()}

    async def material(
        self, carrier: str, since: datetime, kept: Collection[int], now: datetime, known: dict[tuple[int, int], Story]
    ) -> tuple[Tellable, ...]:
        """What can be told of what came after `since` (but for what is no news any more), and of what was `kept`.

        `known` are stories by number and revision; those that are missing are added.
        """
        columns = [fanouts.c[name] for name in ("id", "story", "revision", "state", "cursor", "priority")]
        query = select(*columns, digest_marks.c.at).join(digest_marks, digest_marks.c.fanout == fanouts.c.id)
        mine = (digest_marks.c.carrier == carrier, digest_marks.c.at > max(since, now - SPAN))
        newest = query.where(_TOLD, *mine).order_by(digest_marks.c.at.desc()).limit(MOST)
        back = query.where(_TOLD, fanouts.c.carrier == carrier, fanouts.c.story.in_(kept))
        async with self._store.read() as connection:
            rows = [*await connection.execute(newest), *(await connection.execute(back) if kept else ())]
            by_fanout = {row.id: row for row in rows}
            await read_into(connection, {(row.story, row.revision) for row in by_fanout.values()}, known)
            hushed = set((await connection.execute(standing.embargoed(now))).scalars())
        found = []
        for row in by_fanout.values():
            story = known[row.story, row.revision]
            against = story.held is not None or story.orders.objection is not None or story.id in hushed
            state = Progress(row.state)
            found.append(
                Tellable(
                    row.id,
                    story,
                    row.at,
                    urgent=row.priority >= BREAKING or story.orders.urgent,
                    waits=against or state is Progress.STOPPED,
                    passed=None if state in _ALL_ASKED else row.cursor,
                )
            )
        return tuple(found)

    async def pinned(self) -> frozenset[int]:
        """Stories that stand on top of any of the newsroom's channels."""
        query = select(pins.c.story).where(pins.c.ended_at.is_(None))
        async with self._store.read() as connection:
            return frozenset((await connection.execute(query)).scalars())

    async def got(
        self, carrier: str, readers: Sequence[int], material: Sequence[Tellable]
    ) -> dict[int, frozenset[int]]:
        """Which of these stories came to them at once, or are on their way."""
        story = {-it.fanout: it.story.id for it in material}
        mine = (
            deliveries.c.story.in_(story),
            deliveries.c.channel.in_([channel_of(carrier, reader) for reader in readers]),
        )
        found: dict[int, set[int]] = defaultdict(set)
        if readers and story:
            async with self._store.read() as connection:
                for row in await connection.execute(select(deliveries.c.story, deliveries.c.channel).where(*mine)):
                    found[subscriber_of(row.channel) or 0].add(story[row.story])
        return {reader: frozenset(some) for reader, some in found.items()}

    async def open(self, carrier: str, title: str, now: datetime) -> Fanout:
        """Begin a round's fan-out; dispatch sends what is written down of it, from the first chunk on."""
        values = {
            "kind": Fanned.DIGEST.value,
            "carrier": carrier,
            "revision": 1,
            "state": Progress.GOING.value,
            "withdrawn": False,
            "cursor": 0,
            "planned": 0,
            "priority": 0,
            "due_at": now,
            "title": title,
            "who": "",
            "why": "",
            "created_at": now,
            "changed_at": now,
        }
        async with self._store.write() as connection:
            return fanout_of((await connection.execute(insert(fanouts).values(values).returning(fanouts))).one())

    async def keep(self, fanout: Fanout, made: Mapping[str, Told]) -> dict[str, int]:
        """Write editions down by variant, with what each tells; their numbers."""
        numbers: dict[str, int] = {}
        async with self._store.write() as connection:
            for variant, one in made.items():
                values = {"fanout": fanout.id, "revision": fanout.revision, "variant": variant}
                row = insert(shared_editions).values(**values, edition=text_of(editions, one.edition))
                number = (await connection.execute(row.returning(shared_editions.c.id))).scalar_one()
                numbers[variant] = int(number)
            await tell(connection, {numbers[variant]: one.lines for variant, one in made.items()})
        return numbers

    async def write(
        self,
        fanout: Fanout | None,
        lane: str,
        due: Sequence[Due],
        wanting: Sequence[Wanting],
        later: Sequence[tuple[int, int]],
        now: datetime,
        *,
        seen: Collection[tuple[int, int]] = (),
    ) -> int:
        """Plan some readers' digests and move their watermarks, in one transaction; how many of them get one.

        Who was told by another worker, or chose otherwise, since `due` was read is left out: the next round looks
        again. `later` are readers and stories that are kept back for the digest after this one; those that were `seen`
        as kept back for this one are no more.
        """
        async with self._store.write() as connection:
            if fanout is not None and await _ended(connection, fanout):
                wanting = ()
            there = await _still(connection, due, now)
            get = [one for one in wanting if one.reader in there]
            moves: dict[datetime | None, list[int]] = defaultdict(list)
            for one in due:
                if one.reader in there:
                    moves[next_digest(timing_of(one.timing), now)].append(one.reader)
            for following, readers in moves.items():
                mine = update(subscribers).where(subscribers.c.id.in_(readers))
                await connection.execute(mine.values(digest_at=following, digest_since=now))
            await _let_go(connection, [one for one in (*seen, *later) if one[0] in there])
            back = [{"subscriber": reader, "story": story, "at": now} for reader, story in later if reader in there]
            if back:
                await connection.execute(insert(kept_back), back)
            if fanout is not None and get:
                await write_down(connection, fanout, lane, Act.POST, get, now)
                done = fanouts.c.state == Progress.DONE.value
                values = {
                    "planned": fanouts.c.planned + len(get),
                    "state": case((done, Progress.GOING.value), else_=fanouts.c.state),
                    "changed_at": now,
                }
                await connection.execute(update(fanouts).where(fanouts.c.id == fanout.id).values(values))
        return len(get)


async def tell(connection: AsyncConnection, told: Mapping[int, Sequence[Line]]) -> None:
    """Remember what editions tell."""
    await connection.execute(delete(digest_stories).where(digest_stories.c.shared.in_(told)))
    rows = [
        {"shared": shared, "story": one.story, "revision": one.revision, "corrected": one.corrected}
        for shared, lines in told.items()
        for one in lines
    ]
    if rows:
        await connection.execute(insert(digest_stories), rows)


async def read_into(
    connection: AsyncConnection, wanted: Collection[tuple[int, int]], known: dict[tuple[int, int], Story]
) -> None:
    """Read stories at these revisions that are not known yet."""
    new = [key for key in wanted if key not in known]
    for begin in range(0, len(new), 200):
        some = tuple_(revisions.c.story, revisions.c.revision).in_(new[begin : begin + 200])
        for row in await connection.execute(select_revisions().where(some)):
            known[row.id, row.revision] = story_of(row)


async def _let_go(connection: AsyncConnection, kept: Sequence[tuple[int, int]]) -> None:
    """Nothing else: what a fan-out keeps back at this moment stays for the next."""
    readers: dict[int, list[int]] = defaultdict(list)
    for reader, story in kept:
        readers[story].append(reader)
    for story, some in readers.items():
        mine = (kept_back.c.story == story, kept_back.c.subscriber.in_(some))
        await connection.execute(delete(kept_back).where(*mine))


async def _ended(connection: AsyncConnection, fanout: Fanout) -> bool:
    """Whether an editor cancelled the round: nobody else gets it; locked until the transaction ends."""
    query = select(fanouts.c.why).where(fanouts.c.id == fanout.id).with_for_update()
    return bool((await connection.execute(query)).scalar_one().startswith(CANCELLED))


async def _still(connection: AsyncConnection, due: Sequence[Due], now: datetime) -> frozenset[int]:
    """Those who are due as they were when they were read."""
    if not due:
        return frozenset()
    columns = [subscribers.c[name] for name in ("id", "digest_at", "choices", "timing", "reading")]
    mine = (
        subscribers.c.id.in_([one.reader for one in due]),
        subscribers.c.state == Membership.ACTIVE.value,
        subscribers.c.digest_at <= now,
    )
    rows = await connection.execute(select(*columns).where(*mine).with_for_update())
    there = {row.id: (row.digest_at, row.choices, row.timing, row.reading) for row in rows}
    return frozenset(
        one.reader for one in due if there.get(one.reader) == (one.at, one.choices, one.timing, one.reading)
    )


def _due(carrier: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    paused = select(pauses.c.channel).where(pauses.c.channel == carrier)
    return (
        ~paused.exists(),
        subscribers.c.carrier == carrier,
        subscribers.c.state == Membership.ACTIVE.value,
        subscribers.c.digest_at <= now,
    )
