"""`subscribers …`: who reads where in figures, and what one of them may ask of the house, for whoever runs it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

import typer

from bot.app import Premises, now
from bot.cli.orders import As
from bot.cli.roles import By, check
from bot.cli.session import DEFAULT, AsJson, SettingsFile, enter, out, print_json
from bot.errors import OrderError, SettingsError
from bot.ledger import Ledger
from bot.ledger.subscribers import Subscribers
from bot.model.decision import Decision, Verb
from bot.model.desk import Role
from bot.model.membership import MyData, Standing, Topical
from bot.model.subscriber import Subscriber

T = TypeVar("T")
app = typer.Typer(help="Readers who subscribed: figures, bans, their rights, files.", no_args_is_help=True)
ToWhom = Annotated[str, typer.Argument(metavar="ADDRESS", help="A mailbox, a chat's number, a URL, a room.")]
OfCarrier = Annotated[str | None, typer.Option("--carrier", help="Only this one; else all of them.")]
Why = Annotated[str, typer.Option(help="The reason; the history keeps it, and no address.")]
NONE = "nobody of this address is known"


@dataclass(frozen=True)
class Room:
    """What every order here needs."""

    premises: Premises
    ledger: Ledger
    subscribers: Subscribers
    carriers: tuple[str, ...]
    who: str

    async def found(self, to: str) -> tuple[Subscriber, ...]:
        """Whoever has this address, one a carrier."""
        found = [await self.subscribers.found(carrier, to) for carrier in self.carriers]
        return tuple(one for one in found if one is not None)

    async def note(self, verb: Verb, carrier: str, why: str) -> None:
        """A line for the history."""
        await self.ledger.history.add(Decision(verb, self.who, why, now(), channel=carrier))


@contextlib.asynccontextmanager
async def opened(premises: Premises, who: str, carrier: str | None = None) -> AsyncIterator[Room]:
    """The room, for an admin of the desk or who runs the house. Raises OrderError for others, SettingsError."""
    given = premises.settings.subscribers
    if given is None:
        raise SettingsError("subscribers", "", "this newsroom has none: write the section, with key and carriers")
    if carrier is not None and carrier not in given.carriers:
        raise SettingsError("--carrier", carrier, f"known are {', '.join(given.carriers)}")
    async with premises.ledger() as ledger:
        await check(premises, ledger, By(who, role=Role.ADMIN))
        subscribers = ledger.subscribers(given.key.reveal())
        yield Room(premises, ledger, subscribers, (carrier,) if carrier else given.carriers, who)


def within(file: SettingsFile, who: str, carrier: str | None, verb: Callable[[Room], Awaitable[T]]) -> T:
    """Run it there. Raises OrderError, SettingsError, LedgerError."""

    async def run() -> T:
        async with opened(enter(file, level="error"), who, carrier) as room:
            return await verb(room)

    return asyncio.run(run())


@app.command("list")
def list_(who: As, settings: SettingsFile = DEFAULT, json: AsJson = False) -> None:
    """Count them by carrier, state and topic; nobody's address is shown."""

    async def counted(room: Room) -> tuple[tuple[Standing, ...], tuple[Topical, ...]]:
        return await room.subscribers.counts(), await room.subscribers.topics()

    states, topics = within(settings, who, None, counted)
    if json:
        print_json({"states": states, "topics": topics})
        return
    said = [(one.carrier, one.state.value, one.count) for one in states]
    said += [(one.carrier, f"topic {one.topic}", one.count) for one in topics]
    _say([f"{carrier}  {what}  {count}" for carrier, what, count in said])
    if not states:
        out.print("nobody has subscribed yet")


