"""What an order is about: the story, the channels and the reason, read as people write them, within one's limits."""

from dataclasses import dataclass
from difflib import get_close_matches

from bot.desk import command
from bot.desk.answer import Answer
from bot.desk.answers.looking import NoSuchChannel, NoSuchStory
from bot.desk.answers.talk import NotYours, Usage
from bot.desk.verb import Asked, Room
from bot.model.story import Story
from bot.rules.follow import SUPERSEDED

NO_REASON = "no reason given"
LONGEST_REASON = 500
_CLOSE = 0.75


@dataclass(frozen=True, slots=True)
class Named:
    """A story, and what else stood there; no channels mean all of them."""

    story: Story
    channels: tuple[str, ...]
    rest: str
    """In one line; what an editor's reason may be."""
    chosen: bool = False
    """The channels were named, and are not merely the person's own."""


@dataclass(frozen=True, slots=True)
class Told:
    """Not done: what to answer instead."""

    answer: Answer


async def story_in(room: Room, asked: Asked, verb: str, *, decides: bool = True) -> Named | Told:
    """The story named by its number, or by the message that this one replies to. Raises LedgerError.

    `decides`: the verb changes something, so the story must be theirs to decide on.
    """
    named = command.number(asked.rest)
    if named is None and asked.replied is not None and asked.replied.story is not None:
        named = asked.replied.story, asked.rest
    if named is None:
        digits = asked.rest.lstrip("#＃ ").split(maxsplit=1)
        return Told(NoSuchStory(digits[0]) if digits and digits[0].isdecimal() else Usage(verb, asked.rest))
    number, rest = named
    story = await room.ledger.stories.get(number)
    if story is None:
        return Told(NoSuchStory(str(number)))
    if decides and not asked.person.may_section(story.article.section):
        return Told(NotYours(number, story.article.headline, asked.person.sections, ()))
    return Named(story, (), rest)


async def whole_story(room: Room, asked: Asked, verb: str) -> Named | Told:
    """The same for what is decided for all its channels at once: they must all be theirs. Raises LedgerError."""
    found = await story_in(room, asked, verb)
    if isinstance(found, Told) or not asked.person.channels:
        return found
    if all(
        map(asked.person.may_channel, {row.channel for row in await room.ledger.deliveries.of_story(found.story.id)})
    ):
        return found
    return Told(NotYours(found.story.id, found.story.article.headline, (), asked.person.channels))


async def story_and_channels(
    room: Room, asked: Asked, verb: str, *, anywhere: bool = False, decides: bool = True, words: bool = False
) -> Named | Told:
    """The same, with the channels named behind the number; where the person is limited, theirs. Raises LedgerError.

    `anywhere`: any channel of the newsroom may be named, not only those that the story goes to. `words`: the rest is
    no reason, and stays as it was written.
    """
    found = await story_in(room, asked, verb, decides=decides)
    if isinstance(found, Told):
        return found
    story, rest = found.story, found.rest
    going = tuple(dict.fromkeys(row.channel for row in await room.ledger.deliveries.of_story(story.id)))
    own = room.channels if anywhere else going
    channels: list[str] = []
    while (first := command.word(rest)) is not None:
        name = first[0].casefold()
        if name not in own:
            known, near = name in room.channels, get_close_matches(name, own, 1, _CLOSE)
            # A slip in a channel's name must not become the reason for stopping every channel.
            if known or near:
                meant = near[0] if near and not known else None
                return Told(NoSuchChannel(verb, story.id, story.article.headline, first[0], known, meant, own))
            break
        channels.append(name)
        rest = first[1]
    limited = decides and bool(asked.person.channels)
    mine = [channel for channel in channels or own if not limited or asked.person.may_channel(channel)]
    if len(mine) < len(channels) or (limited and not mine):
        return Told(NotYours(story.id, story.article.headline, (), asked.person.channels))
    chosen = tuple(mine) if channels or limited else ()
    return Named(story, chosen, rest if words else reason(rest), chosen=bool(channels))


def reason(words: str) -> str:
    """One line; and never one that the house takes for its own word on revisions."""
    text = " ".join(words.split())[:LONGEST_REASON]
    return f"“{text}”" if text.startswith(SUPERSEDED) else text
