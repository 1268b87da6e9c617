"""The line to the Bot API: its errors made ours, messages sent, edited, answered."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import structlog
from telegram import (
    Bot,
    ForceReply,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.errors import DeliveryError, Refused, Unavailable, Uncertain
from bot.model.edition import Markup, Unit
from bot.rules.counting import count, visible
from bot.talk.splitting import split
from bot.web.outcomes import NEVER_SENT

log = structlog.get_logger(__name__)

DESK = "desk"
FIRST_WAIT, LONGEST_WAIT = 0.2, 30.0
CAPTION = 1024
_LONGEST_PATIENCE = 60.0
"""An answer that Telegram wants later than this is dropped: every other command waits behind it."""
_MOST_DOUBTS = 6
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_BAD_MARKUP = "can't parse entities"
_SAME = "message is not modified"
_LOST = ("message to edit not found", "message can't be edited", "message_id_invalid")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes."""

    chat: int
    thread: int | None = None
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class Saying:
    """A message as Telegram takes it: HTML, what stands below it and above it."""

    text: str
    keyboard: InlineKeyboardMarkup | None = None
    picture: Path | None = None
    asks: bool = False
    """In a group, whoever is asked finds a reply to it open."""

    @property
    def captioned(self) -> bool:
        """The words fit below the picture."""
        return self.picture is not None and count(visible(self.text, Markup.HTML), Unit.UTF16) <= CAPTION


class Line:
    """Sends what a bot has to say."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def send(self, place: Place, saying: Saying) -> int:
        """In as many messages as it takes; the number of the last, which has the buttons.

        Raises Refused, Unavailable or Uncertain.
        """
        number = 0
        for part in _parts(saying):
            number = await self._send(place, part)
        return number

    async def insist(self, place: Place, saying: Saying, going_on: Callable[[], bool]) -> int:
        """The same, waiting for a line that is away as long as the bot goes on. Raises as `send` does.

        An answer that may have arrived is sent again a few times: twice is a nuisance, not knowing is worse.
        """
        number, wait, doubts = 0, FIRST_WAIT, 0
        rest = _parts(saying)
        while rest:
            try:
                number = await self._send(place, rest[0])
                rest = rest[1:]
            except (Unavailable, Uncertain) as err:
                doubts += isinstance(err, Uncertain)
                asked = err.retry_after.total_seconds() if isinstance(err, Unavailable) and err.retry_after else 0.0
                if not going_on() or asked > _LONGEST_PATIENCE or doubts > _MOST_DOUBTS:
                    raise
                await asyncio.sleep(asked or wait)
                wait = min(wait * 2, LONGEST_WAIT)
        return number

    async def edit(self, chat: int, message: int, saying: Saying, *, picture: bool) -> bool:
        """Have it say this instead; False where it cannot be edited any more. Raises as `send` does.

        `picture`: it is a picture with a caption, and stays one.
        """
        longest = split(saying.text, CAPTION) if picture else split(saying.text)
        text, keyboard = longest[0], saying.keyboard
        try:
            if picture and saying.picture is not None:
                media = InputMediaPhoto(saying.picture.read_bytes(), text, parse_mode=ParseMode.HTML)
                await self._bot.edit_message_media(media, chat, message, reply_markup=keyboard)
            elif picture:
                await self._bot.edit_message_caption(
                    chat, message, caption=text, parse_mode=ParseMode.HTML, reply_markup=keyboard
                )
            else:
                await self._bot.edit_message_text(
                    text,
                    chat,
                    message,
                    parse_mode=ParseMode.HTML,
                    link_preview_options=_NO_PREVIEW,
                    reply_markup=keyboard,
                )
        except TelegramError as err:
            return _edited(err)
        return True

    async def rekey(self, chat: int, message: int, keyboard: InlineKeyboardMarkup | None) -> bool:
        """Give it other buttons; False where that is not possible any more. Raises as `send` does."""
        try:
            await self._bot.edit_message_reply_markup(chat_id=chat, message_id=message, reply_markup=keyboard)
        except TelegramError as err:
            return _edited(err)
        return True

    async def toast(self, query: str, text: str = "", *, alert: bool = False) -> None:
        """Say something above the chat, and stop the button's waiting. Raises as `send` does."""
        try:
            await self._bot.answer_callback_query(query, text[:200] or None, show_alert=alert)
        except BadRequest:
            return  # too late: Telegram waits for a few minutes only
        except TelegramError as err:
            raise ours(err) from None

    async def busy(self, place: Place) -> None:
        """Show that the answer is under way. Raises as `send` does."""
        try:
            await self._bot.send_chat_action(place.chat, ChatAction.TYPING, message_thread_id=place.thread)
        except TelegramError as err:
            raise ours(err) from None

    async def fetch(self, file: str) -> bytes:
        """A picture that somebody sent, by Telegram's name for it. Raises as `send` does."""
        try:
            return bytes(await (await self._bot.get_file(file)).download_as_bytearray())
        except TelegramError as err:
            raise ours(err) from None

    async def _send(self, place: Place, saying: Saying) -> int:
        try:
            try:
                message = await self._message(place, saying, ParseMode.HTML)
            except BadRequest as err:
                if _BAD_MARKUP not in err.message.lower():
                    raise
                log.error("a reply's markup is refused, its words go without", error=err.message)  # noqa: TRY400 - the message says it all
                message = await self._message(place, replace(saying, text=visible(saying.text, Markup.HTML)), None)
        except TelegramError as err:
            raise ours(err) from None
        return message.message_id

    def _message(self, place: Place, saying: Saying, parse_mode: str | None) -> Awaitable[Message]:
        reply = ReplyParameters(place.reply_to, allow_sending_without_reply=True) if place.reply_to else None
        below = saying.keyboard or (ForceReply(selective=True) if saying.asks and place.reply_to else None)
        if saying.picture is not None:
            return self._bot.send_photo(
                place.chat,
                saying.picture.read_bytes(),
                saying.text or None,
                parse_mode=parse_mode,
                message_thread_id=place.thread,
                reply_parameters=reply,
                reply_markup=below,
            )
        return self._bot.send_message(
            place.chat,
            saying.text,
            parse_mode=parse_mode,
            link_preview_options=_NO_PREVIEW,
            message_thread_id=place.thread,
            reply_parameters=reply,
            reply_markup=below,
        )


