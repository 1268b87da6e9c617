"""Contributions: a reader sends in a text or a link by /submit; it is kept for the editors, and thanked for."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from telegram import Message, User

from bot.desk import command
from bot.desk.answer import Answer
from bot.desk.answers.contributing import Contact, Enough, Invited, Passed, Received
from bot.desk.answers.looking import NoSuchStory
from bot.desk.answers.talk import Usage
from bot.desk.command import Command
from bot.desk.verb import Asked, Room
from bot.errors import DeliveryError
from bot.ledger import Ledger
from bot.model.decision import Decision, Verb
from bot.model.desk import Dialogue
from bot.rules.flow import Flow
from bot.sources.enclosed import keep, picture_kind
from bot.sources.submission import MOST, Submission, Submissions, arrival_of, letter

log = structlog.get_logger(__name__)

Fetch = Callable[[str], Awaitable[bytes]]
"""A picture by Telegram's name for it. Raises Refused, Unavailable or Uncertain."""
DAY = timedelta(days=1)
PATIENCE = timedelta(hours=1)
"""How long after /submit the next message is what was meant."""
SUBMIT, ASK = "submit", "ask"
ANSWERED = timedelta(minutes=10)
"""How long somebody who has answered an editor may add to it."""
LONGEST_ANSWER = 2000


class Contributions:
    """The one verb that is for everybody who is no editor."""

    def __init__(
        self, ledger: Ledger, source: Submissions, wake: Callable[[str], None], pictures: Path | None = None
    ) -> None:
        """`wake(source)` has what was kept read at once; enclosed pictures go to the folder `pictures`."""
        self._pictures = pictures
        self._ledger, self._source, self._wake = ledger, source, wake
        self._flow = Flow(source.settings.per_sender, DAY)

    async def heard(
        self, message: Message, person: User, asked: Command | None, now: datetime, fetch: Fetch | None = None
    ) -> Answer | None:
        """What to say; None where the message is no contribution. Raises LedgerError."""
        name, text = person.full_name[: MOST["name"]], message.text or message.caption or ""
        waits = await self._ledger.dialogues.get(message.chat.id, person.id, now)
        if asked is not None and asked.verb == SUBMIT:
            text = asked.rest
            if not text:
                patience = now + PATIENCE
                await self._ledger.dialogues.open(Dialogue(message.chat.id, person.id, SUBMIT, "text", "", patience))
                return Invited(name)
        elif asked is not None or not text or waits is None:
            return None
        elif waits.verb == ASK and waits.step == "answer":
            return await self._answered(message, waits, name, text, now)
        elif waits.verb != SUBMIT:
            return None
        if await self._full(person, now):
            return Enough()
        if waits is not None and waits.verb == SUBMIT:
            await self._ledger.dialogues.close(message.chat.id, person.id, SUBMIT)
        contact = f"Telegram {'@' + person.username if person.username else ''} ({person.id})".replace("  ", " ")
        picture = await self._enclosed(message, fetch)
        given = Submission(name, text[: MOST["text"]], link=_link(text), picture=picture, way="Telegram")
        # The message's own number: delivered once more after a crash, it is not kept a second time.
        kept = letter(given, f"telegram {message.chat.id} {message.message_id}", contact)
        if await self._ledger.arrivals.receive(self._source.name, kept, now):
            log.info("a reader's contribution came", source=self._source.name, picture=bool(picture))
            self._wake(self._source.name)
        return Received(name)

    async def _answered(self, message: Message, waits: Dialogue, name: str, text: str, now: datetime) -> Answer:
        """What an editor asked is answered: the desk is told, and the history keeps it."""
        story, said = int(waits.data), " ".join(text.split())[:LONGEST_ANSWER]
        found = await self._ledger.stories.get(story)
        headline = found.article.headline if found is not None else ""
        told = f"#{story} {headline}: answered by {name}: {said}"
        # Delivered once more after a crash, the same message is told once.
        if await self._ledger.notices.once(f"story {story} answered {message.message_id}", told, now):
            await self._ledger.history.add(Decision(Verb.ANSWERED, name, said, now, story))
        await self._ledger.dialogues.open(replace(waits, until=min(waits.until, now + ANSWERED)))
        return Passed()

    async def _enclosed(self, message: Message, fetch: Fetch | None) -> str:
        """The file of a picture that came with it; "" where there is none, or it cannot be had."""
        if not message.photo or fetch is None or self._pictures is None:
            return ""
        try:
            data = await fetch(message.photo[-1].file_id)
            kind = picture_kind(data)
            return await asyncio.to_thread(keep, self._pictures, data, kind) if kind else ""
        except (DeliveryError, OSError) as err:
            log.warning("a reader's picture was not kept", error=str(err))
            return ""

    async def _full(self, person: User, now: datetime) -> bool:
        if self._flow.wait(str(person.id), now) is not None:
            return True
        return await self._ledger.arrivals.count(self._source.name, now - DAY) >= self._source.settings.per_day


async def contact(room: Room, asked: Asked) -> Answer:
    """/contact NUMBER, for editors: how to reach who sent a story in."""
    named = command.number(asked.rest)
    if named is None:
        return Usage("contact", asked.rest)
    story = await room.ledger.stories.get(named[0])
    if story is None:
        return NoSuchStory(str(named[0]))
    key, article = arrival_of(story.article), story.article
    told = await room.ledger.arrivals.contact(story.source, key) if key is not None else None
    return Contact(story.id, article.headline, article.byline.author, told, brought=key is not None)


def _link(text: str) -> str:
    """A message that is one address and nothing else."""
    words = text.split()
    return words[0] if len(words) == 1 and words[0].startswith(("http://", "https://")) else ""
