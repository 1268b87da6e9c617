"""How an attempt ends: a compare-and-set of the rows that are still as one worker's claims left them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Update, bindparam, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ledger.tables import attempts, deliveries
from bot.model.decision import Decision, Verb
from bot.model.delivery import Delivery, Outcome, State
from bot.model.ledger import Claim


def _ours(change: Update) -> Update:
    """Of the rows that are still as `claims` of one worker left them: (delivery, attempts)."""
    return change.where(
        tuple_(deliveries.c.id, deliveries.c.attempts).in_(bindparam("claims", expanding=True)),
        deliveries.c.state.in_(bindparam("states", expanding=True)),
        deliveries.c.worker == bindparam("whose"),
    )


def ours(claims: Sequence[Claim], states: Sequence[State]) -> dict[str, object]:
    """What a change of those rows is asked."""
    return {
        "claims": [(claim.delivery.id, claim.delivery.attempts) for claim in claims],
        "states": [state.value for state in states],
        "whose": claims[0].delivery.worker,
    }


RENEW = _ours(update(deliveries)).values(lease_until=bindparam("until"))
_ENDED: dict[str, Any] = {
    "state": bindparam("ends"),
    "reason": bindparam("why"),
    "lease_until": None,
    "changed_at": bindparam("now"),
}
_ELSE = _ours(update(deliveries)).values(_ENDED).returning(deliveries.c.id)
_AGAIN = _ours(update(deliveries)).values({**_ENDED, "due_at": bindparam("at")}).returning(deliveries.c.id)
# Nobody's any more; its attempts say who it was.
_SENT = _ours(update(deliveries)).values({**_ENDED, "worker": None}).returning(deliveries.c.id)
_END_ATTEMPTS = (
    update(attempts)
    .where(tuple_(attempts.c.delivery, attempts.c.number).in_(bindparam("claims", expanding=True)))
    .values(ended_at=bindparam("now"), outcome=bindparam("ended"), detail=bindparam("why"))
)


async def finish(
    connection: AsyncConnection,
    claims: Sequence[Claim],
    states: Sequence[State],
    to: State,
    outcome: Outcome,
    why: str,
    now: datetime,
    at: datetime | None = None,
) -> frozenset[int]:
    """End the attempts of those that are still these claims'; their deliveries, due again `at`."""
    change = _SENT if to is State.SENT else _AGAIN if at is not None else _ELSE
    given = {**ours(claims, states), "ends": to.value, "why": why, "now": now}
    moved = frozenset((await connection.execute(change, {**given, "at": at} if change is _AGAIN else given)).scalars())
    mine = [(one.delivery.id, one.delivery.attempts) for one in claims if one.delivery.id in moved]
    if mine:
        ended = {"claims": mine, "now": now, "ended": outcome.value, "why": why}
        await connection.execute(_END_ATTEMPTS, ended)
    return moved


def decision(delivery: Delivery, verb: Verb, why: str, now: datetime) -> Decision:
    """A line of dispatch's for the history."""
    return Decision(verb, "dispatch", why, now, delivery.story, delivery.revision, delivery.channel)
