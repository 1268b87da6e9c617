"""What editors write and correct, from a script: their own words, stories of their own, pins and corrections."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bot.app import now
from bot.cli.orders import As, Number, OneChannel, Why, say, when_of, with_desk, with_ledger
from bot.cli.roles import By
from bot.cli.session import DEFAULT, AsJson, SettingsFile, enter, out, print_json
from bot.errors import OrderError
from bot.ledger import Ledger
from bot.model.order import CARD_ONLY, Done, Kind, Wording
from bot.rules import correcting
from bot.sources.submission import enclosed_in
from bot.work.ordering import Ordering

app = typer.Typer()


@app.command()
def edit(
    number: Number,
    who: As,
    headline: Annotated[str | None, typer.Option(help="Instead of the article's.")] = None,
    summary: Annotated[str | None, typer.Option(help="Instead of the press's sentences.")] = None,
    hashtags: Annotated[str | None, typer.Option(help="With blanks between; an empty text: none.")] = None,
    channel: OneChannel = None,
    settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:
    """Tell a story in your own words, on all channels or one; tried against every limit at once."""
    tags = None if hashtags is None else tuple(tag.lstrip("#") for tag in hashtags.split())
    wording = Wording(headline, summary, tags)
    say(
        with_desk(
            settings,
            lambda desk, _: desk.edit(number, wording, who, channel),
            By(who, number, [channel] if channel else []),
        ),
        json=json,
    )


@app.command()
def picture(
    number: Number,
    choice: Annotated[
        str, typer.Argument(help="A file, an address, a number of the article's pictures, theirs, none, or own.")
    ],
    who: As,
    settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:
    """Choose a story's picture: a file, an address, the article's first …; theirs: its reader's; none: no picture."""

    async def chosen(desk: Ordering, ledger: Ledger) -> Done:
        file = Path(choice)
        if choice == "theirs":
            known = await ledger.stories.get(number)
            name = enclosed_in(known.held) if known is not None else None
            file = enter(settings, level="error").queue / "submissions" / (name or "none came")
            if not file.is_file():
                raise OrderError(f"no reader sent a picture with #{number}")
        sent = await asyncio.to_thread(file.read_bytes) if file.is_file() else None
        if sent is not None:
            return await desk.picture(number, sent, who)
        there = await desk.pictures(number)
        if choice.isdecimal() and not 1 <= int(choice) <= len(there):
            raise OrderError(f"the article has {len(there)} pictures")
        words: dict[str, str | None] = {"none": CARD_ONLY, "own": None}
        wanted = there[int(choice) - 1] if choice.isdecimal() else words.get(choice, choice)
        return await ledger.orders.picture(number, wanted, who, now())

    say(with_desk(settings, chosen, By(who, number)), json=json)


@app.command()
def post(
    headline: Annotated[str, typer.Argument(help="The headline.")],
    who: As,
    text: Annotated[str, typer.Option(help="The story; a blank line begins a paragraph.")] = "",
    language: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    section: Annotated[str | None, typer.Option(help="Routes and approvals ask for it.")] = None,
    link: Annotated[str | None, typer.Option(help="Where more of it stands.")] = None,
    settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:
    """Publish a story without any article; the routes take it, and a daemon composes it."""
    made = with_desk(
        settings, lambda desk, _: desk.post(headline, text, language, who, section=section, link=link), By(who)
    )
    print_json(made) if json else out.print(f"#{made.story}: written")


@app.command()
def pin(
    number: Number,
    who: As,
    until: Annotated[str | None, typer.Option(help="Its end, such as 18:30 or 明晚八点.")] = None,
    channel: Annotated[list[str] | None, typer.Option(help="Only this channel; may be repeated.")] = None,
    settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:
    """Keep a story on top of the channels that can, in the place of what is there."""
    end = None if until is None else when_of(enter(settings, level="error"), until)
    say(
        with_desk(settings, lambda desk, _: desk.pin(number, end, who, channel), By(who, number, channel or [])),
        json=json,
    )


@app.command()
def unpin(
    number: Number,
    who: As,
    why: Why = "",
    channel: OneChannel = None,
    settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:
    """Take a pinned story down."""
    say(
        with_ledger(
            settings,
            lambda ledger: ledger.pins.unpin(number, who, why, now(), channel),
            By(who, number, [channel] if channel else []),
        ),
        json=json,
    )


@app.command()
def correct(
    number: Number,
    text: Annotated[str, typer.Argument(help="“old → new”, a note for readers, or both with | between.")],
    who: As,
    kind: Annotated[Kind, typer.Option(help="typo, update or correction.")] = Kind.CORRECTION,
    preview: Annotated[bool, typer.Option("--preview", help="Only show what each channel would do.")] = False,
    settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:
    """Correct what is out: by an edit, an answer below it or a post of its own, as each platform can."""
    correction = correcting.read(kind, text)
    effects = with_desk(settings, lambda desk, _: desk.effects(number, correction))
    if not preview:
        with_desk(settings, lambda desk, _: desk.correct(number, correction, who), By(who, number))
    if json:
        print_json(effects)
        return
    for one in effects:
        out.print(f"{one.channel}: {one.way}, {escape(one.why)} {escape(one.permalink or '')}", soft_wrap=True)


@app.command()
def unseen(settings: SettingsFile = DEFAULT, json: AsJson = False) -> None:
    """List what is out and says something else than its story, until somebody has seen it."""
    found = with_ledger(settings, lambda ledger: ledger.corrections.unseen())
    if json:
        print_json(found)
        return
    for one in found:
        link = escape(one.permalink or "")
        out.print(f"#{one.story} r{one.revision} {escape(one.headline)} → {one.channel}: {escape(one.why)} {link}")


@app.command()
def seen(number: Number, who: As, channel: OneChannel = None, settings: SettingsFile = DEFAULT) -> None:
    """Say that you know what of a story could not be corrected."""
    done = with_ledger(
        settings,
        lambda ledger: ledger.corrections.seen(number, who, now(), channel),
        By(who, number, [channel] if channel else []),
    )
    out.print(f"{done} seen")
