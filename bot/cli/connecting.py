"""`connect`: let Crier into an account once, in the browser or by pasting; from then on it renews the token itself."""

import asyncio
import getpass
import secrets
import sys
from importlib import import_module
from typing import Annotated
from urllib.parse import urlsplit

import typer

from bot.app import Premises, now
from bot.cli import show
from bot.cli.checking import tried
from bot.cli.loopback import PATH, Strange, code_in, listening
from bot.cli.session import DEFAULT, AsJson, SettingsFile, enter, out, print_json
from bot.errors import SettingsError
from bot.ledger import Ledger
from bot.model.channel import Finding
from bot.model.token import Connectable, Connected, Entry, Grant, Visit

PORT = 8738
NO_KEY = "write key: env:CRIER_KEY under house; `python main.py connect --new-key` makes a key for it"


def connect(
    name: Annotated[str | None, typer.Argument(help="A channel of the settings.")] = None,
    listed: Annotated[bool, typer.Option("--list", help="Show the connected accounts, and until when.")] = False,
    new_key: Annotated[bool, typer.Option("--new-key", help="Make a key for house.key, and print it.")] = False,
    paste: Annotated[bool, typer.Option("--paste", help="No browser here: paste the address where it ended.")] = False,
    redirect: Annotated[
        str | None,
        typer.Option(
            help="The address registered at the platform, if it is another; away from this machine, it is pasted."
        ),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where the browser comes back to; 0: a free one.")] = PORT,
    settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:
    """Let Crier into a channel's account: opens the platform's consent, keeps the token sealed, and renews it."""
    if new_key:
        typer.echo(import_module("cryptography.fernet").Fernet.generate_key().decode())
        return
    premises = enter(settings, level="error")
    if listed:
        accounts = asyncio.run(_accounts(premises))
        print_json(accounts) if json else show.connected(out, accounts, premises.settings.newsroom.tz)
        return
    if name is None:
        raise typer.BadParameter("name a channel, or give --list or --new-key")
    found = asyncio.run(walk(premises, name, port, redirect, paste=paste))
    print_json(found) if json else show.findings(out, found)
    if not all(one.ok for one in found):
        raise typer.Exit(1)


async def _accounts(premises: Premises) -> tuple[Connected, ...]:
    async with premises.ledger() as ledger:
        return await ledger.connected()


async def walk(premises: Premises, name: str, port: int, redirect: str | None, *, paste: bool) -> tuple[Finding, ...]:
    """From the consent to the check of the account. Raises SettingsError, Refused, Unavailable or LedgerError."""
    if name not in premises.settings.channels:
        raise SettingsError("channel", name, f"known are {', '.join(premises.settings.channels)}")
    async with premises.ledger() as ledger:
        tokens = premises.tokens(ledger, now)
        channel = premises.channel(name, now, tokens)
        try:
            account, entry = _entry(channel, name, premises.settings.channels[name].kind)
            if tokens is None:
                return (Finding("house.key", False, NO_KEY),)
            grant = await _entered(entry, name, port, redirect, paste=paste)
            await tokens.keep(account, grant)
            return (_holds(grant), *await tried(channel), *await _paused(ledger, name))
        finally:
            await channel.close()


def _entry(channel: object, name: str, kind: str) -> tuple[str, Entry]:
    """The account, and how it is entered. Raises SettingsError where nothing is to be got."""
    if not isinstance(channel, Connectable):
        remedy = f"a channel of kind {kind} needs no connect: docs/channels says what its settings hold"
        raise SettingsError(f"channels.{name}", kind, remedy)
    if channel.token.entry is None:
        remedy = f"its token stands in the settings: write app and app_secret instead (docs/channels/{kind}.md)"
        raise SettingsError(f"channels.{name}.token", "***", remedy)
    return channel.token.account, channel.token.entry


async def _entered(entry: Entry, name: str, port: int, redirect: str | None, *, paste: bool) -> Grant:
    """Ask the person, if a person is needed."""
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    given = Visit(redirect or f"http://127.0.0.1:{port}{PATH}", state, verifier)
    if not entry.wanted:
        return await entry.enter("", given)
    if entry.address(given) is None:
        return await entry.enter(await _pasted(f"Paste {entry.wanted}"), given)
    here = urlsplit(given.redirect)
    if paste or here.hostname not in ("127.0.0.1", "localhost"):
        _open(entry, given)
        try:
            code = code_in(await _pasted(f"Paste {entry.wanted}"), given, name)
        except Strange as err:
            raise SettingsError("the pasted address", "***", str(err)) from err
        return await entry.enter(code, given)
    async with listening(here.port or port) as receiver:
        visit = Visit(redirect or receiver.redirect, state, verifier)
        _open(entry, visit)
        typer.echo(f"Waiting at {visit.redirect} … (no browser on this machine? Ctrl-C, then add --paste)", err=True)
        return await entry.enter(await receiver.code(visit, name), visit)


def _open(entry: Entry, visit: Visit) -> None:
    typer.echo(f"Open this address, and consent as the account that shall post:\n\n{entry.address(visit)}\n", err=True)


async def _pasted(asked: str) -> str:
    """What the person brought; not shown where there is a terminal. Raises SettingsError for nothing."""
    if sys.stdin.isatty():
        brought = await asyncio.to_thread(getpass.getpass, f"{asked} (it is not shown): ")
    else:
        typer.echo(f"{asked}:", err=True)
        brought = await asyncio.to_thread(sys.stdin.readline)
    if not brought.strip():
        raise SettingsError("what was pasted", "", "nothing came: run connect again")
    return brought.strip()


def _holds(grant: Grant) -> Finding:
    until = f"until {grant.until:%Y-%m-%d %H:%M} UTC" if grant.until else "without an end of its own"
    return Finding("connected", True, f"the token holds {until}")


async def _paused(ledger: Ledger, name: str) -> tuple[Finding, ...]:
    if name not in await ledger.lanes.paused():
        return ()
    return (Finding("channel", True, f"it is paused: `python main.py resume {name}` lets go what waits"),)