def _parts(saying: Saying) -> Sequence[Saying]:
    """Message by message: buttons and questions stand with the last."""
    if saying.captioned:
        return [saying]
    parts = [Saying(text) for text in split(saying.text)]
    if saying.picture is not None:
        parts.insert(0, Saying("", picture=saying.picture))
    return [*parts[:-1], replace(parts[-1], keyboard=saying.keyboard, asks=saying.asks)]


def _edited(err: TelegramError) -> bool:
    """What Telegram's no to an edit means."""
    if isinstance(err, BadRequest):
        said = err.message.lower()
        if _SAME in said:
            return True
        if any(lost in said for lost in _LOST):
            return False
    raise ours(err) from None


def ours(err: TelegramError) -> DeliveryError:
    """One of the three; most specific first."""
    why = short(err)
    match err:
        case RetryAfter():
            return Unavailable(DESK, "asked to wait", retry_after=waiting(err))
        case InvalidToken():
            return Unavailable(DESK, "the token is refused")
        case Forbidden() | BadRequest() | ChatMigrated():
            return Refused(DESK, why)
        case _ if isinstance(err.__cause__, NEVER_SENT):
            return Unavailable(DESK, f"not sent: {why}")
        case _:
            return Uncertain(DESK, why)


def short(err: Exception) -> str:
    """Its words, not too many of them."""
    return str(err)[:200]  # a proxy's page stands in it whole


def waiting(err: RetryAfter) -> timedelta:
    """What the platform asks for. The attribute itself: the property warns of its own future on every read."""
    wait = err._retry_after  # noqa: SLF001
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)
