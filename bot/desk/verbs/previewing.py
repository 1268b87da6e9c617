"""The verb that shows how a story will look: its words and its card, channel by channel."""

from bot.desk import command
from bot.desk.answer import Answer
from bot.desk.answers.looking import NoSuchChannel
from bot.desk.drafts import shown, waiting
from bot.desk.proofs import previewed
from bot.desk.subject import Told, story_and_channels
from bot.desk.verb import Asked, Room, Spec
from bot.model.desk import Role


async def preview(room: Room, asked: Asked) -> Answer:
    """/preview STORY [CHANNEL]; "draft" is the story that is being written in this chat."""
    first = command.word(asked.rest)
    if first is not None and first[0].casefold() == "draft":
        draft = await waiting(room, asked)
        return await shown(room, asked, draft, first[1] or None)
    named = await story_and_channels(room, asked, "preview", anywhere=True, decides=False, words=True)
    if isinstance(named, Told):
        return named.answer
    channels = named.channels
    if named.rest:
        number, headline = named.story.id, named.story.article.headline
        return NoSuchChannel("preview", number, headline, named.rest.split()[0], False, None, room.channels)
    if not channels and not asked.rest and asked.replied is not None and asked.replied.channel in room.channels:
        channels = (asked.replied.channel,)
    return await previewed(room, named.story, channels[0] if channels else None)


VERBS = (Spec("preview", preview, Role.READER, looks=True, slow=True),)
