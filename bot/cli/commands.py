"""The commands, one line of help each; what they do stands in the files beside."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.app import channel_settings, source_settings
from bot.cli import (
    audience,
    broadcasting,
    desk,
    ledgering,
    ordering,
    placards,
    show,
    showpreview,
    sourcing,
    steering,
    subscribers,
    wording,
)
from bot.cli.asking import why
from bot.cli.checking import findings
from bot.cli.connecting import connect
from bot.cli.previewing import LAST, comparisons, previews
from bot.cli.reading import dossier, next_out
from bot.cli.running import pick_up, run_daemon
from bot.cli.session import DEFAULT, AsJson, SettingsFile, enter, out, print_json
from bot.press.job import Occasion
from bot.settings.schema import schema_text
from bot.work.roles import Role

app = typer.Typer(
    name="crier", help="Crier (报信): the syndication desk of a newsroom.", no_args_is_help=True, add_completion=False
)
app.add_typer(sourcing.app, name="source")
app.add_typer(ledgering.app, name="ledger")
subscribers.app.add_typer(audience.app)
subscribers.app.add_typer(placards.app)
app.add_typer(subscribers.app, name="subscribers")
app.command()(why)
app.add_typer(ordering.app)
app.add_typer(wording.app)
app.add_typer(broadcasting.app)
app.add_typer(desk.app)
app.command()(connect)


@app.command()
def run(
    settings: SettingsFile = DEFAULT,
    json_log: Annotated[bool, typer.Option("--json-log", help="Log lines as JSON.")] = False,
    log_level: Annotated[str | None, typer.Option(help="debug, info, warning or error.")] = None,
    role: Annotated[Role, typer.Option(help="Which part of the work, where several processes share it.")] = Role.ALL,
) -> None:
    """Run the daemon: pick up, compose, post and track until it is told to stop."""
    asyncio.run(run_daemon(enter(settings, level=log_level, json_log=json_log), role))


@app.command()
def check(settings: SettingsFile = DEFAULT, json: AsJson = False) -> None:
    """Verify settings, folders, ledger, templates and accounts before the first post."""
    found = asyncio.run(findings(enter(settings, level="error"), quiet=json))
    print_json(found) if json else show.findings(out, found)
    if not all(finding.ok for finding in found):
        raise typer.Exit(1)


@app.command()
def preview(
    what: Annotated[
        str | None, typer.Argument(help="A story's number, a file with an article, or a page's address.")
    ] = None,
    channel: Annotated[list[str] | None, typer.Option(help="Only this channel; may be repeated.")] = None,
    against: Annotated[
        Path | None, typer.Option(help="Compare with the templates of this folder, and show what changes.")
    ] = None,
    occasion: Annotated[Occasion, typer.Option(help="As news that breaks, an edit, a correction.")] = Occasion.POST,
    last: Annotated[int, typer.Option(min=1, help="With --against: by the last stories, if none is named.")] = LAST,
    settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:
    """Show what each channel would get, and why; nothing is recorded, nothing sent."""
    premises = enter(settings, level="error")
    if against is not None:
        compared = asyncio.run(comparisons(premises, against, what, last, channel or (), quiet=json))
        print_json(compared) if json else showpreview.comparisons(out, compared)
        failed = any(one.problem for one in compared)
    elif what is None:
        raise typer.BadParameter("name a story, a file or an address, or give --against FOLDER")
    else:
        shown = asyncio.run(previews(premises, what, channel or (), occasion, quiet=json))
        print_json(shown) if json else showpreview.previews(out, shown)
        failed = any(one.problem for one in shown)
    if failed:
        raise typer.Exit(1)


@app.command()
def queue(
    page: Annotated[int, typer.Option(min=1, help="Twenty deliveries a page.")] = 1,
    settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:
    """Show what goes out next, when and where."""
    premises = enter(settings, level="error")
    rows = asyncio.run(next_out(premises, page))
    print_json(rows) if json else show.queue(out, rows, premises.settings.newsroom.tz)


@app.command()
def story(
    number: Annotated[int, typer.Argument(help="The story's number, as /queue and the page show it.")],
    settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:
    """Show a story's parts, its deliveries and attempts, and the reason of every decision."""
    premises = enter(settings, level="error")
    told = asyncio.run(dossier(premises, number))
    print_json(told) if json else show.story(out, told, premises.settings.newsroom.tz)


@app.command()
def withdraw(
    number: Annotated[int, typer.Argument(help="The story's number.")],
    why: Annotated[str, typer.Option(help="The reason; the history keeps it.")],
    who: Annotated[str, typer.Option("--as", "--who", help="Who decides; the history keeps it.")] = "command line",
    reprints: Annotated[bool, typer.Option("--reprints", help="Its reprints too, wherever they went.")] = False,
    settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:
    """Take a story back everywhere: what waits is cancelled, what is out is deleted where the platform can."""
    told = asyncio.run(steering.withdraw(enter(settings, level="error"), number, who, why, reprints=reprints))
    print_json(told) if json else show.withdrawn(out, told)


Who = Annotated[str, typer.Option("--as", "--who", help="Who decides; the history keeps it.")]


@app.command()
def settle(
    number: Annotated[int, typer.Argument(help="The story's number.")],
    channel: Annotated[str, typer.Argument(help="The channel on which it is uncertain.")],
    is_out: Annotated[bool, typer.Option("--out/--not-out", help="What you saw: it is out, or it is not: sent again.")],
    why: Annotated[str, typer.Option(help="What you looked at; the history keeps it.")] = "looked",
    who: Who = "command line",
    settings: SettingsFile = DEFAULT,
) -> None:
    """Say of an uncertain delivery what you saw on the platform."""
    done = asyncio.run(steering.settle(enter(settings, level="error"), number, channel, who, why, out=is_out))
    out.print(f"{done} settled: {'out' if is_out else 'not out, planned again'}")


@app.command()
def retry(
    number: Annotated[int, typer.Argument(help="The story's number.")],
    channel: Annotated[str | None, typer.Argument(help="Only this channel.")] = None,
    why: Annotated[str, typer.Option(help="The reason; the history keeps it.")] = "try again",
    who: Who = "command line",
    settings: SettingsFile = DEFAULT,
) -> None:
    """Try again what failed."""
    done = asyncio.run(steering.retry(enter(settings, level="error"), number, channel, who, why))
    out.print(f"{done} planned again")


@app.command()
def pickup(
    source: Annotated[list[str] | None, typer.Argument(help="Only these sources.")] = None,
    settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:
    """Look at the sources now and record what is there; a daemon composes and posts it."""
    premises = enter(settings, level="error")
    tallies = asyncio.run(pick_up(premises, source or (), quiet=json))
    print_json(tallies) if json else show.tallies(out, tallies)


@app.command()
def schema() -> None:
    """Print the JSON schema of settings.yaml, for editors that complete and check it."""
    typer.echo(schema_text(source_settings(), channel_settings()), nl=False)
