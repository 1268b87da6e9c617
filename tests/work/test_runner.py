"""Every piece of work runs soon, and never twice at once: the same promises by every runner."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import psycopg
import pytest

from bot.errors import CrierError
from bot.work.runner import Handler, LocalRunner, Piece, Runner, Work
from bot.work.runner_procrastinate import ProcrastinateRunner

LOOK = Piece(Work.LOOK, "a")
MOMENT = timedelta(milliseconds=10)
LONG = timedelta(seconds=20)


class Workshop:
    """Counts what runs at the same time; holds each run until it is let go."""

    def __init__(self) -> None:
        self.runs: dict[str, int] = defaultdict(int)
        self.now: dict[str, int] = defaultdict(int)
        self.most: dict[str, int] = defaultdict(int)
        self.go = asyncio.Event()
        self.again: timedelta | None = None
        self.error: Exception | None = None
        self.stopping = asyncio.Event()
        self.runners: list[Runner] = []

    async def look(self, subject: str) -> timedelta | None:
        for key in (subject, "all"):
            self.runs[key] += 1
            self.now[key] += 1
            self.most[key] = max(self.most[key], self.now[key])
        try:
            await self.go.wait()
            if self.error is not None:
                raise self.error
            return self.again
        finally:
            self.now[subject] -= 1
            self.now["all"] -= 1

    async def until(self, so: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not so():
                await asyncio.sleep(0.005)

    async def hire(self, *, at_once: int = 9) -> Runner:
        handlers: dict[Work, Handler] = {Work.LOOK: self.look}
        runner = self.make(handlers, {Work.LOOK: at_once})
        self.runners.append(runner)
        await runner.start()
        return runner

    def make(self, handlers: dict[Work, Handler], at_once: dict[Work, int]) -> Runner:
        return LocalRunner(handlers, at_once=at_once, stopping=self.stopping)


class SharedWorkshop(Workshop):
    """Its runners work on one database."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def make(self, handlers: dict[Work, Handler], at_once: dict[Work, int]) -> Runner:
        return ProcrastinateRunner(
            self.url, handlers, at_once=at_once, stopping=self.stopping, heartbeat=timedelta(seconds=0.1)
        )


@pytest.fixture(params=["local", "procrastinate"])
async def shop(request: pytest.FixtureRequest) -> AsyncIterator[Workshop]:
    shared = request.param == "procrastinate"
    made = SharedWorkshop(request.getfixturevalue("postgres_url")) if shared else Workshop()
    yield made
    made.go.set()
    for runner in made.runners:
        await runner.stop(LONG)


@pytest.fixture
async def shared(postgres_url: str) -> AsyncIterator[SharedWorkshop]:
    made = SharedWorkshop(postgres_url)
    yield made
    made.go.set()
    for runner in made.runners:
        await runner.stop(LONG)


async def test_a_piece_that_is_asked_for_while_it_runs_runs_once_more_afterwards(shop: Workshop) -> None:
    runner = await shop.hire()
    runner.soon(LOOK)
    await shop.until(lambda: shop.runs["a"] == 1)
    for _ in range(3):
        runner.soon(LOOK)
    shop.go.set()
    await shop.until(lambda: shop.runs["a"] == 2 and not shop.now["a"])
    runner.soon(Piece(Work.LOOK, "b"))
    await shop.until(lambda: shop.runs["b"] == 1)
    assert (shop.runs["a"], shop.most["a"]) == (2, 1)


async def test_different_pieces_run_side_by_side_but_no_more_than_there_is_room(shop: Workshop) -> None:
    runner = await shop.hire(at_once=2)
    for name in "abcd":
        runner.soon(Piece(Work.LOOK, name))
    await shop.until(lambda: shop.now["all"] == 2)
    shop.go.set()
    await shop.until(lambda: shop.runs["all"] == 4)
    assert shop.most["all"] == 2


async def test_a_piece_that_wants_to_come_again_does(shop: Workshop) -> None:
    runner = await shop.hire()
    shop.again = MOMENT
    shop.go.set()
    runner.soon(LOOK)
    await shop.until(lambda: shop.runs["a"] == 3)


@pytest.mark.parametrize("error", [CrierError("expected"), ZeroDivisionError()])
async def test_an_error_ends_this_turn_and_no_other(shop: Workshop, error: Exception) -> None:
    runner = await shop.hire()
    shop.error = error
    shop.go.set()
    runner.soon(LOOK)
    await shop.until(lambda: shop.runs["a"] == 1 and not shop.now["a"])
    shop.error = None
    runner.soon(LOOK)
    await shop.until(lambda: shop.runs["a"] == 2)


async def test_stopping_waits_for_what_runs_then_cancels_it_and_takes_nothing_new(shop: Workshop) -> None:
    runner = await shop.hire()
    runner.soon(LOOK)
    await shop.until(lambda: shop.runs["a"] == 1)
    await runner.stop(MOMENT)
    assert shop.now["a"] == 0
    runner.soon(LOOK)
    runner.soon(Piece(Work.LOOK, "b"))
    await asyncio.sleep(0)
    assert (shop.runs["a"], shop.runs["b"]) == (1, 0)


async def test_what_can_end_within_the_grace_ends(shop: Workshop) -> None:
    runner = await shop.hire()
    runner.soon(LOOK)
    await shop.until(lambda: shop.runs["a"] == 1)
    stopping = asyncio.create_task(runner.stop(LONG))
    await shop.until(shop.stopping.is_set)
    assert not stopping.done()
    shop.go.set()
    await asyncio.wait_for(stopping, 30)
    assert shop.now["a"] == 0


async def test_ten_machines_that_ask_at_once_make_it_one_piece(shared: SharedWorkshop) -> None:
    runners = [await shared.hire() for _ in range(3)]
    for runner in runners:
        runner.soon(LOOK)
    await shared.until(lambda: shared.now["a"] == 1)
    for runner in runners:
        runner.soon(Piece(Work.LOOK, "b"))
    await shared.until(lambda: shared.now["b"] == 1)
    shared.go.set()
    await shared.until(lambda: not shared.now["all"])
    assert (shared.most["a"], shared.most["b"]) == (1, 1)


async def test_what_a_silent_machine_was_doing_is_asked_for_anew(shared: SharedWorkshop) -> None:
    runner = await shared.hire()
    runner.soon(LOOK)
    await shared.until(lambda: shared.runs["a"] == 1)
    with psycopg.connect(shared.url, autocommit=True) as connection:
        [schema] = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'crier_runner_%'"
        ).fetchone() or ("",)
        # As a machine leaves it that was switched off an hour ago.
        connection.execute(
            f"WITH dead AS (INSERT INTO {schema}.procrastinate_workers (last_heartbeat)"  # noqa: S608
            " VALUES (now() - interval '1 hour') RETURNING id)"
            f" INSERT INTO {schema}.procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, status,"
            " worker_id) SELECT 'look', 'piece', 'look at source b', 'look at source b',"
            """ '{"work": "LOOK", "subject": "b"}', 'doing', id FROM dead"""
        )
    await shared.until(lambda: shared.runs["b"] == 1)
