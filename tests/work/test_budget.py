"""A spent budget, and a limit of the platform's own, hold posts back and never a withdrawal: X, over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.ledger import Ledger
from bot.model.delivery import State
from bot.work.dispatch import Dispatch
from bot.work.outlet import Outlet
from tests.channels.stages.stage import NOW, Stage
from tests.channels.stages.x import PLAY, x
from tests.fakes.faults import Fault
from tests.fakes.stories import planned_story


@dataclass
class Desk:
    stage: Stage
    ledger: Ledger
    dispatch: Dispatch

    async def post(self, headline: str) -> int:
        story = await planned_story(self.ledger, NOW, "main", headline=headline, lane="x")
        await self.dispatch.drain("x")
        return story

    async def withdraw(self, story: int) -> None:
        await self.ledger.withdrawals.withdraw(story, ["main"], "陈静", "wrong", NOW)
        await self.dispatch.drain("x")

    async def states(self, story: int) -> list[State]:
        return [row.state for row in await self.ledger.deliveries.of_story(story)]


@asynccontextmanager
async def desk(ledger: Ledger, folder: Path, monkeypatch: pytest.MonkeyPatch, budget: int) -> AsyncIterator[Desk]:
    for name, value in PLAY.secrets.items():
        monkeypatch.setenv(name, value)
    async with x(folder, budget=budget, card=False) as stage:
        outlets = {"main": Outlet("main", stage.channel, "x")}
        dispatch = Dispatch(ledger, outlets, "w", lambda: NOW, asyncio.Event(), not_older_than=timedelta(days=1))
        yield Desk(stage, ledger, dispatch)


async def test_a_withdrawal_goes_though_the_months_posts_are_spent(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(ledger, tmp_path, monkeypatch, budget=1) as one:
        out, waits = await one.post("大桥通车"), await one.post("公交改道")
        assert (await one.states(waits), one.stage.arrived()) == ([State.PLANNED], 1)
        await one.withdraw(out)
        assert (await one.states(out), one.stage.arrived()) == ([State.SENT, State.SENT], 0)
        assert await one.states(waits) == [State.PLANNED]


async def test_a_withdrawal_goes_while_x_takes_no_more_posts(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(ledger, tmp_path, monkeypatch, budget=90) as one:
        out = await one.post("大桥通车")
        one.stage.faults.waiting.append(Fault.THROTTLE)
        waits = await one.post("公交改道")
        assert await one.states(waits) == [State.PLANNED]
        await one.withdraw(out)
        assert (await one.states(out), one.stage.arrived()) == ([State.SENT, State.SENT], 0)
        assert await one.states(waits) == [State.PLANNED]
