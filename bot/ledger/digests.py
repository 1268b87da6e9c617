"""Digests: many stories told in one, filed as a story of the desk's own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger import threads
from bot.ledger.deliveries import planned
from bot.ledger.moves import move, note, still
from bot.ledger.order_tables import overrides
from bot.ledger.rows import delivery_of, select_deliveries, select_stories, story_of
from bot.ledger.store import Store
from bot.ledger.stories import filed
from bot.ledger.tables import decisions, deliveries, stories, story_keys
from bot.model.decision import Decision, Verb
from bot.model.delivery import Act, Delivery, Plan, State
from bot.model.ledger import Taking
from bot.model.story import Article, Story
from bot.rules.digesting import digest_of, told_in
from bot.rules.follow import OUT
from bot.rules.identity import fingerprint
from bot.rules.lateness import WAITS

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
        self,
        source: str,
        article: Article,
        goes: Mapping[str, bool],
        plans: Sequence[Plan],
        who: str,
        now: datetime,
        told: Mapping[str, Collection[int]],
    ) -> int:
        """File it with its deliveries in one transaction; its number.

        Nothing composes it, for it is never fresh; `goes` says of every channel whether it gets it, for the routes know
        nothing of digests. `told`: of each channel the stories that it tells.
        """
        async with self._store.write() as connection:
            story = await _filed(connection, source, article, goes, plans, who, now)
            tells = [(name, one) for name, some in told.items() for one in some]
            why = told_in(story)
            await note(connection, [Decision(Verb.TOLD, who, why, now, one, channel=name) for name, one in tells])
        return story

    async def late(self, channel: str) -> tuple[tuple[Delivery, Story], ...]:
        """What waits there for the digest of what is late, newest first, each with its story as it is now."""
        query = (
            select_deliveries()
            .add_columns(threads.doubtful().label("doubtful"))
            .where(
                deliveries.c.channel == channel,
                still(State.HELD),
                deliveries.c.reason == WAITS,
            )
            .order_by(deliveries.c.id.desc())
            .limit(_MOST)
        )
        async with self._store.read() as connection:
            rows = tuple(map(delivery_of, await connection.execute(query)))
            numbers = {row.story for row in rows}
            found = await connection.execute(select_stories().where(stories.c.id.in_(numbers)))
            known = {story.id: story for story in map(story_of, found)}
        return tuple((row, known[row.story]) for row in rows)

    async def catch_up(
        self,
        source: str,
        article: Article,
        goes: Mapping[str, bool],
        plan: Plan,
        told: Collection[int],
        left: Collection[int],
        who: str,
        now: datetime,
    ) -> int | None:
        """File the digest of late deliveries and end their waiting, in one transaction; its number.

        `told` and `left` are deliveries: those that it tells are cancelled, those that have no room go to an editor.
        None where some wait no longer: nothing is written, decide anew. What has been filed under its guid is found.
        """
        async with self._store.write() as connection:
            free = deliveries.c.story.in_(select(stories.c.id).where(stories.c.held.is_(None)))
            mine = [deliveries.c.id.in_(told), deliveries.c.state == State.HELD.value, free]
            locked = select(deliveries.c.id).where(*mine).order_by(deliveries.c.id).with_for_update()
            if set((await connection.execute(locked)).scalars()) != set(told):
                return None
            number = await _known(connection, article)
            if number is None:
                number = await _filed(connection, source, article, goes, [plan], who, now)
            await move(connection, mine, [State.HELD], State.CANCELLED, Verb.TOLD, who, told_in(number), now)
            await _hand_over(connection, left, who, f"no room in the digest #{number}", now)
        return number

    async def hand_over(self, waiting: Collection[int], who: str, why: str, now: datetime) -> int:
        """No digest tells these deliveries: an editor decides; how many they are."""
        async with self._store.write() as connection:
            return await _hand_over(connection, waiting, who, why, now)


async def telling(connection: AsyncConnection, story: int) -> dict[int, tuple[tuple[str, State], ...]]:
    """The digests that tell a story and are not taken back: where each is out or still goes out."""
    said = select(decisions.c.why).where(decisions.c.story == story, decisions.c.verb == Verb.TOLD.value)
    numbers = {digest_of(why) for why in (await connection.execute(said)).scalars()} - {None}
    query = select(deliveries.c.story, deliveries.c.channel, deliveries.c.state, deliveries.c.act)
    rows = (await connection.execute(query.where(deliveries.c.story.in_(numbers)).order_by(deliveries.c.id))).all()
    gone = {(row.story, row.channel) for row in rows if row.act == Act.DELETE.value and row.state != State.CANCELLED}
    found: dict[int, tuple[tuple[str, State], ...]] = {}
    for row in rows:
        state = State(row.state)
        if row.act == Act.POST.value and (state in OUT or state.open) and (row.story, row.channel) not in gone:
            found[row.story] = (*found.get(row.story, ()), (row.channel, state))
    return found


async def _filed(
    connection: AsyncConnection,
    source: str,
    article: Article,
    goes: Mapping[str, bool],
    plans: Sequence[Plan],
    who: str,
    now: datetime,
) -> int:
    why = f"a digest of {len(article.blocks[0].items)} stories"
    names = (article.guid,) if article.guid else ()
    one = Taking(article, names, fingerprint(article), fresh=False, why=why)
    story = await filed(connection, source, one, who, now)
    said = [{"story": story, "channel": name, "goes": yes, "who": who, "why": why} for name, yes in goes.items()]
    if said:
        await connection.execute(insert(overrides), said)
    own = [replace(one, edition=replace(one.edition, story=story, revision=1)) for one in plans]
    await planned(connection, story, 1, own, now)
    return story


async def _known(connection: AsyncConnection, article: Article) -> int | None:
    found: int | None = (
        await connection.execute(select(story_keys.c.story).where(story_keys.c.key == article.guid))
    ).scalar()
    return found


async def _hand_over(connection: AsyncConnection, waiting: Collection[int], who: str, why: str, now: datetime) -> int:
    mine = [deliveries.c.id.in_(waiting), deliveries.c.reason == WAITS]
    reason = f"{why}: an editor releases it"
    return len(await move(connection, mine, [State.HELD], State.HELD, Verb.HELD, who, reason, now))
