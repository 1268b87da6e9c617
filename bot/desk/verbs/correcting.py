"""Correct: what is out and wrong is put right, after a look at what each channel will do; the rest is listed."""

import re

from bot.desk import command
from bot.desk.answer import Answer
from bot.desk.answers.correcting import Corrected, HowCorrect, Unseen, WhatCorrect
from bot.desk.answers.looking import NoSuchStory
from bot.desk.subject import Told, story_in
from bot.desk.verb import Asked, Room, Spec
from bot.errors import OrderError
from bot.model.desk import Dialogue
from bot.model.order import Kind
from bot.model.story import Story
from bot.rules.correcting import read

_CORRECT = "correct"
_KINDS = {
    "typo": Kind.TYPO, "错字": Kind.TYPO, "错别字": Kind.TYPO,
    "update": Kind.UPDATE, "更新": Kind.UPDATE,
    "correction": Kind.CORRECTION, "更正": Kind.CORRECTION,
}  # fmt: skip
_PRESSED = re.compile(rf"as (?P<kind>{'|'.join(Kind)})(?P<yes> yes)?")
_MOST = 20


async def correct(room: Room, asked: Asked) -> Answer:
    """/correct NUMBER [typo | update | correction] old → new | note: shown first; the button's yes makes it count."""
    named = await story_in(room, asked, _CORRECT)
    if isinstance(named, Told):
        return named.answer
    story, rest = named.story, named.rest.strip()
    if (pressed := _PRESSED.fullmatch(rest)) is not None:
        return await _pressed(room, asked, story, Kind(pressed["kind"]), yes=pressed["yes"] is not None)
    if not rest:
        await room.ledger.dialogues.open(asked.waits(_CORRECT, "words", str(story.id)))
        return WhatCorrect(story.id, story.article.headline)
    return await _worded(room, asked, story, rest)


async def heard(room: Room, asked: Asked, dialogue: Dialogue) -> Answer:
    """The words, or other words."""
    number, _, _ = dialogue.data.partition(" ")
    story = await room.ledger.stories.get(int(number))
    return await _worded(room, asked, story, asked.rest.strip()) if story is not None else NoSuchStory(number)


async def _worded(room: Room, asked: Asked, story: Story, words: str) -> Answer:
    """Kept in the conversation until a button says yes: a restart in between loses nothing."""
    first, kind = command.word(words), None
    if first is not None and first[1]:
        kind = _KINDS.get(first[0].casefold())
    if kind is not None and first is not None:
        words = first[1]
    await room.ledger.dialogues.open(asked.waits(_CORRECT, "sure", f"{story.id} {words}"))
    return await _shown(room, story, kind, words)


async def _shown(room: Room, story: Story, kind: Kind | None, words: str) -> Answer:
    correction, headline = read(kind or Kind.CORRECTION, words), story.article.headline
    try:
        effects = await room.ordering.effects(story.id, correction)
    except OrderError as err:
        return WhatCorrect(story.id, headline, str(err))
    return HowCorrect(story.id, headline, correction, kind is not None, effects if kind is not None else ())


async def _pressed(room: Room, asked: Asked, story: Story, kind: Kind, *, yes: bool) -> Answer:
    dialogue = await room.ledger.dialogues.get(asked.chat, asked.person.number, asked.now, _CORRECT)
    number, _, words = dialogue.data.partition(" ") if dialogue is not None else ("", "", "")
    if dialogue is None or number != str(story.id) or not words:
        await room.ledger.dialogues.open(asked.waits(_CORRECT, "words", str(story.id)))
        return WhatCorrect(story.id, story.article.headline, "the words are no longer known")
    if not yes:
        return await _shown(room, story, kind, words)
    correction = read(kind, words)
    try:
        effects = await room.ordering.effects(story.id, correction)
        made = await room.ordering.correct(story.id, correction, asked.person.name)
    except OrderError as err:
        return WhatCorrect(story.id, story.article.headline, str(err))
    await room.ledger.dialogues.close(asked.chat, asked.person.number, _CORRECT)
    return Corrected(story.id, story.article.headline, made.revision, correction, effects)


async def unseen(room: Room, asked: Asked) -> Answer:
    """/unseen: what could not be corrected and nobody has seen."""
    del asked
    return await _unseen(room)


async def seen(room: Room, asked: Asked) -> Answer:
    """/seen NUMBER: an editor knows of it."""
    named = await story_in(room, asked, "seen")
    if isinstance(named, Told):
        return named.answer
    return await _unseen(room, await room.ledger.corrections.seen(named.story.id, asked.person.name, asked.now))


async def _unseen(room: Room, done: int = 0) -> Answer:
    entries = await room.ledger.corrections.unseen()
    return Unseen(entries[:_MOST], max(0, len(entries) - _MOST), done)


VERBS = (
    Spec(_CORRECT, correct, hears=heard),
    Spec("unseen", unseen, looks=True),
    Spec("seen", seen, menu=False),
)
