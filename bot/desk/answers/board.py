"""The one message of a story at the desk."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from bot.desk.answer import Button, Rows, Topic
from bot.desk.answers.looking import Standing
from bot.model.delivery import State
from bot.model.desk import Shows


@dataclass(frozen=True, slots=True)
class Posted:
    """A story as it stands now, with what can be done with it now."""

    template: ClassVar[str] = "posted"
    number: int
    headline: str
    section: str | None
    credit: str | None
    summary: str
    link: str | None
    standings: tuple[Standing, ...]
    why: str
    """What it waits for; empty: nothing."""
    who: str | None
    """Who decided last, what, and when."""
    verb: str | None
    at: datetime | None
    card: Path | None
    verbs: tuple[str, ...]
    """All that the desk knows: a button without its verb is not shown."""

    @property
    def picture(self) -> Path | None:
        """The card of the first channel that has one."""
        return self.card

    @property
    def topic(self) -> Topic:
        """The story."""
        return Topic(Shows.STORY, self.number)

    @property
    def rows(self) -> Rows:
        """By what can still change."""
        states = {one.state for one in self.standings}
        first: tuple[str, ...] = ()
        if State.HELD in states:
            first = (
                "approve" if "approve" in self.verbs else "release",
                "reject" if "reject" in self.verbs else "cancel",
            )
        elif State.PLANNED in states:
            first = ("hold", "cancel")
        elif State.SENT in states or State.UNCERTAIN in states:
            first = ("withdraw",)
        second = ("preview", "story", "why") if first else ("story",)
        return tuple(
            tuple(Button(verb, f"{verb} {self.number}") for verb in row if verb in self.verbs)
            for row in (first, second)
            if any(verb in self.verbs for verb in row)
        )
