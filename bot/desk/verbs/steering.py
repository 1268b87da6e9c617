"""The verbs that stop and start: hold, release, cancel; each answers what happened on each channel."""

from collections.abc import Sequence

from bot.desk.answer import Answer
from bot.desk.answers.steering import Result, Steered
from bot.desk.standing import last, standing, telling
from bot.desk.subject import NO_REASON, Told, story_and_channels
from bot.desk.verb import Asked, Room, Spec
from bot.model.delivery import Delivery, State


async def hold(room: Room, asked: Asked) -> Answer:
    """/hold NUMBER [CHANNEL …] [reason]."""
    return await _steer(room, asked, "hold", (State.PLANNED,), State.HELD)


async def release(room: Room, asked: Asked) -> Answer:
    """/release NUMBER [CHANNEL …]."""
    return await _steer(room, asked, "release", (State.HELD,), State.PLANNED)


async def cancel(room: Room, asked: Asked) -> Answer:
    """/cancel NUMBER [CHANNEL …] [reason]."""
    return await _steer(room, asked, "cancel", (State.PLANNED, State.HELD), State.CANCELLED)


async def _steer(room: Room, asked: Asked, verb: str, before: Sequence[State], after: State) -> Answer:
    deliveries = room.ledger.deliveries
    order = await story_and_channels(room, asked, verb)
    if isinstance(order, Told):
        return order.answer
    # A hold without words would not be kept by the next revision.
    story, who, why = order.story.id, asked.person.name, order.rest or ("" if verb == "release" else NO_REASON)
    step = {"hold": deliveries.hold, "release": deliveries.release, "cancel": deliveries.cancel}[verb]
    stood = {row.id: row.state for row in await deliveries.of_story(story)}
    for channel in order.channels or (None,):
        await step(story, who, why, asked.now, channel)
    rows = await deliveries.of_story(story)
    history = await room.ledger.history.of_story(story)
    paused = await room.ledger.lanes.paused()

    def done(row: Delivery) -> bool:
        return row.state is after and stood.get(row.id, State.PLANNED) in before

    asked_for = [row for row in rows if not order.channels or row.channel in order.channels]
    shown = [row for row in asked_for if done(row) or row in _present(asked_for)]
    results = tuple(Result(done(row), standing(row, history), row.channel in paused) for row in shown)
    first = None if any(result.done for result in results) else last(history)
    return Steered(verb, story, order.story.article.headline, order.rest, results, first)


def _present(rows: Sequence[Delivery]) -> tuple[Delivery, ...]:
    """Of each channel what can still change, or else the last."""
    told = telling(rows)
    changing = {row.channel for row in told if row.state.open}
    last = {row.channel: row for row in told}
    return tuple(row for row in told if row.state.open or (row.channel not in changing and row == last[row.channel]))


VERBS = (
    Spec("hold", hold),
    Spec("release", release),
    Spec("cancel", cancel),
)
