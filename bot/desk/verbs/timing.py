"""The verbs that set a time: schedule and embargo. It is repeated with its zone before it counts."""

import re
from dataclasses import replace
from datetime import UTC, datetime

from bot.desk.answer import Answer
from bot.desk.answers.timing import Sure, WhatTime
from bot.desk.subject import Named, Told, whole_story
from bot.desk.verb import Asked, Room, Spec
from bot.desk.verbs.deciding import ordered
from bot.model.desk import Dialogue
from bot.rules.moments import moment

_SURE = re.compile(r"=(\d{9,11})")
"""A moment that was repeated and confirmed, in seconds since 1970."""
_LIFTED = re.compile(r"off|lift(?:ed)?|none|解除|取消|不限", re.IGNORECASE)


async def schedule(room: Room, asked: Asked) -> Answer:
    """/schedule NUMBER TIME."""
    return await _time(room, _about(room, asked), "schedule")


async def embargo(room: Room, asked: Asked) -> Answer:
    """/embargo NUMBER TIME | off."""
    return await _time(room, _about(room, asked), "embargo")


async def scheduled_for(room: Room, asked: Asked, dialogue: Dialogue) -> Answer:
    """The time, said after all."""
    return await _time(room, replace(asked, rest=f"{dialogue.data} {asked.rest}"), dialogue.verb)


def _about(room: Room, asked: Asked) -> Asked:
    """In a reply to a story's message the number may be left out, and 18:30 is no story's number."""
    story = asked.replied.story if asked.replied and not asked.pressed else None
    if story is None or (moment(asked.rest, asked.now, room.zone) is None and not _LIFTED.fullmatch(asked.rest)):
        return asked
    return replace(asked, rest=f"{story} {asked.rest}")


async def _time(room: Room, asked: Asked, verb: str) -> Answer:
    named = await whole_story(room, asked, verb)
    if isinstance(named, Told):
        return named.answer
    words = " ".join(named.rest.split())
    if verb == "embargo" and _LIFTED.fullmatch(words):
        return await _counts(room, asked, verb, named, None)
    if sure := _SURE.fullmatch(words):
        at = datetime.fromtimestamp(int(sure[1]), UTC)
        # A button may be pressed long after the time was read.
        return await (_counts(room, asked, verb, named, at) if at > asked.now else _asks(room, asked, verb, named, at))
    said = (words, f"in {words}") if words else ()  # “2 hours”, too
    read = next((one for text in said if (one := moment(text, asked.now, room.zone)) is not None), None)
    if read is None:
        return await _asks(room, asked, verb, named, words=words)
    readings = tuple(dict.fromkeys((*(() if read.past else (read.at,)), *read.others)))
    if not readings:
        return await _asks(room, asked, verb, named, read.at, words)
    doubts = tuple(filter(None, read.ambiguous.split("; ")))
    return Sure(verb, named.story.id, named.story.article.headline, readings, doubts)


async def _asks(
    room: Room, asked: Asked, verb: str, named: Named, past: datetime | None = None, words: str = ""
) -> WhatTime:
    """The next words are the time."""
    story = named.story
    await room.ledger.dialogues.open(asked.waits(verb, "time", str(story.id)))
    stands = story.orders.embargo if verb == "embargo" else None
    return WhatTime(verb, story.id, story.article.headline, words, past, stands)


async def _counts(room: Room, asked: Asked, verb: str, named: Named, at: datetime | None) -> Answer:
    orders, story, who = room.ledger.orders, named.story, asked.person.name
    if verb == "embargo" or at is None:
        done = await orders.embargo(story.id, at, who, "", asked.now)
    else:
        done = await orders.schedule(story.id, at, who, "", asked.now)
    return await ordered(room, story, verb, done)


VERBS = (
    Spec("schedule", schedule, hears=scheduled_for),
    Spec("embargo", embargo, hears=scheduled_for),
)
