"""Digest: what has come out, as one edition a channel; previewed, and sent once its editor says so."""

import re
from datetime import datetime, timedelta

from bot.desk.answer import Answer
from bot.desk.answers.digesting import DigestMade, WhichDigest
from bot.desk.answers.settling import NoChannel
from bot.desk.answers.talk import NotYours
from bot.desk.proofs import previewed
from bot.desk.verb import Answers, Asked, Room, Spec

_HOURS = re.compile(r"(?P<hours>\d{1,3})\s*(?:h|hours?|个?小时)?(?=$|[\s，,、])")
_EVERY = (["*"], ["all"], ["全部"])
LONGEST = 24 * 7


async def digest(room: Room, asked: Asked) -> Answers:
    """/digest [HOURS] [CHANNEL …]: without channels it asks for which."""
    found = _HOURS.match(asked.rest.strip())
    hours = min(int(found["hours"]), LONGEST) if found else 0
    rest = asked.rest.strip()[found.end() if found else 0 :]
    words = [word.casefold() for word in re.split(r"[\s，,、]+", rest) if word]
    since, mine = _since(room, asked, hours), tuple(filter(asked.person.may_channel, room.channels))
    if not words:
        return WhichDigest(await room.ordering.digests.count(since), hours, mine)
    channels = mine if words in _EVERY else tuple(dict.fromkeys(words))
    for name in channels:
        if name not in room.channels:
            return NoChannel("digest", name, None, ())
        if name not in mine:
            return NotYours(0, "", (), asked.person.channels)
    made = await room.ordering.digests.make(channels, since, asked.person.name, room.zone)
    told = DigestMade(made.story, made.told, tuple(made.problems.items()))
    story = await room.ledger.stories.get(made.story) if made.story is not None else None
    if story is None:
        return told
    shown: Answer = await previewed(room, story, carded=True)
    return (told, shown)


def _since(room: Room, asked: Asked, hours: int) -> datetime:
    if hours:
        return asked.now - timedelta(hours=hours)
    return (
        asked.now.astimezone(room.zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(asked.now.tzinfo)
    )


VERBS = (Spec("digest", digest),)
