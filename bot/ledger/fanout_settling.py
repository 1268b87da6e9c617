"""What an editor saw of a fan-out's uncertain deliveries, said of all of them at once."""

from datetime import datetime

from sqlalchemy import insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger.deliveries import SETTLED_BY_HAND
from bot.ledger.moment import Moment
from bot.ledger.subscriber_tables import fanouts
from bot.ledger.tables import attempts, deliveries, receipts
from bot.model.delivery import Outcome, State
from bot.model.subscriber import Progress

_AT_ONCE = 1_000
_IN_DOUBT = (Outcome.UNCERTAIN.value, Outcome.INTERRUPTED.value)


async def settle(connection: AsyncConnection, fanout: int, who: str, why: str, now: datetime, *, out: bool) -> int:
    """The next that are uncertain; how many."""
    query = (
        select(deliveries.c.id)
        .where(deliveries.c.story == -fanout, deliveries.c.state == State.UNCERTAIN.value)
        .order_by(deliveries.c.id)
        .limit(_AT_ONCE)
        .with_for_update()
    )
    numbers = list((await connection.execute(query)).scalars())
    if not numbers:
        return 0
    mine = deliveries.c.id.in_(numbers)
    if out:
        values = {"state": State.SENT.value, "reason": why, "changed_at": now}
        await connection.execute(update(deliveries).where(mine).values(values))
        proven = select(receipts.c.delivery).where(receipts.c.delivery.in_(numbers))
        stand_in = select(
            deliveries.c.id, literal(""), literal(now, Moment), literal(SETTLED_BY_HAND)
        ).where(mine, deliveries.c.id.not_in(proven))  # fmt: skip
        await connection.execute(insert(receipts).from_select(["delivery", "platform_id", "at", "sent"], stand_in))
        return len(numbers)
    values = {"state": State.PLANNED.value, "reason": why, "due_at": now, "changed_at": now}
    await connection.execute(update(deliveries).where(mine).values(values))
    doubts = update(attempts).where(attempts.c.delivery.in_(numbers), attempts.c.outcome.in_(_IN_DOUBT))
    seen = attempts.c.detail + f"; {who} looked: {why}"
    await connection.execute(doubts.values(outcome=Outcome.UNAVAILABLE.value, detail=seen))
    again = update(fanouts).where(fanouts.c.id == fanout, fanouts.c.state == Progress.DONE.value)
    await connection.execute(again.values(state=Progress.GOING.value, changed_at=now))
    return len(numbers)
