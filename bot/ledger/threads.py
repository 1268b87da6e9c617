"""Threads: which posts of a delivery are out, in order; a thread goes on where it broke and never starts over."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger.moves import move
from bot.ledger.rows import AS_COMPOSED, editions, sent_of
from bot.ledger.tables import deliveries, parts, receipts
from bot.model.decision import Verb
from bot.model.delivery import Receipt, State


async def posts(connection: AsyncConnection, delivery: int) -> tuple[Receipt, ...]:
    """The receipts of one delivery, its first post first."""
    columns = ("platform_id", "at", "permalink", "sent")
    first = select(*(receipts.c[name] for name in columns)).where(receipts.c.delivery == delivery)
    rest = select(*(parts.c[name] for name in columns)).where(parts.c.delivery == delivery).order_by(parts.c.number)
    rows = [*(await connection.execute(first)).all(), *(await connection.execute(rest)).all()]
    said = [row.sent for row in rows]
    if AS_COMPOSED in said:
        own = await connection.execute(select(deliveries.c.edition).where(deliveries.c.id == delivery))
        edition = editions.validate_json(own.scalar_one())
        said = [sent_of(stored, edition, number) for number, stored in enumerate(said)]
    return tuple(Receipt(row.platform_id, row.at, row.permalink, sent) for row, sent in zip(rows, said, strict=True))


async def keep(connection: AsyncConnection, delivery: int, number: int, receipt: Receipt) -> None:
    """Write the proof of one post of the thread."""
    await keep_all(connection, [(delivery, number, receipt)])


async def keep_all(connection: AsyncConnection, proofs: Sequence[tuple[int, int, Receipt]]) -> None:
    """Write proofs: delivery, number of the post in its thread, receipt."""
    first: list[dict[str, object]] = []
    rest: list[dict[str, object]] = []
    for delivery, number, receipt in proofs:
        proof = {
            "delivery": delivery,
            "platform_id": receipt.platform_id,
            "permalink": receipt.permalink,
            "at": receipt.at,
            "sent": receipt.sent,
        }
        if number == 0:
            first.append(proof)
        else:
            rest.append({"number": number, **proof})
    for table, rows in ((receipts, first), (parts, rest)):
        if rows:
            await connection.execute(insert(table), rows)


async def take_back(
    connection: AsyncConnection,
    which: Sequence[ColumnElement[bool]],
    verb: Verb,
    who: str,
    why: str,
    now: datetime,
) -> int:
    """Cancel what waits; of a thread that is half out only the rest can be taken back, so it ends as sent."""
    waiting = [State.PLANNED, State.HELD]
    begun = exists().where(receipts.c.delivery == deliveries.c.id)
    ended = f"the thread ends here: {why}"
    half_out = await move(connection, [*which, begun], waiting, State.SENT, verb, who, ended, now)
    return len(half_out) + len(await move(connection, which, waiting, State.CANCELLED, verb, who, why, now))
