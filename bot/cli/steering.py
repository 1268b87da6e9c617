"""What an editor decides, from a script: the same verbs and records as the desk's."""

from bot.app import Premises, now
from bot.cli.roles import By, check
from bot.errors import LedgerError, SettingsError
from bot.model.channel import Withdrawable
from bot.model.ledger import Withdrawn


async def withdraw(
    premises: Premises, number: int, who: str, why: str, *, reprints: bool = False
) -> tuple[Withdrawn, ...]:
    """Take a story back everywhere; a daemon deletes what is out. Raises LedgerError where there is no such story."""
    async with premises.ledger() as ledger:
        await check(premises, ledger, By(who, number))
        able = []
        for name in premises.settings.channels:
            try:
                outlet = premises.outlet(name, now, premises.tokens(ledger, now))
            except SettingsError:
                continue  # without its secret nothing can be deleted there: the list will say so
            if isinstance(outlet.channel, Withdrawable):
                able.append(name)
            await outlet.channel.close()
        if await ledger.stories.get(number) is None:
            raise LedgerError(f"no story {number}: `queue` and the page show the numbers")
        return await ledger.withdrawals.withdraw(number, able, who, why, now(), reprints=reprints)


async def settle(premises: Premises, number: int, channel: str, who: str, why: str, *, out: bool) -> int:
    """Say of what is uncertain on a channel what somebody saw; how many deliveries that settled."""
    _known(premises, channel)
    async with premises.ledger() as ledger:
        await check(premises, ledger, By(who, number, [channel]))
        return await ledger.deliveries.settle(number, channel, who, why, now(), out=out)


async def retry(premises: Premises, number: int, channel: str | None, who: str, why: str) -> int:
    """Try again what failed; how many deliveries are planned anew."""
    async with premises.ledger() as ledger:
        await check(premises, ledger, By(who, number, [channel] if channel else []))
        return await ledger.deliveries.retry(number, who, why, now(), channel)


def _known(premises: Premises, channel: str) -> None:
    if channel not in premises.settings.channels:
        raise SettingsError("channel", channel, f"known are {', '.join(premises.settings.channels)}")
