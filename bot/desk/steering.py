"""The verbs that stop and start: hold, release, cancel, withdraw; each answers what happened on each channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.desk import command
from bot.desk.answers import Answer, NoSuchChannel, NoSuchStory, Result, Steered, TakenBack, Usage
from bot.desk.standing import standing, telling
from bot.desk.verb import Asked, Room
from bot.model.delivery import Delivery, State
from bot.model.story import Story
from bot.rules.follow import SUPERSEDED

NO_REASON = "no reason given"
LONGEST_REASON = 500
_CLOSE = 0.75


@dataclass(frozen=True, slots=True)
class _Order:
    """What an editor wants done: no channels mean all of them."""

    story: Story
    channels: tuple[str, ...]
    reason: str


async def hold(room: Room, asked: Asked) -> Answer:
    """/hold NUMBER [CHANNEL …] [reason]."""
    return await _steer(room, asked, "hold", (State.PLANNED,), State.HELD)


async def release(room: Room, asked: Asked) -> Answer:
    """/release NUMBER [CHANNEL …]."""
    return await _steer(room, asked, "release", (State.HELD,), State.PLANNED)


async def cancel(room: Room, asked: Asked) -> Answer:
    """/cancel NUMBER [CHANNEL …] [reason]."""
    return await _steer(room, asked, "cancel", (State.PLANNED, State.HELD), State.CANCELLED)


async def withdraw(room: Room, asked: Asked) -> Answer:
    """/withdraw NUMBER [reason]: the whole story, everywhere."""
    named = command.number(asked.rest)
    if named is None:
        return Usage("withdraw", asked.rest)
    number, rest = named
    story = await room.ledger.stories.get(number)
    if story is None:
        return NoSuchStory(str(number))
    reason = _reason(rest)
    lines = await room.ledger.withdrawals.withdraw(number, room.able, asked.editor.name, reason or NO_REASON, asked.now)
    return TakenBack(number, story.article.headline, reason, lines)


async def _steer(room: Room, asked: Asked, verb: str, before: Sequence[State], after: State) -> Answer:
    deliveries = room.ledger.deliveries
    order = await _order(room, asked, verb)
    if not isinstance(order, _Order):
        return order
    # A hold without words would not be kept by the next revision.
    story, who, why = order.story.id, asked.editor.name, order.reason or ("" if verb == "release" else NO_REASON)
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
    return Steered(verb, story, order.story.article.headline, order.reason, results)


def _present(rows: Sequence[Delivery]) -> tuple[Delivery, ...]:
    """Of each channel what can still change, or else the last."""
    told = telling(rows)
    changing = {row.channel for row in told if row.state.open}
    last = {row.channel: row for row in told}
    return tuple(row for row in told if row.state.open or (row.channel not in changing and row == last[row.channel]))


async def _order(room: Room, asked: Asked, verb: str) -> _Order | Answer:
    """Read what was asked for; an answer where it cannot be done as it stands."""
    named = command.number(asked.rest)
    if named is None:
        digits = asked.rest.lstrip("#＃ ").split(maxsplit=1)
        return NoSuchStory(digits[0]) if digits and digits[0].isdecimal() else Usage(verb, asked.rest)
    number, rest = named
    story = await room.ledger.stories.get(number)
    if story is None:
        return NoSuchStory(str(number))
    own = tuple(dict.fromkeys(row.channel for row in await room.ledger.deliveries.of_story(number)))
    channels: list[str] = []
    while (first := command.word(rest)) is not None:
        name = first[0].casefold()
        if name not in own:
            break
        channels.append(name)
        rest = first[1]
    else:
        return _Order(story, tuple(channels), "")
    known = name in room.channels
    near = get_close_matches(name, own, 1, _CLOSE)
    # A slip in a channel's name must not become the reason for stopping every channel.
    if known or near:
        return NoSuchChannel(
            verb, number, story.article.headline, first[0], known, near[0] if near and not known else None, own
        )
    return _Order(story, tuple(channels), _reason(rest))


def _reason(words: str) -> str:
    """One line; and never one that the house takes for its own word on revisions."""
    text = " ".join(words.split())[:LONGEST_REASON]
    return f"“{text}”" if text.startswith(SUPERSEDED) else text
