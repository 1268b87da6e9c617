"""How updates come in: a bot asks Telegram for them, or Telegram brings them to a door of the house.

Either way one is let go only when it has been carried out: what a crash interrupts comes once more.
"""

import asyncio
import contextlib
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from telegram import Bot, Update
from telegram.error import TelegramError

from bot.errors import SettingsError
from bot.ledger import Ledger
from bot.settings import Desk

log = structlog.get_logger(__name__)

LETTERS = "desk:telegram"
"""Under this name the ledger keeps what Telegram brought; no source of the settings can have a colon in its name."""
KINDS = ["message", "callback_query"]
CHECK = timedelta(minutes=5)
"""How often Telegram is asked whether it still knows the door, and whether it finds it open."""


@dataclass(frozen=True)
class Webhook:
    """The door that Telegram brings updates to, at `address`, and the word by which it is known."""

    address: str
    secret: str
    knocked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the door when something has been kept."""

    @classmethod
    def of(cls, desk: Desk, public_url: str | None, path: str) -> "Webhook | None":
        """As the settings say; the word is made of the token, so that nobody has to think of one."""
        if not desk.webhook or desk.token is None:
            return None
        if public_url is None:
            raise SettingsError("desk.webhook", "true", "say in house.public_url where the world reaches this machine")
        word = hashlib.sha256(b"the door of the desk\0" + desk.token.reveal().encode()).hexdigest()
        return cls(f"{public_url.rstrip('/')}{path}", word)


@dataclass(frozen=True, slots=True)
class Came:
    """One update, and which letter of the ledger it was, if any."""

    update: Update
    letter: int | None = None


class Incoming(Protocol):
    """The way in. `begin` and `next` raise TelegramError or LedgerError."""

    async def begin(self) -> None:
        """Tell Telegram which way it is."""

    async def next(self) -> Sequence[Came]:
        """What has come; waits for a while where there is nothing."""

    async def done(self, came: Came) -> None:
        """It has been carried out. Raises LedgerError."""

    async def end(self) -> None:
        """Nothing more is carried out."""


class Letters:
    """What Telegram brought and nobody has carried out yet."""

    def __init__(self, bot: Bot, ledger: Ledger, clock: Callable[[], datetime], source: str = LETTERS) -> None:
        self._bot, self._ledger, self._clock, self._source = bot, ledger, clock, source

    async def waiting(self) -> tuple[Came, ...]:
        """In the order in which they came. Raises LedgerError."""
        found = []
        for letter in await self._ledger.arrivals.waiting(self._source, self._clock()):
            try:
                found.append(Came(Update.de_json(json.loads(letter.body), self._bot), letter.id))
            except (ValueError, TypeError, KeyError, AttributeError) as err:
                log.warning("an update cannot be read", update=letter.key, error=str(err))
                await self._ledger.arrivals.unreadable(letter.id, str(err))
        return tuple(found)

    async def done(self, came: Came) -> None:
        """Let it go. Raises LedgerError."""
        if came.letter is not None:
            await self._ledger.arrivals.done(came.letter)


class Polled:
    """The bot asks, and keeps the question open while nobody writes."""

    def __init__(self, bot: Bot, letters: Letters, poll: timedelta, kinds: Sequence[str] = KINDS) -> None:
        self._bot, self._letters, self._poll, self._kinds = bot, letters, poll, kinds
        self._offset: int | None = None
        self._left: tuple[Came, ...] = ()

    async def begin(self) -> None:
        """Take a webhook away: it would keep every message from us. What it still brought is carried out first."""
        await self._bot.delete_webhook(drop_pending_updates=False)
        self._left = await self._letters.waiting()

    async def next(self) -> Sequence[Came]:
        """Asking also confirms what has been carried out."""
        if self._left:
            left, self._left = self._left, ()
            return left
        updates = await self._bot.get_updates(self._offset, timeout=self._poll, allowed_updates=self._kinds)
        return [Came(update) for update in updates]

    async def done(self, came: Came) -> None:
        """Telegram hears of it with the next question."""
        if came.letter is None:
            self._offset = came.update.update_id + 1
        await self._letters.done(came)

    async def end(self) -> None:
        """Confirm at once; unconfirmed, a command is only carried out once more."""
        if self._offset is not None:
            with contextlib.suppress(TelegramError):
                await self._bot.get_updates(self._offset, timeout=0, read_timeout=1, connect_timeout=1)


class Brought:
    """Telegram brings them to the door, which has written them down before it says thank you."""

    def __init__(self, bot: Bot, letters: Letters, webhook: Webhook, clock: Callable[[], datetime]) -> None:
        self._bot, self._letters, self._webhook, self._clock = bot, letters, webhook, clock
        self._check_at = clock()

    async def begin(self) -> None:
        """One at a time, so that they come in order; whatever waits at Telegram is brought, too."""
        await self._bot.set_webhook(
            self._webhook.address,
            secret_token=self._webhook.secret,
            allowed_updates=KINDS,
            max_connections=1,
            drop_pending_updates=False,
        )
        self._check_at = self._clock() + CHECK

    async def next(self) -> Sequence[Came]:
        """What the ledger has; a knock at the door ends the waiting."""
        self._webhook.knocked.clear()
        if found := await self._letters.waiting():
            return found
        if self._clock() >= self._check_at:
            await self._still_there()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._webhook.knocked.wait(), CHECK.total_seconds())
        return ()

    async def done(self, came: Came) -> None:
        """The ledger lets its text go, and keeps its number."""
        await self._letters.done(came)

    async def end(self) -> None:
        """Telegram keeps what comes meanwhile, and brings it when the door opens again."""

    async def _still_there(self) -> None:
        """Another program that polls with this token takes the webhook away without a word."""
        known = await self._bot.get_webhook_info()
        if known.url != self._webhook.address:
            log.warning("Telegram had forgotten the desk's webhook: it is told again")
            await self.begin()
        elif known.pending_update_count and known.last_error_message:
            log.warning("Telegram cannot bring updates to house.public_url", error=known.last_error_message)
        self._check_at = self._clock() + CHECK
