"""What a way of pushing must know: whom to let in, and what was brought."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.model.arrival import Arrival, Knock, Letter
from bot.model.source import Gone
from bot.model.story import Article


@dataclass(frozen=True, slots=True)
class Brought:
    """What a letter says: articles with the reason the ledger keeps, or that one is gone."""

    articles: tuple[Article, ...] = ()
    why: str = "pushed"
    gone: tuple[Gone, ...] = ()


class Scheme(Protocol):
    """One way of pushing."""

    def admit(self, knock: Knock, now: datetime) -> Letter:
        """Raises Unsigned; SettingsError where a secret of ours is missing or is none."""
        ...

    async def brought(self, arrival: Arrival, now: datetime) -> Brought:
        """Raises SourceUnreadable or SourceUnreachable."""
        ...


def digest(body: bytes) -> str:
    """A name for a delivery that brings none of its own."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"
