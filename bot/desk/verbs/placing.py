"""The verbs that choose: which channels get a story whatever the routes say, and whose turn comes first."""

import re
from collections.abc import Sequence

from bot.desk.answer import Answer
from bot.desk.answers.placing import Turn, Turns, WhichChannel, WhichLine
from bot.desk.answers.talk import NotYours
from bot.desk.subject import Told, story_and_channels
from bot.desk.verb import Asked, Room, Spec
from bot.desk.verbs.deciding import ordered
from bot.model.delivery import Delivery, State
from bot.model.order import Done

PAGE = 8
FURTHEST = 500
"""Deliveries that the order of a channel looks ahead."""
_TOP = -9999
_STEPS = {
    "up": -1, "上": -1, "上移": -1, "down": 1, "下": 1, "下移": 1, "top": _TOP, "first": _TOP, "最前": _TOP,
}  # fmt: skip
_BUTTON = re.compile(r"d(\d{1,18}) (\w+)")
_LINE = re.compile(r"(\S+)(?: (\d{1,3}))?")


async def skip(room: Room, asked: Asked) -> Answer:
    """/skip NUMBER CHANNEL … [reason]."""
    return await _place(room, asked, "skip")


async def add(room: Room, asked: Asked) -> Answer:
    """/add NUMBER CHANNEL … [reason]."""
    return await _place(room, asked, "add")


async def _place(room: Room, asked: Asked, verb: str) -> Answer:
    named = await story_and_channels(room, asked, verb, anywhere=verb == "add")
    if isinstance(named, Told):
        return named.answer
    story = named.story
    if not named.chosen:
        rows = await room.ledger.deliveries.of_story(story.id)
        going = tuple(dict.fromkeys(row.channel for row in rows if row.state is not State.CANCELLED))
        wanted = going if verb == "skip" else tuple(one for one in room.channels if one not in going)
        mine = tuple(one for one in wanted if asked.person.may_channel(one))
        return WhichChannel(verb, story.id, story.article.headline, mine)
    step = room.ordering.skip if verb == "skip" else room.ordering.add
    why = named.rest
    moved = [(await step(story.id, channel, asked.person.name, why)).moved for channel in named.channels]
    return await ordered(room, story, verb, Done(story.id, done=True, moved=sum(moved)), why, named.channels)


async def order(room: Room, asked: Asked) -> Answer:
    """/order [CHANNEL [page]] | NUMBER [CHANNEL] [up | down | top]."""
    words = " ".join(asked.rest.split())
    line = await _line(room)
    if button := _BUTTON.fullmatch(words):
        return await _move(room, asked, line, int(button[1]), button[2])
    if (named := _LINE.fullmatch(words)) and (channel := named[1].casefold()) in room.channels:
        return await _turns(room, asked, line, channel, int(named[2] or 1))
    if words or (asked.replied is not None and asked.replied.story is not None):
        return await _of_story(room, asked, line)
    channels = tuple(dict.fromkeys(row.channel for row in line))
    return await _turns(room, asked, line, channels[0]) if len(channels) == 1 else WhichLine(channels)


async def _of_story(room: Room, asked: Asked, line: Sequence[Delivery]) -> Answer:
    found = await story_and_channels(room, asked, "order")
    if isinstance(found, Told):
        return found.answer
    rows = [row for row in line if row.story == found.story.id and found.channels in ((), (row.channel,))]
    channels = tuple(dict.fromkeys(row.channel for row in rows))
    if len(channels) != 1:
        return WhichLine(channels)
    if found.rest.casefold() in _STEPS:
        return await _move(room, asked, line, rows[0].id, found.rest.casefold())
    place = [row.id for row in line if row.channel == channels[0]].index(rows[0].id)
    return await _turns(room, asked, line, channels[0], place // PAGE + 1)


async def _move(room: Room, asked: Asked, line: Sequence[Delivery], delivery: int, way: str) -> Answer:
    row = next((one for one in line if one.id == delivery), None) or await room.ledger.deliveries.get(delivery)
    if row is None or way not in _STEPS:
        return WhichLine(tuple(dict.fromkeys(one.channel for one in line)))
    if not await _mine(room, asked, row):
        limits = ((), asked.person.channels) if asked.person.channels else (asked.person.sections, ())
        return NotYours(row.story, row.edition.headline, *limits)
    done = await room.ledger.orders.shift(delivery, _STEPS[way], asked.person.name, asked.now)
    line = await _line(room)
    ids = [one.id for one in line if one.channel == row.channel]
    place = ids.index(delivery) if delivery in ids else 0
    return await _turns(
        room, asked, line, row.channel, place // PAGE + 1, place + 1 if done.done else None, done.why_not
    )


async def _turns(
    room: Room,
    asked: Asked,
    line: Sequence[Delivery],
    channel: str,
    page: int = 1,
    moved: int | None = None,
    why_not: str = "",
) -> Turns:
    own = [row for row in line if row.channel == channel]
    pages = max(1, -(-len(own) // PAGE))
    page = min(max(page, 1), pages)
    before = (page - 1) * PAGE
    turns = [
        Turn(row.id, row.story, row.edition.headline, row.due_at, row.priority > 0, await _mine(room, asked, row))
        for row in own[before : before + PAGE]
    ]
    return Turns(channel, tuple(turns), before, page, pages, moved, why_not)


async def _mine(room: Room, asked: Asked, row: Delivery) -> bool:
    if not asked.person.may_channel(row.channel):
        return False
    found = await room.ledger.stories.get(row.story) if asked.person.sections else None
    return found is None or asked.person.may_section(found.article.section)


async def _line(room: Room) -> tuple[Delivery, ...]:
    """What is planned, as it will be claimed."""
    rows = await room.ledger.deliveries.queue(FURTHEST)
    planned = (row for row in rows if row.state is State.PLANNED)
    return tuple(sorted(planned, key=lambda row: (-row.priority, row.due_at, row.id)))


VERBS = (
    Spec("skip", skip),
    Spec("add", add),
    Spec("order", order),
)
