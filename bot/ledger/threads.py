"""Threads: which posts of a delivery are out, in order; a thread goes on where it broke and never starts over."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger.moves import move, still
from bot.ledger.rows import AS_COMPOSED, editions, sent_of
from bot.ledger.subscriber_tables import shared_editions
from bot.ledger.tables import attempts, deliveries, parts, receipts
from bot.model.decision import Verb
from bot.model.delivery import Act, Outcome, Receipt, State

_after = deliveries.alias("after")
IN_DOUBT = "an earlier try may be out"
"""How the reason of what was taken back ends where nobody can say that nothing is out."""
ENDED = "the thread ends here: "
_IN_DOUBT = (Outcome.UNCERTAIN.value, Outcome.INTERRUPTED.value)


async def posts(connection: AsyncConnection, delivery: int) -> tuple[Receipt, ...]:
    """The receipts of one delivery, its first post first."""
    columns = ("platform_id", "at", "permalink", "sent")
    first = select(*(receipts.c[name] for name in columns)).where(receipts.c.delivery == delivery)
    rest = select(*(parts.c[name] for name in columns)).where(parts.c.delivery == delivery).order_by(parts.c.number)
    rows = [*(await connection.execute(first)).all(), *(await connection.execute(rest)).all()]
    said = [row.sent for row in rows]
    if AS_COMPOSED in said:
        own = select(func.coalesce(shared_editions.c.edition, deliveries.c.edition)).select_from(
            deliveries.outerjoin(shared_editions, shared_editions.c.id == deliveries.c.shared)
        )
        found = await connection.execute(own.where(deliveries.c.id == delivery))
        edition = editions.validate_json(found.scalar_one())
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
    """Cancel what waits; of a thread that is half out only the rest can be taken back, so it ends as sent.

    What waits to be repeated after a try that may have come out is uncertain then: whoever looks and finds nothing
    has it cancelled.
    """
    waiting = [State.PLANNED, State.HELD]
    said = f"{why}; {IN_DOUBT}" if why else IN_DOUBT
    in_doubt = await move(connection, [*which, doubtful()], waiting, State.UNCERTAIN, verb, who, said, now)
    begun = exists().where(receipts.c.delivery == deliveries.c.id)
    half_out = await move(connection, [*which, begun], waiting, State.SENT, verb, who, f"{ENDED}{why}", now)
    rest = await move(connection, which, waiting, State.CANCELLED, verb, who, why, now)
    return len(in_doubt) + len(half_out) + len(rest)


async def withdrawn(connection: AsyncConnection, delivery: int) -> bool | None:
    """Whether a deletion waits behind it; None where it does, and the delivery may have come out before."""
    query = select(doubtful()).where(deliveries.c.id == delivery, _withdrawn())
    doubts = (await connection.execute(query)).scalars().all()
    return None if True in doubts else bool(doubts)


def doubtful() -> ColumnElement[bool]:
    """It waits for another try under its key, and one since the last post that came out may have come out, too."""
    later = attempts.alias("later")
    came_out = exists().where(
        later.c.delivery == attempts.c.delivery,
        later.c.number > attempts.c.number,
        later.c.outcome == Outcome.SENT.value,
    )
    tried = exists().where(attempts.c.delivery == deliveries.c.id, attempts.c.outcome.in_(_IN_DOUBT), ~came_out)
    return and_(deliveries.c.state.in_([State.PLANNED.value, State.HELD.value]), tried)


async def called_off(connection: AsyncConnection, which: Sequence[ColumnElement[bool]]) -> Sequence[int]:
    """Which uncertain ones were taken back: they are not to be sent again, should they prove not to be out."""
    mine = (still(State.UNCERTAIN), deliveries.c.reason.endswith(IN_DOUBT), *which)
    return (await connection.execute(select(deliveries.c.id).where(*mine))).scalars().all()


async def proven_in_vain(
    connection: AsyncConnection, numbers: Sequence[int], who: str, why: str, now: datetime, off: Sequence[int]
) -> None:
    """Somebody looked, and they are not out: no try is in doubt, and what was taken back meanwhile is not sent."""
    doubts = update(attempts).where(attempts.c.delivery.in_(numbers), attempts.c.outcome.in_(_IN_DOUBT))
    seen = attempts.c.detail + f"; {why}"
    await connection.execute(doubts.values(outcome=Outcome.UNAVAILABLE.value, detail=seen))
    mine = [deliveries.c.id.in_(numbers), _withdrawn()]
    await take_back(connection, mine, Verb.WITHDRAWN, who, "it is not out, and was withdrawn meanwhile", now)
    mine = [deliveries.c.id.in_(set(numbers) & set(off))]
    await take_back(connection, mine, Verb.CANCELLED, who, "it is not out, and was cancelled meanwhile", now)


def _withdrawn() -> ColumnElement[bool]:
    return (deliveries.c.act != Act.DELETE.value) & exists().where(
        _after.c.story == deliveries.c.story,
        _after.c.channel == deliveries.c.channel,
        _after.c.id > deliveries.c.id,
        _after.c.act == Act.DELETE.value,
        _after.c.state != State.CANCELLED.value,
    )
