"""The verb that words a story: headline, summary and hashtags, for all channels or one, tried on each at once."""

from dataclasses import replace

from bot.desk import command
from bot.desk.answer import Answer
from bot.desk.answers.writing import AskWords, Edited, Forgot, NotWritten, TooLongWords, WhichWords
from bot.desk.proofs import previewed, wrote
from bot.desk.subject import Named, Told, story_and_channels
from bot.desk.verb import Answers, Asked, Room, Spec
from bot.errors import OrderError, PressError, TooLong
from bot.model.desk import Dialogue
from bot.model.edition import Unit
from bot.model.order import Wording
from bot.model.story import Story
from bot.rules import rewording
from bot.rules.rewording import Part

_FREE = "words"
"""Before words in which parts may be labelled; a reply to a preview is read so."""
_AGAIN = ("press", "again", "原文", "恢复")
_ANY = "any"


async def edit(room: Room, asked: Asked) -> Answers:
    """/edit STORY [CHANNEL] [headline | summary | hashtags | press] [TEXT]."""
    named = await story_and_channels(room, asked, "edit", anywhere=True, words=True)
    if isinstance(named, Told):
        return named.answer
    first, rest = command.word(named.rest) or ("", "")
    if not first:
        return await _which(room, named)
    if first.casefold() in _AGAIN and not rest:
        return await _forget(room, asked, named)
    part = rewording.part(first)
    if part is not None and not rest:
        return await _ask(room, asked, named, part)
    wording = rewording.said(part, rest) if part is not None else rewording.reworded(_free(named.rest))
    return await _carried(room, asked, named, wording, part)


async def heard(room: Room, asked: Asked, dialogue: Dialogue) -> Answers:
    """The words that were asked for."""
    named = await story_and_channels(room, replace(asked, rest=dialogue.data), "edit", anywhere=True, words=True)
    if isinstance(named, Told):
        return named.answer
    part = rewording.part(dialogue.step)
    if not asked.rest.strip():
        return await _ask(room, asked, named, part or Part.SUMMARY)
    wording = rewording.said(part, asked.rest) if part is not None else rewording.reworded(asked.rest)
    return await _carried(room, asked, named, wording, part)


def _free(text: str) -> str:
    first = command.word(text)
    return first[1] if first is not None and first[0].casefold() == _FREE else text


async def _which(room: Room, named: Named) -> Answers:
    channel = named.channels[0] if len(named.channels) == 1 else None
    given = await room.ledger.orders.given(named.story.id)
    return WhichWords(named.story.id, named.story.article.headline, channel, wrote(given, channel))


async def _ask(room: Room, asked: Asked, named: Named, part: Part) -> Answers:
    story = named.story
    await room.ledger.dialogues.open(asked.waits("edit", part.value, _subject(named)))
    given = await room.ledger.orders.given(story.id)
    wording = given.wording(named.channels[0] if named.channels else "")
    tags = wording.hashtags if wording.hashtags is not None else story.article.tags
    now = {
        Part.HEADLINE: wording.headline or story.article.headline,
        Part.SUMMARY: wording.summary or "",
        Part.HASHTAGS: " ".join(f"#{tag}" for tag in tags),
    }
    return AskWords(story.id, story.article.headline, named.channels, part, now[part])


async def _carried(room: Room, asked: Asked, named: Named, wording: Wording, part: Part | None) -> Answers:
    story, moved, why_not = named.story, 0, list[str]()
    for channel in named.channels or (None,):
        try:
            done = await room.ordering.edit(story.id, wording, asked.person.name, channel)
        except TooLong as err:
            step = part.value if part is not None else _ANY
            await room.ledger.dialogues.open(asked.waits("edit", step, _subject(named)))
            return _too_long(story, wording, err)
        except (OrderError, PressError) as err:
            return NotWritten(story.id, story.article.headline, str(err))
        moved += done.moved
        why_not += [done.why_not] if done.why_not else []
    edited = Edited(story.id, story.article.headline, named.channels, _parts(wording), moved, "; ".join(why_not))
    return edited, await _again(room, named)


async def _forget(room: Room, asked: Asked, named: Named) -> Answers:
    forget, story = room.ledger.wordings.forget, named.story
    done = [await forget(story.id, one, asked.person.name, asked.now) for one in named.channels or ("",)]
    return Forgot(story.id, story.article.headline, named.channels, any(done)), await _again(room, named)


async def _again(room: Room, named: Named) -> Answer:
    return await previewed(room, named.story, named.channels[0] if named.channels else None)


def _too_long(story: Story, wording: Wording, err: TooLong) -> TooLongWords:
    own = wording.summary or wording.headline or ""
    over = rewording.beyond(own, err.count - err.limit, Unit(err.unit))
    return TooLongWords(
        story.id, story.article.headline, err.channel, err.count, err.limit, err.unit, over
    )  # fmt: skip


def _parts(wording: Wording) -> tuple[tuple[Part, str], ...]:
    tags = None if wording.hashtags is None else " ".join(f"#{tag}" for tag in wording.hashtags)
    said = ((Part.HEADLINE, wording.headline), (Part.SUMMARY, wording.summary), (Part.HASHTAGS, tags))
    return tuple((part, words) for part, words in said if words is not None)


def _subject(named: Named) -> str:
    return " ".join((str(named.story.id), *named.channels))


VERBS = (Spec("edit", edit, hears=heard, slow=True),)
