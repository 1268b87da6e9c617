"""The verbs for what went wrong: settle what is uncertain, retry what failed."""

import re

from bot.desk.answer import Answer
from bot.desk.answers.looking import Decided
from bot.desk.answers.settling import Settled, WhichSettle
from bot.desk.standing import last
from bot.desk.subject import Told, story_and_channels
from bot.desk.verb import Asked, Room, Spec
from bot.model.delivery import State

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


VERBS = (
    Spec("settle", settle),
    Spec("retry", retry),
)
