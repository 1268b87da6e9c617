"""Subscribers on each database, and one way to ask."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet

from bot.ledger import Ledger
from bot.ledger.subscribers import Subscribers
from bot.model.subscriber import Address, Choices, Consent, Reading, Subscriber, Timing

KEY = Fernet.generate_key().decode()


@pytest.fixture
async def quick(sqlite_url: str) -> AsyncIterator[Ledger]:
    """For what is no matter of the database."""
    opened = await Ledger.open(sqlite_url)
    yield opened
    await opened.close()


@pytest.fixture
def subscribers(ledger: Ledger) -> Subscribers:
    return ledger.subscribers(KEY)


@dataclass
class Door:
    """Somebody asks, at a door that proves who they are or does not."""

    subscribers: Subscribers
    now: datetime
    choices: Choices = field(default_factory=lambda: Choices(topics=("时政",)))

    async def __call__(
        self,
        to: str = "ling@example.org",
        *,
        carrier: str = "letters",
        now: datetime | None = None,
        proved: bool = True,
        choices: Choices | None = None,
        timing: Timing | None = None,
        secrets: tuple[str, ...] = (),
    ) -> Subscriber:
        at = now or self.now
        return await self.subscribers.ask(
            carrier, Address(to, secrets), choices or self.choices, timing or Timing(), Reading(),
            Consent("the form at /subscribe", at), at, proved=proved,
        )  # fmt: skip


Ask = Callable[..., Awaitable[Subscriber]]


@pytest.fixture
def ask(subscribers: Subscribers, now: datetime) -> Door:
    return Door(subscribers, now)


@pytest.fixture
def today(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()
