"""`ledger move`, `ledger backup` and `ledger migrate`: the memory as a whole."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.app import Premises
from bot.cli.session import DEFAULT, AsJson, SettingsFile, enter, out, print_json
from bot.ledger import Ledger
from bot.ledger.moving import Moved
from bot.settings import Secret
from bot.work.lock import only_daemon

app = typer.Typer(help="Move, back up and migrate the ledger.", no_args_is_help=True)


@app.command()
def move(
    to: Annotated[str, typer.Argument(help="postgresql://… of an empty database, or env:NAME or file:PATH of it.")],
    source: Annotated[Path | None, typer.Option("--from", help="A backup, instead of the ledger in use.")] = None,
    settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:
    """Copy the whole ledger into an empty database, and prove that both say the same; the daemon must be stopped."""
    url = Secret(to).reveal() if to.startswith(("env:", "file:")) else to
    moved = asyncio.run(_moved(enter(settings, level="error"), source, url))
    if json:
        print_json(moved)
        return
    out.print(f"Moved: {sum(moved.rows.values())} rows of {len(moved.rows)} tables; counts and states agree.")
    for state, count in moved.states.items():
        out.print(f"  {state}: {count}")
    out.print("Now name that database in house.ledger, and start again: what the old ledger learns is not moved.")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="A file that does not exist.")],
    settings: SettingsFile = DEFAULT,
) -> None:
    """Write the ledger of this moment into a SQLite file; the daemon may go on."""
    asyncio.run(_backed_up(enter(settings, level="error"), file))
    out.print(f"{file} is the ledger of this moment.")


@app.command()
def migrate(settings: SettingsFile = DEFAULT) -> None:
    """Bring the ledger to this version's tables; workers of the version before may go on meanwhile."""
    asyncio.run(_migrated(enter(settings, level="error")))
    out.print("The ledger has this version's tables.")


async def _moved(premises: Premises, source: Path | None, url: str) -> Moved:
    """Nobody may send what the copy does not know of: so the queue's lock is held meanwhile."""
    with only_daemon(premises.queue):
        if source is None:
            async with premises.ledger() as ledger:
                return await ledger.move(url)
        kept = await Ledger.open(f"sqlite:///{source}")
        try:
            return await kept.move(url)
        finally:
            await kept.close()


async def _backed_up(premises: Premises, file: Path) -> None:
    async with premises.ledger() as ledger:
        await ledger.backup(file)


async def _migrated(premises: Premises) -> None:
    async with premises.ledger() as ledger:
        await ledger.ready()
