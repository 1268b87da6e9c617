"""The verbs for what went wrong: settle what is uncertain, retry what failed, resume a channel that is paused."""

import re
from difflib import get_close_matches

from bot.desk import command
from bot.desk.answer import Answer
from bot.desk.answers.looking import Decided
from bot.desk.answers.settling import NoChannel, Resumed, Settled, WhichSettle
from bot.desk.answers.talk import NotYours
from bot.desk.standing import last
from bot.desk.subject import Told, story_and_channels
from bot.desk.verb import Asked, Room, Spec
from bot.model.delivery import State
from bot.model.desk import Role

_OUT = re.compile(r"(?:it(?:'s| is) )?out|sent|yes|已发|发了|在|是", re.IGNORECASE)
_NOT_OUT = re.compile(r"(?:it(?:'s| is) )?not(?: out)?|no|again|没发|没有|未发|不在|否", re.IGNORECASE)


async def settle(room: Room, asked: Asked) -> Answer:
    """/settle NUMBER CHANNEL out | not: what an editor saw of what is uncertain."""
    named = await story_and_channels(room, asked, "settle")
    if isinstance(named, Told):
        return named.answer
    story, headline = named.story.id, named.story.article.headline
    rows = await room.ledger.deliveries.of_story(story)
    doubtful = tuple(row.channel for row in rows if row.state is State.UNCERTAIN)
    channels = named.channels or doubtful
    out = True if _OUT.fullmatch(named.rest) else False if _NOT_OUT.fullmatch(named.rest) else None
    if out is None or not channels:
        mine = tuple(channel for channel in doubtful if asked.person.may_channel(channel))
        return WhichSettle(story, headline, mine)
    why = "seen on the channel" if out else "not seen on the channel"
    done = {
        channel: await room.ledger.deliveries.settle(story, channel, asked.person.name, why, asked.now, out=out)
        for channel in channels
    }
    return Settled(
        "settle",
        story,
        headline,
        tuple(one for one in done if done[one]),
        tuple(one for one in done if not done[one]),
        out,
        await _first(room, story, done=any(done.values())),
    )


async def _first(room: Room, story: int, *, done: bool) -> Decided | None:
    return None if done else last(await room.ledger.history.of_story(story))


async def retry(room: Room, asked: Asked) -> Answer:
    """/retry NUMBER [CHANNEL …]: what failed is sent again."""
    named = await story_and_channels(room, asked, "retry")
    if isinstance(named, Told):
        return named.answer
    story = named.story.id
    rows = await room.ledger.deliveries.of_story(story)
    failed = tuple(dict.fromkeys(row.channel for row in rows if row.state is State.FAILED))
    done = [
        channel
        for channel in named.channels or failed
        if await room.ledger.deliveries.retry(story, asked.person.name, named.rest, asked.now, channel)
    ]
    left = tuple(channel for channel in named.channels if channel not in done)
    first = await _first(room, story, done=bool(done))
    return Settled("retry", story, named.story.article.headline, tuple(done), left, last=first)


async def resume(room: Room, asked: Asked) -> Answer:
    """/resume CHANNEL: what its pause had held is planned again. A source is resumed likewise."""
    first = command.word(asked.rest)
    name = first[0].casefold() if first else ""
    if first and first[0] in room.sources and name not in room.channels:
        was = await room.ledger.notes.resume(first[0], asked.person.name, asked.now)
        room.wake(first[0])
        return Resumed(first[0], was, 0)
    if name not in room.channels:
        near = get_close_matches(name, (*room.channels, *room.sources), 1)
        return NoChannel("resume", name, near[0] if near else None, tuple(await room.ledger.lanes.paused()))
    if not asked.person.may_channel(name):
        return NotYours(0, "", (), asked.person.channels)
    was = name in await room.ledger.lanes.paused()
    return Resumed(name, was, await room.ledger.lanes.resume(name, asked.person.name, asked.now))


VERBS = (
    Spec("settle", settle),
    Spec("retry", retry),
    Spec("resume", resume, Role.EDITOR),
)
