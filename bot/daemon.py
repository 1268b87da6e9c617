"""The daemon: runner, clockwork, page and desk around one open house, until it is told to stop."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot.app import House, finding
from bot.errors import SettingsError
from bot.front import Front
from bot.model.source import Paged, Watched
from bot.work.alarms import Alarms
from bot.work.audience import usual
from bot.work.catching_up import CatchingUp
from bot.work.clockwork import Clockwork
from bot.work.compose import Compose
from bot.work.dispatch import Dispatch
from bot.work.due import due
from bot.work.fanout import FanningOut
from bot.work.fold import Fold
from bot.work.inviting import Inviting
from bot.work.lock import only_daemon
from bot.work.membership import Memberships
from bot.work.pickup import Pickup
from bot.work.pinning import Pinning
from bot.work.reach import Reach
from bot.work.reader_digests import DigestRound
from bot.work.renewing import Renewing
from bot.work.replaying import Replaying
from bot.work.returning import Returns
from bot.work.revisit import Revisit
from bot.work.roles import WORKS, Role, has_desk
from bot.work.runner import Handler, LocalRunner, Piece, Runner, Work
from bot.work.subscribing import Subscribing
from bot.work.sweep import Sweep
from bot.work.watch import watch

if TYPE_CHECKING:
    from bot.desk.bot import DeskBot

log = structlog.get_logger(__name__)

# A look waits for a server, most of the time: hundreds that hang must not keep the others from theirs.
AT_ONCE = {Work.LOOK: 500, Work.RECEIVE: 20, Work.COMPOSE: 2, Work.FANOUT: 4, Work.DRAIN: 200, Work.ROUND: 5}
TICK = timedelta(seconds=1)
SWEEP = timedelta(seconds=15)
LOOK = timedelta(seconds=30)
"""How often what is uncertain is looked for, where the platform can be asked."""
NOTICES = timedelta(seconds=5)
SUBSCRIBE = timedelta(seconds=15)
REVISIT = timedelta(minutes=5)
ALARMS = timedelta(minutes=5)
FANOUTS = timedelta(seconds=15)
"""How often it is looked which fan-outs have nothing left to be sent."""
DIGESTS = timedelta(seconds=15)
"""How often it is looked whose digest is due."""
TIDY = timedelta(hours=1)
RENEW = timedelta(hours=1)
RETURNS = timedelta(minutes=5)
PIN = timedelta(seconds=15)
CONFIRM = timedelta(seconds=15)
INVITATIONS = timedelta(seconds=30)
REPLAYS = timedelta(seconds=5)
"""A reader who has just asked is told at once; this is for what had to wait."""
FOLD = timedelta(hours=1)
"""Often, so that each time there is little to fold."""
CATCH_UP = timedelta(seconds=30)
GRACE = timedelta(seconds=7)
"""For what is under way when the daemon is told to stop; with the closing of doors it stays under ten seconds."""


class Daemon:
    """One process that does the work of a house, or its role's part of it. Raises SettingsError for a lonely role."""

    def __init__(self, house: House, stopping: asyncio.Event, role: Role = Role.ALL) -> None:
        settings, ledger, clock, worker = house.settings, house.ledger, house.clock, house.worker
        self._house, self._stopping, self._role = house, stopping, role
        self._many = house.premises.many
        if role is not Role.ALL and not self._many:
            remedy = "a part of the work needs others that do the rest: set house.runner to procrastinate"
            raise SettingsError("--role", role, remedy)
        public_url = settings.house.public_url
        self._pickup = Pickup(
            ledger,
            house.sources,
            clock,
            lambda story: self._wake(Work.COMPOSE, str(story)),
            reachable=public_url is not None,
        )
        self._front = Front(house, self._wake)
        self._subscribing = Subscribing(ledger, house.sources, public_url, clock)
        self._compose = Compose(
            ledger,
            house.press,
            house.outlets,
            settings.routes,
            settings.desk,
            clock,
            lambda lane: self._wake(Work.DRAIN, lane),
            lambda fanout: self._wake(Work.FANOUT, str(fanout)),
        )
        self._fanout = FanningOut(
            ledger,
            house.press,
            house.outlets,
            clock,
            stopping,
            lambda lane: self._wake(Work.DRAIN, lane),
            full=settings.subscribers is not None and settings.subscribers.full,
        )
        self._dispatch = Dispatch(
            ledger, house.outlets, worker, clock, stopping, not_older_than=settings.desk.not_older_than
        )
        paged = {name: source for name, source in house.sources.items() if isinstance(source, Paged)}
        self._revisit = Revisit(ledger, paged, clock, settings.newsroom.tz)
        self._sweep = Sweep(ledger, house.outlets, worker, clock)
        self._rounds: dict[str, tuple[timedelta, Callable[[], Awaitable[object]]]] = {
            "sweep": (SWEEP, self._sweep.overdue),
            "look": (LOOK, self._sweep.look),
            "subscribe": (SUBSCRIBE, self._subscribing.run),
            "revisit": (REVISIT, self._revisit.round),
            "alarms": (
                ALARMS,
                Alarms(ledger, house.sources, house.premises.queue, settings.desk.missing_after, clock).round,
            ),
            "fan-outs": (FANOUTS, lambda: ledger.fanouts.finish(clock())),
            "digests": (
                DIGESTS,
                DigestRound(ledger, house.press, house.outlets, clock, lambda lane: self._wake(Work.DRAIN, lane)).round,
            ),
            "renew": (RENEW, Renewing(ledger, house.outlets.doors, clock).round),
            "pin": (PIN, Pinning(ledger, house.outlets, clock).tick),
            "catch up": (
                CATCH_UP,
                CatchingUp(ledger, house.press, house.outlets, clock, settings.newsroom.tz).round,
            ),
            "returns": (RETURNS, Returns(ledger, house.outlets.doors, clock).round),
            "fold": (
                FOLD,
                Fold(
                    ledger,
                    house.premises.queue / "cards",
                    settings.house.keep,
                    clock,
                    fanouts=settings.subscribers.keep if settings.subscribers else None,
                ).run,
            ),
        }
        readers = house.premises.subscribers(ledger)
        if readers is not None and settings.subscribers is not None:
            self._rounds["members"] = (FOLD, Memberships(readers, settings.subscribers, clock).round)
            carriers, newsroom = house.outlets.carriers, settings.newsroom
            replaying = Replaying(ledger, carriers, finding(readers, public_url), clock)
            self._rounds["replays"] = (REPLAYS, replaying.round)
            as_usual = usual(settings.subscribers, newsroom.zone, newsroom.languages[0])
            if public_url and (inviting := Inviting(readers, carriers, as_usual, clock)):
                self._rounds["invitations"] = (INVITATIONS, inviting.round)
        if (confirming := house.premises.confirming(ledger, house.outlets, clock)) is not None:
            self._rounds["confirm"] = (CONFIRM, confirming.round)
        self._reach = Reach(clock)
        self._runner = self._hired({
            Work.LOOK: self._look,
            Work.RECEIVE: self._receive,
            Work.COMPOSE: self._compose_story,
            Work.FANOUT: self._fanout.run,
            Work.DRAIN: self._dispatch.drain,
            Work.ROUND: self._round,
        })  # fmt: skip

    def _hired(self, handlers: Mapping[Work, Handler]) -> Runner:
        ours = {work: handler for work, handler in handlers.items() if work in WORKS[self._role]}
        if self._many:
            url = self._house.premises.ledger_url
            room = import_module("bot.work.runner_procrastinate")  # 10 MB that one machine alone does not need
            runner: Runner = room.ProcrastinateRunner(url, ours, at_once=AT_ONCE, stopping=self._stopping)
            return runner
        return LocalRunner(ours, at_once=AT_ONCE, stopping=self._stopping)

    async def run(self, ready: Callable[[str], None]) -> None:
        """Work until told to stop; `ready` gets the page's address. Raises AlreadyRunning."""
        house = self._house
        # Several workers are told apart by their leases; one alone holds the queue, and knows that others are dead.
        with contextlib.nullcontext() if self._many else only_daemon(house.premises.queue):
            await house.ledger.notes.register(list(house.sources), house.clock())
            await self._pickup.left_behind()
            await house.ledger.lanes.assign({name: outlet.lane for name, outlet in house.outlets.items()})
            carried = {name: outlet.lane for name, outlet in house.outlets.carriers.items()}
            await house.ledger.lanes.assign_carried(carried, house.clock())
            alone = house.premises.ledger_url.startswith("sqlite")
            if left := await (self._sweep.after_a_crash() if alone else self._sweep.overdue()):
                log.warning("settled what a worker left in sending", deliveries=left)
            async with contextlib.AsyncExitStack() as closing:
                if not self._many:
                    await closing.enter_async_context(house.ledger.alone(self._stopping.set))
                page, desk = "", None
                if has_desk(self._role):
                    page = await closing.enter_async_context(self._front.page())
                    desk = await self._front.desk(closing)
                    await self._front.readers(closing)
                await self._runner.start()
                closing.push_async_callback(self._runner.stop, GRACE)
                clockwork = Clockwork(self._timetable(desk))
                clockwork.start()
                closing.callback(clockwork.stop)
                if Work.LOOK in WORKS[self._role]:
                    watching = asyncio.create_task(self._watch(), name="watch")
                    closing.push_async_callback(_ended, watching)
                await self._ticked()
                ready(page)
                await self._stopping.wait()
                log.info("stopping: what is under way ends or goes back")

    def _timetable(self, desk: "DeskBot | None") -> dict[str, tuple[timedelta, Callable[[], Awaitable[object]]]]:
        table: dict[str, tuple[timedelta, Callable[[], Awaitable[object]]]] = {"tick": (TICK, self._ticked)}
        if Work.ROUND in WORKS[self._role]:
            table |= {name: (every, self._asks_for(name)) for name, (every, _) in self._rounds.items()}
        if desk is not None:
            table["notices"] = (NOTICES, self._unless_away(desk.run_notices))
            table["tidy"] = (TIDY, self._unless_away(desk.tidy))
        return table

    def _asks_for(self, round_: str) -> Callable[[], Awaitable[None]]:
        """Ticks may come on every machine: the runner makes them one."""

        async def ask() -> None:
            if not self._reach.away:
                self._wake(Work.ROUND, round_)

        return ask

    def _unless_away(self, job: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[object]]:
        async def ask() -> None:
            if not self._reach.away:
                await job()

        return ask

    def _wake(self, work: Work, subject: str) -> None:
        self._runner.soon(Piece(work, subject))

    async def _look(self, name: str) -> timedelta | None:
        return (await self._pickup.look(name)).again

    async def _receive(self, name: str) -> None:
        await self._pickup.receive(name)

    async def _compose_story(self, story: str) -> timedelta | None:
        return await self._compose.compose(int(story))

    async def _round(self, name: str) -> None:
        await self._rounds[name][1]()

    async def _ticked(self) -> None:
        await self._reach.watch(self._tick)

    async def _tick(self) -> None:
        """Ask the ledger what is due for this role."""
        house = self._house
        for piece in await due(house.ledger, WORKS[self._role], house.sources, house.clock()):
            self._runner.soon(piece)

    async def _watch(self) -> None:
        folders: dict[Path, str] = {}
        for name, source in self._house.sources.items():
            if isinstance(source, Watched) and source.watch_folder is not None:
                source.watch_folder.mkdir(parents=True, exist_ok=True)
                folders[source.watch_folder.resolve()] = name
        await watch(folders, lambda name: self._wake(Work.LOOK, name), self._stopping)


async def _ended(task: asyncio.Task[None]) -> None:
    with contextlib.suppress(asyncio.CancelledError):
        task.cancel()
        await task
