"""Speaking: an answer becomes a message in one language, with its buttons; the ledger remembers what it shows."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

import structlog
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.desk.answer import Answer, Rows, Topic, asks, picture_of, rows_of, topic_of
from bot.desk.replies import Replies
from bot.errors import DeliveryError, LedgerError
from bot.ledger import Ledger
from bot.model.desk import DeskMessage
from bot.model.edition import Markup
from bot.rules.counting import visible
from bot.talk.buttons import Seal
from bot.talk.line import CAPTION, Line, Place, Saying
from bot.talk.splitting import LIMIT, split
from bot.work.outlet import Clock

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Drawn:
    """An answer as a message, and what the ledger is to remember of it."""

    saying: Saying
    word: str
    shown: str
    """The same hash, the same message: it need not be edited."""
    topic: Topic


class Speaker:
    """Says answers, and edits messages into other answers."""

    def __init__(self, line: Line, replies: Replies, seal: Seal, ledger: Ledger, clock: Clock) -> None:
        self._line, self._replies, self._seal, self._ledger, self._clock = line, replies, seal, ledger, clock

    def drawn(self, answer: Answer, chat: int, language: str) -> Drawn:
        """What would be sent."""
        now, rows = self._clock(), rows_of(answer)
        text, picture, word = self._replies.render(answer, language, now), picture_of(answer), self._seal.word(now)
        keyboard = self._keyboard(rows, word, chat, language)
        shown = sha256(repr((text, rows, picture)).encode()).hexdigest()
        return Drawn(Saying(text, keyboard, picture, asks(answer)), word, shown, topic_of(answer))

    def said(self, answer: Answer, language: str) -> str:
        """Its words alone, in one line, for a toast."""
        return " ".join(visible(self._replies.render(answer, language, self._clock()), Markup.HTML).split())

    async def say(
        self, place: Place, answer: Answer, language: str, *, going_on: Callable[[], bool] | None = None
    ) -> int:
        """Send it; the message's number. With `going_on` it waits for a line that is away.

        Raises Refused, Unavailable or Uncertain.
        """
        drawn = self.drawn(answer, place.chat, language)
        if going_on is None:
            number = await self._line.send(place, drawn.saying)
        else:
            number = await self._line.insist(place, drawn.saying, going_on)
        if drawn.saying.keyboard is not None or drawn.topic.story is not None:
            await self._keep(place.chat, number, drawn, picture=drawn.saying.captioned)
        return number

    async def change(self, message: DeskMessage, answer: Answer, language: str, *, whole: bool = False) -> bool:
        """Edit it into this answer; False where it cannot be. Raises Refused, Unavailable or Uncertain.

        `whole`: nor where its words would not all fit into one message, or it has a picture and the message has none,
        or the other way round.
        """
        drawn = self.drawn(answer, message.chat, language)
        if drawn.shown == message.shown:
            return True
        if whole and (drawn.saying.picture is not None) is not message.picture:
            return False
        if whole and len(split(drawn.saying.text, CAPTION if message.picture else LIMIT)) > 1:
            return False
        if not await self._line.edit(message.chat, message.message, drawn.saying, picture=message.picture):
            return False
        await self._keep(message.chat, message.message, drawn, picture=message.picture)
        return True

    async def _keep(self, chat: int, number: int, drawn: Drawn, *, picture: bool) -> None:
        topic = drawn.topic
        kept = DeskMessage(
            chat, number, topic.shows, topic.story, topic.channel, drawn.word, drawn.shown, picture, self._clock()
        )
        try:
            await self._ledger.desk_messages.keep(kept)
        except LedgerError:
            log.exception("the buttons of a message will not work: the ledger did not keep it")

    def _keyboard(self, rows: Rows, word: str, chat: int, language: str) -> InlineKeyboardMarkup | None:
        if not rows:
            return None
        words = self._replies.words[language]
        return InlineKeyboardMarkup(
            [
                [
                    InlineKeyboardButton(
                        words.caption(button.caption, button.about),
                        url=button.url,
                        callback_data=None if button.url else self._seal.data(word, chat, button.order),
                    )
                    for button in row
                ]
                for row in rows
            ]
        )


async def quietly(speaker: Speaker, place: Place, answer: Answer, language: str) -> None:
    """Say it, if the line is there; nobody waits for it."""
    try:
        await speaker.say(place, answer, language)
    except DeliveryError as err:
        log.warning("an answer was not delivered", answer=answer.template, why=err.why)
