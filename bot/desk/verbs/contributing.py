"""The verbs for what readers send in: ask them back, decline politely; the bot carries the words to and fro."""

from datetime import timedelta

from bot.desk.answer import Answer
from bot.desk.answers.contributing import AskedBack, Carried, Contact, Declined, WhatAsk
from bot.desk.answers.looking import NoSuchStory
from bot.desk.subject import Told, reason, story_in
from bot.desk.verb import Asked, Room, Spec
from bot.errors import DeliveryError
from bot.model.decision import Decision, Verb
from bot.model.desk import Dialogue
from bot.model.story import Story
from bot.sources.submission import arrival_of

PATIENCE = timedelta(days=7)
"""How long a contributor may take to answer."""


async def ask(room: Room, asked: Asked) -> Answer:
    """/ask NUMBER question."""
    named = await story_in(room, asked, "ask")
    if isinstance(named, Told):
        return named.answer
    story, author = named.story, named.story.article.byline.author
    if arrival_of(story.article) is None:
        return Contact(story.id, story.article.headline, author, None, brought=False)
    if not (question := reason(named.rest)):
        await room.ledger.dialogues.open(asked.waits("ask", "question", str(story.id)))
        return WhatAsk(story.id, story.article.headline, author)
    return await _ask(room, asked, story, question)


async def heard(room: Room, asked: Asked, dialogue: Dialogue) -> Answer:
    """The question."""
    story = await room.ledger.stories.get(int(dialogue.data))
    question = reason(asked.rest)
    if story is None or not question:
        return NoSuchStory(dialogue.data)
    return await _ask(room, asked, story, question)


async def _ask(room: Room, asked: Asked, story: Story, question: str) -> Answer:
    told = await _write(room, story, AskedBack(story.article.headline, question), "ask")
    chat = _chat(story)
    if told.reached and chat is not None:
        until = asked.now + PATIENCE
        await room.ledger.dialogues.open(Dialogue(chat, chat, "ask", "answer", str(story.id), until))
        await room.ledger.history.add(Decision(Verb.ASKED, asked.person.name, question, asked.now, story.id))
    return told


async def decline(room: Room, asked: Asked) -> Answer:
    """/decline NUMBER [words to the contributor]: nothing of it goes out, and they are told so politely."""
    named = await story_in(room, asked, "decline")
    if isinstance(named, Told):
        return named.answer
    story, words, author = named.story, reason(named.rest), named.story.article.byline.author
    if arrival_of(story.article) is None:
        return Contact(story.id, story.article.headline, author, None, brought=False)
    done = await room.ledger.orders.reject(story.id, asked.person.name, words or "declined", asked.now)
    if not done.done:
        return Carried("decline", story.id, story.article.headline, author, False, done.why_not)
    told = await _write(room, story, Declined(author or "", story.article.headline, words), "decline", rejected=True)
    if (chat := _chat(story)) is not None:
        await room.ledger.dialogues.close(chat, chat, "ask")
    return told


async def _write(room: Room, story: Story, answer: Answer, verb: str, *, rejected: bool = False) -> Carried:
    """To whoever sent it in, if they did so in Telegram."""
    headline, author, chat = story.article.headline, story.article.byline.author, _chat(story)
    contact = await room.ledger.arrivals.contact(story.source, arrival_of(story.article) or "")
    if chat is None or room.tell is None:
        return Carried(verb, story.id, headline, author, False, "", contact, rejected)
    language = "zh" if story.article.language.startswith("zh") else "en"
    try:
        await room.tell(chat, answer, language)
    except DeliveryError as err:
        return Carried(verb, story.id, headline, author, False, err.why, contact, rejected)
    return Carried(verb, story.id, headline, author, reached=True, rejected=rejected)


def _chat(story: Story) -> int | None:
    """Their own chat with the bot, where it came by Telegram."""
    way, _, rest = (arrival_of(story.article) or "").partition(" ")
    number = rest.partition(" ")[0]
    return int(number) if way == "telegram" and number.isdecimal() else None


VERBS = (Spec("ask", ask, hears=heard), Spec("decline", decline))
