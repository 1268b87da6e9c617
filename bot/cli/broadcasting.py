"""What goes to readers, from a script: write to them all, steer what is on its way, ask why one got a story."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Literal, TypeVar

import typer

from bot.app import Premises, now
from bot.cli.orders import As, Why, opened_desk
from bot.cli.roles import By, check
from bot.cli.session import DEFAULT, AsJson, SettingsFile, enter, out, print_json
from bot.errors import OrderError, SettingsError
from bot.ledger import Ledger
from bot.model.broadcast import Broadcast, Carried, Draft, Proof
from bot.sources.reading.language import language as guessed
from bot.work.broadcasting import Broadcasting, finishes

T = TypeVar("T")
app = typer.Typer()
BroadcastDoes = Literal["show", "sign", "stop", "go", "cancel", "withdraw"]
FanOutDoes = Literal["show", "stop", "go", "cancel", "out", "again"]


def _within(file: SettingsFile, who: str | None, verb: Callable[[Broadcasting, Ledger], Awaitable[T]]) -> T:
    """For an editor, or only to look where nobody is named. Raises OrderError, SettingsError, LedgerError."""

    async def run() -> T:
        premises = enter(file, level="error")
        given = premises.settings.subscribers
        if given is None:
            raise SettingsError("subscribers", "", "this newsroom has none: write the section, with key and carriers")
        async with opened_desk(premises) as (desk, ledger):
            if who is not None:
                await check(premises, ledger, By(who))
            name = premises.settings.newsroom.name
            return await verb(desk.broadcasting(name, given.broadcast), ledger)

    return asyncio.run(run())


@app.command()
def broadcast(
    text: Annotated[str, typer.Argument(help="What readers get, its first line as headline; or the number of one.")],
    who: As,
    does: Annotated[BroadcastDoes, typer.Argument(help="Of one that was begun: what to do with it.")] = "show",
    to: Annotated[list[str] | None, typer.Option(help="A topic; may be repeated. None: every reader.")] = None,
    by: Annotated[list[str] | None, typer.Option(help="A carrier; may be repeated. None: all of them.")] = None,
    urgent: Annotated[bool, typer.Option("--breaking", help="Before all that waits, in quiet hours too.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Begin; without it the message is only shown.")] = False,
    why: Why = "",
    settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:
    """Write to readers: see how each carrier brings it, to how many and until when; then --yes, and a second editor."""
    if text.strip("#").isdecimal():
        told = _within(settings, who, lambda one, ledger: _steered(one, ledger, int(text.strip("#")), does, who, why))
        _show(told[0], told[1], json=json)
        return
    said = guessed(text)
    draft = Draft(text, said if said != "und" else "zh", tuple(to or ()), tuple(by or ()), urgent)
    if not yes:
        proofs = _within(settings, who, lambda one, _: one.proofs(draft))
        _proposed(proofs, json=json)
        return

    async def begin(one: Broadcasting, _: Ledger) -> tuple[Broadcast, tuple[Carried, ...]]:
        begun = await one.begin(draft, who)
        return begun, await one.of_broadcast(begun)

    begun, carried = _within(settings, who, begin)
    _show(begun, carried, json=json)


async def _steered(
    one: Broadcasting, ledger: Ledger, number: int, does: BroadcastDoes, who: str, why: str
) -> tuple[Broadcast, tuple[Carried, ...]]:
    match does:
        case "sign":
            await one.sign(number, who)
        case "stop":
            await one.stop(number, who, why)
        case "go":
            await one.go_on(number, who, why)
        case "cancel":
            await one.cancel(number, who, why)
        case "withdraw":
            await one.withdraw(number, who, why)
    known = await ledger.broadcasts.get(number)
    if known is None:
        raise OrderError(f"there is no broadcast {number}")
    return known, await one.of_broadcast(known)


@app.command()
def fanout(
    who: As,
    number: Annotated[int | None, typer.Argument(help="Of a fan-out; none: whatever is on its way.")] = None,
    does: Annotated[FanOutDoes, typer.Argument(help="out, again: what you saw of all that is uncertain.")] = "show",
    why: Why = "",
    settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:
    """Show what is on its way to readers; stop it, let it go on, cancel the rest, settle what is uncertain at once."""

    async def run(one: Broadcasting, ledger: Ledger) -> tuple[Carried, ...]:
        fanouts, at = ledger.fanouts, now()
        if number is None:
            return tuple([await one.carried(each) for each in await fanouts.open()])
        match does:
            case "stop":
                done: bool | int = await fanouts.stop(number, who, why, at)
            case "go":
                done = await fanouts.go_on(number, who, why, at)
            case "cancel":
                done = await fanouts.cancel(number, who, why, at)
            case "out" | "again":
                done = await fanouts.settle_all(number, who, why or "looked", at, out=does == "out")
            case _:
                done = True
        known = await fanouts.get(number)
        if known is None:
            raise OrderError(f"there is no fan-out {number}")
        if not done:
            raise OrderError("nothing of it was to be changed")
        return (await one.carried(known),)

    carried = _within(settings, who, run)
    print_json(carried) if json else _lines(carried)


async def carried_of(premises: Premises, story: int) -> tuple[Carried, ...]:
    """How far a story is on its way to readers; nothing where there are none. Raises LedgerError."""
    if premises.settings.subscribers is None:
        return ()
    async with opened_desk(premises) as (desk, _):
        return await desk.broadcasting("", 1).of_story(story)


def _proposed(proofs: tuple[Proof, ...], *, json: bool) -> None:
    if json:
        print_json(proofs)
        return
    for one in proofs:
        out.print(f"{one.carrier}: {one.readers:,} readers{_takes(one)}", markup=False)
        text = one.problem or (one.edition.text if one.edition else "")
        out.print(text, markup=False, soft_wrap=True)
    at = finishes(proofs, now())
    out.print(f"the last has it at about {at:%H:%M} UTC; --yes begins" if at else "--yes begins", markup=False)


def _takes(one: Proof) -> str:
    return f", about {max(1, -(-int(one.takes.total_seconds()) // 60))} min" if one.takes else ""


def _show(one: Broadcast, carried: tuple[Carried, ...], *, json: bool) -> None:
    if json:
        print_json({"broadcast": one, "carried": carried})
        return
    missing = f", {one.missing} more needed" if one.missing else ""
    out.print(f"broadcast {one.id}: signed by {', '.join(one.signed)}{missing}", markup=False)
    _lines(carried)


def _lines(carried: tuple[Carried, ...]) -> None:
    for one in carried:
        out.print(told(one), markup=False, soft_wrap=True)
    if not carried:
        out.print("nothing is on its way to readers")


def told(one: Carried) -> str:
    """One carrier's line."""
    fanout, counts = one.fanout, one.counts
    left = f", about {max(1, -(-int(one.left.total_seconds()) // 60))} min left" if one.left else ""
    why = f" ({fanout.why})" if fanout.why else ""
    about = f"#{fanout.story} " if fanout.story else ""
    return (
        f"fan-out {fanout.id}  {about}{fanout.title} → readers of {fanout.carrier}: {fanout.state}{why}, "
        f"{counts.sent:,} sent, {counts.waiting:,} waiting, {counts.failed:,} failed, {counts.uncertain:,} uncertain, "
        f"{counts.cancelled:,} cancelled, {one.lost:,} lost on the way{left}"
    )
