"""Why a story is where it is: told from the ledger's own records."""

from bot.desk import carrying
from bot.desk.answer import Answer
from bot.desk.answers.asking import Why
from bot.desk.subject import Told, story_and_channels
from bot.desk.verb import Asked, Room, Spec
from bot.model.desk import Role
from bot.rules import why as rules


async def why(room: Room, asked: Asked) -> Answer:
    """/why NUMBER [CHANNEL]."""
    named = await story_and_channels(room, asked, "why", anywhere=True, decides=False)
    if isinstance(named, Told):
        return named.answer
    story = named.story
    rows = await room.ledger.deliveries.of_story(story.id)
    attempts = {row.id: await room.ledger.deliveries.attempts(row.id) for row in rows}
    history = await room.ledger.history.of_story(story.id)
    channel = named.channels[0] if named.channels else None
    lines = rules.why(story, rows, attempts, history, asked.now, channel)
    carried = tuple(one for one in await carrying.of_story(room, story.id) if channel in {None, one.carrier})
    return Why(story.id, story.article.headline, lines, carried)


VERBS = (Spec("why", why, Role.READER, looks=True),)
