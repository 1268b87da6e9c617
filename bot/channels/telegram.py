"""Telegram: a channel, group or topic, as a photo with a caption or as a text with a link preview.

Sources: the Bot API 10.0 server (limits after entity parsing, error texts), tdlib, python-telegram-bot 22.8. Bots
cannot read back what they posted and the Bot API has no idempotency key: after a lost answer nobody knows.

    what comes back                                   what it means
    RetryAfter                                        Unavailable, with the platform's own time
    Forbidden, InvalidToken (401, 404)                Refused, the account: kicked, revoked
    ChatMigrated                                      Refused, the account: the settings need the new id
    BadRequest "not enough rights", "write_forbidden" Refused, the account
    BadRequest "chat not found"                       Refused, the account
    BadRequest "message is not modified"              an edit that has been made already: success
    BadRequest "message to delete not found"          a deletion that has been made already: success
    other BadRequest                                  Refused, this post
    TimedOut / NetworkError by a connect or pool error  Unavailable: nothing was sent
    TimedOut / NetworkError else (5xx, broken answer) Uncertain
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import Field
from telegram import Bot, InputMediaPhoto, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from bot.channels.kind import Doors
from bot.errors import DeliveryError, Refused, Unavailable, Uncertain
from bot.model.channel import WIDE, Facts, Finding, Long, Pace, Scope
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup, Unit
from bot.settings import ChannelSettings, Secret
from bot.web.outcomes import NEVER_SENT
from bot.web.sending import Sending

TEXT, CAPTION, RAW_BYTES = 4096, 1024, 32_768
_ACCOUNT = ("not enough rights", "write_forbidden", "have no rights", "chat not found", "chat_admin_required")
_PICTURE = (
    "photo_invalid",
    "wrong type of the web page",
    "photo_save_file",
    "image_process_failed",
    "too big for a photo",
)
_UNCHANGED = "message is not modified"
_GONE = "message to delete not found"
_AS_WANTED = ("message to unpin not found", "not_modified", "message is not pinned")
_TIMES: dict[str, float] = {"connect_timeout": 10, "read_timeout": 30, "write_timeout": 30, "pool_timeout": 10}


class TelegramSettings(ChannelSettings):
    """Where to post, and how it looks."""

    kind: Literal["telegram"]
    token: Secret = Field(description="The bot's token from BotFather, as env:NAME or file:PATH.")
    chat: str | int = Field(description="@name of a public channel or group, or its number (-100…).")
    thread: int | None = Field(None, description="The topic's number in a group with topics.")
    form: Literal["photo", "text"] = Field("photo", description="photo: the card with a caption; text: longer words.")
    preview: Literal["large", "small", "off"] = Field("large", description="How a text shows the link's preview.")
    silent: bool = Field(False, description="Without a sound.")
    long: Long = Field(Long.FIT, description="A long story: fit it into one post, link only, a thread, or messages.")
    api: str = Field("https://api.telegram.org", description="Another address for an own Bot API server.")

    def account(self, name: str) -> str:  # noqa: ARG002 - the channels of one bot share its limits
        """One lane a bot."""
        return f"telegram:{self.token.reference}"

    @property
    def place(self) -> str:
        """The chat."""
        return str(self.chat)


def facts(settings: TelegramSettings) -> Facts:
    """A caption is shorter than a text; UTF-16 units are a safe bound of what the server counts."""
    photo = settings.form == "photo"
    return Facts(
        kind="telegram",
        template="telegram.html.j2",
        markup=Markup.HTML,
        limit=CAPTION if photo else TEXT,
        unit=Unit.UTF16,
        card=WIDE if photo else None,
        raw_bytes=RAW_BYTES,
        pace=(
            Pace(1, timedelta(seconds=1)),
            Pace(20, timedelta(minutes=1)),
            Pace(30, timedelta(seconds=1), Scope.ACCOUNT),
        ),
        editable=True,
        long=settings.long,
        send_within=timedelta(seconds=80),
    )


def open_channel(name: str, settings: TelegramSettings, doors: Doors) -> "Telegram":
    """Raises SettingsError where the token is missing."""
    return Telegram(name, settings, settings.token.reveal(), doors.cards)


class Telegram:
    """One chat, through one bot."""

    def __init__(self, name: str, settings: TelegramSettings, token: str, cards: Path) -> None:
        self.name, self.facts = name, facts(settings)
        self._settings, self._cards, self._token = settings, cards, token
        direct = {"trust_env": False, "transport": Sending(8)}
        self._request = HTTPXRequest(media_write_timeout=30, httpx_kwargs=direct)
        self._bot = Bot(token, base_url=f"{settings.api}/bot", request=self._request, get_updates_request=self._request)

    def __repr__(self) -> str:
        return f"Telegram({self.name!r})"

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Post it; the platform has no use for the key."""
        del key
        if edition.card is None or self._settings.form == "text":
            return await self._send_text(edition, edition.text)
        card = await self._card(edition)
        if card is None:
            return await self._send_text(edition, f"{_WITHOUT_PICTURE} (its file is gone): {edition.text}")
        return await self._send_photo(edition, card)

    async def reply(self, to: Receipt, edition: Edition, key: str) -> Receipt:
        """Post it as an answer; should the post above be gone, it stands by itself."""
        del key
        above = ReplyParameters(int(to.platform_id.rpartition("/")[2]), allow_sending_without_reply=True)
        return await self._send_text(edition, edition.text, above)

    async def edit(self, receipt: Receipt, edition: Edition, key: str) -> Receipt:
        """Change words and card in place: a photo stays a photo, a text stays a text."""
        del key
        chat, _, message = receipt.platform_id.rpartition("/")
        where: dict[str, Any] = {"chat_id": int(chat), "message_id": int(message), **_TIMES}
        card = None if receipt.sent.startswith(_WITHOUT_PICTURE) else await self._card(edition)
        try:
            if card is not None:
                photo = InputMediaPhoto(card, caption=edition.text, parse_mode=ParseMode.HTML)
                await self._bot.edit_message_media(photo, **where)
            elif edition.card is not None and not receipt.sent.startswith(_WITHOUT_PICTURE):
                await self._bot.edit_message_caption(caption=edition.text, parse_mode=ParseMode.HTML, **where)
            else:
                await self._bot.edit_message_text(
                    edition.text, parse_mode=ParseMode.HTML, link_preview_options=self._preview(edition), **where
                )
        except TelegramError as err:
            if not (isinstance(err, BadRequest) and _UNCHANGED in err.message.lower()):
                raise self._ours(err) from None
        return Receipt(receipt.platform_id, receipt.at, receipt.permalink, edition.text)

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Delete it: within 48 hours, or where the bot may delete messages (Bot API, deleteMessage)."""
        del key
        chat, _, message = receipt.platform_id.rpartition("/")
        where: dict[str, Any] = {"chat_id": int(chat), "message_id": int(message), **_TIMES}
        try:
            await self._bot.delete_message(**where)
        except TelegramError as err:
            if not (isinstance(err, BadRequest) and _GONE in err.message.lower()):
                raise self._ours(err) from None
        return replace(receipt, sent="")

    async def pin(self, receipt: Receipt) -> None:
        """Keep it on top, without a sound; it needs the right to pin (to edit messages, in a channel)."""
        await self._pinned(self._bot.pin_chat_message, receipt, disable_notification=True)

    async def unpin(self, receipt: Receipt) -> None:
        """Take it down; one that is gone or was not on top is a success."""
        await self._pinned(self._bot.unpin_chat_message, receipt)

    async def _pinned(self, act: Callable[..., Awaitable[bool]], receipt: Receipt, **how: Any) -> None:
        chat, _, message = receipt.platform_id.rpartition("/")
        try:
            await act(chat_id=int(chat), message_id=int(message), **how, **_TIMES)
        except TelegramError as err:
            if not (isinstance(err, BadRequest) and any(text in err.message.lower() for text in _AS_WANTED)):
                raise self._ours(err) from None

    async def check(self) -> tuple[Finding, ...]:
        """Ask who we are, whether the chat is there, and whether we may post in it."""
        try:
            me = await self._bot.get_me()
            found = [Finding("bot", True, f"@{me.username}")]
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
        await self._request.shutdown()

    async def _card(self, edition: Edition) -> bytes | None:
        if edition.card is None:
            return None
        try:
            return await asyncio.to_thread((self._cards / edition.card.file).read_bytes)
        except OSError:
            return None

    async def _send_photo(self, edition: Edition, card: bytes) -> Receipt:
        try:
            message = await self._bot.send_photo(
                photo=card, caption=edition.text, parse_mode=ParseMode.HTML, **self._where()
            )
        except BadRequest as err:
            if not any(text in err.message.lower() for text in _PICTURE):
                raise self._ours(err) from None
            # The picture was refused, so nothing is out: the words go alone, and the receipt says so.
            return await self._send_text(edition, f"{_WITHOUT_PICTURE} ({err.message}): {edition.text}")
        except TelegramError as err:
            raise self._ours(err) from None
        return _receipt(message, edition.text)

    async def _send_text(self, edition: Edition, sent: str, above: ReplyParameters | None = None) -> Receipt:
        try:
            message = await self._bot.send_message(
                text=edition.text,
                parse_mode=ParseMode.HTML,
                link_preview_options=self._preview(edition),
                reply_parameters=above,
                **self._where(),
            )
        except TelegramError as err:
            raise self._ours(err) from None
        return _receipt(message, sent)

    def _where(self) -> dict[str, Any]:
        settings = self._settings
        return {
            "chat_id": settings.chat,
            "message_thread_id": settings.thread,
            "disable_notification": settings.silent,
            **_TIMES,
        }

    def _preview(self, edition: Edition) -> LinkPreviewOptions:
        how = self._settings.preview
        if how == "off" or not edition.link:
            return LinkPreviewOptions(is_disabled=True)
        return LinkPreviewOptions(
            url=edition.link, prefer_large_media=how == "large" or None, prefer_small_media=how == "small" or None
        )

    def _ours(self, err: TelegramError) -> DeliveryError:
        """One of the three, by the table above; most specific first. The token never stays in the words."""
        why = str(err).replace(self._token, "***")
        match err:
            case RetryAfter():
                return Unavailable(self.name, why, retry_after=_wait(err))
            case ChatMigrated():
                return Refused(self.name, f"the chat has moved: write chat: {err.new_chat_id}", account=True)
            case Forbidden() | InvalidToken():
                return Refused(self.name, why, account=True)
            case BadRequest():
                account = any(text in why.lower() for text in _ACCOUNT)
                return Refused(self.name, why, account=account)
            case NetworkError() if isinstance(err.__cause__, NEVER_SENT):
                return Unavailable(self.name, f"not sent: {why}")
            case _:
                return Uncertain(self.name, why)


_WITHOUT_PICTURE = "without the picture"


def _wait(err: RetryAfter) -> timedelta:
    # The attribute itself: the property warns of its own future on every read.
    wait = err._retry_after  # noqa: SLF001
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)


def _receipt(message: Message, sent: str) -> Receipt:
    at: datetime = message.date
    return Receipt(f"{message.chat_id}/{message.message_id}", at.astimezone(UTC), message.link, sent)
