"""Subscribers' digests: whose is due, what can be told, and what each of them is told."""

from dataclasses import dataclass
from datetime import datetime

from bot.model.edition import Edition
from bot.model.story import Story


@dataclass(frozen=True, slots=True)
class Due:
    """One whose digest is due; choices, timing and reading as JSON, for many chose alike."""

    reader: int
    choices: str
    timing: str
    reading: str
    at: datetime
    since: datetime
    """What could be told before then is not told again."""
    changed: bool = False
    """Something may have come at once since then."""


@dataclass(frozen=True, slots=True)
class Tellable:
    """A story that a carrier's subscribers get."""

    fanout: int
    story: Story
    """At the revision that goes to them."""
    at: datetime
    """Since when digests can tell it."""
    urgent: bool = False
    waits: bool = False
    """An editor stopped or held it since: not now."""
    passed: int | None = None
    """Subscribers up to this number were asked whether they get it at once; None: all of them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One story of an edition."""

    story: int
    revision: int
    corrected: bool = False
    """It was told before, and is told again because it was wrong."""


@dataclass(frozen=True, slots=True)
class Told:
    """An edition, and the stories for which it had room."""

    edition: Edition
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Stale:
    """An edition on its way that tells what may not be told any more."""

    shared: int
    fanout: int
    variant: str
    left: tuple[Line, ...]
    """What it may still tell, in no order."""
    held: tuple[int, ...] = ()
    """Stories that a later digest may tell."""


@dataclass(frozen=True, slots=True)
class Revised:
    """A story that went out in a digest and reads otherwise now."""

    story: int
    revision: int
    told: frozenset[int]
    """The older revisions that some were told."""
