"""Pin and unpin: which story stands on top of which channel, and until when; a time is repeated before it counts."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.desk.answer import Answer
from bot.desk.answers.pinning import OnTop, Pinned, PinUntil, Top
from bot.desk.subject import Named, Told, story_and_channels
from bot.desk.verb import Asked, Room, Spec
from bot.errors import OrderError
from bot.model.desk import Dialogue
from bot.model.pin import Pin
from bot.rules.moments import moment

_SURE = re.compile(r"=(\d{9,11})")
"""A moment that was repeated and confirmed, in seconds since 1970."""
_UNTIL = re.compile(r"^(?:until|till|til|to|直到|置顶到|到|至)\s*|\s*(?:为止|止)$", re.IGNORECASE)


async def pin(room: Room, asked: Asked) -> Answer:
    """/pin NUMBER [CHANNEL …] [until TIME]; without a number what is pinned now."""
    if not asked.rest.strip() and (asked.replied is None or asked.replied.story is None):
        return await _on_top(room)
    named = await story_and_channels(room, asked, "pin", words=True)
    if isinstance(named, Told):
        return named.answer
    words = " ".join(named.rest.split())
    if sure := _SURE.fullmatch(words):
        return await _sure(room, asked, named, datetime.fromtimestamp(int(sure[1]), UTC))
    return await (_until(room, asked, named, words) if words else _pinned(room, asked, named, None))


async def heard(room: Room, asked: Asked, dialogue: Dialogue) -> Answer:
    """Another time."""
    return await pin(room, replace(asked, rest=f"{dialogue.data} {asked.rest}"))


async def _until(room: Room, asked: Asked, named: Named, words: str) -> Answer:
    """The channels wait in the conversation: they would not all fit into a button."""
    about = " ".join((str(named.story.id), *named.channels))
    await room.ledger.dialogues.open(asked.waits("pin", "until", about))
    read = moment(_UNTIL.sub("", words), asked.now, room.zone)
    told = PinUntil(named.story.id, named.story.article.headline, named.channels)
    readings = () if read is None else tuple(dict.fromkeys((*(() if read.past else (read.at,)), *read.others)))
    if read is None or not readings:
        return replace(told, words=words)
    return replace(told, readings=readings, doubts=tuple(filter(None, read.ambiguous.split("; "))))


async def _sure(room: Room, asked: Asked, named: Named, at: datetime) -> Answer:
    dialogue = await room.ledger.dialogues.get(asked.chat, asked.person.number, asked.now, "pin")
    number, *channels = dialogue.data.split() if dialogue is not None else ("",)
    if number != str(named.story.id) or at <= asked.now:  # a button may be pressed long after the time was read
        return await _until(room, asked, named, "")
    await room.ledger.dialogues.close(asked.chat, asked.person.number, "pin")
    return await _pinned(room, asked, replace(named, channels=tuple(channels)), at)


async def _pinned(room: Room, asked: Asked, named: Named, until: datetime | None) -> Answer:
    story, headline = named.story.id, named.story.article.headline
    before = await room.ledger.pins.current()
    try:
        done = await room.ordering.pin(story, until, asked.person.name, named.channels or None)
    except OrderError as err:
        return Pinned("pin", story, headline, done=False, why_not=str(err))
    now = await room.ledger.pins.current()
    mine = tuple(one.channel for one in now if one.story == story)
    gone = [one for one in before if one.channel in mine and one.story != story]
    return Pinned("pin", story, headline, done.done, done.why_not, until, mine, await _named(room, gone))


async def _named(room: Room, gone: Sequence[Pin]) -> tuple[str, ...]:
    told = []
    for one in gone:
        story = await room.ledger.stories.get(one.story)
        told.append(f"#{one.story} {story.article.headline if story else ''} ({one.channel})")
    return tuple(told)


async def unpin(room: Room, asked: Asked) -> Answer:
    """/unpin NUMBER [CHANNEL …]; without a number what is pinned now."""
    if not asked.rest.strip() and (asked.replied is None or asked.replied.story is None):
        return await _on_top(room)
    named = await story_and_channels(room, asked, "unpin")
    if isinstance(named, Told):
        return named.answer
    story, pins, who = named.story.id, room.ledger.pins, asked.person.name
    done = [await pins.unpin(story, who, named.rest, asked.now, channel) for channel in (*named.channels,) or (None,)]
    left = tuple(one.channel for one in await pins.current() if one.story == story)
    any_done = any(one.done for one in done)
    why_not = "" if any_done else done[0].why_not
    return Pinned("unpin", story, named.story.article.headline, any_done, why_not, channels=left)


async def _on_top(room: Room) -> Answer:
    tops = []
    for one in await room.ledger.pins.current():
        story = await room.ledger.stories.get(one.story)
        headline = story.article.headline if story else ""
        up = one.receipt is not None
        tops.append(Top(one.channel, one.story, headline, one.until, one.who, up, one.problem))
    return OnTop(tuple(tops))


VERBS = (Spec("pin", pin, hears=heard), Spec("unpin", unpin))
