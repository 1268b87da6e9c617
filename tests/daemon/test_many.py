"""Several processes share one PostgreSQL: any of them may die or be replaced, nothing is lost, nothing is doubled."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.app import Premises
from bot.errors import SettingsError
from bot.model.delivery import State
from tests.fakes.newsroom import Newsroom
from tests.fakes.world import World, compare, settled, world_of

SHARED = ', ledger: "env:CRIER_TEST_LEDGER", runner: procrastinate'
ANSWER = 0.1
"""Seconds that a platform takes: long enough that many sends are under way when a machine dies."""


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_url: str) -> AsyncIterator[World]:
    monkeypatch.setenv("CRIER_TEST_LEDGER", postgres_url)
    async with world_of(tmp_path, monkeypatch, house=SHARED, ledger_url=postgres_url) as made:
        made.bot_api.faults.slow = made.partner.faults.slow = ANSWER
        yield made


async def out(world: World, number: int, within: float) -> None:
    """Wait (seconds) until so many events have reached the partner."""
    async with asyncio.timeout(within):
        while len(world.partner.events) < number:
            await asyncio.sleep(0.02)


async def test_what_a_killed_machine_leaves_another_does_within_half_a_minute(world: World) -> None:
    machines = [world.newsroom, world.machine()]
    await asyncio.gather(*(machine.start() for machine in machines))
    for _ in range(4):
        world.drop()
    await out(world, 2, 60)
    first, second = sorted(machines, key=sent_to_chats, reverse=True)  # the one that holds the chats' lane dies
    await first.kill()
    begun = time.monotonic()
    for _ in range(2):
        world.drop()
    async with asyncio.timeout(90):
        while not all(stands_everywhere(world, headline) for headline in world.headlines[-2:]):
            await asyncio.sleep(0.1)
    # 15 s after the last beat the lanes are taken over; what the dead one was sending waits for its lease.
    logging.getLogger(__name__).info("the other machine sends in its lanes after %.1f s", time.monotonic() - begun)
    assert time.monotonic() - begun < 60
    await settled(world, under_lease=True)
    states = await compare(world, under_lease=True)
    assert states[State.SENT] >= 20
    assert await second.stop() == 0


def sent_to_chats(machine: Newsroom) -> int:
    log = machine.log.read_text(encoding="utf-8").splitlines()
    return sum(" sent " in line and "channel=chat" in line for line in log)


def stands_everywhere(world: World, headline: str) -> bool:
    """On all four chats."""
    return len({post.chat for post in world.bot_api.posted if f"{headline}</b>" in post.text}) == 4


async def test_machines_are_replaced_one_by_one_and_every_story_goes_out_once(world: World) -> None:
    machines = [world.newsroom, world.machine()]
    await asyncio.gather(*(machine.start() for machine in machines))
    for old in machines:
        for _ in range(3):
            world.drop()
        await out(world, len(world.headlines) - 2, 90)
        assert await old.stop() == 0
        await world.machine().start()
    await settled(world)
    assert (await compare(world))[State.UNCERTAIN] == 0


async def test_each_role_does_its_part_and_together_they_do_it_all(world: World) -> None:
    roles = {role: world.machine() for role in ("pickup", "dispatch", "desk")}
    pages = dict(
        zip(roles, await asyncio.gather(*(one.start("--role", role) for role, one in roles.items())), strict=True)
    )
    assert [role for role, page in pages.items() if page] == ["desk"]
    world.drop()
    await settled(world)
    assert (await compare(world))[State.SENT] == 5
    async with httpx.AsyncClient() as client:
        assert world.headlines[0] in (await client.get(pages["desk"])).text


async def test_a_part_of_the_work_alone_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world_of(tmp_path, monkeypatch) as lonely:
        process = await lonely.newsroom.launch("--role", "dispatch")
        assert await asyncio.wait_for(process.wait(), 60) == 1
        said = lonely.newsroom.log.read_text(encoding="utf-8")
        assert "set house.runner to procrastinate" in said
        assert "Traceback" not in said


async def test_many_machines_on_a_file_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world_of(tmp_path, monkeypatch, house=", runner: procrastinate") as lonely:
        with pytest.raises(SettingsError, match="several machines share a PostgreSQL"):
            assert Premises.of(lonely.newsroom.settings).many
