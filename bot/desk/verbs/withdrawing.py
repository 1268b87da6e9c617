"""Withdraw: a story is taken back everywhere, and one list tells what came of it until nothing is left to do."""

from bot.desk import command
from bot.desk.answer import Answer
from bot.desk.answers.withdrawing import WhyWithdraw
from bot.desk.subject import NO_REASON, Told, reason, story_in
from bot.desk.verb import Asked, Room, Spec
from bot.desk.withdrawal import taken_back, withdrawn
from bot.model.desk import Dialogue
from bot.model.story import Story

_WITHDRAW = "withdraw"


async def withdraw(room: Room, asked: Asked) -> Answer:
    """/withdraw NUMBER reason: the whole story, everywhere. Asks for the reason; a story taken back is only shown."""
    named = await story_in(room, asked, _WITHDRAW)
    if isinstance(named, Told):
        return named.answer
    story, why = named.story, reason(named.rest)
    if (first := command.word(why)) is not None and first[0] == "gone" and first[1] in room.channels:
        await room.ledger.withdrawals.by_hand(story.id, first[1], asked.person.name, asked.now)
        return await _list(room, story)
    if withdrawn(story):
        if why == "reprints":
            before = await taken_back(room.ledger, story)
            return await _take(room, asked, story, before.reason, reprints=True)
        if not why:
            return await _list(room, story)
    if not why:
        await room.ledger.dialogues.open(asked.waits(_WITHDRAW, "reason", str(story.id)))
        return WhyWithdraw(story.id, story.article.headline)
    return await _take(room, asked, story, why)


async def heard(room: Room, asked: Asked, dialogue: Dialogue) -> Answer:
    """The reason."""
    story = await room.ledger.stories.get(int(dialogue.data))
    if story is None:  # nobody deletes stories
        return WhyWithdraw(int(dialogue.data), "")
    return await _take(room, asked, story, reason(asked.rest) or NO_REASON)


async def _take(room: Room, asked: Asked, story: Story, why: str, *, reprints: bool = False) -> Answer:
    who = asked.person.name
    await room.ledger.withdrawals.withdraw(story.id, room.able, who, why, asked.now, reprints=reprints)
    return await _list(room, story)


async def _list(room: Room, story: Story) -> Answer:
    return await taken_back(room.ledger, story)


VERBS = (Spec(_WITHDRAW, withdraw, hears=heard),)
