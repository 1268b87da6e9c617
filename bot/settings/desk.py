"""The section `desk`: the people who steer, where they meet, and the rules that protect them from mistakes."""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from bot.settings.approval import Approval
from bot.settings.scalars import Duration
from bot.settings.secret import Secret
from bot.settings.section import Section

_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]"


class Editor(Section):
    """Somebody who may steer the desk."""

    id: int = Field(description="Telegram's number of the person; the bot tells it to whoever writes /id to it.")
    name: str = Field(min_length=1)
    language: str | None = Field(
        None, pattern="^[a-z]{2}$", description="zh, en, or one whose folder stands among your own desk templates."
    )
    role: Literal["admin", "editor"] = Field(
        "admin", description="An admin also invites and removes people, and runs the house."
    )
    sections: tuple[str, ...] = Field((), description="Decides on stories of these sections only; empty: on all.")
    channels: tuple[str, ...] = Field((), description="Decides for these channels only; empty: for all.")


class Desk(Section):
    """People, and the rules that protect them from mistakes."""

    token: Secret | None = Field(None, description="The desk bot's token, as env:NAME or file:PATH.")
    api: str = Field("https://api.telegram.org", description="Another address for an own Bot API server.")
    webhook: bool = Field(
        False, description="Telegram brings messages to house.public_url; otherwise the desk asks for them."
    )
    editors: tuple[Editor, ...] = Field((), description="The first people; they invite others from the phone.")
    chat: int | None = Field(
        None,
        description="The group where stories and alarms arrive, such as -1001234567890; none: each editor's own chat.",
    )
    topic: int | None = Field(None, description="The topic of that group; none: its general one.")
    quiet: str | None = Field(
        None,
        pattern=f"^{_TIME}-{_TIME}$",
        description="The newsroom's night, such as 23:00-07:00: only what is urgent is told then.",
    )
    missing_after: Duration | None = Field(
        timedelta(minutes=30), description="A post later than this is told to the desk; null: off."
    )
    grace: Duration = Field(
        timedelta(seconds=60), description="Time between pick-up and first post, to take back a leaked draft."
    )
    not_older_than: Duration | None = Field(
        timedelta(hours=6),
        description="An older story waits for an editor, so that an outage does not flood readers; null: off.",
    )
    approval: Approval = Approval()
