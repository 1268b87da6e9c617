"""Telegram: a channel, group or topic, as a photo or an album with a caption, or as a text with a link preview.

Sources: the Bot API 10.0 server (limits after entity parsing), tdlib. How it is posted there: telegram_chat.py.
"""

from datetime import timedelta
from importlib import import_module
from typing import Literal

from pydantic import Field

from bot.channels.kind import Doors
from bot.model.channel import WIDE, Channel, Facts, Gallery, Long, Pace, Scope
from bot.model.edition import Markup, Unit
from bot.settings import ChannelSettings, Secret

TEXT, CAPTION, RAW_BYTES = 4096, 1024, 32_768
ALBUM = Gallery(10, 10_000_000)


class TelegramSettings(ChannelSettings):
    """Where to post, and how it looks."""

    kind: Literal["telegram"]
    token: Secret = Field(description="The bot's token from BotFather, as env:NAME or file:PATH.")
    chat: str | int | None = Field(
        None,
        description="@name of a public channel or group, or its number (-100…). None: it carries posts to subscribers.",
    )
    thread: int | None = Field(None, description="The topic's number in a group with topics.")
    form: Literal["photo", "album", "text"] = Field(
        "photo",
        description="photo: the card with a caption; album: the article's own pictures, where it has several; text:"
        " longer words.",
    )
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
        return "" if self.chat is None else str(self.chat)

    @property
    def placed(self) -> bool:
        """Whether it has a chat of its own."""
        return self.chat is not None


def facts(settings: TelegramSettings) -> Facts:
    """A caption is shorter than a text; UTF-16 units are a safe bound of what the server counts."""
    photo = settings.form != "text"
    return Facts(
        kind="telegram",
        template="telegram.html.j2",
        markup=Markup.HTML,
        limit=CAPTION if photo else TEXT,
        unit=Unit.UTF16,
        card=WIDE if photo else None,
        pictures=ALBUM if settings.form == "album" else None,
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


def open_channel(name: str, settings: TelegramSettings, doors: Doors) -> Channel:
    """Raises SettingsError where the token is missing."""
    room = import_module("bot.channels.telegram_chat")  # 16 MB that a rehearsal need not have
    chat: Channel = room.Telegram(name, settings, room.Line.of(settings), doors)
    return chat
