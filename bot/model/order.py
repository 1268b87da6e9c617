"""An order: what editors want of a story, whatever its source and the routes say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

BLOCKED = "needs"
"""How the ledger's reason begins where a delivery waits for an approval."""
PAUSED = "the channel is paused"
REJECTED = "rejected"
SKIPPED = "skipped"
EMBARGOED = "embargoed until"
CARD_ONLY = "card only"
"""The choice of no picture: the card is words alone."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What has been ordered of one story."""

    needed: int = 0
    """How many different editors have to approve it."""
    because: str = ""
    """Why it needs them."""
    signed: tuple[str, ...] = ()
    """Who approved it, in order; the last one signs it off (责任编辑)."""
    scheduled: datetime | None = None
    embargo: datetime | None = None
    hurried: tuple[str, ...] = ()
    """Who wants it out now."""
    urgent: bool = False
    """It overtakes all: enough editors want it."""
    picture: str | None = None
    """Instead of the article's: its address, a file of an editor's, or CARD_ONLY."""

    @property
    def missing(self) -> int:
        """How many more editors have to approve it."""
        return max(0, self.needed - len(self.signed))

    @property
    def objection(self) -> str | None:
        """Why it may not leave yet, or None."""
        if not self.missing:
            return None
        whom = "another editor" if self.signed else f"{self.needed} editors" if self.needed > 1 else "an editor"
        return f"{BLOCKED} the approval of {whom}: {self.because}"


@dataclass(frozen=True, slots=True)
class Override:
    """A channel that gets the story, or does not, against the routes."""

    channel: str
    goes: bool
    who: str
    why: str

    @property
    def said(self) -> str:
        """As the history says it."""
        return f"{'added' if self.goes else SKIPPED} by {self.who}: {self.why}"


@dataclass(frozen=True, slots=True)
class Wording:
    """An editor's own words for a story; what is None stays the press's."""

    headline: str | None = None
    summary: str | None = None
    hashtags: tuple[str, ...] | None = None

    def over(self, other: "Wording") -> "Wording":
        """This one, and where it says nothing, the other."""
        return Wording(
            self.headline if self.headline is not None else other.headline,
            self.summary if self.summary is not None else other.summary,
            self.hashtags if self.hashtags is not None else other.hashtags,
        )


@dataclass(frozen=True, slots=True)
class Worded:
    """A wording, with whose it is and for which revision it was written; "" is every channel."""

    channel: str
    wording: Wording
    revision: int
    who: str
    at: datetime


class Kind(StrEnum):
    """How serious a correction is."""

    TYPO = "typo"  # edited silently; where nothing can be edited, nothing happens
    UPDATE = "update"  # edited, and what is new is said
    CORRECTION = "correction"  # edited and marked, or posted anew where nothing can be edited


@dataclass(frozen=True, slots=True)
class Correction:
    """What an editor corrects: words that stand in the article, and what readers are told of it."""

    kind: Kind
    text: str = ""
    """What readers are told; a typo needs none."""
    old: str = ""
    new: str = ""
    """`old` reads `new` wherever it stands."""


class Way(StrEnum):
    """What a correction does on one channel."""

    EDIT = "edit"  # what is out reads otherwise
    REPLY = "reply"  # a post below what is out
    REPOST = "repost"  # a post of its own
    RECOMPOSE = "recompose"  # it was not out yet
    NOTHING = "nothing"  # what is out stays as it is


@dataclass(frozen=True, slots=True)
class Effect:
    """One channel's line of a correction's preview."""

    channel: str
    way: Way
    why: str
    permalink: str | None = None


@dataclass(frozen=True, slots=True)
class Unreached:
    """What is out somewhere and says something else than the story: an editor has to see it."""

    story: int
    revision: int
    channel: str
    why: str
    at: datetime
    headline: str = ""
    permalink: str | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """Everything that editors ordered of one story, as compose needs it."""

    orders: Orders = field(default_factory=Orders)
    embargo: datetime | None = None
    """The latest on any story of the cluster."""
    overrides: Mapping[str, Override] = field(default_factory=dict)
    """By channel."""
    worded: tuple[Worded, ...] = ()
    pinned: frozenset[str] = frozenset()
    """Channels that keep it on top."""
    correction: Correction | None = None
    """Of the newest revision, where an editor made it."""
    fresh: bool = False
    """Its newest revision has not been composed for every channel."""
    renew: bool = False
    """What waits is to be made anew."""
    corrected_before: bool = False
    """An editor made a revision before the newest, which is its source's."""

    def wording(self, channel: str) -> Wording:
        """The channel's own words, else those for all."""
        found = Wording()
        for one in sorted(self.worded, key=lambda one: one.channel):
            if one.channel in ("", channel):
                found = one.wording.over(found)
        return found


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an order."""

    story: int
    done: bool
    moved: int = 0
    """How many deliveries it changed."""
    why_not: str = ""
    """Where it was not carried out, or not yet: the reason."""
    missing: int = 0
    """How many more editors have to say the same."""
