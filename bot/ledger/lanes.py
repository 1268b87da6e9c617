"""Lanes and pauses: what a platform said to an account, remembered over restarts."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger import fanout_steering
from bot.ledger.fanout_rows import open_of
from bot.ledger.history import drop_notice, open_notice
from bot.ledger.moves import move, not_before, note
from bot.ledger.pace_tables import lanes, pauses
from bot.ledger.store import Conflict, Store
from bot.ledger.subscriber_tables import fanouts
from bot.ledger.tables import deliveries
from bot.model.decision import Decision, Verb
from bot.model.delivery import State
from bot.model.lane import Closure
from bot.model.order import PAUSED
from bot.rules.retry import pause_after


class Lanes:
    """Where nothing may be sent, until when or until whom."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def assign(self, lanes_of: Mapping[str, str]) -> None:
        """Move what waits into the lane that its channel has now: an account or a rehearsal may have changed."""
        waiting = deliveries.c.state.in_([State.PLANNED.value, State.HELD.value])
        async with self._store.write() as connection:
            for channel, lane in lanes_of.items():
                which = (deliveries.c.channel == channel, deliveries.c.lane != lane, waiting)
                await connection.execute(update(deliveries).where(*which).values(lane=lane))

    async def assign_carried(self, lanes_of: Mapping[str, str], now: datetime) -> None:
        """The same for what is on its way to subscribers; a carrier that is none any more sends nothing."""
        waiting = deliveries.c.state.in_([State.PLANNED.value, State.HELD.value])
        gone = [fanouts.c.carrier.not_in(list(lanes_of))]
        async with self._store.write() as connection:
            for carrier, lane in lanes_of.items():
                which = (deliveries.c.story.in_(open_of([carrier])), deliveries.c.lane != lane, waiting)
                await connection.execute(update(deliveries).where(*which).values(lane=lane))
            await fanout_steering.stop(connection, gone, "dispatch", "its carrier is not in the settings", now)

    async def close(self, lane: str, until: datetime, why: str, spares: str = "") -> None:
        """The platform asked this account to wait; the longer of two waits holds. `spares` names an act that passes."""
        async with self._store.write() as connection:
            await _close(connection, lane, until, why, spares)

    async def throttled(self, lane: str, why: str, now: datetime) -> datetime:
        """The account was too fast, and the platform named no time: it waits twice as long as the last time."""
        async with self._store.write() as connection:
            query = select(lanes.c.strikes).where(lanes.c.name == lane).with_for_update()
            strikes = (await connection.execute(query)).scalar() or 0
            until = now + pause_after(strikes)
            await _close(connection, lane, until, why, "")
            await connection.execute(update(lanes).where(lanes.c.name == lane).values(strikes=strikes + 1))
        return until

    async def eased(self, lane: str) -> None:
        """Something got through: the next wait is half as long."""
        async with self._store.write() as connection:
            easier = update(lanes).where(lanes.c.name == lane, lanes.c.strikes > 0)
            await connection.execute(easier.values(strikes=lanes.c.strikes - 1))

    async def closed(self, now: datetime) -> dict[str, datetime]:
        """Lanes that are closed now, and until when."""
        return {one.lane: one.until for one in await self.closures(now)}

    async def closures(self, now: datetime) -> tuple[Closure, ...]:
        """Lanes that are closed now, until when and why, by name."""
        query = select(lanes).where(lanes.c.closed_until > now).order_by(lanes.c.name)
        async with self._store.read() as connection:
            return tuple(Closure(row.name, row.closed_until, row.why) for row in await connection.execute(query))

    async def pause(self, channel: str, why: str, now: datetime, who: str = "dispatch") -> bool:
        """Stop a channel until somebody resumes it: what is planned is held, the desk is told once.

        False where it was paused already.
        """
        try:
            return await self._pause(channel, why, now, who)
        except Conflict:  # at the same moment, for another of its readers
            return False

    async def _pause(self, channel: str, why: str, now: datetime, who: str) -> bool:
        async with self._store.write() as connection:
            if (await connection.execute(select(pauses.c.channel).where(pauses.c.channel == channel))).first():
                return False
            await connection.execute(insert(pauses).values(channel=channel, why=why, at=now))
            await note(connection, [Decision(Verb.PAUSED, who, why, now, channel=channel)])
            which = [deliveries.c.channel == channel]
            held = f"{PAUSED}: {why}"
            await move(connection, which, [State.PLANNED], State.HELD, Verb.PAUSED, who, held, now, paused=True)
            await open_notice(connection, f"channel {channel}", f"{channel}: paused: {why}", now)
        return True

    async def resume(self, channel: str, who: str, now: datetime) -> int:
        """Open it again; how many deliveries that its pause had held are planned again."""
        async with self._store.write() as connection:
            await connection.execute(delete(pauses).where(pauses.c.channel == channel))
            await drop_notice(connection, f"channel {channel}", now)
            which = [deliveries.c.channel == channel, deliveries.c.paused.is_(True)]
            values = {"due_at": not_before(now)}
            moved = await move(
                connection,
                which,
                [State.HELD],
                State.PLANNED,
                Verb.RELEASED,
                who,
                "the channel is resumed",
                now,
                **values,
            )
            return len(moved)

    async def paused(self) -> dict[str, str]:
        """Paused channels and why."""
        async with self._store.read() as connection:
            return {row.channel: row.why for row in await connection.execute(select(pauses))}


async def _close(connection: AsyncConnection, lane: str, until: datetime, why: str, spares: str) -> None:
    there = (await connection.execute(select(lanes.c.closed_until).where(lanes.c.name == lane))).scalar()
    values = {"closed_until": until, "why": why, "spares": spares}
    if there is None:
        await connection.execute(insert(lanes).values(name=lane, **values))
    elif there < until:
        await connection.execute(update(lanes).where(lanes.c.name == lane).values(values))
