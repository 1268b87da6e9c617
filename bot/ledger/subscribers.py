"""Subscribers: who reads where, as they chose; each change is theirs, proved, and one transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update

from bot.errors import OrderError
from bot.ledger.batches import AGAIN, MOST
from bot.ledger.erasing import Erasing
from bot.ledger.membership import ERASED, banned, become, change, row_of, sound
from bot.ledger.store import Conflict
from bot.ledger.subscriber_rows import consent_text, reading_of, subscriber_of, wishes
from bot.ledger.subscriber_tables import subscribers
from bot.model.subscriber import (
    Address,
    Addressee,
    Choices,
    Consent,
    Membership,
    Reading,
    Subscriber,
    Timing,
    channel_of,
)
from bot.rules.rhythm import turned

REMIND = timedelta(hours=8)
"""Who is a reader already gets the way to their own page so seldom, whoever asks for it."""
_FORMER = 40
"""So many generations a link may be behind and is known as a former one."""
_NOT_TAKEN = "this cannot be done"  # whoever is banned learns nothing of it
_GOES_ON = (Membership.ACTIVE, Membership.PAUSED)


class Subscribers(Erasing):
    """One row a carrier and address; the rest of the verbs stand in the rooms below this one."""

    async def ask(
        self,
        carrier: str,
        address: Address,
        choices: Choices,
        timing: Timing,
        reading: Reading,
        consent: Consent,
        now: datetime,
        *,
        proved: bool = False,
    ) -> Subscriber:
        """Somebody wants to subscribe; ASKED until they confirm, unless the door has `proved` that it is they who ask.

        Who is here already stays as they are, and gets the way to their page; who was lost comes back with their own
        choices. Raises OrderError where it cannot be done, and says no more than that of who is banned.
        """
        marks = await self._marks()
        mark, wanted = marks.of(carrier, address.to), {**wishes(choices, sound(timing), reading)}
        wanted |= {"sealed": self._sealed(address), "consent": consent_text(consent)}
        for last in (False, True):
            try:
                return await self._ask(carrier, mark, wanted, consent.how, now, proved=proved)
            except Conflict:  # they asked twice at once: the other made the row
                if last:
                    raise
        raise AssertionError(carrier)

    async def _ask(
        self, carrier: str, mark: str, wanted: dict[str, Any], how: str, now: datetime, *, proved: bool
    ) -> Subscriber:
        async with self._store.write() as connection:
            if await banned(connection, carrier, mark):
                raise OrderError(_NOT_TAKEN)
            row = await row_of(connection, subscribers.c.carrier == carrier, subscribers.c.mark == mark)
            if row is None:
                new = {**ERASED, **wanted, "carrier": carrier, "mark": mark, "generation": 1, "told_at": None}
                new |= {"state": Membership.ASKED.value, "why": how, "since": now, "changed_at": now}
                number = (
                    await connection.execute(insert(subscribers).values(new).returning(subscribers.c.id))
                ).scalar()
                row = await row_of(connection, subscribers.c.id == number)
                if row is None:
                    raise OrderError(_NOT_TAKEN)
            state = Membership(row.state)
            if state is Membership.BANNED:
                raise OrderError(_NOT_TAKEN)
            if state in _GOES_ON:
                if not proved and (row.told_at is None or now - row.told_at >= REMIND):
                    await change(connection, row.id, asked_at=now)
                return subscriber_of(row)
            if state is Membership.LOST:
                wanted = {"sealed": wanted["sealed"]}
            if state is Membership.LEFT:
                wanted = {**wanted, "generation": row.generation + 1}  # links of former days do not confirm it
            if proved:
                row = await become(connection, row, Membership.ACTIVE, how, now, **{**wanted, "since": now})
            else:
                tells = state is Membership.LEFT or _may_tell(row, now)  # a former letter leads nowhere by now
                kept = {**wanted, "since": now, "asked_at": now if tells else row.asked_at}
                row = await become(connection, row, Membership.ASKED, how, now, **kept)
            return subscriber_of(row)

    async def confirm(self, number: int, word: str, now: datetime) -> Subscriber | None:
        """They followed their link; None where the word is not theirs. Who is here already stays as they are."""
        marks = await self._marks()
        async with self._store.write() as connection:
            row = await row_of(connection, subscribers.c.id == number)
            if not marks.knows(word, number, row.generation if row else 0) or row is None:
                return None
            if row.state == Membership.ASKED.value:
                asked = subscriber_of(row)
                how = asked.consent.how if asked.consent else "asked"
                proof = Consent(f"{how} at {asked.since:%Y-%m-%d %H:%M} UTC, confirmed by the link sent to them", now)
                mine = {"since": now, "consent": consent_text(proof), "day": "", "sent": 0}
                row = await become(connection, row, Membership.ACTIVE, "confirmed", now, **mine)
        return subscriber_of(row)

    async def get(self, number: int) -> Subscriber | None:
        """The one of that number."""
        row = await self._row(subscribers.c.id == number)
        return subscriber_of(row) if row else None

    async def found(self, carrier: str, to: str) -> Subscriber | None:
        """The one of that address; also one that has left or is banned."""
        mark = (await self._marks()).of(carrier, to)
        row = await self._row(subscribers.c.carrier == carrier, subscribers.c.mark == mark)
        return subscriber_of(row) if row else None

    async def barred(self, carrier: str, to: str) -> bool:
        """Whether this address is banned; for whoever runs the house, and for no public door."""
        mark = (await self._marks()).of(carrier, to)
        async with self._store.read() as connection:
            return await banned(connection, carrier, mark)

    async def keep(self, one: Subscriber, now: datetime) -> Subscriber | None:
        """Keep choices, timing and reading as they are in `one`; None where there is nobody to keep them of.

        Raises OrderError for a zone that is none.
        """
        wanted = wishes(one.choices, sound(one.timing), one.reading)
        async with self._store.write() as connection:
            row = await row_of(connection, subscribers.c.id == one.id, subscribers.c.sealed.is_not(None))
            if row is None:
                return None
            if row.state == Membership.ACTIVE.value and wanted["timing"] != row.timing:
                at, since = turned(one.timing, row.digest_at, row.digest_since, now)
                wanted |= {"digest_at": at, "digest_since": since}
            return subscriber_of(await change(connection, one.id, changed_at=now, **wanted))

    async def pause(self, number: int, why: str, now: datetime) -> Subscriber | None:
        """Nothing comes until they go on; None where they were not getting anything."""
        return await self._become(number, [Membership.ACTIVE], Membership.PAUSED, why, now)

    async def resume(self, number: int, why: str, now: datetime) -> Subscriber | None:
        """They go on; what came meanwhile is not told. None where they had not paused."""
        return await self._become(number, [Membership.PAUSED], Membership.ACTIVE, why, now)

    async def leave(self, number: int, why: str, now: datetime) -> Subscriber | None:
        """They go: a mark stays, so that no import brings them back; None where there was nobody to go."""
        states = [Membership.ASKED, *_GOES_ON, Membership.LOST]
        return await self._become(number, states, Membership.LEFT, why, now, **ERASED)

    async def lost(self, number: int, why: str, now: datetime) -> Subscriber | None:
        """Nobody is there any more, says the platform; None where they were not reached anyway."""
        return await self._become(number, [*_GOES_ON], Membership.LOST, why, now, failing_since=now)

    async def reached(self, number: int, now: datetime) -> None:
        """Something arrived, says the platform; that a mail server took a mail does not say so."""
        failing = (subscribers.c.id == number, subscribers.c.failures > 0, subscribers.c.state.in_(_GOES_ON))
        async with self._store.read() as connection:
            if (await connection.execute(select(subscribers.c.id).where(*failing))).first() is None:
                return
        async with self._store.write() as connection:
            await connection.execute(
                update(subscribers).where(*failing).values(changed_at=now, failures=0, failing_since=None)
            )

    async def moved(self, number: int, address: Address, now: datetime) -> Subscriber | None:
        """They are reached elsewhere, or with other secrets, from now on; links to a former place are dead.

        Where somebody of that address is here already, that is who they are, and who stays; None for nobody.
        """
        marks, sealed = await self._marks(), self._sealed(address)
        async with self._store.write() as connection:
            row = await row_of(connection, subscribers.c.id == number, subscribers.c.sealed.is_not(None))
            if row is None:
                return None
            mark = marks.of(row.carrier, address.to)
            if mark == row.mark:
                return subscriber_of(await change(connection, number, sealed=sealed, changed_at=now))
            there = await row_of(connection, subscribers.c.carrier == row.carrier, subscribers.c.mark == mark)
            if await banned(connection, row.carrier, mark):
                await self._erase(connection, [row], now)
                return None
            if there is not None and Membership(there.state) in _GOES_ON:
                await self._erase(connection, [row], now)
                return subscriber_of(there)
            if there is not None:
                await self._erase(connection, [there], now)
            values = {"mark": mark, "sealed": sealed, "generation": row.generation + 1, "changed_at": now}
            return subscriber_of(await change(connection, number, **values))

    async def opened(self, number: int) -> Address | None:
        """Their address, in the clear; None once they have left. Raises SettingsError where no key opens it."""
        row = await self._row(subscribers.c.id == number)
        return self._opened(row) if row and row.sealed else None

    async def addressee(
        self, number: int, links: str | None, states: Collection[Membership] = tuple(Membership)
    ) -> Addressee | None:
        """What a carrier needs to write to them, if they are in one of these states.

        `links` is the address under which the world reaches our pages.
        """
        found = await self.addressees([number], links, states)
        return found[0] if found else None

    async def addressees(
        self, numbers: Sequence[int], links: str | None, states: Collection[Membership] = tuple(Membership)
    ) -> tuple[Addressee, ...]:
        """Those of them whose address is kept, in the order of their numbers."""
        marks = await self._marks()
        query = select(subscribers).where(subscribers.c.id.in_(numbers), subscribers.c.sealed.is_not(None))
        query = query.where(subscribers.c.state.in_([state.value for state in states]))
        async with self._store.read() as connection:
            rows = (await connection.execute(query.order_by(subscribers.c.id))).all()
        found = []
        for row in rows:
            reading = reading_of(row.reading)
            mine = f"{links.rstrip('/')}/s/{row.id}.{marks.word(row.id, row.generation)}" if links else None
            channel, leave = channel_of(row.carrier, row.id), f"{mine}/leave" if mine else None
            found.append(Addressee(channel, self._opened(row), reading.language, reading.size, leave, mine))
        return tuple(found)

    async def word(self, number: int, generation: int) -> str:
        """What proves in a link that it is theirs."""
        return (await self._marks()).word(number, generation)

    async def link(self, number: int) -> str | None:
        """What stands behind /s/ in their links: "17.WORD"; None for nobody."""
        row = await self._row(subscribers.c.id == number)
        return f"{number}.{await self.word(number, row.generation)}" if row else None

    async def checked(self, link: str) -> Subscriber | None:
        """Whose link "17.WORD" is; None alike for a wrong word, a dead one, and nobody."""
        number, word = _parted(link)
        marks, row = await self._marks(), await self._row(subscribers.c.id == number)
        ours = marks.knows(word, number, row.generation if row else 0)
        return subscriber_of(row) if ours and row else None

    async def stale(self, link: str) -> bool:
        """Whether it was somebody's once: of a former generation, or of who is forgotten."""
        number, word = _parted(link)
        marks = await self._marks()
        return number > 0 and sum(marks.knows(word, number, former) for former in range(1, _FORMER)) > 0

    async def _become(
        self, number: int, states: Sequence[Membership], to: Membership, why: str, now: datetime, **values: Any
    ) -> Subscriber | None:
        async with self._store.write() as connection:
            row = await row_of(connection, subscribers.c.id == number, subscribers.c.state.in_(states))
            return subscriber_of(await become(connection, row, to, why, now, **values)) if row else None


def _may_tell(row: Row[Any], now: datetime) -> bool:
    """Whether another confirmation may be sent to them: nobody is to be pestered by who types their address."""
    today = row.day == now.date().isoformat()
    return (row.told_at is None or now - row.told_at >= AGAIN) and not (today and row.sent >= MOST)


def _parted(link: str) -> tuple[int, str]:
    digits, _, word = link.partition(".")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0, word
