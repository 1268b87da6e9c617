"""What editors decide of a story, from a script: the desk's verbs, with the same names, rules and records."""

from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from bot.app import now
from bot.cli.orders import As, Channel, Number, OneChannel, When, Why, moved, say, when_of, with_desk, with_ledger
from bot.cli.roles import By
from bot.cli.session import DEFAULT, AsJson, SettingsFile, enter
from bot.ledger.deliveries import Deliveries

app = typer.Typer()


def _move(
    settings: SettingsFile,
    number: int,
    who: str,
    channel: str | None,
    step: Callable[[Deliveries], Awaitable[int]],
    *,
    json: bool,
) -> None:
    by = By(who, number, [channel] if channel else [])
    say(with_ledger(settings, lambda ledger: moved(number, step(ledger.deliveries)), by), json=json)


@app.command()
def approve(number: Number, who: As, why: Why = "", settings: SettingsFile = DEFAULT, json: AsJson = False) -> None:
    """Sign a story off; when enough different editors have, it goes."""
    say(
        with_ledger(settings, lambda ledger: ledger.orders.approve(number, who, why, now()), By(who, number)), json=json
    )


@app.command()
def reject(number: Number, why: Why, who: As, settings: SettingsFile = DEFAULT, json: AsJson = False) -> None:
    """Let nothing of a story go out, later revisions neither, until an editor releases it."""
    say(with_ledger(settings, lambda ledger: ledger.orders.reject(number, who, why, now()), By(who, number)), json=json)


@app.command()
def hold(
    number: Number,
    why: Why,
    who: As,
    channel: OneChannel = None,
    settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:
    """Stop what is planned."""
    _move(settings, number, who, channel, lambda rows: rows.hold(number, who, why, now(), channel), json=json)


@app.command()
def release(
    number: Number, who: As, why: Why = "", channel: OneChannel = None, settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:  # fmt: skip
    """Let go what is held or rejected; what needs an approval stays."""
    _move(settings, number, who, channel, lambda rows: rows.release(number, who, why, now(), channel), json=json)


@app.command()
def cancel(
    number: Number,
    why: Why,
    who: As,
    channel: OneChannel = None,
    settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:
    """Take back for good what has not been sent."""
    _move(settings, number, who, channel, lambda rows: rows.cancel(number, who, why, now(), channel), json=json)


@app.command()
def schedule(
    number: Number, when: When, who: As, why: Why = "", settings: SettingsFile = DEFAULT, json: AsJson = False
) -> None:
    """Let a story go out at a moment; it is repeated with its zone."""
    at = when_of(enter(settings, level="error"), when)
    say(
        with_ledger(settings, lambda ledger: ledger.orders.schedule(number, at, who, why, now()), By(who, number)),
        json=json,
    )


@app.command()
def embargo(
    number: Number, until: When, who: As, why: Why = "", settings: SettingsFile = DEFAULT, json: AsJson = False
) -> None:
    """Let nothing of a story and its reprints leave before a moment; “off” lifts it."""
    at = None if until == "off" else when_of(enter(settings, level="error"), until)
    say(
        with_ledger(settings, lambda ledger: ledger.orders.embargo(number, at, who, why, now()), By(who, number)),
        json=json,
    )


@app.command(name="now")
def hurry(
    number: Number, who: As, why: Why = "breaking", settings: SettingsFile = DEFAULT, json: AsJson = False
) -> None:
    """Send a story as breaking news: before all others, without grace; an embargo stands."""
    say(with_desk(settings, lambda desk, _: desk.now(number, who, why), By(who, number)), json=json)


@app.command()
def skip(
    number: Number, channel: Channel, who: As, why: Why = "", settings: SettingsFile = DEFAULT, json: AsJson = False
) -> None:
    """Keep a story from a channel, whatever the routes say."""
    say(
        with_desk(settings, lambda desk, _: desk.skip(number, channel, who, why), By(who, number, [channel])), json=json
    )


@app.command()
def add(
    number: Number, channel: Channel, who: As, why: Why = "", settings: SettingsFile = DEFAULT, json: AsJson = False
) -> None:
    """Give a story to a channel, whatever the routes say; a daemon composes it."""
    say(with_desk(settings, lambda desk, _: desk.add(number, channel, who, why), By(who, number, [channel])), json=json)


@app.command(context_settings={"ignore_unknown_options": True})
def order(
    delivery: Annotated[int, typer.Argument(help="The delivery's number, as `queue --json` shows it.")],
    steps: Annotated[int, typer.Argument(help="-1: one up; 1: one down.")],
    who: As,
    settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:
    """Move what is planned up or down among the deliveries of its channel."""
    say(
        with_ledger(
            settings, lambda ledger: ledger.orders.shift(delivery, steps, who, now()), By(who, delivery=delivery)
        ),
        json=json,
    )


@app.command()
def undo(who: As, settings: SettingsFile = DEFAULT, json: AsJson = False) -> None:
    """Take back your last order, within a minute, as far as nothing has come of it."""
    say(with_ledger(settings, lambda ledger: ledger.reversals.undo(who, now()), By(who)), json=json)
