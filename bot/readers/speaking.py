"""Speaking to readers: a page becomes a message with sealed buttons; who is flooded waits, and nobody behind them."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import TelegramError

from bot.errors import DeliveryError, Refused, Unavailable
from bot.readers.pages import Page, Rows
from bot.readers.replies import Replies
from bot.talk.buttons import Seal
from bot.talk.errands import Errands
from bot.talk.line import Line, Place, Saying, ours

log = structlog.get_logger(__name__)

PATIENCE = 120.0
"""An answer that Telegram wants later than this is dropped."""
TRIES = 4
MOST_LATE = 500
"""Answers that wait at once; what is more is dropped, and the state of things is asked for again."""


class Speaker:
    """Says pages, and edits messages into others."""

    def __init__(self, bot: Bot, replies: Replies, seal: Seal, clock: Callable[[], datetime]) -> None:
        self._bot, self._line, self._replies, self._seal, self._clock = bot, Line(bot), replies, seal, clock
        self._late, self._waiting = Errands(), 0

    @property
    def late(self) -> bool:
        """Whether answers still wait."""
        return self._late.under_way

    async def say(self, place: Place, page: Page, language: str) -> bool:
        """Send it, later where Telegram says so; False where it cannot be sent there."""
        return await self._send(place, self._saying(page, place.chat, language))

    async def edit(self, place: Place, message: int, page: Page, language: str) -> None:
        """Make the message read so; where it cannot be edited, a new one does."""
        saying = self._saying(page, place.chat, language)
        try:
            if not await self._line.edit(place.chat, message, saying, picture=False):
                await self._send(place, saying)
        except Unavailable as err:
            self._later(place, saying, err, 1)
        except DeliveryError as err:
            log.warning("a message to a reader was not edited", page=page.name, why=err.why)

    async def toast(self, query: str, language: str, name: str = "", *, alert: bool = False) -> None:
        """Say one of the toasts above the chat, and end the button's waiting."""
        text = self._replies.words[language].toasts[name] if name else ""
        try:
            await self._line.toast(query, text, alert=alert)
        except DeliveryError as err:
            log.info("a press was not answered", why=err.why)

    async def file(self, place: Place, name: str, content: bytes) -> None:
        """Send a file. Raises Refused, Unavailable or Uncertain."""
        try:
            await self._bot.send_document(place.chat, content, filename=name, message_thread_id=place.thread)
        except TelegramError as err:
            raise ours(err) from None

    async def end(self) -> None:
        """What waits is dropped."""
        await self._late.end(0.1)

    def _saying(self, page: Page, chat: int, language: str) -> Saying:
        keyboard = self._keyboard(page.rows, chat, language) if page.rows else None
        return Saying(self._replies.render(page, language), keyboard)

    def _keyboard(self, rows: Rows, chat: int, language: str) -> InlineKeyboardMarkup:
        words, word = self._replies.words[language], self._seal.word(self._clock())
        return InlineKeyboardMarkup([
            [
                InlineKeyboardButton(words.caption(one), callback_data=self._seal.data(word, chat, one.order))
                for one in row
            ]
            for row in rows
        ])  # fmt: skip

    async def _send(self, place: Place, saying: Saying, tries: int = 1) -> bool:
        try:
            await self._line.send(place, saying)
        except Unavailable as err:
            self._later(place, saying, err, tries)
        except Refused as err:
            log.info("an answer was not sent", why=err.why)
            return False
        except DeliveryError as err:  # it may be there: asking again is a word's work, a double is a nuisance
            log.warning("an answer may not have arrived", why=err.why)
        return True

    def _later(self, place: Place, saying: Saying, err: Unavailable, tries: int) -> None:
        wait = err.retry_after.total_seconds() if err.retry_after else float(tries)
        if wait > PATIENCE or tries >= TRIES or self._waiting >= MOST_LATE:
            log.warning("an answer was dropped", why=err.why, wait=wait)
            return

        async def after() -> None:
            try:
                await asyncio.sleep(wait)
                await self._send(place, saying, tries + 1)
            finally:
                self._waiting -= 1

        self._waiting += 1
        self._late.send(after())
