"""Batches: subscribers by the hundred, for digests, confirmations, exports and the desk's figures."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, not_, or_, select, update

from bot.ledger.marks import Marks, marks_of
from bot.ledger.membership import HERE
from bot.ledger.sealing import Keys
from bot.ledger.store import Store
from bot.ledger.subscriber_rows import choices_of, subscriber_of
from bot.ledger.subscriber_tables import carrier_days, subscriber_keys, subscribers
from bot.model.membership import CarrierDay, Standing, Topical
from bot.model.subscriber import Address, Membership, Subscriber
from bot.rules.addresses import tidy

AGAIN, MOST = timedelta(minutes=10), 3
"""A confirmation is repeated so seldom, and so many times on a day (UTC), whoever asks for it."""
_CHUNK = 500
_ACTIVE = subscribers.c.state == Membership.ACTIVE.value


class Batches:
    """Reads many at once; opens no address unless it is asked for one."""

    def __init__(self, store: Store, keys: str) -> None:
        """`keys` as in the settings. Raises SettingsError where one is none."""
        self._store, self._keys = store, Keys(keys, "subscribers.key")
        self._known: Marks | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}(***)"

    async def addresses(self, carrier: str, after: int, limit: int) -> tuple[tuple[Subscriber, Address], ...]:
        """The next so many whose address is kept, with it: for an export, and for nothing else."""
        query = select(subscribers).where(subscribers.c.carrier == carrier, subscribers.c.sealed.is_not(None))
        async with self._store.read() as connection:
            found = await connection.execute(
                query.where(subscribers.c.id > after).order_by(subscribers.c.id).limit(limit)
            )
            return tuple((subscriber_of(row), self._opened(row)) for row in found)

    async def untold(
        self, now: datetime, limit: int = 100, carriers: Sequence[str] | None = None
    ) -> tuple[Subscriber, ...]:
        """To whom a letter with their link is due, longest first; say `told` before sending it.

        Who has ASKED gets the confirmation, who is a reader already the way to their own page.
        """
        query = select(subscribers).where(*_due(now)).order_by(subscribers.c.asked_at, subscribers.c.id).limit(limit)
        if carriers is not None:
            query = query.where(subscribers.c.carrier.in_(carriers))
        async with self._store.read() as connection:
            return tuple(map(subscriber_of, await connection.execute(query)))

    async def told(self, number: int, now: datetime) -> bool:
        """Whether it is on us to send it: False where another worker does, or they have confirmed or gone.

        A confirmation that nobody says to be `handed` over is due again after a while: a worker may have died over it.
        """
        today, asked = now.date().isoformat(), subscribers.c.state == Membership.ASKED.value
        sent = case((subscribers.c.day == today, subscribers.c.sent + 1), else_=1)
        values = {
            "told_at": now,
            "asked_at": case((asked, subscribers.c.asked_at), else_=None),
            "day": case((asked, today), else_=subscribers.c.day),
            "sent": case((asked, sent), else_=subscribers.c.sent),
        }
        async with self._store.write() as connection:
            change = update(subscribers).where(subscribers.c.id == number, *_due(now)).values(values)
            return bool((await connection.execute(change)).rowcount)

    async def handed(self, number: int) -> None:
        """The letter is with the server, or can never be."""
        async with self._store.write() as connection:
            await connection.execute(update(subscribers).where(subscribers.c.id == number).values(asked_at=None))

    async def put_off(self, number: int, again: datetime) -> None:
        """The confirmation surely was not sent, and this try does not count: it is due again then."""
        mine = (subscribers.c.id == number, subscribers.c.sent > 0, subscribers.c.state == Membership.ASKED.value)
        values = {"told_at": again - AGAIN, "sent": subscribers.c.sent - 1}
        async with self._store.write() as connection:
            await connection.execute(update(subscribers).where(*mine).values(values))

    async def counts(self) -> tuple[Standing, ...]:
        """How many there are, by carrier and state."""
        columns = (subscribers.c.carrier, subscribers.c.state)
        query = select(*columns, func.count().label("many")).group_by(*columns).order_by(*columns)
        async with self._store.read() as connection:
            rows = await connection.execute(query)
            return tuple(Standing(row.carrier, Membership(row.state), row.many) for row in rows)

    async def topics(self) -> tuple[Topical, ...]:
        """What those who get posts have chosen, the most wanted first; who has chosen none gets all."""
        query = select(subscribers.c.carrier, subscribers.c.choices, func.count().label("many")).where(_ACTIVE)
        many: Counter[tuple[str, str]] = Counter()
        async with self._store.read() as connection:
            for row in await connection.execute(query.group_by(subscribers.c.carrier, subscribers.c.choices)):
                for topic in choices_of(row.choices).topics:
                    many[row.carrier, topic] += row.many
        order = sorted(many.items(), key=lambda one: (one[0][0], -one[1], one[0][1]))
        return tuple(Topical(carrier, topic, count) for (carrier, topic), count in order)

    async def days(self, since: date) -> tuple[CarrierDay, ...]:
        """The figures of that day (UTC) and later, oldest first."""
        query = select(carrier_days).where(carrier_days.c.day >= since.isoformat())
        async with self._store.read() as connection:
            rows = await connection.execute(query.order_by(carrier_days.c.day, carrier_days.c.carrier))
            return tuple(
                CarrierDay(
                    date.fromisoformat(row.day), row.carrier, row.joined, row.left, row.lost, row.sent, row.failed
                )
                for row in rows
            )

    async def reseal(self) -> int:
        """Put under the first key whatever a former one sealed, so that this may go; how many."""
        after, done = 0, await self._reseal_marks()
        while True:
            async with self._store.write() as connection:
                query = select(subscribers.c.id, subscribers.c.sealed)
                query = query.where(subscribers.c.id > after, subscribers.c.sealed.is_not(None))
                found = await connection.execute(query.order_by(subscribers.c.id).limit(_CHUNK).with_for_update())
                rows = found.all()
                for row in rows:
                    if (sealed := self._keys.anew(row.sealed)) is not None:
                        mine = update(subscribers).where(subscribers.c.id == row.id)
                        await connection.execute(mine.values(sealed=sealed))
                        done += 1
            if len(rows) < _CHUNK:
                return done
            after = rows[-1].id

    async def openable(self) -> tuple[int, int]:
        """How many addresses the keys open, and how many there are. Raises SettingsError where marks cannot be made."""
        await self._marks()
        after, opened, there = 0, 0, 0
        while True:
            query = select(subscribers.c.id, subscribers.c.sealed)
            query = query.where(subscribers.c.id > after, subscribers.c.sealed.is_not(None))
            async with self._store.read() as connection:
                rows = (await connection.execute(query.order_by(subscribers.c.id).limit(_CHUNK))).all()
            there += len(rows)
            opened += sum(self._keys.opens(row.sealed) for row in rows)
            if len(rows) < _CHUNK:
                return opened, there
            after = rows[-1].id

    async def _reseal_marks(self) -> int:
        async with self._store.write() as connection:
            done = 0
            for row in (await connection.execute(select(subscriber_keys).with_for_update())).all():
                if (sealed := self._keys.anew(row.sealed)) is not None:
                    mine = update(subscriber_keys).where(subscriber_keys.c.name == row.name)
                    await connection.execute(mine.values(sealed=sealed))
                    done += 1
        return done

    async def _marks(self) -> Marks:
        if self._known is None:
            self._known = await marks_of(self._store, self._keys)
        return self._known

    async def _row(self, *which: ColumnElement[bool]) -> Row[Any] | None:
        async with self._store.read() as connection:
            return (await connection.execute(select(subscribers).where(*which))).one_or_none()

    def _sealed(self, address: Address) -> bytes:
        return self._keys.seal(json.dumps([tidy(address.to), *address.secrets]).encode())

    def _opened(self, row: Row[Any]) -> Address:
        whose = f"the address of subscriber {row.id}: write the former key behind it"
        to, *secrets = json.loads(self._keys.open(row.sealed, whose))
        return Address(to, tuple(secrets))


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    asked = subscribers.c.state == Membership.ASKED.value
    enough = asked & (subscribers.c.day == now.date().isoformat()) & (subscribers.c.sent >= MOST)
    return (
        subscribers.c.asked_at <= now,
        subscribers.c.state.in_([Membership.ASKED.value, *HERE]),
        or_(not_(asked), subscribers.c.told_at.is_(None), subscribers.c.told_at <= now - AGAIN),
        not_(enough),
    )