@app.command()
def show(
    number: Annotated[int, typer.Argument(help="The subscriber's number, as in letters~17.")],
    who: As,
    settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:
    """Show how one of them stands and what they chose; not where they are reached."""
    one = within(settings, who, None, lambda room: room.subscribers.get(number))
    if one is None:
        raise OrderError(f"there is no subscriber {number}")
    if json:
        print_json(one)
    else:
        _say(_choices(one))


@app.command()
def ban(
    to: ToWhom,
    why: Why,
    who: As,
    carrier: OfCarrier = None,
    settings: SettingsFile = DEFAULT,
) -> None:
    """Let nobody of this address subscribe again; only a mark of it is kept."""

    async def banned(room: Room) -> None:
        for name in room.carriers:
            await room.subscribers.ban_address(name, to, who, why, now())

    within(settings, who, carrier, banned)
    out.print("banned")


@app.command()
def unban(
    to: ToWhom,
    who: As,
    why: Why = "let back in",
    carrier: OfCarrier = None,
    settings: SettingsFile = DEFAULT,
) -> None:
    """Let them subscribe again, by themselves."""

    async def unbanned(room: Room) -> int:
        return sum([await room.subscribers.unban_address(name, to, who, why, now()) for name in room.carriers])

    if not within(settings, who, carrier, unbanned):
        raise OrderError("nobody of this address is banned")
    out.print("let back in")


@app.command()
def leave(
    to: ToWhom,
    who: As,
    why: Why = "they asked us to",
    carrier: OfCarrier = None,
    settings: SettingsFile = DEFAULT,
) -> None:
    """End it for who asks by other ways; a mark stays, so that no import brings them back."""

    async def left(room: Room) -> int:
        done = [one for one in await room.found(to) if await room.subscribers.leave(one.id, why, now())]
        for one in done:
            await room.note(Verb.REMOVED, one.carrier, f"a subscriber left: {why}")
        return len(done)

    if not within(settings, who, carrier, left):
        raise OrderError(NONE)
    out.print("nothing comes to them any more")


@app.command()
def forget(
    to: ToWhom,
    who: As,
    carrier: OfCarrier = None,
    settings: SettingsFile = DEFAULT,
) -> None:
    """Delete them and all that went to them; figures stay, and a ban. Older backups go with their next cycle."""

    async def forgotten(room: Room) -> int:
        done = [one for one in await room.found(to) if await room.subscribers.forget(one.id, now())]
        for one in done:
            await room.note(Verb.FORGOTTEN, one.carrier, "a subscriber asked for it")
        return len(done)

    if not within(settings, who, carrier, forgotten):
        raise OrderError(NONE)
    out.print("forgotten")


@app.command()
def mydata(
    to: ToWhom,
    who: As,
    carrier: OfCarrier = None,
    settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:
    """Print everything that is kept of one of them, to be sent to them and nobody else."""

    async def kept(room: Room) -> tuple[MyData, ...]:
        found = [(one, await room.subscribers.mydata(one.id)) for one in await room.found(to)]
        for one, _ in found:
            await room.note(Verb.EXPORTED, one.carrier, "a subscriber asked what is kept of them")
        return tuple(mine for _, mine in found if mine is not None)

    every = within(settings, who, carrier, kept)
    if not every:
        raise OrderError(NONE)
    if json:
        print_json(every)
        return
    for mine in every:
        _say([f"address: {mine.address or 'none is kept'}", *_choices(mine.subscriber), *_told(mine)])


@app.command()
def reseal(who: As, settings: SettingsFile = DEFAULT) -> None:
    """Put under the first key whatever a former one sealed; then the former may go."""
    done = within(settings, who, None, lambda room: room.subscribers.reseal())
    out.print(f"{done} sealed anew")


def _say(lines: list[str]) -> None:
    for line in lines:
        out.print(line, markup=False, soft_wrap=True)


def _choices(one: Subscriber) -> list[str]:
    """Everything but the address, a line each."""
    choices, timing, reading = one.choices, one.timing, one.reading
    wanted = {
        "topics": choices.topics,
        "words": choices.words,
        "muted": choices.muted,
        "sources": choices.sources,
        "languages": choices.languages,
    }
    lines = [f"subscriber {one.id} of {one.carrier}: {one.state} since {one.since:%Y-%m-%d %H:%M} UTC ({one.why})"]
    lines += [f"{name}: {', '.join(names)}" for name, names in wanted.items() if names]
    lines += ["only breaking news"] if choices.breaking_only else []
    quiet = f", quiet {timing.quiet[0]:%H:%M} to {timing.quiet[1]:%H:%M}" if timing.quiet else ""
    most = f", at most {timing.most} posts a day" if timing.most else ""
    lines.append(f"when: {timing.rhythm} ({timing.at:%H:%M}, weekday {timing.weekday}, {timing.zone}{quiet}{most})")
    lines.append(f"how: {reading.language}, {reading.form}, {reading.size}")
    if one.consent is not None:
        lines.append(f"agreed: {one.consent.how}, {one.consent.at:%Y-%m-%d %H:%M} UTC")
    return lines


def _told(mine: MyData) -> list[str]:
    day, sent = mine.posts_today
    lines = [f"changed: {mine.changed_at:%Y-%m-%d %H:%M} UTC"]
    lines += [f"signing secrets kept: {mine.secrets}"] if mine.secrets else []
    if mine.asked_to_confirm:
        lines.append(f"confirmation sent: {mine.asked_to_confirm:%Y-%m-%d %H:%M} UTC")
    lines += [f"next digest: {mine.digest_at:%Y-%m-%d %H:%M} UTC"] if mine.digest_at else []
    lines += [f"posts on {day}: {sent}"] if day else []
    lines += [f"stories waiting for the next digest: {mine.kept_back}"] if mine.kept_back else []
    if mine.failing_since:
        lines.append(f"not reached since {mine.failing_since:%Y-%m-%d %H:%M} UTC, {mine.failures} times in a row")
    lines += [f"came back: {one}" for one in mine.returned]
    lines += [f"{one.at:%Y-%m-%d %H:%M} UTC  {one.state}  {one.headline}" for one in mine.told]
    return lines
