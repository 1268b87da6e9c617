"""The section `subscribers`: how readers get stories by themselves; without it there are none."""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from bot.settings.scalars import Duration
from bot.settings.secret import Secret
from bot.settings.section import Section


class Subscribers(Section):
    """Who carries posts to readers, and what the newsroom offers them."""

    key: Secret = Field(
        description="Seals their addresses; env:NAME or file:PATH. Several with commas: the first seals, all of them"
        " open. Make one by `python main.py connect --new-key`."
    )
    carriers: tuple[str, ...] = Field(
        min_length=1, description="Channels that reach readers one by one, such as a Telegram bot of their own."
    )
    topics: tuple[str, ...] = Field(
        (), description="Sections, tags and series that are offered, in this order; none: whatever stories had lately."
    )
    full: bool = Field(False, description="Readers may choose the whole article instead of a summary.")
    rhythm: Literal["at once", "hourly", "daily", "weekly"] = Field("at once", description="Of who has not chosen one.")
    ask_for: Duration = Field(timedelta(days=2), description="How long a confirmation link is good.")
    drop_after: Duration = Field(
        timedelta(days=30), description="Who could not be reached for so long is let go: a blocked bot, a dead mailbox."
    )
    keep: Duration = Field(
        timedelta(days=14), ge=timedelta(days=3), description="Then the rows of a finished fan-out become figures."
    )
    broadcast: int = Field(2, ge=1, le=3, description="Editors that a broadcast needs.")
