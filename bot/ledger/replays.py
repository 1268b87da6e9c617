"""Replays: what a subscriber's machine was told lately, to be told once more under the same ids.

That one was asked for, and how far it is, stands among what the subscriber's channel has begun: it survives a crash,
and goes with the subscriber.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import exists, or_, select

from bot.ledger.begun import begun, forget, write
from bot.ledger.membership import theirs
from bot.ledger.store import Store
from bot.ledger.tables import deliveries, receipts
from bot.model.delivery import Act, State
from bot.model.subscriber import carrier_of, subscriber_of

_KEY = "replay"
_later = deliveries.alias("later")


@dataclass(frozen=True, slots=True)
class Replay:
    """One subscriber's; `after` is the last delivery that was told again."""

    channel: str
    since: datetime
    asked_at: datetime
    after: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """What was sent for one delivery, byte for byte, and under which id."""

    delivery: int
    key: str
    body: str


class Replays:
    """One a subscriber at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def ask(self, channel: str, since: datetime, now: datetime) -> bool:
        """Tell everything since then once more; False where a replay is under way."""
        async with self._store.write() as connection:
            mine = select(begun.c.at).where(begun.c.channel == channel, begun.c.key == _KEY)
            if (await connection.execute(mine)).first() is not None:
                return False
            await write(connection, channel, _KEY, _value(Replay(channel, since, now)), now)
        return True

    async def waiting(self, limit: int = 20) -> tuple[Replay, ...]:
        """Those under way; who was served longest ago comes first."""
        query = select(begun).where(begun.c.key == _KEY).order_by(begun.c.at, begun.c.channel).limit(limit)
        async with self._store.read() as connection:
            return tuple(_replay(row.channel, row.value) for row in await connection.execute(query))

    async def events(self, one: Replay, limit: int) -> Sequence[Event]:
        """The next of them in their order; of what was taken back meanwhile, only that it was."""
        carrier, number = carrier_of(one.channel), subscriber_of(one.channel)
        taken_back = exists().where(
            _later.c.story == deliveries.c.story,
            _later.c.channel == deliveries.c.channel,
            _later.c.act == Act.DELETE.value,
            _later.c.state == State.SENT.value,
        )
        async with self._store.read() as connection:
            query = (
                select(deliveries.c.id, deliveries.c.key, receipts.c.sent)
                .join(receipts, receipts.c.delivery == deliveries.c.id)
                .where(
                    *theirs(connection, carrier, number or 0),
                    deliveries.c.id > one.after,
                    deliveries.c.state == State.SENT.value,
                    receipts.c.at >= one.since,
                    receipts.c.sent.startswith("{"),
                    or_(deliveries.c.act == Act.DELETE.value, ~taken_back),
                )
                .order_by(deliveries.c.id)
                .limit(limit)
            )
            return tuple(Event(row.id, row.key, row.sent) for row in await connection.execute(query))

    async def told(self, one: Replay, delivery: int, now: datetime) -> Replay:
        """It is told as far as that."""
        further = replace(one, after=delivery)
        async with self._store.write() as connection:
            await write(connection, one.channel, _KEY, _value(further), now)
        return further

    async def done(self, one: Replay) -> None:
        """Nothing is left of it, or nobody is there."""
        async with self._store.write() as connection:
            await forget(connection, one.channel, _KEY)


def _value(one: Replay) -> str:
    return f"{one.since.isoformat()} {one.asked_at.isoformat()} {one.after}"


def _replay(channel: str, value: str) -> Replay:
    since, asked_at, after = value.split(" ")
    return Replay(channel, datetime.fromisoformat(since), datetime.fromisoformat(asked_at), int(after))
