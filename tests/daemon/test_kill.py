"""kill -9 at any moment: nothing is lost, nothing is doubled, and what nobody can know is called uncertain.

The daemon is the real process. It posts to two recording servers at once: a partner's machine, which recognises a
repeated id, and a Bot API, which cannot. What they got is compared with the ledger, row by row.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.model.delivery import State
from tests.fakes.faults import Fault
from tests.fakes.world import CHATS, World, compare, settled, world_of

ANSWER = 0.12
"""Seconds that a platform takes: long enough to be killed within, between a send and its receipt."""
# Seconds after a story was dropped: pick-up, composing, planning and claiming fall into this time.
AFTER_DROP = (0, 0.1, 0.25, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8)
# Seconds after a platform took something over: its receipt is under way, and others are being sent.
AFTER_ARRIVAL = (0, 0.01, 0.03, 0.06, 0.09, 0.11, 0.12, 0.125, 0.13, 0.15)
SEED = 20261124


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    async with world_of(tmp_path, monkeypatch) as made:
        yield made


async def test_kill_at_many_moments_loses_nothing_and_doubles_nothing(world: World) -> None:
    world.bot_api.faults.slow = world.partner.faults.slow = ANSWER
    for delay in AFTER_DROP:
        await world.newsroom.start()
        world.drop()
        await asyncio.sleep(delay)
        await world.kill()
    for number, delay in enumerate(AFTER_ARRIVAL):
        await world.newsroom.start()
        arrived = (world.bot_api, world.partner)[number % 2].arrived
        arrived.clear()
        world.drop()
        await asyncio.wait_for(arrived.wait(), 60)
        await asyncio.sleep(delay)
        await world.kill()
    await _at_rest(world)
    states = await compare(world)
    assert states[State.UNCERTAIN] >= 1


async def test_kill_while_starting_again_and_again_loses_nothing(world: World) -> None:
    chance = random.Random(SEED)  # noqa: S311 - moments, not secrets
    for _ in range(3):
        world.drop()
    for _ in range(6):
        await world.newsroom.launch()
        await asyncio.sleep(chance.uniform(0.2, 3.0))
        await world.kill()
    await _at_rest(world)
    await compare(world)


@pytest.mark.parametrize("fault", [Fault.ACCEPT_THEN_HANG, Fault.HANG])
async def test_kill_between_send_and_receipt_leaves_what_nobody_knows_uncertain(world: World, fault: Fault) -> None:
    world.bot_api.faults.waiting.extend([fault] * len(CHATS))
    world.partner.faults.waiting.append(fault)
    await world.newsroom.start()
    world.drop()
    async with asyncio.timeout(60):
        await world.bot_api.faults.hanging.wait()
        await world.partner.faults.hanging.wait()
    await world.kill()
    world.bot_api.faults.waiting.clear()
    world.bot_api.faults.released.set()
    world.partner.faults.released.set()
    await _at_rest(world)
    states = await compare(world)
    assert states[State.UNCERTAIN] >= 1
    assert states[State.SENT] >= 1


async def _at_rest(world: World) -> None:
    """Start it a last time, and let it settle everything."""
    await world.newsroom.start()
    await settled(world)
    assert await world.newsroom.stop() == 0
