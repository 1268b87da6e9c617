"""A decision: who did what to a story, when and why; `why?` is answered from these alone."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verb(StrEnum):
    """What was decided."""

    PICKED_UP = "picked up"
    REVISED = "revised"
    JOINED = "joined"  # it is a reprint: the cluster of the first
    LEFT = "left"  # its newest revision is a reprint no longer
    ROUTED = "routed"
    NOT_ROUTED = "not routed"
    PLANNED = "planned"
    SUPERSEDED = "superseded"
    HELD = "held"
    RELEASED = "released"
    CANCELLED = "cancelled"
    SENT = "sent"
    RETRIED = "retried"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"
    APPROVED = "approved"
    REJECTED = "rejected"
    SCHEDULED = "scheduled"
    EMBARGOED = "embargoed"
    HURRIED = "hurried"  # breaking: it overtakes all
    SKIPPED = "skipped"  # a channel does not get it, against the routes
    ADDED = "added"  # a channel gets it, against the routes
    REORDERED = "reordered"
    WORDED = "worded"  # an editor's own words
    PICTURED = "pictured"
    PINNED = "pinned"
    UNPINNED = "unpinned"
    CORRECTED = "corrected"
    SEEN = "seen"  # an editor knows what could not be corrected
    UNDONE = "undone"
    ASKED = "asked"  # whoever sent it in was asked something
    ANSWERED = "answered"
    TOLD = "told"  # in a digest
    INVITED = "invited"  # somebody to the desk
    ADMITTED = "admitted"
    REMOVED = "removed"
    BANNED = "banned"  # an address that must not subscribe again
    UNBANNED = "unbanned"
    FORGOTTEN = "forgotten"  # a subscriber asked for it
    IMPORTED = "imported"  # subscribers from a file
    EXPORTED = "exported"  # somebody saw addresses in the clear


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of a story's history."""

    verb: Verb
    who: str
    """A room of the house ("routing", "dispatch") or an editor's name."""
    why: str
    at: datetime
    story: int | None = None
    revision: int | None = None
    channel: str | None = None
