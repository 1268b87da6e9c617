"""The daemon in the foreground, and one look at the sources by hand."""

import asyncio
import gc
import signal
from collections.abc import Collection

from rich.progress import Progress

from bot.app import Premises, now, opened
from bot.cli.checking import refuse_mistakes
from bot.cli.session import out
from bot.daemon import Daemon
from bot.errors import SettingsError
from bot.work.pickup import Pickup, Tally
from bot.work.roles import Role

_LOOKS = 5


async def run_daemon(premises: Premises, role: Role) -> None:
    """Until SIGTERM or SIGINT; what is under way then ends, or goes back, within ten seconds.

    Raises CrierError where a template is at fault: then nothing has been opened.
    """
    if premises.own_templates is not None:  # the shipped ones are tried by our tests, not at every start
        refuse_mistakes(premises)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stopping.set)
    async with opened(premises) as house:
        gc.freeze()  # what was loaded stays: to look through it again and again took a tenth of a busy minute
        await Daemon(house, stopping, role).run(ready=_say)


def _say(page: str) -> None:
    at = f" The page: [link={page}]{page}[/]" if page else ""
    out.print(f"[bold]Crier[/] is at work.{at}   (Ctrl-C stops it)")


async def pick_up(premises: Premises, only: Collection[str], *, quiet: bool) -> dict[str, Tally]:
    """Look at the sources once and record what they have."""
    tallies = {}
    async with premises.ledger() as ledger, premises.sources() as sources:
        unknown = set(only) - set(sources)
        if unknown:
            raise SettingsError("source", ", ".join(sorted(unknown)), f"known are {', '.join(sources)}")
        names = [name for name in sources if not only or name in only]
        await ledger.notes.register(list(sources), now())
        pickup = Pickup(ledger, sources, now, on_fresh=lambda _: None)
        with Progress(transient=True, disable=quiet) as progress:
            for name in progress.track(names, description="looking"):
                tallies[name] = await _looked(pickup, name)
    return tallies


async def _looked(pickup: Pickup, name: str) -> Tally:
    """Look, and again where the source asks for a moment: a file must stand still before it is read."""
    tally = await pickup.look(name)
    for _ in range(_LOOKS - 1):
        if tally.again is None:
            break
        await asyncio.sleep(tally.again.total_seconds())
        tally += await pickup.look(name)
    return tally
