"""The runner for many machines: pieces are procrastinate's jobs on the PostgreSQL that holds the ledger.

A piece's name is its lock (it never runs twice at once) and its queueing lock (asked for by ten ticks, it waits once).
Jobs are deleted when they end: what is due, the ledger knows. A machine that dies stops beating; its jobs are then
asked for anew by whoever notices first.
"""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from datetime import timedelta
from importlib.metadata import version

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status
from procrastinate.schema import SchemaManager
from psycopg import AsyncConnection, OperationalError
from psycopg.sql import SQL, Identifier
from psycopg_pool import PoolTimeout

from bot.errors import LedgerError
from bot.work.runner import Handler, Piece, Work, turns

log = structlog.get_logger(__name__)

HEARTBEAT = timedelta(seconds=3)
STALLED = timedelta(seconds=12)
"""A machine that has not beaten for this long is taken for dead; with the next beat of another it is noticed."""
POLL = timedelta(seconds=2)
"""How often a worker looks without being notified: a piece that waited for its own earlier turn is found by this."""
_FORGOTTEN = 10 * STALLED
_LOCK = 7_305_812  # any number of our own: who holds it makes the tables
# Jobs do not outlive a change of the library: each version has tables of its own, and older workers keep theirs.
_SCHEMA = "crier_runner_" + "_".join(version("procrastinate").split(".")[:2])
_AWAY = (ConnectorException, OperationalError, PoolTimeout)


