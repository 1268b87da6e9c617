"""`source add` and `source test`: find what a site offers, write it into the settings, see what is read."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer
from rich.progress import Progress

from bot.app import Premises, now
from bot.cli import floods, showsource
from bot.cli.entry import name_for, write_entry
from bot.cli.orders import As, Why
from bot.cli.session import DEFAULT, AsJson, SettingsFile, enter, out, print_json
from bot.errors import CrierError, SettingsError
from bot.model.story import Article
from bot.sources import Tools
from bot.sources.offers import Offer, newest, offers
from bot.web.fetch import Fetcher

app = typer.Typer(help="Find, add and try sources.", no_args_is_help=True)


@dataclass(frozen=True, slots=True)
class Added:
    """What was found at an address, and what became of it."""

    name: str | None
    written: bool
    chosen: Offer | None
    offers: tuple[Offer, ...]


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="The site's address, or that of a feed, a sitemap or a list page.")],
    name: Annotated[str | None, typer.Option(help="What to call it in the settings.")] = None,
    kind: Annotated[str | None, typer.Option(help="Take this kind of what the site offers.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write it into the settings without asking.")] = False,
    settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:
    """Find what a site offers, show what it would bring, and write it into the settings."""
    premises = enter(settings, level="error")
    address = url if "://" in url else f"https://{url}"
    found = asyncio.run(_offers(premises, address, quiet=json))
    chosen = next((offer for offer in found if offer.articles and kind in (None, offer.kind)), None)
    called = (name or name_for(address, premises.settings.sources)) if chosen else None
    if not json:
        showsource.offers(out, found, chosen, called, premises.settings.newsroom.tz)
    written = False
    if chosen and called and (yes or (not json and typer.confirm(f"Write it into {settings}?"))):
        write_entry(settings, called, {"kind": chosen.kind, **chosen.values})
        written = True
    if json:
        print_json(Added(called, written, chosen, found))
    elif written:
        out.print(f"Written. What stands there now is not posted. Try it: python main.py source test {called}")
    if chosen is None:
        raise typer.Exit(1)


@app.command(name="test")
def try_out(
    name: Annotated[str, typer.Argument(help="A source of the settings.")],
    count: Annotated[int, typer.Option(min=1, max=20, help="How many of the newest stories.")] = 3,
    settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:
    """Show a source's newest stories as they are read, part by part; nothing is recorded."""
    premises = enter(settings, level="error")
    read = asyncio.run(_newest(premises, name, count))
    print_json(read) if json else showsource.articles(out, read, premises.settings.newsroom.tz)


@app.command()
def release(
    name: Annotated[str, typer.Argument(help="A source whose flood of old stories is held.")],
    who: As,
    why: Why = "",
    settings: SettingsFile = DEFAULT,
) -> None:
    """Let go all the old stories that a source brought at once: each is posted as if it were new."""
    done = asyncio.run(floods.release(enter(settings, level="error"), name, who, why))
    out.print(f"{name}: {done} let go; they are composed now")


@app.command()
def drop(
    name: Annotated[str, typer.Argument(help="A source whose flood of old stories is held.")],
    who: As,
    why: Why = "",
    settings: SettingsFile = DEFAULT,
) -> None:
    """Drop all the old stories that a source brought at once: they are remembered and not posted."""
    done = asyncio.run(floods.drop(enter(settings, level="error"), name, who, why))
    out.print(f"{name}: {done} dropped; they are remembered and not posted")


async def _offers(premises: Premises, url: str, *, quiet: bool) -> tuple[Offer, ...]:
    fetcher = Fetcher(private=premises.settings.house.private_addresses)
    found = []
    try:
        with Progress(transient=True, disable=quiet) as progress:
            progress.add_task("looking", total=None)
            async for offer in offers(url, _tools(premises, fetcher), now()):
                found.append(offer)  # noqa: PERF401 - each takes a while
    finally:
        await fetcher.close()
    return tuple(found)


async def _newest(premises: Premises, name: str, count: int) -> Sequence[Article]:
    own = premises.settings.sources.get(name)
    if own is None:
        raise SettingsError("source", name, f"known are {', '.join(premises.settings.sources)}")
    if "first_look" not in type(own).model_fields:
        raise CrierError(
            f"{name} is of the kind {own.kind}, which takes what it is given: try a file with `preview FILE`"
        )
    fetcher = Fetcher(private=premises.settings.house.private_addresses)
    try:
        return await newest(name, own, _tools(premises, fetcher), now(), count)
    finally:
        await fetcher.close()


def _tools(premises: Premises, fetcher: Fetcher) -> Tools:
    return Tools(fetcher=fetcher, zone=premises.settings.newsroom.tz, root=premises.root)
