"""Unfinished: what a channel has begun on its platform, written down before the next step is taken."""

import contextlib

from bot.errors import LedgerError, Unavailable
from bot.model.begun import Begun


class Hand:
    """Keeps it for this process alone, where there is no ledger: tests, and trying an account."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    async def get(self, key: str) -> str | None:
        """What was written last."""
        return self._kept.get(key)

    async def keep(self, key: str, value: str) -> None:
        """Write it in the place of whatever is there."""
        self._kept[key] = value

    async def done(self, key: str) -> None:
        """Forget it."""
        self._kept.pop(key, None)


class Unfinished:
    """The same, in the words of a channel: what cannot be written down is not begun."""

    def __init__(self, channel: str, begun: Begun | None) -> None:
        self._channel, self._begun = channel, begun or Hand()

    async def get(self, key: str) -> str | None:
        """What was written last. Raises Unavailable."""
        try:
            return await self._begun.get(key)
        except LedgerError as err:
            raise Unavailable(self._channel, f"not sent, the ledger is away: {err}") from err

    async def keep(self, key: str, value: str) -> None:
        """Write it down before the step that it is about. Raises Unavailable."""
        try:
            await self._begun.keep(key, value)
        except LedgerError as err:
            raise Unavailable(self._channel, f"not sent, the ledger is away: {err}") from err

    async def note(self, key: str, value: str) -> None:
        """Write down what has happened already; where that fails, whatever was kept before is the safer word."""
        with contextlib.suppress(LedgerError):
            await self._begun.keep(key, value)

    async def done(self, key: str) -> None:
        """Forget it, or leave it to be forgotten: it can do no harm any more."""
        with contextlib.suppress(LedgerError):
            await self._begun.done(key)
