"""A token that expires: what a platform granted, who keeps it for all workers, and how a person lets us in."""

import base64
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Grant:
    """What a platform gave. Its repr tells no secret."""

    access: str = field(repr=False)
    since: datetime
    until: datetime | None = None
    """None: it has no end of its own."""
    renew: str = field(default="", repr=False)
    """What asks for the next one, where that is not the token itself."""

    def lives(self, now: datetime, margin: timedelta = timedelta()) -> bool:
        """Whether it holds for longer than the margin."""
        return self.until is None or self.until - now > margin


Lend = Callable[[Grant | None], Awaitable[Grant]]
"""Asks the platform for the grant that follows this one. Raises Refused or Unavailable."""


class TokenStore(Protocol):
    """Keeps each account's grant; of all workers, one asks for the next and the others wait for it."""

    async def current(self, account: str) -> Grant | None:
        """What is kept; None where nothing is."""
        ...

    async def renewed(self, account: str, seen: Grant | None, lend: Lend) -> Grant:
        """The grant that followed the one that was seen, asked for if nobody has. Raises what `lend` raises."""
        ...

    async def keep(self, account: str, grant: Grant) -> None:
        """Put this one in the place of whatever is there."""
        ...


@dataclass(frozen=True, slots=True)
class Visit:
    """One walk through a platform's consent: where it sends the person back, and what proves that they come from it."""

    redirect: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)

    @property
    def challenge(self) -> str:
        """The verifier's hash (PKCE, S256): shown first, so that a stolen code alone is of no use."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


class Entry(Protocol):
    """How a person lets us into an account."""

    @property
    def wanted(self) -> str:
        """What the person is to bring from there; empty where the application's own keys are enough."""
        ...

    def address(self, visit: Visit) -> str | None:
        """Where the person consents; None where there is nothing to open, and `wanted` is pasted."""
        ...

    async def enter(self, brought: str, visit: Visit) -> Grant:
        """What the platform gives for it. Raises Refused or Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Standing:
    """How long a token still holds, and what keeps it from being renewed."""

    until: datetime | None = None
    trouble: str = ""


class Living(Protocol):
    """A channel's token, wherever it comes from."""

    @property
    def account(self) -> str:
        """Under what it is kept."""
        ...

    @property
    def entry(self) -> Entry | None:
        """How it is got; None where it stands in the settings."""
        ...

    async def renew(self) -> Standing:
        """Ask for the next one if it is time. Raises LedgerError alone."""
        ...


@runtime_checkable
class Connectable(Protocol):
    """A channel whose token may be kept by the house."""

    @property
    def token(self) -> Living:
        """Its token."""
        ...


@dataclass(frozen=True, slots=True)
class Connected:
    """An account whose token is kept, without the token."""

    account: str
    until: datetime | None
    refreshed_at: datetime
    version: int
    """How many grants there have been."""
