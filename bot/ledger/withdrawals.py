"""Withdrawals: a story is taken back everywhere, and a list says what came of it on each channel."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger import fanout_steering, pins, standing, threads
from bot.ledger.digests import telling
from bot.ledger.history import open_notice
from bot.ledger.moves import move, note
from bot.ledger.rows import delivery_of, editions, select_deliveries, text_of
from bot.ledger.store import Store
from bot.ledger.tables import deliveries, stories
from bot.model.decision import Decision, Verb
from bot.model.delivery import FIRST, Act, Delivery, Receipt, State
from bot.model.ledger import Fate, Withdrawn

BY_HAND = "by hand: "
"""How the receipt of a deletion begins that a person made, before their name."""
_OUT = (State.SENDING, State.SENT, State.UNCERTAIN)


class Withdrawals:
    """Taking back."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def withdraw(
        self, story: int, able: Collection[str], who: str, why: str, now: datetime, *, reprints: bool = False
    ) -> tuple[Withdrawn, ...]:
        """Cancel what waits, plan the deletion of what is out, and hold whatever comes of the story later.

        `able` are the channels that can delete; with `reprints` every story of its cluster is taken back too. One
        transaction; a second call plans nothing twice and tells how things stand now. What stays out is said to the
        desk.
        """
        async with self._store.write() as connection:
            others = (await connection.execute(standing.kin(story).order_by(stories.c.id))).scalars().all()
            taken = [story, *(one for one in others if one != story)] if reprints else [story]
            return tuple([line for one in taken for line in await _withdraw(connection, one, able, who, why, now)])

    async def by_hand(self, story: int, channel: str, who: str, now: datetime) -> bool:
        """Somebody took down what this platform does not delete; False where it is down, or being taken down."""
        async with self._store.write() as connection:
            await connection.execute(select(stories.c.id).where(stories.c.id == story).with_for_update())
            rows = [row for row in await _rows(connection, story) if row.channel == channel]
            if not any(row.state in _OUT for row in rows if row.act is not Act.DELETE):
                return False
            last, mine = rows[-1], [deliveries.c.id == rows[-1].id]
            if last.act is Act.DELETE:
                stuck = [State.FAILED, State.UNCERTAIN]
                if not await move(connection, mine, stuck, State.SENT, Verb.WITHDRAWN, who, "by hand", now):
                    return False
                number = last.id
            else:
                row = {**_deletion(last, now), "state": State.SENT.value, "reason": "by hand"}
                made = insert(deliveries).values(row).returning(deliveries.c.id)
                number = (await connection.execute(made)).scalar_one()
                told = Decision(Verb.WITHDRAWN, who, "by hand", now, story, last.revision, channel)
                await note(connection, [told])
            await threads.keep(connection, number, 0, Receipt("", now, sent=f"{BY_HAND}{who}"))
        return True


async def _withdraw(
    connection: AsyncConnection, story: int, able: Collection[str], who: str, why: str, now: datetime
) -> list[Withdrawn]:
    why_held = f"withdrawn: {why}"
    mark = update(stories).where(stories.c.id == story).values(held=why_held, fresh=False, changed_at=now)
    await connection.execute(mark)
    await pins.end(connection, story, who, why_held, now)
    mine = [deliveries.c.story == story, deliveries.c.act != Act.DELETE.value]
    # What may have come out is seen through under its key: that brings the number by which it is deleted.
    await threads.take_back(connection, [*mine, ~threads.doubtful()], Verb.WITHDRAWN, who, why, now)
    await move(connection, mine, [State.HELD], State.PLANNED, Verb.WITHDRAWN, who, why, now)
    # What is left to wait is in doubt, and the deletion waits behind it: it is tried at once.
    doubted = [*mine, deliveries.c.state == State.PLANNED.value, deliveries.c.due_at > now]
    await connection.execute(update(deliveries).where(*doubted).values(due_at=now))
    rows = await _rows(connection, story)
    told = [
        await _channel(connection, [row for row in rows if row.channel == channel], channel in able, now)
        for channel in dict.fromkeys(row.channel for row in rows)
    ]
    carried = await fanout_steering.withdraw(connection, story, able, why, now)
    told += [one for one in carried if one.fate is not Fate.CANCELLED]
    await note(connection, [Decision(Verb.WITHDRAWN, who, why, now, story)])
    stays = [one.channel for one in told if one.fate is Fate.STAYS]
    if stays:
        headline = rows[-1].edition.headline if rows else ""
        text = f"#{story} {headline}: withdrawn, but it stays out on {', '.join(stays)}"
        await open_notice(connection, f"story {story} withdrawn", text, now)
    for digest, places in (await telling(connection, story)).items():
        out = [channel for channel, state in places if state in _OUT]
        waits = [channel for channel, state in places if state not in _OUT]
        said = [f"out on {', '.join(out)}"] if out else []
        said += [f"still going to {', '.join(waits)}"] if waits else []
        text = (
            f"#{story} {rows[-1].edition.headline if rows else ''}: stands in the digest #{digest}, {'; '.join(said)}"
        )
        await open_notice(connection, f"story {story} digest {digest}", text, now)
    return told


async def _channel(connection: AsyncConnection, rows: Sequence[Delivery], able: bool, now: datetime) -> Withdrawn:
    last = rows[-1]
    permalink = next((row.receipt.permalink for row in reversed(rows) if row.receipt), None)
    if last.act is Act.DELETE:
        return Withdrawn(last.channel, Fate.DELETING, permalink, last.story)
    if not any(row.state in _OUT or row.doubtful for row in rows):
        return Withdrawn(last.channel, Fate.CANCELLED, story=last.story)
    if not able:
        return Withdrawn(last.channel, Fate.STAYS, permalink, last.story)
    await connection.execute(insert(deliveries).values(_deletion(last, now)))
    return Withdrawn(last.channel, Fate.DELETING, permalink, last.story)


def _deletion(last: Delivery, now: datetime) -> dict[str, object]:
    return {
        "story": last.story,
        "revision": last.revision,
        "channel": last.channel,
        "act": Act.DELETE.value,
        "lane": last.lane,
        "state": State.PLANNED.value,
        "priority": FIRST,
        "due_at": now,
        "key": uuid4().hex,
        "edition": text_of(editions, last.edition),
        "attempts": 0,
        "reason": "withdrawn",
        "paused": False,
        "released": True,
        "created_at": now,
        "changed_at": now,
    }


async def _rows(connection: AsyncConnection, story: int) -> tuple[Delivery, ...]:
    query = select_deliveries().add_columns(threads.doubtful().label("doubtful"))
    query = query.where(deliveries.c.story == story).order_by(deliveries.c.id)
    return tuple(map(delivery_of, await connection.execute(query)))