class ProcrastinateRunner:
    """Pieces spread over every process that works on this database."""

    def __init__(
        self,
        url: str,
        handlers: Mapping[Work, Handler],
        *,
        at_once: Mapping[Work, int],
        stopping: asyncio.Event,
        heartbeat: timedelta = HEARTBEAT,
        stalled: timedelta = STALLED,
    ) -> None:
        self._conninfo = url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._handlers, self._at_once, self._stopping = handlers, at_once, stopping
        self._heartbeat, self._stalled = heartbeat.total_seconds(), stalled.total_seconds()
        self._app = App(
            connector=PsycopgConnector(
                conninfo=self._conninfo, min_size=1, max_size=10, timeout=5.0, configure=_in_our_schema
            )
        )
        self._job = self._app.task(name="piece")(self._work)
        self._running: dict[Piece, asyncio.Task[timedelta | None]] = {}
        self._asked_again: set[Piece] = set()
        self._naps: dict[Piece, asyncio.Event] = {}
        self._asking: dict[Piece, asyncio.Task[None]] = {}
        self._later: dict[Piece, asyncio.TimerHandle] = {}
        self._serving: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        logging.getLogger("procrastinate").setLevel(logging.ERROR)  # it tells of every job
        try:
            await _make_tables(self._conninfo)
            await self._app.open_async()
        except _AWAY as err:
            raise LedgerError(f"the runner's database does not answer: {err}") from err
        self._serving = [asyncio.create_task(self._serve(work), name=f"serve {work}") for work in self._handlers]
        self._serving.append(asyncio.create_task(self._rescue(), name="rescue"))

    def soon(self, piece: Piece) -> None:
        if self._stopping.is_set() or piece in self._asking:
            return
        if piece in self._running:
            self._asked_again.add(piece)
            if nap := self._naps.get(piece):
                nap.set()
            return
        if timer := self._later.pop(piece, None):
            timer.cancel()
        task = asyncio.create_task(self._ask(piece), name=f"ask for {piece.work} {piece.subject}")
        self._asking[piece] = task
        task.add_done_callback(lambda _: self._asking.pop(piece, None))

    async def stop(self, grace: timedelta) -> None:
        self._stopping.set()
        for timer in self._later.values():
            timer.cancel()
        self._later.clear()
        for nap in self._naps.values():
            nap.set()
        for task in self._serving:
            task.cancel()
        await _end(set(self._running.values()), grace.total_seconds())
        await _end({*self._asking.values(), *self._serving}, 2.0)
        with contextlib.suppress(*_AWAY):
            await self._app.close_async()

    async def _ask(self, piece: Piece) -> None:
        name = f"{piece.work} {piece.subject}"
        job = self._job.configure(queue=piece.work.name.lower(), lock=name, queueing_lock=name)
        try:
            await job.defer_async(work=piece.work.name, subject=piece.subject)
        except AlreadyEnqueued:
            pass  # it waits already, for whichever machine has room first
        except _AWAY as err:
            log.info("could not ask for a piece: the next tick does", piece=name, error=str(err))

    async def _work(self, work: str, subject: str) -> None:
        """One job; its turn is a task of its own, so that stopping can end it after its grace."""
        piece = Piece(Work[work], subject)
        turn = asyncio.create_task(self._turn(piece))
        self._running[piece] = turn
        try:
            again = await turn
        finally:
            self._running.pop(piece, None)
        if again is not None and not self._stopping.is_set():
            loop = asyncio.get_running_loop()
            self._later[piece] = loop.call_later(max(again.total_seconds(), 0.0), self._wake, piece)
        elif piece in self._asked_again:
            self._asked_again.discard(piece)
            self.soon(piece)

    async def _turn(self, piece: Piece) -> timedelta | None:
        """Run it; where it wants to come again in a moment, keep its job: a new one costs a look at the database."""
        while True:
            again = await turns(self._handlers[piece.work], piece, self._asked_again, self._stopping)
            if again is None or again > POLL or self._stopping.is_set():
                return again
            nap = self._naps[piece] = asyncio.Event()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(nap.wait(), max(again.total_seconds(), 0.0))
            del self._naps[piece]

    def _wake(self, piece: Piece) -> None:
        self._later.pop(piece, None)
        self.soon(piece)

    async def _serve(self, work: Work) -> None:
        """Take jobs of one kind; begin anew when the database was away."""
        while not self._stopping.is_set():
            try:
                await self._app.run_worker_async(
                    queues=[work.name.lower()],
                    name=work.name.lower(),
                    concurrency=self._at_once[work],
                    fetch_job_polling_interval=POLL.total_seconds(),
                    delete_jobs="always",
                    install_signal_handlers=False,
                    update_heartbeat_interval=self._heartbeat,
                    stalled_worker_timeout=_FORGOTTEN.total_seconds(),
                )
            except _AWAY as err:
                log.info("the runner's database does not answer", work=work, error=str(err))
            await asyncio.sleep(1)

    async def _rescue(self) -> None:
        """Ask anew for what a dead machine was doing."""
        jobs = self._app.job_manager
        while not self._stopping.is_set():
            await asyncio.sleep(self._heartbeat)
            try:
                for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=self._stalled):
                    with contextlib.suppress(ConnectorException):  # another machine was faster
                        await jobs.finish_job(job, Status.FAILED, delete_job=True)
                        log.warning("taken over from a machine that is silent", piece=job.lock)
                        self.soon(Piece(Work[str(job.task_kwargs["work"])], str(job.task_kwargs["subject"])))
                await jobs.prune_stalled_workers(_FORGOTTEN.total_seconds())
            except _AWAY as err:
                log.info("the runner's database does not answer", error=str(err))


async def _in_our_schema(connection: AsyncConnection) -> None:
    await connection.execute(SQL("SET search_path TO {}").format(Identifier(_SCHEMA)))
    await connection.commit()


async def _make_tables(conninfo: str) -> None:
    """Once for all machines, in a schema beside the ledger's."""
    async with await AsyncConnection.connect(conninfo) as connection:
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        there = await (await connection.execute("SELECT to_regnamespace(%s)", [_SCHEMA])).fetchone()
        if there is not None and there[0] is None:
            await connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(_SCHEMA)))
            await connection.execute(SQL("SET LOCAL search_path TO {}").format(Identifier(_SCHEMA)))
            await connection.execute(SchemaManager.get_schema())


async def _end(tasks: set[asyncio.Task[None]] | set[asyncio.Task[timedelta | None]], within: float) -> None:
    """Let them end in that time (seconds), then cancel what is left."""
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=within)
    for task in late:
        task.cancel()
    if late:
        await asyncio.wait(late, timeout=within)
