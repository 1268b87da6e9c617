"""What a withdrawal tells: one list, kept up to date until nothing of the story is left to take down."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from bot.desk.answer import Button, Rows, Topic
from bot.model.desk import Shows


class Fate(StrEnum):
    """Where taking a story back from one channel stands."""

    CANCELLED = "cancelled"  # it was not out yet
    SENDING = "sending"  # it is being sent just now: what comes of it is taken back
    DELETING = "deleting"  # a deletion waits or is under way
    REMOVED = "removed"
    NOTICE = "notice"  # a notice stands in its place
    BY_HAND = "by hand"  # somebody took it down
    FAILED = "failed"  # the platform did not delete it: somebody must
    DOUBTFUL = "doubtful"  # it may be gone: somebody must look
    STAYS = "stays"  # the platform deletes nothing: somebody must

    @property
    def over(self) -> bool:
        """Nothing is left to do."""
        return self in (Fate.CANCELLED, Fate.REMOVED, Fate.NOTICE, Fate.BY_HAND)

    @property
    def by_hand(self) -> bool:
        """Somebody has to do it, or to look."""
        return self in (Fate.FAILED, Fate.DOUBTFUL, Fate.STAYS)


@dataclass(frozen=True, slots=True)
class Line:
    """One channel."""

    story: int
    channel: str
    fate: Fate
    at: datetime | None = None
    link: str | None = None
    said: str = ""
    """The platform's words, or who took it down."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A withdrawal as it stands now."""

    template: ClassVar[str] = "taken_back"
    number: int
    headline: str
    reason: str
    who: str
    lines: tuple[Line, ...]
    reprints: tuple[int, ...] = ()
    """Stories of its cluster that are not withdrawn."""

    @property
    def complete(self) -> bool:
        """Nothing of it changes by itself or waits for a hand."""
        return all(line.fate.over for line in self.lines)

    @property
    def rows(self) -> Rows:
        """What somebody took down by hand is told by one tap; so are the reprints."""
        left = [line for line in self.lines if line.fate.by_hand]
        done = tuple(
            (Button("by_hand", f"withdraw {line.story} gone {line.channel}", f"{line.channel} #{line.story}"),)
            for line in left
        )
        again = tuple(
            (Button("retry_one", f"retry {line.story} {line.channel}", line.channel),)
            for line in left
            if line.fate is Fate.FAILED
        )
        others = ", ".join(f"#{one}" for one in self.reprints)
        more = ((Button("reprints", f"withdraw {self.number} reprints", others),),) if others else ()
        return (*done, *again, *more)

    @property
    def topic(self) -> Topic:
        """Kept as a withdrawal, the board edits it; complete, it is an answer like any other."""
        return Topic(Shows.ANSWER if self.complete else Shows.WITHDRAWAL, self.number)


@dataclass(frozen=True, slots=True)
class WhyWithdraw:
    """A question: why it is withdrawn."""

    template: ClassVar[str] = "why_withdraw"
    asks: ClassVar[bool] = True
    number: int
    headline: str

    @property
    def topic(self) -> Topic:
        """The story."""
        return Topic(Shows.ANSWER, self.number)
