"""A chat of Telegram's, through one bot: what is posted there, edited, deleted, pinned.

Sources: the Bot API 10.0 server (error texts), python-telegram-bot 22.8. Bots cannot read back what they posted and
the Bot API has no idempotency key: after a lost answer nobody knows. What its answers mean: telegram_answers.py.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from telegram import Bot, InputMediaPhoto, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import ChatMigrated, TelegramError

from bot.channels.kind import Doors
from bot.channels.telegram import TelegramSettings, facts
from bot.channels.telegram_answers import (
    AS_WANTED,
    GONE,
    UNCHANGED,
    about_the_picture,
    error_of,
    messages_of,
    receipt_of,
    says,
    went_as_text,
)
from bot.channels.telegram_request import TelegramRequest
from bot.channels.unfinished import Unfinished
from bot.channels.wire import WITHOUT_PICTURE, card_of
from bot.errors import DeliveryError, Refused
from bot.model.channel import Facts, Finding, Long
from bot.model.delivery import Receipt
from bot.model.edition import Edition
from bot.model.subscriber import Addressee, Form

_MOVED = "the chat has moved"
Sent = TypeVar("Sent")
_TIMES: dict[str, Any] = {"connect_timeout": 10, "read_timeout": 30, "write_timeout": 30, "pool_timeout": 10}


@dataclass(frozen=True)
class Line:
    """One bot, for all its chats."""

    bot: Bot
    request: TelegramRequest

    @classmethod
    def of(cls, settings: TelegramSettings) -> "Line":
        """Raises SettingsError where the token is missing."""
        request = TelegramRequest(8)
        base = f"{settings.api}/bot"
        return cls(Bot(settings.token.reveal(), base_url=base, request=request, get_updates_request=request), request)


class Telegram:
    """One chat, through one bot; without a chat it only carries posts to subscribers.

    Of a subscriber's chat no receipt and no note names the number: it is sealed in the ledger, and nowhere else.
    """

    def __init__(
        self, name: str, settings: TelegramSettings, line: Line, doors: Doors, *, sealed: bool = False
    ) -> None:
        self.name, self.facts, self._sealed = name, facts(settings), sealed
        self._settings, self._line, self._doors = settings, line, doors
        self._bot, self._cards, self._begun = line.bot, doors.cards, Unfinished(name, doors.begun)
        self._chat: int | str | None = None

    def __repr__(self) -> str:
        return f"Telegram({self.name!r})"

    def told(self, form: Form) -> Facts:
        """A text may be four times as long as a caption; a whole article goes as several messages."""
        if form is Form.CARD:
            return self.facts
        long = Long.MESSAGES if form is Form.FULL else self._settings.long
        return facts(self._settings.model_copy(update={"form": "text", "long": long}))

    def at(self, addressee: Addressee) -> "Telegram":
        """The same bot, to the chat (and topic) of one subscriber."""
        chat, _, topic = addressee.address.to.partition("/")
        own = {"chat": int(chat), "thread": int(topic) if topic else None}
        settings = self._settings.model_copy(update=own)
        return Telegram(addressee.channel, settings, self._line, self._doors, sealed=True)

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Post it; the platform has no use for the key."""
        del key
        if self._settings.form == "text":
            return await self._send_text(edition, edition.text)
        pictures = await self._pictures(edition)
        if len(pictures) > 1:
            return await self._send_album(edition, pictures)
        if edition.card is None:
            return await self._send_text(edition, edition.text)
        return await self._send_card(edition, "")

    async def _send_card(self, edition: Edition, said: str) -> Receipt:
        card = await card_of(edition, self._cards)
        if card is None:
            why = "its file is gone" if edition.card else "there is no card"
            return await self._send_text(edition, f"{WITHOUT_PICTURE} ({why}): {edition.text}")
        return await self._send_photo(edition, card, said)

    async def reply(self, to: Receipt, edition: Edition, key: str) -> Receipt:
        """Post it as an answer; should the post above be gone, it stands by itself."""
        del key
        above = ReplyParameters(messages_of(to)[1][0], allow_sending_without_reply=True)
        return await self._send_text(edition, edition.text, above)

    async def edit(self, receipt: Receipt, edition: Edition, key: str) -> Receipt:
        """Change words and card in place: a photo stays a photo, a text a text; of an album the caption."""
        del key
        chat, messages = self._where(receipt)
        where: dict[str, Any] = {"chat_id": chat, "message_id": messages[0], **_TIMES}
        as_text = self._settings.form == "text" or edition.card is None or went_as_text(receipt)
        card = None if as_text or len(messages) > 1 else await card_of(edition, self._cards)
        try:
            if card is not None:
                photo = InputMediaPhoto(card, caption=edition.text, parse_mode=ParseMode.HTML)
                await self._bot.edit_message_media(photo, **where)
            elif len(messages) > 1 or not as_text:
                await self._bot.edit_message_caption(caption=edition.text, parse_mode=ParseMode.HTML, **where)
            else:
                await self._bot.edit_message_text(
                    edition.text, parse_mode=ParseMode.HTML, link_preview_options=self._preview(edition), **where
                )
        except TelegramError as err:
            if not says(err, UNCHANGED):
                raise self._ours(err) from None
        return Receipt(receipt.platform_id, receipt.at, receipt.permalink, edition.text)

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Delete it: within 48 hours, or where the bot may delete messages (Bot API, deleteMessage)."""
        del key
        chat, messages = self._where(receipt)
        try:
            if len(messages) > 1:
                await self._bot.delete_messages(chat_id=chat, message_ids=messages, **_TIMES)
            else:
                await self._bot.delete_message(chat_id=chat, message_id=messages[0], **_TIMES)
        except TelegramError as err:
            if not says(err, GONE):
                raise self._ours(err) from None
        return replace(receipt, sent="")

    async def pin(self, receipt: Receipt) -> None:
        """Keep it on top, without a sound; it needs the right to pin (to edit messages, in a channel)."""
        await self._pinned(self._bot.pin_chat_message, receipt, disable_notification=True)

    async def unpin(self, receipt: Receipt) -> None:
        """Take it down; one that is gone or was not on top is a success."""
        await self._pinned(self._bot.unpin_chat_message, receipt)

    async def _pinned(self, act: Callable[..., Awaitable[bool]], receipt: Receipt, **how: Any) -> None:
        chat, messages = self._where(receipt)
        try:
            await act(chat_id=chat, message_id=messages[0], **how, **_TIMES)
        except TelegramError as err:
            if not says(err, AS_WANTED):
                raise self._ours(err) from None

    async def check(self) -> tuple[Finding, ...]:
        """Ask who we are, whether the chat is there, and whether we may post in it."""
        try:
            me = await self._bot.get_me()
            found = [Finding("bot", True, f"@{me.username}")]
            if self._settings.chat is None:
                return tuple(found)
            chat = await self._bot.get_chat(self._settings.chat)
            found.append(Finding("chat", True, f"{chat.effective_name} ({chat.type})"))
            member = await self._bot.get_chat_member(self._settings.chat, me.id)
            may = getattr(member, "can_post_messages", None)
            allowed = member.status == "creator" or bool(may) or (chat.type != "channel" and member.status != "left")
            remedy = "may post" if allowed else "make the bot an administrator who may post messages"
            return (*found, Finding("right", allowed, remedy))
        except TelegramError as err:
            return (Finding("account", False, self._ours(err).why),)

    async def close(self) -> None:
        """Let go of connections."""
        await self._line.request.shutdown()

    async def _pictures(self, edition: Edition) -> list[bytes]:
        """The article's own, as many as are still there."""
        found = []
        for one in edition.pictures:
            with contextlib.suppress(OSError):
                found.append(await asyncio.to_thread((self._cards / one.file).read_bytes))
        return found

    async def _send_album(self, edition: Edition, pictures: Sequence[bytes]) -> Receipt:
        first = InputMediaPhoto(pictures[0], caption=edition.text, parse_mode=ParseMode.HTML)
        album = [first, *(InputMediaPhoto(one) for one in pictures[1:])]
        try:
            messages = await self._there(self._bot.send_media_group, media=album)
        except TelegramError as err:
            if not about_the_picture(err):
                raise self._ours(err) from None
            return await self._send_card(edition, f"without the article's pictures ({err.message}): ")
        return self._proof(messages, edition.text)

    async def _send_photo(self, edition: Edition, card: bytes, said: str) -> Receipt:
        try:
            message = await self._there(
                self._bot.send_photo, photo=card, caption=edition.text, parse_mode=ParseMode.HTML
            )
        except TelegramError as err:
            if not about_the_picture(err):
                raise self._ours(err) from None
            # Nothing is out: the words go alone, and the receipt says so.
            return await self._send_text(edition, f"{WITHOUT_PICTURE} ({err.message}): {edition.text}")
        return self._proof([message], said + edition.text)

    async def _send_text(self, edition: Edition, sent: str, above: ReplyParameters | None = None) -> Receipt:
        try:
            message = await self._there(
                self._bot.send_message,
                text=edition.text,
                parse_mode=ParseMode.HTML,
                link_preview_options=self._preview(edition),
                reply_parameters=above,
            )
        except TelegramError as err:
            raise self._ours(err) from None
        return self._proof([message], sent)

    async def _there(self, send: Callable[..., Awaitable[Sent]], **what: Any) -> Sent:
        """Send it into the chat, or to where the chat has moved: a group that grows gets another number."""
        settings = self._settings
        what |= {"message_thread_id": settings.thread, "disable_notification": settings.silent, **_TIMES}
        if self._chat is None:
            moved = None if self._sealed else await self._begun.get(_MOVED)
            self._chat = int(moved) if moved else settings.chat
        if self._chat is None:
            raise Refused(self.name, "it has no chat of its own: it carries posts to subscribers", account=True)
        try:
            return await send(chat_id=self._chat, **what)
        except ChatMigrated as err:
            self._chat = err.new_chat_id
            if not self._sealed:
                await self._begun.note(_MOVED, str(err.new_chat_id))
            return await send(chat_id=self._chat, **what)

    def _proof(self, messages: Sequence[Message], sent: str) -> Receipt:
        found = receipt_of(messages, sent)
        if not self._sealed:
            return found
        return replace(found, platform_id=f"/{found.platform_id.rpartition('/')[2]}", permalink=None)

    def _where(self, receipt: Receipt) -> tuple[int | str, tuple[int, ...]]:
        named, messages = messages_of(receipt)
        chat = named or self._chat or self._settings.chat
        if chat is None:
            raise Refused(self.name, "its receipt names no chat")
        return chat, messages

    def _preview(self, edition: Edition) -> LinkPreviewOptions:
        how = self._settings.preview
        if how == "off" or not edition.link:
            return LinkPreviewOptions(is_disabled=True)
        return LinkPreviewOptions(
            url=edition.link, prefer_large_media=how == "large" or None, prefer_small_media=how == "small" or None
        )

    def _ours(self, err: TelegramError) -> DeliveryError:
        return error_of(self.name, err, self._bot.token)
