"""The one message of a story at the desk."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from bot.desk.answer import Button, Rows, Topic
from bot.desk.answers.deciding import undoing
from bot.desk.answers.looking import Standing
from bot.model.delivery import State
from bot.model.desk import Shows
from bot.model.order import Orders


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
    orders: Orders = field(default_factory=Orders)
    """Who signed it, how many are missing, and when it may go."""
    whole: bool = True
    """Whoever reads it may decide on all its channels."""
    undo: str = ""
    """The order that its editor may take back for a minute."""
    brought: bool = False
    """A reader sent it in."""

    enclosed: bool = False
    """With a picture, which is shown."""

    @property
    def picture(self) -> Path | None:
        """What a reader sent, or else the card of the first channel that has one."""
        return self.card

    @property
    def topic(self) -> Topic:
        """The story."""
        return Topic(Shows.STORY, self.number)

    @property
    def rows(self) -> Rows:
        """By what can still change."""
        states = {one.state for one in self.standings}
        waits = State.HELD in states or State.PLANNED in states
        rows: list[tuple[str, ...]] = []
        if State.HELD in states:
            rows.append(("approve", "reject") if self.whole else ("release", "cancel"))
        if State.HELD in states and self.brought:
            rows.append(("ask", "decline"))
        if State.PLANNED in states:
            rows.append(("hold", "cancel"))
        if waits and self.whole:
            rows.append(("schedule",) if self.orders.urgent else ("now", "schedule"))
        if not waits and self.whole and (State.SENT in states or State.UNCERTAIN in states):
            rows.append(("withdraw",))
        rows.append(("preview", "story", "why") if rows else ("story",))
        shown = tuple(
            tuple(Button(verb, f"{verb} {self.number}") for verb in row if verb in self.verbs)
            for row in rows
            if any(verb in self.verbs for verb in row)
        )
        if self.enclosed and waits and self.orders.picture is None and "picture" in self.verbs:
            shown = (*shown, (Button("picture_theirs", f"picture {self.number} theirs"),))
        return (*shown, *(undoing(self.undo, self.number) if self.undo else ()))
