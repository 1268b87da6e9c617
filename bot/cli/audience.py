"""`subscribers import` and `subscribers export`: an audience from a file, and into one."""

import csv
import io
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bot.app import Premises, now
from bot.cli.orders import As
from bot.cli.session import DEFAULT, AsJson, SettingsFile, out, print_json
from bot.cli.subscribers import OfCarrier, Room, within
from bot.errors import OrderError, SettingsError
from bot.model.audience import Bad, Imported
from bot.model.decision import Verb
from bot.rules.audiences import Format, form_of, lines, written
from bot.rules.opml import Outline, opml, outlines, topic_feed, topic_of
from bot.work.audience import Audience, usual

app = typer.Typer()
File = Annotated[Path, typer.Argument(help="The file, as it came.")]


@app.command("import")
def import_(
    file: File,
    who: As,
    form: Annotated[Format | None, typer.Option("--format", help="Else its first line says it.")] = None,
    consent: Annotated[
        str | None,
        typer.Option(help="How those agreed of whom the file proves it not; without it, they get a confirmation."),
    ] = None,
    for_: Annotated[str | None, typer.Option("--for", help="Of OPML: whose topics these are to be.")] = None,
    carrier: OfCarrier = None,
    dry: Annotated[bool, typer.Option("--dry-run", help="Write nothing, and say what would be done.")] = False,
    settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:
    """Subscribe whom a file proves to have agreed, ask the others; nobody who left comes back by it."""
    text = _read(file)
    form = form or form_of(text)

    async def brought(room: Room) -> Imported:
        if form is Format.OPML:
            return await _chosen(room, text, for_, dry=dry)
        told = await audience_of(room).bring(lines(text, form), carrier, consent, dry=dry)
        if not dry and (told.subscribed or told.asked):
            why = f"{file.name}: {told.subscribed} subscribed, {told.asked} asked"
            await room.note(Verb.IMPORTED, carrier or ", ".join(room.carriers), why)
        return told

    told = within(settings, who, carrier, brought)
    if json:
        print_json(told)
    else:
        _say(told, form, dry=dry)
    if told.bad:
        raise typer.Exit(1)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="A file that does not exist; only its owner may read it.")],
    who: As,
    form: Annotated[Format, typer.Option("--format", help="csv: subscribers; opml: feeds by topic.")] = Format.CSV,
    carrier: OfCarrier = None,
    settings: SettingsFile = DEFAULT,
) -> None:
    """Write the subscribers with their proofs of consent, addresses in the clear; or the list of feeds by topic."""
    if form not in (Format.CSV, Format.OPML):
        raise OrderError(f"--format is {form!r}: write csv or opml")

    async def done(room: Room) -> int:
        if form is Format.OPML:
            feeds = [Outline(title, address) for address, title in feeds_of(room.premises).items()]
            _write(file, opml(room.premises.settings.newsroom.name, feeds))
            return len(feeds)
        everybody = [(one, address.to) async for one, address in audience_of(room).everybody(room.carriers)]
        text = io.StringIO()
        csv.writer(text).writerows(written(iter(everybody)))
        _write(file, text.getvalue().encode())
        await room.note(Verb.EXPORTED, ", ".join(room.carriers), f"{len(everybody)} subscribers")
        return len(everybody)

    out.print(f"{within(settings, who, carrier, done)} written")


def audience_of(room: Room) -> Audience:
    """What files need to know of the house."""
    settings, given = room.premises.settings, room.premises.settings.subscribers
    if given is None:
        raise SettingsError("subscribers", "", "write the section")
    kinds = {name: settings.channels[name].kind for name in given.carriers}
    newsroom = settings.newsroom
    return Audience(room.subscribers, given, kinds, usual(given, newsroom.tz.key, newsroom.languages[0]), now)


def feeds_of(premises: Premises) -> dict[str, str]:
    """Topics by the addresses of their feeds."""
    given = premises.settings.subscribers
    found: dict[str, str] = {}
    for name, own in premises.settings.channels.items():
        if own.kind == "feed" and given is not None:
            found |= {topic_feed(own.place, name, topic): topic for topic in given.topics}
    if not found:
        remedy = "feeds by topic need a channel of kind feed, and subscribers.topics"
        raise SettingsError("subscribers.topics", "", remedy)
    return found


async def _chosen(room: Room, text: str, whose: str | None, *, dry: bool) -> Imported:
    """Topics of a list of feeds, for one subscriber."""
    if whose is None:
        raise OrderError("a list of feeds holds no readers: say --for ADDRESS whose topics they are to be")
    found, ours = await room.found(whose), feeds_of(room.premises)
    bad: list[Bad] = []
    wanted = []
    for outline in outlines(text.encode()):
        topic = topic_of(outline, ours)
        if topic is None:
            bad.append(Bad(outline.line, "xmlUrl", outline.address, "this is no feed of a topic of ours"))
        else:
            wanted.append(topic)
    return await audience_of(room).choose(found, tuple(dict.fromkeys(wanted)), tuple(bad), dry=dry)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as err:
        raise OrderError(f"{file} cannot be read: {err.strerror}") from err
    except UnicodeDecodeError as err:
        raise OrderError(f"{file} is no UTF-8 at byte {err.start}: save it as CSV UTF-8") from err


def _write(file: Path, content: bytes) -> None:
    """Addresses are in it: nobody else may read it, not even for a moment."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
    except OSError as err:
        raise OrderError(f"{file} cannot be written: {err.strerror}") from err


def _say(told: Imported, form: Format, *, dry: bool) -> None:
    head = "would be done" if dry else "done"
    if form is Format.OPML:
        out.print(f"{head}: {told.subscribed} chose more topics, {told.known} had them")
    else:
        _say_lines(told, head)
    for one in told.bad:
        out.print(f"[red]✗[/] {escape(str(one))}", soft_wrap=True)


def _say_lines(told: Imported, head: str) -> None:
    out.print(
        f"{head}: {told.subscribed} subscribed, {told.asked} asked to confirm; {told.known} are here already,"
        f" {told.left} have left or are banned, {told.unwanted} are not wanted by the file itself"
    )
