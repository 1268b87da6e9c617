"""Every piece of work runs soon, and never twice at once."""

import asyncio
from collections import defaultdict
from datetime import timedelta

from bot.errors import CrierError
from bot.work.runner import LocalRunner, Piece, Work

LOOK = Piece(Work.LOOK, "a")
MOMENT = timedelta(milliseconds=10)


class Workshop:
    """Counts what runs at the same time; holds each run until it is let go."""

    def __init__(self, *, at_once: int = 9) -> None:
        self.runs: dict[str, int] = defaultdict(int)
        self.now: dict[str, int] = defaultdict(int)
        self.most: dict[str, int] = defaultdict(int)
        self.go = asyncio.Event()
        self.again: timedelta | None = None
        self.error: Exception | None = None
        self.thrice = asyncio.Event()
        self.stopping = asyncio.Event()
        self.runner = LocalRunner({Work.LOOK: self.look}, at_once={Work.LOOK: at_once}, stopping=self.stopping)

    async def look(self, subject: str) -> timedelta | None:
        for key in (subject, "all"):
            self.runs[key] += 1
            self.now[key] += 1
            self.most[key] = max(self.most[key], self.now[key])
        if self.runs[subject] == 3:
            self.thrice.set()
        try:
            await self.go.wait()
            if self.error is not None:
                raise self.error
            return self.again
        finally:
            self.now[subject] -= 1
            self.now["all"] -= 1


async def turn() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_piece_that_is_asked_for_while_it_runs_runs_once_more_afterwards() -> None:
    shop = Workshop()
    for _ in range(3):
        shop.runner.soon(LOOK)
        await turn()
    assert shop.runs["a"] == 1
    shop.go.set()
    await turn()
    assert (shop.runs["a"], shop.most["a"]) == (2, 1)


async def test_different_pieces_run_side_by_side_but_no_more_than_there_is_room() -> None:
    shop = Workshop(at_once=2)
    for name in "abcd":
        shop.runner.soon(Piece(Work.LOOK, name))
    await turn()
    assert shop.most["all"] == 2
    shop.go.set()
    await turn()
    assert shop.runs["all"] == 4


async def test_a_piece_that_wants_to_come_again_does() -> None:
    shop = Workshop()
    shop.again = MOMENT
    shop.go.set()
    shop.runner.soon(LOOK)
    await asyncio.wait_for(shop.thrice.wait(), 2)
    await shop.runner.stop(MOMENT)


async def test_an_error_ends_this_turn_and_no_other() -> None:
    for error in (CrierError("expected"), ZeroDivisionError()):
        shop = Workshop()
        shop.error = error
        shop.go.set()
        shop.runner.soon(LOOK)
        await turn()
        shop.error = None
        shop.runner.soon(LOOK)
        await turn()
        assert shop.runs["a"] == 2


async def test_stopping_waits_for_what_runs_then_cancels_it_and_takes_nothing_new() -> None:
    shop = Workshop()
    shop.runner.soon(LOOK)
    await turn()
    await shop.runner.stop(MOMENT)
    assert shop.now["a"] == 0
    shop.runner.soon(LOOK)
    await turn()
    assert shop.runs["a"] == 1


async def test_what_can_end_within_the_grace_ends() -> None:
    shop = Workshop()
    shop.runner.soon(LOOK)
    await turn()
    stopping = asyncio.create_task(shop.runner.stop(timedelta(seconds=5)))
    await turn()
    shop.go.set()
    await asyncio.wait_for(stopping, 1)
