"""A delivery: the promise of one edition to one channel, its attempts and its receipt."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model.edition import Edition


class State(StrEnum):
    """Where a delivery stands; each comment says who moves it out."""

    PLANNED = "planned"  # dispatch claims it when due; an editor holds or cancels it; a newer revision supersedes it
    HELD = "held"  # an editor releases or cancels it; a newer revision supersedes it
    SENDING = "sending"  # dispatch, by the outcome; the sweep, when the lease is over
    SENT = "sent"  # nobody: an edit or a deletion is a delivery of its own
    UNCERTAIN = "uncertain"  # an editor by settle; the channel, where it can look; its policy
    FAILED = "failed"  # an editor by retry
    CANCELLED = "cancelled"  # nobody

    @property
    def open(self) -> bool:
        """Whether something may still happen to it by itself or by an editor before it is sent."""
        return self in (State.PLANNED, State.HELD, State.SENDING)


class Act(StrEnum):
    """What a delivery does on its channel."""

    POST = "post"
    EDIT = "edit"
    DELETE = "delete"


TAKEN_BACK = "taken back: the thread became shorter"
"""What the receipt of a post says that an edit left over and that was deleted."""
NOTICE_STANDS = "a notice stands in its place"
"""What the receipt of a withdrawal says where the place of the post cannot be empty."""


class Outcome(StrEnum):
    """How one attempt ended."""

    SENT = "sent"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
    UNCERTAIN = "uncertain"
    INTERRUPTED = "interrupted"  # the worker died or was stopped; what it knew is in the detail


BREAKING = 50
"""The priority of what is breaking: from here on it overtakes all that waits, and may use what a pace keeps back."""
FIRST = 100
"""The priority of a deletion: it goes before whatever else waits."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform's proof of a post."""

    platform_id: str
    at: datetime
    permalink: str | None = None
    sent: str = ""
    """What was really sent, in words: the text, or the text without the picture that was refused."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, and how it ended; `outcome` is None while it is under way."""

    number: int
    started_at: datetime
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A delivery as compose writes it down: the intent, before anything happens."""

    channel: str
    lane: str
    edition: Edition
    due_at: datetime
    key: str
    """Made once, here: every idempotency key of a platform is derived from it."""
    act: Act = Act.POST
    state: State = State.PLANNED
    priority: int = 0
    """Higher goes first."""
    reason: str = ""
    correction: bool = False
    """A second post of a story, meant: it corrects the first, which cannot be edited."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the ledger."""

    id: int
    story: int
    revision: int
    channel: str
    lane: str
    act: Act
    state: State
    priority: int
    due_at: datetime
    key: str
    edition: Edition
    attempts: int
    reason: str
    """Why it is in this state, in plain words."""
    created_at: datetime
    changed_at: datetime
    lease_until: datetime | None = None
    worker: str | None = None
    receipt: Receipt | None = None
    doubtful: bool = False
    """It waits for another try under its key, and an earlier one may have come out. Known where a story's rows are."""
