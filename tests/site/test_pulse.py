"""Listeners hear every change within a breath, through one poller that rests while nobody listens."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx

from bot.ledger import Ledger
from bot.ledger.store import Store, connect
from bot.site.pulse import EVERY
from tests.fakes.page import NOW, page
from tests.fakes.stories import planned_story


class Asked(Ledger):
    """Counts how often it is asked for its pulse."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.times = 0

    async def pulse(self) -> str:
        self.times += 1
        return await super().pulse()


@contextlib.asynccontextmanager
async def counting(folder: Path) -> AsyncIterator[Asked]:
    url = f"sqlite:///{folder / 'ledger.sqlite'}"
    await (await Ledger.open(url)).close()
    ledger = Asked(connect(url))
    try:
        yield ledger
    finally:
        await ledger.close()


async def beats(client: httpx.AsyncClient) -> AsyncGenerator[str, None]:
    async with client.stream("GET", "events") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        async for line in response.aiter_lines():
            if line.startswith("data: "):
                yield line


async def test_a_listener_hears_what_is_and_then_each_change(tmp_path: Path) -> None:
    async with (
        page(tmp_path) as served,
        httpx.AsyncClient(base_url=served.url, trust_env=False) as client,
        contextlib.aclosing(beats(client)) as heard,
    ):
        last = await anext(heard)
        for second in (1, 2):
            await planned_story(served.ledger, NOW + timedelta(seconds=second), "main")
            async with asyncio.timeout(30):
                now = await anext(heard)
            assert now != last
            last = now


async def test_many_listeners_cost_one_poller_and_none_costs_nothing(tmp_path: Path) -> None:
    async with (
        counting(tmp_path) as ledger,
        page(tmp_path, ledger=ledger) as served,
        httpx.AsyncClient(base_url=served.url, trust_env=False) as client,
    ):
        assert ledger.times == 0
        async with contextlib.AsyncExitStack() as closing:
            for _ in range(5):
                await anext(await closing.enter_async_context(contextlib.aclosing(beats(client))))
            began, begun = time.monotonic(), ledger.times
            while ledger.times < begun + 3:
                await asyncio.sleep(EVERY)
            assert ledger.times - begun <= (time.monotonic() - began) / EVERY + 1, "five pollers would ask five times"
        await asyncio.sleep(2 * EVERY)
        rested = ledger.times
        await asyncio.sleep(2 * EVERY)
        assert ledger.times == rested
