"""Fan-outs: a story on its way to a carrier's subscribers, begun with its story and steered as a whole."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update

from bot.ledger import fanout_folding, fanout_settling, fanout_steering
from bot.ledger.fanout_rows import OPEN, fanout_of, numbers_of
from bot.ledger.history import open_notice
from bot.ledger.membership import HERE, become, change, row_of
from bot.ledger.store import Store
from bot.ledger.subscriber_tables import fanouts, subscribers
from bot.ledger.tables import deliveries
from bot.model.delivery import State
from bot.model.subscriber import Counts, Fanout, Membership, Progress, channel_of
from bot.rules.retry import given_up


class Fanouts:
    """What is on its way to subscribers."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def get(self, fanout: int) -> Fanout | None:
        """One by its number."""
        found = await self._select(fanouts.c.id == fanout)
        return found[0] if found else None

    async def of_story(self, story: int) -> tuple[Fanout, ...]:
        """One a carrier."""
        return await self._select(fanouts.c.story == story)

    async def open(self) -> tuple[Fanout, ...]:
        """What is not done, the most urgent first."""
        return await self._select(OPEN)

    async def counts(self, fanout: int) -> Counts:
        """How many of its deliveries stand in each state; folded ones too."""
        query = select(deliveries.c.state, func.count()).where(deliveries.c.story == -fanout)
        async with self._store.read() as connection:
            there = Counts(**{row[0]: row[1] for row in await connection.execute(query.group_by(deliveries.c.state))})
            folded = (await connection.execute(select(fanouts.c.folded).where(fanouts.c.id == fanout))).scalar()
        return there + fanout_folding.counted(folded)

    async def why(self, story: int) -> tuple[tuple[Fanout, Counts], ...]:
        """What became of the story on each carrier, in counts: of its rows, or of what they were folded into."""
        return tuple([(one, await self.counts(one.id)) for one in await self.of_story(story)])

    async def why_of(self, story: int, carrier: str, reader: int) -> tuple[State, str] | None:
        """How the newest delivery of the story to one subscriber stands, and why; None where there is none."""
        mine = (
            deliveries.c.story.in_(numbers_of(story)),
            deliveries.c.channel == channel_of(carrier, reader),
        )
        query = select(deliveries.c.state, deliveries.c.reason).where(*mine).order_by(deliveries.c.id.desc()).limit(1)
        async with self._store.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return (State(row.state), row.reason) if row else None

    async def stop(self, fanout: int, who: str, why: str, now: datetime) -> bool:
        """Nothing of it is claimed any more until it goes on; False where it is done or stopped already."""
        async with self._store.write() as connection:
            return bool(await fanout_steering.stop(connection, [fanouts.c.id == fanout], who, why, now))

    async def go_on(self, fanout: int, who: str, why: str, now: datetime) -> bool:
        """What was stopped goes on where it was; False where it was not stopped."""
        async with self._store.write() as connection:
            return bool(await fanout_steering.go_on(connection, [fanouts.c.id == fanout], who, why, now))

    async def cancel(self, fanout: int, who: str, why: str, now: datetime) -> bool:
        """What waits of it is not sent, from this moment on; False where it is done."""
        async with self._store.write() as connection:
            return bool(await fanout_steering.cancel(connection, [fanouts.c.id == fanout], who, why, now))

    async def gone(self, reader: int, why: str, now: datetime) -> None:
        """There is nobody at a subscriber's address any more, says the platform: nothing waits for them."""
        async with self._store.write() as connection:
            row = await row_of(connection, subscribers.c.id == reader, subscribers.c.state.in_(HERE))
            if row is not None:
                await become(connection, row, Membership.LOST, why, now, failing_since=now)

    async def missed(self, reader: int, why: str, now: datetime) -> None:
        """A machine took nothing: after days and several tries, with nothing taken between, it is lost."""
        async with self._store.write() as connection:
            row = await row_of(connection, subscribers.c.id == reader, subscribers.c.state.in_(HERE))
            if row is None:
                return
            failing = {"failures": row.failures + 1, "failing_since": row.failing_since or now}
            if given_up(failing["failures"], failing["failing_since"], now):
                await become(connection, row, Membership.LOST, f"took nothing for days: {why}", now, **failing)
            else:
                await change(connection, reader, **failing)

    async def settle_all(self, fanout: int, who: str, why: str, now: datetime, *, out: bool) -> int:
        """Say of all its uncertain deliveries what an editor saw: they are out, or they are sent again; how many."""
        settled = 0
        while True:
            async with self._store.write() as connection:
                some = await fanout_settling.settle(connection, fanout, who, why, now, out=out)
            if not some:
                return settled
            settled += some

    async def fold(self, before: datetime) -> int:
        """Make some rows of what was done before then figures; how many: 0 says that nothing is left."""
        async with self._store.write() as connection:
            return await fanout_folding.fold(connection, before)

    async def finish(self, now: datetime) -> int:
        """End what has nothing left to be sent; the desk is told once of each where something went wrong."""
        ended = 0
        for one in await self._select(OPEN, fanouts.c.state == Progress.GOING.value):
            counts = await self.counts(one.id)
            if counts.waiting:
                continue
            async with self._store.write() as connection:
                mine = (fanouts.c.id == one.id, fanouts.c.state == Progress.GOING.value)
                same = fanouts.c.revision == one.revision
                done = update(fanouts).where(*mine, same).values(state=Progress.DONE.value, changed_at=now)
                if not (await connection.execute(done)).rowcount:
                    continue
                ended += 1
                if counts.failed or counts.uncertain:
                    about = f"#{one.story} {one.title}" if one.story else one.title
                    text = (
                        f"fan-out {one.id}, {about} → {one.carrier}: {counts.sent} sent, "
                        f"{counts.failed} failed, {counts.uncertain} uncertain"
                    )
                    await open_notice(connection, f"fan-out {one.id}", text, now)
        return ended

    async def _select(self, *which: ColumnElement[bool]) -> tuple[Fanout, ...]:
        order = (fanouts.c.priority.desc(), fanouts.c.due_at, fanouts.c.id)
        async with self._store.read() as connection:
            rows = await connection.execute(select(fanouts).where(*which).order_by(*order))
            return tuple(map(fanout_of, rows))
