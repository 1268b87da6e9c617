"""What the ledger answers: values that every floor may name."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.model.delivery import Act, Delivery, Receipt
from bot.model.edition import Edition
from bot.model.story import Article


class Verdict(StrEnum):
    """What recording an article turned out to be."""

    NEW = "new"
    REVISED = "revised"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Taking:
    """An article to be recorded."""

    article: Article
    keys: tuple[str, ...]
    """Every name it goes by, the surest first (rules/identity.py)."""
    fingerprint: str
    fresh: bool = True
    """False where it is only to be remembered, and stays so when it is revised."""
    why: str = "picked up"
    held: str | None = None
    """Why a new one waits for an editor."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The story that an article is."""

    story: int
    revision: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Due:
    """Something waits to be sent here, now."""

    lane: str
    channel: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that one worker may send, under a lease."""

    delivery: Delivery
    out: tuple[Receipt, ...] = ()
    """What an edit or a deletion is about: the posts of the thread that is out, in order."""
    done: tuple[Receipt, ...] = ()
    """The posts of its own thread that it has brought out (or edited) so far; this claim is for the next."""

    @property
    def edition(self) -> Edition:
        """The one post that this claim is for; a deletion needs no words."""
        if self.delivery.act is Act.DELETE or self.surplus:
            return self.delivery.edition
        return self.delivery.edition.post(len(self.done))

    @property
    def key(self) -> str:
        """The key of that post: the same at every try."""
        return f"{self.delivery.key}-{len(self.done)}" if self.done else self.delivery.key

    @property
    def last(self) -> bool:
        """Whether nothing of it is left when this one is done."""
        if self.delivery.act is Act.DELETE:
            return len(self.done) + 1 >= len(self.out)
        if self.delivery.act is Act.EDIT and len(self.done) + 1 < len(self.out):
            return False
        return len(self.done) >= len(self.delivery.edition.more)

    @property
    def on_what_is_out(self) -> bool:
        """Whether it changes or deletes one post that is out, and makes none: all but the posts a thread grows by."""
        return self.delivery.act is not Act.POST and len(self.done) < len(self.out)

    @property
    def surplus(self) -> bool:
        """Whether this claim is for a post that is out and that the shorter thread has no words for."""
        beyond = len(self.done) > len(self.delivery.edition.more)
        return self.delivery.act is Act.EDIT and beyond and len(self.done) < len(self.out)


class Fate(StrEnum):
    """What a withdrawal does to a story on one channel."""

    CANCELLED = "cancelled"  # it was not out yet
    DELETING = "deleting"  # a deletion of what is out has been planned
    STAYS = "stays"  # it is out, and this platform takes nothing back: somebody must do it by hand


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """One channel's line of a withdrawal."""

    channel: str
    fate: Fate
    permalink: str | None = None
    story: int = field(default=0, compare=False)
    """It, or a reprint of it that was taken back too."""


@dataclass(frozen=True, slots=True)
class SourceNote:
    """How a source does."""

    name: str
    next_look: datetime
    last_look: datetime | None
    failures: int
    problem: str


@dataclass(frozen=True, slots=True)
class Flood:
    """Many old stories that one source brought at once; headline and time of the oldest and the newest."""

    source: str
    stories: int
    oldest: tuple[str, datetime | None]
    newest: tuple[str, datetime | None]
    since: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """Something an editor must be told, once."""

    id: int
    subject: str
    text: str
    at: datetime
