"""A lost answer, from dispatch to the ledger: by key or by looking, the post is out once and has its receipt."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.ledger import Ledger
from bot.model.delivery import Delivery, State
from bot.work.dispatch import Dispatch
from bot.work.outlet import Outlet
from bot.work.sweep import Sweep
from tests.channels.stages.stage import NOW, Stage
from tests.channels.stages.table import PLAYS
from tests.fakes.faults import Fault
from tests.fakes.stories import article, plan

LOOK = ["discord_bot", "matrix", "ntfy", "slack"]


class Desk:
    """One channel of a newsroom, with a ledger and a clock."""

    def __init__(self, ledger: Ledger, stage: Stage) -> None:
        self.ledger, self.stage, self.now = ledger, stage, NOW
        outlets = {"main": Outlet("main", stage.channel, "lane")}
        self._dispatch = Dispatch(ledger, outlets, "w", self.clock, asyncio.Event(), not_older_than=None)
        self._sweep = Sweep(ledger, outlets, "w", self.clock)

    def clock(self) -> datetime:
        return self.now

    async def planned(self) -> int:
        made = article("大桥通车")
        story = (await self.ledger.stories.record("inbox", made, ["test:1"], "print", NOW)).story
        one = plan(story, "main", NOW, lane="lane")
        one = replace(one, edition=replace(self.stage.edition, story=story), key="0123456789abcdef")
        assert await self.ledger.deliveries.plan(story, 1, [one], [], NOW)
        return story

    async def later(self, story: int, wait: timedelta) -> Delivery:
        self.now += wait
        await self._sweep.look()
        await self._dispatch.drain("lane")
        [row] = await self.ledger.deliveries.of_story(story)
        return row


@pytest.fixture(params=LOOK)
async def desk(request: pytest.FixtureRequest, tmp_path: Path, sqlite_url: str) -> AsyncIterator[Desk]:
    ledger = await Ledger.open(sqlite_url)
    async with PLAYS[request.param].open(tmp_path) as stage:
        yield Desk(ledger, stage)
    await ledger.close()


@pytest.mark.parametrize("fault", [Fault.ACCEPT_THEN_CLOSE, Fault.ACCEPT_THEN_500, Fault.ACCEPT_THEN_NONSENSE])
async def test_what_came_out_unanswered_is_found_and_not_posted_twice(desk: Desk, fault: Fault) -> None:
    story = await desk.planned()
    desk.stage.faults.waiting.append(fault)
    await desk.later(story, timedelta(0))
    row = await desk.later(story, timedelta(seconds=10))
    assert (row.state, desk.stage.arrived()) == (State.SENT, 1)
    assert row.receipt is not None
    assert row.receipt.platform_id


async def test_long_after_its_key_is_forgotten_it_is_still_found(desk: Desk) -> None:
    story = await desk.planned()
    desk.now += timedelta(days=2)  # it was held that long, so no key counts any more
    desk.stage.double.now = desk.now.timestamp()
    desk.stage.faults.waiting.append(Fault.ACCEPT_THEN_500)
    await desk.later(story, timedelta(0))
    row = await desk.later(story, timedelta(hours=1))
    assert (row.state, desk.stage.arrived()) == (State.SENT, 1)
