"""The daemon: runner, clockwork, page and desk around one open house, until it is told to stop."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from bot.app import SHIPPED, House
from bot.desk import DeskBot
from bot.desk.contributions import Contributions
from bot.model.channel import Withdrawable
from bot.model.source import Paged, Watched
from bot.site import Shown, doors, letter_box, site
from bot.site.serve import serve
from bot.work.clockwork import Clockwork
from bot.work.compose import Compose
from bot.work.dispatch import Dispatch
from bot.work.lock import only_daemon
from bot.work.pickup import Pickup
from bot.work.revisit import Revisit
from bot.work.runner import LocalRunner, Piece, Work
from bot.work.subscribing import Subscribing
from bot.work.sweep import Sweep
from bot.work.watch import watch

log = structlog.get_logger(__name__)

# A look waits for a server, most of the time: hundreds that hang must not keep the others from theirs.
AT_ONCE = {Work.LOOK: 500, Work.RECEIVE: 20, Work.COMPOSE: 2, Work.DRAIN: 200}
TICK = timedelta(seconds=1)
SWEEP = timedelta(seconds=15)
LOOK = timedelta(seconds=30)
"""How often what is uncertain is looked for, where the platform can be asked."""
NOTICES = timedelta(seconds=5)
SUBSCRIBE = timedelta(seconds=5)
REVISIT = timedelta(minutes=5)
GRACE = timedelta(seconds=7)
"""For what is under way when the daemon is told to stop; with the closing of doors it stays under ten seconds."""


class Daemon:
    """One process that does all the work of a house."""

    def __init__(self, house: House, stopping: asyncio.Event) -> None:
        settings, ledger, clock, worker = house.settings, house.ledger, house.clock, house.worker
        self._house, self._stopping = house, stopping
        public_url = settings.house.public_url
        self._pickup = Pickup(
            ledger,
            house.sources,
            clock,
            lambda story: self._wake(Work.COMPOSE, str(story)),
            reachable=public_url is not None,
        )
        self._subscribing = Subscribing(ledger, house.sources, public_url, clock)
        self._compose = Compose(
            ledger,
            house.press,
            house.outlets,
            settings.routes,
            settings.desk,
            clock,
            lambda lane: self._wake(Work.DRAIN, lane),
        )
        self._dispatch = Dispatch(
            ledger, house.outlets, worker, clock, stopping, not_older_than=settings.desk.not_older_than
        )
        paged = {name: source for name, source in house.sources.items() if isinstance(source, Paged)}
        self._revisit = Revisit(ledger, paged, clock, settings.newsroom.tz)
        self._sweep = Sweep(ledger, house.outlets, worker, clock)
        self._runner = LocalRunner(
            {
                Work.LOOK: self._look,
                Work.RECEIVE: self._receive,
                Work.COMPOSE: self._compose_story,
                Work.DRAIN: self._dispatch.drain,
            },
            at_once=AT_ONCE,
            stopping=stopping,
        )

    async def run(self, ready: Callable[[str], None]) -> None:
        """Work until told to stop; `ready` gets the page's address. Raises AlreadyRunning."""
        house = self._house
        with only_daemon(house.premises.queue):
            await house.ledger.notes.register(list(house.sources), house.clock())
            await house.ledger.lanes.assign({name: outlet.lane for name, outlet in house.outlets.items()})
            if left := await self._sweep.after_a_crash():
                log.warning("settled what the last daemon left in sending", deliveries=left)
            async with contextlib.AsyncExitStack() as closing:
                page = await closing.enter_async_context(self._page())
                desk = await self._desk(closing)
                clockwork = Clockwork(
                    {
                        "tick": (TICK, self._tick),
                        "sweep": (SWEEP, self._sweep.overdue),
                        "subscribe": (SUBSCRIBE, self._subscribing.run),
                        "look": (LOOK, self._sweep.look),
                        "revisit": (REVISIT, self._revisit.round),
                        **({"notices": (NOTICES, desk.run_notices)} if desk else {}),
                    }
                )
                clockwork.start()
                closing.callback(clockwork.stop)
                closing.push_async_callback(self._runner.stop, GRACE)
                watching = asyncio.create_task(self._watch(), name="watch")
                closing.push_async_callback(_ended, watching)
                await self._tick()
                ready(page)
                await self._stopping.wait()
                log.info("stopping: what is under way ends or goes back")

    def _wake(self, work: Work, subject: str) -> None:
        self._runner.soon(Piece(work, subject))

    async def _look(self, name: str) -> timedelta | None:
        return (await self._pickup.look(name)).again

    async def _receive(self, name: str) -> None:
        await self._pickup.receive(name)

    async def _compose_story(self, story: str) -> timedelta | None:
        return await self._compose.compose(int(story))

    async def _tick(self) -> None:
        """Ask the ledger what is due."""
        ledger, now = self._house.ledger, self._house.clock()
        for name in await ledger.notes.due(now):
            if name in self._house.sources:
                self._wake(Work.LOOK, name)
        for name in await ledger.arrivals.due(now):
            if name in self._house.sources:
                self._wake(Work.RECEIVE, name)
        for story in await ledger.stories.waiting():
            self._wake(Work.COMPOSE, str(story))
        for lane in {due.lane for due in await ledger.claims.due(now)}:
            self._wake(Work.DRAIN, lane)

    async def _watch(self) -> None:
        folders: dict[Path, str] = {}
        for name, source in self._house.sources.items():
            if isinstance(source, Watched) and source.watch_folder is not None:
                source.watch_folder.mkdir(parents=True, exist_ok=True)
                folders[source.watch_folder.resolve()] = name
        await watch(folders, lambda name: self._wake(Work.LOOK, name), self._stopping)

    def _page(self) -> contextlib.AbstractAsyncContextManager[str]:
        house, settings, premises = self._house, self._house.settings, self._house.premises
        channels = [
            Shown(name, own.kind, own.place, settings.rehearses(name)) for name, own in settings.channels.items()
        ]
        public = urlsplit(settings.house.public_url or "").hostname
        pages = site(
            ledger=house.ledger,
            newsroom=settings.newsroom,
            channels=channels,
            cards=premises.queue / "cards",
            templates=premises.templates,
            clock=house.clock,
            hosts=[settings.house.site_host],
            public=public,
            doors=doors(
                ledger=house.ledger,
                sources=house.sources,
                newsroom=settings.newsroom,
                templates=premises.templates,
                pictures=premises.queue / "submissions",
                clock=house.clock,
                wake=self._received,
                public=public,
            ),
        )
        return serve(pages, settings.house.site_host, settings.house.site_port)

    def _received(self, name: str) -> None:
        self._wake(Work.RECEIVE, name)

    def _contributions(self) -> Contributions | None:
        source = letter_box(self._house.sources)
        if source is None or not source.settings.telegram:
            return None
        return Contributions(self._house.ledger, source, self._received)

    async def _desk(self, closing: contextlib.AsyncExitStack) -> DeskBot | None:
        house = self._house
        desk = house.settings.desk
        if desk.token is None:
            return None
        bot = DeskBot(
            desk,
            house.settings.newsroom,
            tuple(house.outlets),
            house.ledger,
            house.clock,
            SHIPPED,
            house.premises.own_templates,
            contributions=self._contributions(),
            able=tuple(name for name, one in house.outlets.items() if isinstance(one.channel, Withdrawable)),
        )
        await bot.start()
        closing.push_async_callback(bot.stop)
        return bot


async def _ended(task: asyncio.Task[None]) -> None:
    with contextlib.suppress(asyncio.CancelledError):
        task.cancel()
        await task
