"""What every order from the command line needs: the ledger, the channels that can be opened, a way to answer."""

import asyncio
import contextlib
import getpass
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import typer
from rich.markup import escape

from bot.app import Premises, now
from bot.cli.roles import By, check
from bot.cli.session import SettingsFile, enter, out, print_json
from bot.errors import OrderError, SettingsError
from bot.ledger import Ledger
from bot.model.order import Done
from bot.rules.moments import moment
from bot.work.ordering import Ordering

T = TypeVar("T")
Number = Annotated[int, typer.Argument(help="The story's number.")]
Channel = Annotated[str, typer.Argument(help="The channel.")]
OneChannel = Annotated[str | None, typer.Option(help="Only this channel.")]
Why = Annotated[str, typer.Option(help="The reason; the history keeps it.")]
As = Annotated[str, typer.Option("--as", default_factory=getpass.getuser, help="Who decides; the history keeps it.")]
When = Annotated[str, typer.Argument(help="Such as 18:30, tomorrow 9am, 明早八点半, 2小时后, Friday 7pm.")]


def moved(story: int, moving: Awaitable[int]) -> Awaitable[Done]:
    """What a verb that answers a number did."""

    async def done() -> Done:
        count = await moving
        return Done(story, done=count > 0, moved=count, why_not="" if count else "nothing of it was in that state")

    return done()


def when_of(premises: Premises, words: str) -> datetime:
    """The moment, said back with its zone. Raises OrderError where it is past or not understood."""
    zone = premises.settings.newsroom.tz
    read = moment(words, now(), zone)
    if read is None:
        raise OrderError(f"{words!r} is no time: write 18:30, tomorrow 9am, 明早八点半, 2小时后 or 2026-12-01 09:00")
    said = f"{read.at:%A %Y-%m-%d %H:%M} {read.at.tzname()} ({zone.key})"
    if read.past:
        raise OrderError(f"{words!r} is {said}, and that is past")
    typer.echo(f"{said}{f' ({read.ambiguous})' if read.ambiguous else ''}", err=True)
    return read.at.astimezone(UTC)


@contextlib.asynccontextmanager
async def opened_desk(premises: Premises) -> AsyncIterator[tuple[Ordering, Ledger]]:
    """The verbs over whatever channels have their secrets here."""
    async with contextlib.AsyncExitStack() as closing:
        ledger = await closing.enter_async_context(premises.ledger())
        outlets = {}
        for name in premises.settings.channels:
            try:
                outlets[name] = premises.outlet(name, now, premises.tokens(ledger, now))
            except SettingsError:
                continue
            closing.push_async_callback(outlets[name].channel.close)
        settings, pictures = premises.settings, premises.queue / "pictures"
        arranged = premises.arranged(outlets, None)
        yield Ordering(ledger, premises.press(), arranged, settings.routes, settings.desk, now, pictures), ledger


def with_desk(file: SettingsFile, verb: Callable[[Ordering, Ledger], Awaitable[T]], by: By | None = None) -> T:
    """Run a verb that needs the press or the channels. Raises OrderError where it is not theirs."""

    async def run() -> T:
        premises = enter(file, level="error")
        async with opened_desk(premises) as (desk, ledger):
            if by is not None:
                await check(premises, ledger, by)
            return await verb(desk, ledger)

    return asyncio.run(run())


def with_ledger(file: SettingsFile, verb: Callable[[Ledger], Awaitable[T]], by: By | None = None) -> T:
    """Run a verb of the ledger's. Raises OrderError where it is not theirs."""

    async def run() -> T:
        premises = enter(file, level="error")
        async with premises.ledger() as ledger:
            if by is not None:
                await check(premises, ledger, by)
            return await verb(ledger)

    return asyncio.run(run())


def say(told: Done, *, json: bool) -> None:
    """What became of it; exit code 1 where it was not carried out."""
    if json:
        print_json(told)
    elif told.done:
        more = f"; {told.missing} more needed" if told.missing else ""
        note = f"; {told.why_not}" if told.why_not else ""
        out.print(f"#{told.story}: done, {told.moved} deliveries{more}{escape(note)}")
    else:
        out.print(f"[red]✗[/] #{told.story}: {escape(told.why_not)}", soft_wrap=True)
    if not told.done:
        raise typer.Exit(1)
