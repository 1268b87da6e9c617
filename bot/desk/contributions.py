"""Contributions: a reader sends in a text or a link by /submit; it is kept for the editors, and thanked for."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from telegram import Message, User

from bot.desk import command
from bot.desk.answer import Answer
from bot.desk.answers.contributing import Contact, Enough, Invited, Received
from bot.desk.answers.looking import NoSuchStory
from bot.desk.answers.talk import Usage
from bot.desk.command import Command
from bot.desk.verb import Asked, Room
from bot.ledger import Ledger
from bot.rules.flow import Flow
from bot.sources.submission import MOST, Submission, Submissions, arrival_of, letter

log = structlog.get_logger(__name__)

DAY = timedelta(days=1)
PATIENCE = timedelta(hours=1)
"""How long after /submit the next message is what was meant."""
REMEMBERED = 1000


class Contributions:
    """The one verb that is for everybody who is no editor."""

    def __init__(self, ledger: Ledger, source: Submissions, wake: Callable[[str], None]) -> None:
        """`wake(source)` has what was kept read at once."""
        self._ledger, self._source, self._wake = ledger, source, wake
        self._flow = Flow(source.settings.per_sender, DAY)
        self._invited: OrderedDict[int, datetime] = OrderedDict()

    async def heard(self, message: Message, person: User, asked: Command | None, now: datetime) -> Answer | None:
        """What to say; None where the message is no contribution. Raises LedgerError."""
        name = person.full_name[: MOST["name"]]
        if asked is not None and asked.verb == "submit":
            text = asked.rest
            if not text:
                self._invite(person.id, now)
                return Invited(name)
        else:
            invited = self._invited.get(person.id)
            text = message.text or ""
            if asked is not None or not text or invited is None or now - invited > PATIENCE:
                return None
        if await self._full(person, now):
            return Enough()
        self._invited.pop(person.id, None)
        contact = f"Telegram {'@' + person.username if person.username else ''} ({person.id})".replace("  ", " ")
        given = Submission(name, text[: MOST["text"]], link=_link(text), way="Telegram")
        # The message's own number: delivered once more after a crash, it is not kept a second time.
        kept = letter(given, f"telegram {message.chat.id} {message.message_id}", contact)
        if await self._ledger.arrivals.receive(self._source.name, kept, now):
            log.info("a reader's contribution came", source=self._source.name, picture=False)
            self._wake(self._source.name)
        return Received(name)

    def _invite(self, number: int, now: datetime) -> None:
        self._invited[number] = now
        self._invited.move_to_end(number)
        if len(self._invited) > REMEMBERED:
            self._invited.popitem(last=False)

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
