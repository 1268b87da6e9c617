"""Why: the whole way of one story as lines, from the ledger's own records alone; whywords.py puts them into words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model.decision import Decision, Verb
from bot.model.delivery import Act, Attempt, Delivery, Outcome, State
from bot.model.story import Story

ROUTING = frozenset({Verb.ROUTED, Verb.NOT_ROUTED})


class What(StrEnum):
    """What a line tells, beside the verbs of decisions."""

    REPRINT = "reprint"
    TRIED_SENT = "tried: sent"
    TRIED_REFUSED = "tried: refused"
    TRIED_UNAVAILABLE = "tried: unavailable"
    TRIED_UNCERTAIN = "tried: uncertain"
    TRIED_INTERRUPTED = "tried: interrupted"
    TRIED_OPEN = "tried: open"
    TRIED_FOLDED = "tried: folded"
    PROOF = "proof"
    NOW_COMPOSING = "now: composing"
    NOW_NOWHERE = "now: nowhere"
    NOW_PLANNED = "now: planned"
    NOW_DUE = "now: due"
    NOW_HELD = "now: held"
    NOW_SENDING = "now: sending"
    NOW_SENT = "now: sent"
    NOW_UNCERTAIN = "now: uncertain"
    NOW_FAILED = "now: failed"
    NOW_CANCELLED = "now: cancelled"


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of the answer, not in words yet."""

    what: What | Verb
    at: datetime | None = None
    channel: str | None = None
    """None: it is about the story everywhere."""
    who: str = ""
    why: str = ""
    """As the ledger keeps it: the house's own reason, an editor's, or the platform's words."""
    act: Act | None = None
    revision: int | None = None
    number: int = 0
    """Which attempt; for a reprint the story that is told instead."""
    until: datetime | None = None


def why(
    story: Story,
    deliveries: Sequence[Delivery],
    attempts: Mapping[int, Sequence[Attempt]],
    history: Sequence[Decision],
    now: datetime,
    channel: str | None = None,
) -> tuple[Line, ...]:
    """What happened to the story everywhere, then on each channel in order; each ends with what it waits for.

    `attempts` are by delivery. With a channel the others are left out.
    """
    lines = [_decided(one) for one in history if one.channel is None]
    if story.cluster not in {0, story.id}:
        lines.append(Line(What.REPRINT, number=story.cluster))
    routed = [one for one in history if one.verb in ROUTING and one.revision == story.revision]
    if not deliveries:
        lines.append(Line(What.NOW_NOWHERE if routed else What.NOW_COMPOSING))
    names = dict.fromkeys([*(row.channel for row in deliveries), *(one.channel for one in history if one.channel)])
    for name in names:
        if channel in {None, name}:
            rows = [row for row in deliveries if row.channel == name]
            lines += _on_channel(name, rows, attempts, [one for one in history if one.channel == name], now)
    return tuple(lines)


def _on_channel(
    name: str,
    rows: Sequence[Delivery],
    attempts: Mapping[int, Sequence[Attempt]],
    history: Sequence[Decision],
    now: datetime,
) -> Iterator[Line]:
    happened = [_decided(one) for one in history if not _told_by_attempt(one, rows, attempts)]
    for row in rows:
        happened += _tried(row, attempts.get(row.id, ()))
        if row.receipt is not None:
            proof = row.receipt.permalink or row.receipt.platform_id or row.receipt.sent
            happened.append(Line(What.PROOF, row.receipt.at, name, why=proof, act=row.act, revision=row.revision))
    yield from sorted(happened, key=lambda line: line.at or now)
    if rows:
        yield _stands(rows[-1], now)


def _told_by_attempt(one: Decision, rows: Sequence[Delivery], attempts: Mapping[int, Sequence[Attempt]]) -> bool:
    """Dispatch notes what came of an attempt, which is told with the platform's words beside it."""
    if one.who != "dispatch" or one.verb not in {Verb.SENT, Verb.FAILED, Verb.RETRIED, Verb.UNCERTAIN}:
        return False
    ended = {attempt.ended_at for row in rows for attempt in attempts.get(row.id, ())}
    return one.at in ended


def _tried(row: Delivery, attempts: Sequence[Attempt]) -> Iterator[Line]:
    if row.attempts and not attempts:
        yield Line(What.TRIED_FOLDED, row.changed_at, row.channel, number=row.attempts)
    for one in attempts:
        yield Line(
            _OUTCOMES[one.outcome], one.started_at, row.channel, why=one.detail, act=row.act, revision=row.revision,
            number=one.number,
        )  # fmt: skip


def _stands(row: Delivery, now: datetime) -> Line:
    what = _STATES[row.state]
    if what is What.NOW_PLANNED and row.due_at <= now:
        what = What.NOW_DUE
    until = row.lease_until if row.state is State.SENDING else row.due_at
    return Line(what, None, row.channel, why=row.reason, act=row.act, revision=row.revision, until=until)


def _decided(one: Decision) -> Line:
    return Line(one.verb, one.at, one.channel, one.who, one.why, revision=one.revision)


_OUTCOMES = {
    None: What.TRIED_OPEN,
    Outcome.SENT: What.TRIED_SENT,
    Outcome.REFUSED: What.TRIED_REFUSED,
    Outcome.UNAVAILABLE: What.TRIED_UNAVAILABLE,
    Outcome.UNCERTAIN: What.TRIED_UNCERTAIN,
    Outcome.INTERRUPTED: What.TRIED_INTERRUPTED,
}
_STATES = {
    State.PLANNED: What.NOW_PLANNED,
    State.HELD: What.NOW_HELD,
    State.SENDING: What.NOW_SENDING,
    State.SENT: What.NOW_SENT,
    State.UNCERTAIN: What.NOW_UNCERTAIN,
    State.FAILED: What.NOW_FAILED,
    State.CANCELLED: What.NOW_CANCELLED,
}
