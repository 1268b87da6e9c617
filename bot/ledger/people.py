"""People: who has been let in to the desk, by which invitation, and who has been sent away."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from bot.ledger.desk_tables import invitations, people
from bot.ledger.moves import note
from bot.ledger.store import Conflict, Store
from bot.model.decision import Decision, Verb
from bot.model.desk import Invitation, Person, Role


class People:
    """Everybody of the desk who does not stand in the settings; each change is a decision."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def get(self, number: int) -> Person | None:
        """Who has this Telegram number."""
        async with self._store.read() as connection:
            row = (await connection.execute(select(people).where(people.c.number == number))).one_or_none()
        return _person_of(row) if row else None

    async def all(self) -> tuple[Person, ...]:
        """Everybody, longest with us first."""
        async with self._store.read() as connection:
            rows = await connection.execute(select(people).order_by(people.c.since, people.c.number))
            return tuple(map(_person_of, rows))

    async def invite(self, invitation: Invitation, now: datetime) -> None:
        """Keep it for whoever opens its link first; invitations that ran out are thrown away."""
        values = {
            "word": _hashed(invitation.word),
            "role": invitation.role.value,
            "sections": _lines(invitation.sections),
            "channels": _lines(invitation.channels),
            "by": invitation.by,
            "until": invitation.until,
        }
        async with self._store.write() as connection:
            await connection.execute(delete(invitations).where(invitations.c.until <= now))
            await connection.execute(insert(invitations).values(values))
            await note(connection, [Decision(Verb.INVITED, invitation.by, invitation.role.value, now)])

    async def accept(
        self, word: str, number: int, name: str, now: datetime, *, language: str | None = None
    ) -> Person | None:
        """Use an invitation up; None where it has run out, was used or never was, or does not raise who came."""
        mine = (invitations.c.word == _hashed(word), invitations.c.until > now)
        try:
            async with self._store.write() as connection:
                row = (await connection.execute(select(invitations).where(*mine))).one_or_none()
                if row is None:
                    return None
                there = (await connection.execute(select(people).where(people.c.number == number))).one_or_none()
                if there is not None and Role(there.role).rank >= Role(row.role).rank:
                    return None
                if not (await connection.execute(delete(invitations).where(*mine))).rowcount:
                    return None
                values = {"role": row.role, "sections": row.sections, "channels": row.channels}
                if there is None:
                    new = {"number": number, "name": name, "language": language, "since": now, **values}
                    await connection.execute(insert(people).values(new))
                else:
                    await connection.execute(update(people).where(people.c.number == number).values(values))
                why = f"{row.role}, invited by {row.by}"
                await note(connection, [Decision(Verb.ADMITTED, name, why, now)])
                found = select(people).where(people.c.number == number)
                return _person_of((await connection.execute(found)).one())
        except Conflict:
            return None

    async def remove(self, number: int, who: str, now: datetime) -> Person | None:
        """Send somebody away; None where they are not known."""
        mine = people.c.number == number
        async with self._store.write() as connection:
            row = (await connection.execute(select(people).where(mine).with_for_update())).one_or_none()
            if row is None:
                return None
            await connection.execute(delete(people).where(mine))
            await note(connection, [Decision(Verb.REMOVED, who, f"{row.name} ({row.role})", now)])
        return _person_of(row)

    async def speak(self, number: int, language: str) -> bool:
        """Remember in which language somebody wants to be answered; False where they are not known."""
        change = update(people).where(people.c.number == number).values(language=language)
        async with self._store.write() as connection:
            return bool((await connection.execute(change)).rowcount)


def _hashed(word: str) -> str:
    return sha256(word.encode()).hexdigest()


def _lines(names: Sequence[str]) -> str:
    return "\n".join(names)


def _person_of(row: Row[Any]) -> Person:
    sections, channels = tuple(row.sections.splitlines()), tuple(row.channels.splitlines())
    return Person(row.number, row.name, Role(row.role), row.language, sections, channels)
