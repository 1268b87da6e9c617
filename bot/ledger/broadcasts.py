"""Broadcasts: begun once, signed by as many editors as it takes, and taken back from whoever has them."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from bot.errors import OrderError
from bot.ledger import fanout_steering
from bot.ledger.broadcast_tables import broadcasts
from bot.ledger.fanout_rows import NEEDS
from bot.ledger.moves import note
from bot.ledger.rows import editions, text_of
from bot.ledger.store import Store
from bot.ledger.subscriber_tables import fanouts, shared_editions
from bot.model.broadcast import Broadcast, Draft
from bot.model.decision import Decision, Verb
from bot.model.delivery import BREAKING
from bot.model.edition import Edition
from bot.model.subscriber import Fanned, Progress

VARIANT = "text post"
_LATELY = 20


class Broadcasts:
    """One row a message; what is on its way of it stands with the fan-outs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def begin(self, draft: Draft, made: Mapping[str, Edition], who: str, needed: int, now: datetime) -> Broadcast:
        """Write it down with its editions by carrier; it starts when enough editors have signed."""
        values: dict[str, Any] = {"text": draft.text, "language": draft.language, "topics": json.dumps(draft.topics)}
        values |= {"urgent": draft.urgent, "needed": needed, "signed": json.dumps([who]), "at": now}
        waits = needs(needed - 1) if needed > 1 else ""
        async with self._store.write() as connection:
            new = insert(broadcasts).values(**values, fanouts="[]").returning(broadcasts.c.id)
            number = (await connection.execute(new)).scalar_one()
            begun = []
            for carrier, edition in made.items():
                row = {
                    "kind": Fanned.BROADCAST.value,
                    "carrier": carrier,
                    "revision": 1,
                    "state": (Progress.STOPPED if waits else Progress.WAITING).value,
                    "withdrawn": False,
                    "cursor": 0,
                    "planned": 0,
                    "priority": BREAKING if draft.urgent else 0,
                    "due_at": now,
                    "title": edition.headline,
                    "who": who,
                    "why": waits,
                    "created_at": now,
                    "changed_at": now,
                }
                fanout = (await connection.execute(insert(fanouts).values(row).returning(fanouts.c.id))).scalar_one()
                words = {"fanout": fanout, "revision": 1, "variant": VARIANT, "edition": text_of(editions, edition)}
                await connection.execute(insert(shared_editions).values(words))
                begun.append(fanout)
            known = update(broadcasts).where(broadcasts.c.id == number).values(fanouts=json.dumps(begun))
            await connection.execute(known)
            said = f"broadcast {number} was written"
            await note(connection, [Decision(Verb.APPROVED, who, said, now, channel=one) for one in made])
            row_ = (await connection.execute(select(broadcasts).where(broadcasts.c.id == number))).one()
        return _broadcast_of(row_)

    async def get(self, number: int) -> Broadcast | None:
        """The one of that number."""
        async with self._store.read() as connection:
            row = (await connection.execute(select(broadcasts).where(broadcasts.c.id == number))).one_or_none()
        return _broadcast_of(row) if row else None

    async def lately(self) -> tuple[Broadcast, ...]:
        """The last of them, the newest first."""
        query = select(broadcasts).order_by(broadcasts.c.id.desc()).limit(_LATELY)
        async with self._store.read() as connection:
            return tuple(map(_broadcast_of, await connection.execute(query)))

    async def of_fanout(self, fanout: int) -> Broadcast | None:
        """The one that this is on the way of, however many were written since."""
        named = broadcasts.c.fanouts.contains(str(fanout))  # of 1 also 11: looked at again below
        query = select(broadcasts).where(named).order_by(broadcasts.c.id.desc())
        async with self._store.read() as connection:
            found = map(_broadcast_of, await connection.execute(query))
            return next((one for one in found if fanout in one.fanouts), None)

    async def sign(self, number: int, who: str, now: datetime) -> Broadcast:
        """One editor more; enough of them, and it starts. Raises OrderError where they cannot."""
        async with self._store.write() as connection:
            query = select(broadcasts).where(broadcasts.c.id == number).with_for_update()
            row = (await connection.execute(query)).one_or_none()
            if row is None:
                raise OrderError(f"there is no broadcast {number}")
            one = _broadcast_of(row)
            if who in one.signed:
                raise OrderError("you have signed it: it takes another editor" if one.missing else "it has been signed")
            if not one.missing:
                raise OrderError(f"approved already by {one.signed[-1]}")
            signed = update(broadcasts).where(broadcasts.c.id == number).values(signed=json.dumps([*one.signed, who]))
            await connection.execute(signed)
            left = one.missing - 1
            values: dict[str, Any] = {"why": needs(left), "changed_at": now}
            if not left:
                values = {"state": Progress.WAITING.value, "why": "", "due_at": now, "changed_at": now}
            mine = (fanouts.c.id.in_(one.fanouts), fanouts.c.why.startswith(NEEDS))
            begun = update(fanouts).where(*mine).values(values).returning(fanouts.c.carrier)
            carriers = list((await connection.execute(begun)).scalars())
            said = f"broadcast {number}"
            await note(connection, [Decision(Verb.APPROVED, who, said, now, channel=name) for name in carriers])
            row = (await connection.execute(select(broadcasts).where(broadcasts.c.id == number))).one()
        return _broadcast_of(row)

    async def withdraw(self, number: int, who: str, why: str, now: datetime) -> bool:
        """Cancel what waits and delete what is out, where the carrier can; False where it was done before."""
        async with self._store.write() as connection:
            row = (await connection.execute(select(broadcasts).where(broadcasts.c.id == number))).one_or_none()
            mine = [fanouts.c.id.in_(_broadcast_of(row).fanouts if row else ())]
            return bool(await fanout_steering.take_back(connection, mine, who, why, now))


def needs(editors: int) -> str:
    """Why it waits."""
    return f"{NEEDS} {'another editor' if editors == 1 else f'{editors} editors'}"


def _broadcast_of(row: Row[Any]) -> Broadcast:
    draft = Draft(row.text, row.language, tuple(json.loads(row.topics)), urgent=row.urgent)
    return Broadcast(row.id, draft, row.needed, tuple(json.loads(row.signed)), tuple(json.loads(row.fanouts)), row.at)
