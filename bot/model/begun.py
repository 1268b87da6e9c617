"""What a channel has begun on its platform and not finished, kept so that a crash neither doubles nor loses it."""

from typing import Protocol


class Begun(Protocol):
    """One channel's; each word stands under a key of its own and is the channel's alone to read."""

    async def get(self, key: str) -> str | None:
        """What was written last; None where nothing was. Raises LedgerError."""
        ...

    async def keep(self, key: str, value: str) -> None:
        """Write it in the place of whatever is there. Raises LedgerError."""
        ...

    async def done(self, key: str) -> None:
        """Forget it. Raises LedgerError."""
        ...
