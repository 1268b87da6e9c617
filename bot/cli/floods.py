"""`source release` and `source drop`: what an editor decides of a flood, from a script."""

from bot.app import Premises, now
from bot.errors import SettingsError


async def release(premises: Premises, source: str, who: str, why: str) -> int:
    """How many stories were let go. Raises SettingsError for an unknown source."""
    _known(premises, source)
    async with premises.ledger() as ledger:
        return await ledger.floods.release(source, who, why, now())


async def drop(premises: Premises, source: str, who: str, why: str) -> int:
    """How many stories were dropped. Raises SettingsError for an unknown source."""
    _known(premises, source)
    async with premises.ledger() as ledger:
        return await ledger.floods.drop(source, who, why, now())


def _known(premises: Premises, source: str) -> None:
    if source not in premises.settings.sources:
        raise SettingsError("source", source, f"known are {', '.join(premises.settings.sources)}")
