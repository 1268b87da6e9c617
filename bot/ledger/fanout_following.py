"""What subscribers have of a fan-out follows its story: new words, edits, corrections, deletions, cancelling."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger import threads
from bot.ledger.fanout_rows import write_down
from bot.ledger.tables import deliveries, receipts
from bot.model.delivery import Act, State
from bot.model.subscriber import Fanout, Has, Wanting, channel_of, subscriber_of
from bot.rules.fanning import Stands, Step, step
from bot.rules.follow import OUT

_WAITING = [State.PLANNED.value, State.HELD.value]


async def have(connection: AsyncConnection, fanout: Fanout, readers: Sequence[int]) -> frozenset[int]:
    """Who of them has a delivery of it already."""
    channels = [channel_of(fanout.carrier, reader) for reader in readers]
    query = select(deliveries.c.channel).where(deliveries.c.story == fanout.number, deliveries.c.channel.in_(channels))
    found = map(subscriber_of, (await connection.execute(query.distinct())).scalars())
    return frozenset(one for one in found if one is not None)


async def follow(connection: AsyncConnection, fanout: Fanout, lane: str, has: Sequence[Has], now: datetime) -> None:
    """The new revision for whoever has an older one."""
    if not has:
        return
    by_channel = {channel_of(fanout.carrier, one.reader): one for one in has}
    query = _stands(fanout).where(deliveries.c.channel.in_(by_channel))
    renewed: dict[int, list[int]] = defaultdict(list)
    edits, corrections = [], []
    for channel, rows in (await _by_channel(connection, query)).items():
        one, (what, delivery) = by_channel[channel], step(rows, fanout.revision)
        if what is Step.RENEW:
            act = next(row.act for row in rows if row.id == delivery)
            corrected = len(rows) > 1 and act is Act.POST
            shared = one.edit if act is Act.EDIT else one.correction if corrected else one.post
            renewed[shared or one.post].append(delivery)
        elif what is Step.FOLLOW and one.edit is not None:
            edits.append(Wanting(one.reader, now, one.edit, "what is out follows the story"))
        elif what is Step.FOLLOW and one.correction is not None:
            corrections.append(Wanting(one.reader, now, one.correction, "a correction of what is out"))
    for shared, numbers in renewed.items():
        values = {"revision": fanout.revision, "shared": shared, "lane": lane, "changed_at": now}
        await connection.execute(update(deliveries).where(deliveries.c.id.in_(numbers)).values(values))
    await write_down(connection, fanout, lane, Act.EDIT, edits, now)
    await write_down(connection, fanout, lane, Act.POST, corrections, now)


async def take_back(
    connection: AsyncConnection, fanout: Fanout, limit: int, now: datetime, *, able: bool
) -> int | None:
    """Of a withdrawn story: cancel the next that wait, delete the next that are out; where the cursor is then."""
    mine = (deliveries.c.id > fanout.cursor, deliveries.c.act != Act.DELETE.value)
    rows = (await connection.execute(_stands(fanout).where(*mine).limit(limit))).all()
    if not rows:
        return None
    found = list(map(_read, rows))
    await _cancel(connection, [row.id for row in found if row.waits], f"withdrawn: {fanout.why}".rstrip(": "), now)
    out = {row.channel: row for row, one in zip(rows, found, strict=True) if not one.waits and _is_out(one)}
    if able and out:
        there = select(deliveries.c.channel).where(
            deliveries.c.story == fanout.number,
            deliveries.c.act == Act.DELETE.value,
            deliveries.c.channel.in_(out),
        )
        done = set((await connection.execute(there)).scalars())
        plans = [
            Wanting(subscriber_of(channel) or 0, now, row.shared, "withdrawn")
            for channel, row in out.items()
            if channel not in done
        ]
        await write_down(connection, fanout, rows[0].lane, Act.DELETE, plans, now)
    return int(rows[-1].id)


async def cancel_some(connection: AsyncConnection, fanout: Fanout, limit: int, why: str, now: datetime) -> int:
    """Cancel the next that wait, but for what may be out; how many."""
    waiting = (deliveries.c.state.in_(_WAITING), deliveries.c.act != Act.DELETE.value, ~threads.doubtful())
    rows = (await connection.execute(_stands(fanout).where(*waiting).limit(limit))).all()
    await _cancel(connection, [row.id for row in rows if not row.begun], why, now)
    # A thread that is half out ends where it is.
    ended = {"state": State.SENT.value, "reason": f"the thread ends here: {why}", "changed_at": now}
    half = deliveries.c.id.in_([row.id for row in rows if row.begun])
    await connection.execute(update(deliveries).where(half).values(ended))
    return len(rows)


async def cancel_left(connection: AsyncConnection, fanout: Fanout, now: datetime) -> None:
    """Cancel what waits with the words of an older revision."""
    old = (
        deliveries.c.story == fanout.number,
        deliveries.c.revision < fanout.revision,
        deliveries.c.state.in_(_WAITING),
        deliveries.c.attempts == 0,
        deliveries.c.act != Act.DELETE.value,
    )
    gone = {"state": State.CANCELLED.value, "reason": "the reader left meanwhile", "changed_at": now}
    await connection.execute(update(deliveries).where(*old).values(gone))


def _stands(fanout: Fanout) -> Select[Any]:
    begun = exists().where(receipts.c.delivery == deliveries.c.id)
    columns = [deliveries.c[name] for name in ("id", "channel", "act", "state", "revision", "shared", "lane")]
    query = select(*columns, threads.doubtful().label("doubtful"), begun.label("begun"))
    mine = query.where(deliveries.c.story == fanout.number).order_by(deliveries.c.id)
    return mine.with_for_update(of=deliveries)


async def _by_channel(connection: AsyncConnection, query: Select[Any]) -> dict[str, list[Stands]]:
    found: dict[str, list[Stands]] = defaultdict(list)
    for row in await connection.execute(query):
        found[row.channel].append(_read(row))
    return found


def _read(row: Any) -> Stands:
    return Stands(row.id, Act(row.act), State(row.state), row.revision, row.doubtful, row.begun)


def _is_out(row: Stands) -> bool:
    return row.state in OUT or row.doubtful or row.begun


async def _cancel(connection: AsyncConnection, numbers: Sequence[int], why: str, now: datetime) -> None:
    if numbers:
        values = {"state": State.CANCELLED.value, "reason": why, "changed_at": now}
        await connection.execute(update(deliveries).where(deliveries.c.id.in_(numbers)).values(values))
