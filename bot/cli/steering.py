"""What an editor decides, from a script: the same verbs and records as the desk's."""

from bot.app import Premises, now
from bot.errors import LedgerError, SettingsError
from bot.model.channel import Withdrawable
from bot.model.ledger import Withdrawn


async def withdraw(premises: Premises, number: int, who: str, why: str) -> tuple[Withdrawn, ...]:
    """Take a story back everywhere; a daemon deletes what is out. Raises LedgerError where there is no such story."""
    able = []
    for name in premises.settings.channels:
        try:
            outlet = premises.outlet(name, now)
        except SettingsError:
            continue  # without its secret nothing can be deleted there: the list will say so
        if isinstance(outlet.channel, Withdrawable):
            able.append(name)
        await outlet.channel.close()
    async with premises.ledger() as ledger:
        if await ledger.stories.get(number) is None:
            raise LedgerError(f"no story {number}: `queue` and the page show the numbers")
        return await ledger.withdrawals.withdraw(number, able, who, why, now())
