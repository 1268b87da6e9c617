"""A source: a place where articles appear, looked at when it is due."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, runtime_checkable

from bot.model.story import Article
from bot.model.subscription import Hub


@dataclass(frozen=True, slots=True)
class Memory:
    """What a source wants to know at its next look; the ledger keeps it, unread.

    It is saved only after everything found has been recorded, so a crash in between repeats the look.
    """

    validators: Mapping[str, str] = field(default_factory=dict)
    """Such as etag and last-modified."""
    marks: Mapping[str, str] = field(default_factory=dict)
    """Entry → fingerprint of the entry as last seen: an equal one need not be read again."""
    first_look: datetime | None = None
    news_at: datetime | None = None
    """When it last brought something new; None before that."""
    unread: tuple[str, ...] = ()
    """Marks of a flood whose pages have not been read: an editor is asked first."""
    tries: Mapping[str, int] = field(default_factory=dict)
    """Mark → how many times its page could not be had."""


@dataclass(frozen=True, slots=True)
class Found:
    """An article, and the mark by which the source knows where it came from."""

    article: Article
    mark: str
    fresh: bool = True
    """False where it is to be remembered but not posted: it is older than the first look."""
    why: str = "picked up"
    """The reason the ledger keeps: "new in the feed", "dropped into the inbox as budget.html"."""
    held: str | None = None
    """Why an editor must let it go before anything of it is posted; who brought it cannot touch other stories."""
    flood: bool = False
    """One of many old ones at once: all of them wait until an editor lets them go or drops them."""


@dataclass(frozen=True, slots=True)
class Gone:
    """An article that its source has taken back: an editor decides what becomes of what is out."""

    guid: str | None
    link: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Look:
    """What one look brought."""

    memory: Memory
    found: tuple[Found, ...] = ()
    problems: tuple[str, ...] = ()
    """What could not be read, in words for the editor; nothing of it is lost."""
    next_look: timedelta | None = None
    """When the source asks to be looked at again, if it says so."""
    gone: tuple[Gone, ...] = ()
    hub: Hub | None = None
    """Where its changes can be subscribed to, if it says so."""


class Source(Protocol):
    """A door in."""

    name: str
    every: timedelta
    """How often to look."""

    async def look(self, memory: Memory, now: datetime) -> Look:
        """Raises SourceUnreachable or SourceUnreadable where nothing at all could be had."""
        ...

    async def taken(self, found: Found) -> None:
        """The ledger has it: a file may be moved away now."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


@runtime_checkable
class Watched(Protocol):
    """A source that is a folder: a change in it wakes the source at once."""

    @property
    def watch_folder(self) -> Path | None:
        """The folder itself, not what is below it."""
        ...


@runtime_checkable
class Paged(Protocol):
    """A source whose stories have pages of their own on the web."""

    async def page_status(self, link: str) -> int | None:
        """The HTTP status of the page now; None where nothing answers."""
        ...
