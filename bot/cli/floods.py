"""`source release` and `source drop`: what an editor decides of a flood, from a script."""

from bot.app import Premises, now
from bot.cli.roles import By, check
from bot.errors import SettingsError
from bot.ledger import Ledger


async def release(premises: Premises, source: str, who: str, why: str) -> int:
    """How many stories were let go. Raises SettingsError for an unknown source."""
    async with premises.ledger() as ledger:
        await _known(premises, ledger, source)
        await check(premises, ledger, By(who))
        done = await ledger.floods.release(source, who, why, now())
        if source not in premises.settings.sources:  # nobody will look for the pages of teasers
            await ledger.floods.unread(source, now())
    return done


async def drop(premises: Premises, source: str, who: str, why: str) -> int:
    """How many stories were dropped. Raises SettingsError for an unknown source."""
    async with premises.ledger() as ledger:
        await _known(premises, ledger, source)
        await check(premises, ledger, By(who))
        return await ledger.floods.drop(source, who, why, now())


async def _known(premises: Premises, ledger: Ledger, source: str) -> None:
    """In the settings, or taken out of them while a flood of it waited."""
    names = [*premises.settings.sources, *(one.source for one in await ledger.floods.waiting())]
    if source not in names:
        raise SettingsError("source", source, f"known are {', '.join(dict.fromkeys(names))}")
