"""What a Matrix channel may be told, and what is true of the platform."""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from bot.channels.rooms import MATRIX as ROOM
from bot.model.channel import CardSize, Facts, Long, Pace, Scope
from bot.model.edition import Markup, Unit
from bot.settings import ChannelSettings, Secret
from bot.settings.scalars import Address

TEXT, RAW = 14_000, 28_000
"""Bytes of the words and of their markup: together with quotation they stay within an event's 65,536."""
_REMEMBERED = timedelta(minutes=30)


class MatrixSettings(ChannelSettings):
    """An account's access token, and a room that it has joined."""

    kind: Literal["matrix"]
    server: Address = Field(description="The homeserver's address, such as https://matrix.example.org.")
    token: Secret = Field(description="The account's access token, as env:NAME or file:PATH.")
    room: str | None = Field(
        None,
        pattern=ROOM,
        description="The room's ID, such as !abc:example.org; not its alias. None: it carries posts to rooms that"
        " subscribe.",
    )
    card: bool = Field(True, description="Post the share card with the words as its caption; false: words alone.")
    long: Long = Field(Long.FIT, description="A long story: fit it into one post, link only, a thread, or messages.")

    def account(self, name: str) -> str:  # noqa: ARG002 - the channels of one account share its limits
        """One lane an account."""
        return f"matrix:{self.token.reference}"

    @property
    def place(self) -> str:
        """The room."""
        return self.room or ""

    @property
    def placed(self) -> bool:
        """Whether it has a room of its own."""
        return self.room is not None


def facts(settings: MatrixSettings) -> Facts:
    """Only the whole event has a limit; Synapse lets ten messages through at once and then one every five seconds."""
    return Facts(
        kind="matrix",
        template="matrix.html.j2",
        markup=Markup.HTML,
        limit=TEXT,
        unit=Unit.BYTES,
        card=CardSize() if settings.card else None,
        hashtags=0,
        raw_bytes=RAW,
        pace=(Pace(10, timedelta(seconds=50), Scope.ACCOUNT),),
        key_life=_REMEMBERED,
        editable=True,
        long=settings.long,
        send_within=timedelta(seconds=130),
    )
