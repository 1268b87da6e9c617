"""Which of a story's deliveries matter to an editor, and where each of them stands."""

from collections.abc import Sequence

from bot.desk.answers.looking import Decided, Standing
from bot.model.decision import Decision, Verb
from bot.model.delivery import Delivery, State

_BY_HAND = {State.HELD: Verb.HELD, State.CANCELLED: Verb.CANCELLED}


def telling(rows: Sequence[Delivery]) -> tuple[Delivery, ...]:
    """Of each channel what waits, is out or went wrong; where all is cancelled, the last. By channel, oldest first."""
    channels = dict.fromkeys(row.channel for row in rows)
    told: list[Delivery] = []
    for channel in channels:
        own = [row for row in rows if row.channel == channel]
        told += [row for row in own if row.state is not State.CANCELLED] or own[-1:]
    return tuple(told)


def standing(row: Delivery, history: Sequence[Decision]) -> Standing:
    """As an editor is told; who held or cancelled it is in the history."""
    receipt = row.receipt
    return Standing(
        channel=row.channel,
        act=row.act,
        state=row.state,
        due_at=row.due_at,
        sent_at=receipt.at if receipt else None,
        link=receipt.permalink if receipt else None,
        reason=row.reason,
        who=_who(row, history),
    )


def _who(row: Delivery, history: Sequence[Decision]) -> str | None:
    verb = _BY_HAND.get(row.state)
    for decision in reversed(history):
        if (decision.channel, decision.verb, decision.why) == (row.channel, verb, row.reason):
            return decision.who if decision.who not in ROOMS else None
    return None


ROOMS = frozenset({"pickup", "routing", "follow", "compose", "press", "dispatch", "desk", "pinning"})
"""Who of the history is no person."""


def last(history: Sequence[Decision]) -> Decided | None:
    """The same, as an editor is told."""
    found = decided(history)
    return Decided(found.who, found.verb.value, found.at) if found else None


def decided(history: Sequence[Decision]) -> Decision | None:
    """The last decision of a person, if there is one."""
    return next((one for one in reversed(history) if one.who not in ROOMS), None)
