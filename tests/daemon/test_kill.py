"""kill -9 at any moment: nothing is lost, nothing is doubled, and what nobody can know is called uncertain.

The daemon is the real process. It posts to two recording servers at once: a partner's machine, which recognises a
repeated id, and a Bot API, which cannot. What they got is compared with the ledger, row by row.
"""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.ledger import Ledger
from bot.model.delivery import Delivery, State
from tests.fakes.bot_api import TOKEN, BotApi
from tests.fakes.faults import Fault
from tests.fakes.newsroom import Newsroom
from tests.fakes.receiver import SECRET, Receiver
from tests.fakes.serve import serve

CHATS = [f"-100{n}" for n in range(4)]
ANSWER = 0.12
"""Seconds that a platform takes: long enough to be killed within, between a send and its receipt."""
# Seconds after a story was dropped: pick-up, composing, planning and claiming fall into this time.
AFTER_DROP = (0, 0.1, 0.25, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8)
# Seconds after a platform took something over: its receipt is under way, and others are being sent.
AFTER_ARRIVAL = (0, 0.01, 0.03, 0.06, 0.09, 0.11, 0.12, 0.125, 0.13, 0.15)
SEED = 20261124


@dataclass
class World:
    """A newsroom, and the platforms it posts to."""

    newsroom: Newsroom
    bot_api: BotApi
    partner: Receiver
    headlines: list[str] = field(default_factory=list)
    kills: int = 0

    def drop(self) -> None:
        self.headlines.append(self.newsroom.drop_story(len(self.headlines) + 1))

    async def kill(self) -> None:
        await self.newsroom.kill()
        self.kills += 1


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    async with _world(tmp_path, monkeypatch) as made:
        yield made


@asynccontextmanager
async def _world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    monkeypatch.setenv("CRIER_TEST_BOT", TOKEN)
    monkeypatch.setenv("CRIER_TEST_SECRET", SECRET)
    bot_api, partner = BotApi(), Receiver()
    for number in CHATS:
        bot_api.chats[number] = {"id": int(number), "type": "supergroup", "title": number}
    async with serve(bot_api.app) as api, serve(partner.app) as hook:
        channels = {
            f"chat{number}": f'kind: telegram, token: "env:CRIER_TEST_BOT", chat: {number}, form: text, api: "{api}"'
            for number in CHATS
        }
        channels["partner"] = f'kind: webhook, url: "{hook}/hook", secrets: ["env:CRIER_TEST_SECRET"]'
        newsroom = Newsroom(tmp_path, channels)
        yield World(newsroom, bot_api, partner)
        await newsroom.kill()
        bot_api.faults.released.set()
        partner.faults.released.set()


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
        await asyncio.wait_for(arrived.wait(), 20)
        await asyncio.sleep(delay)
        await world.kill()
    await _settled(world)
    states = await _compare(world)
    assert states[State.UNCERTAIN] >= 1


async def test_kill_while_starting_again_and_again_loses_nothing(world: World) -> None:
    chance = random.Random(SEED)  # noqa: S311 - moments, not secrets
    for _ in range(3):
        world.drop()
    for _ in range(6):
        await world.newsroom.launch()
        await asyncio.sleep(chance.uniform(0.2, 3.0))
        await world.kill()
    await _settled(world)
    await _compare(world)


@pytest.mark.parametrize("fault", [Fault.ACCEPT_THEN_HANG, Fault.HANG])
async def test_kill_between_send_and_receipt_leaves_what_nobody_knows_uncertain(world: World, fault: Fault) -> None:
    world.bot_api.faults.waiting.extend([fault] * len(CHATS))
    world.partner.faults.waiting.append(fault)
    await world.newsroom.start()
    world.drop()
    async with asyncio.timeout(20):
        await world.bot_api.faults.hanging.wait()
        await world.partner.faults.hanging.wait()
    await world.kill()
    world.bot_api.faults.waiting.clear()
    world.bot_api.faults.released.set()
    world.partner.faults.released.set()
    await _settled(world)
    states = await _compare(world)
    assert states[State.UNCERTAIN] >= 1
    assert states[State.SENT] >= 1


async def _settled(world: World) -> None:
    """Start it a last time and wait until nothing is planned or being sent any more."""
    await world.newsroom.start()
    async with asyncio.timeout(60):
        while True:
            ledger = await Ledger.open(world.newsroom.ledger_url)
            counts = await ledger.deliveries.counts()
            stories = len(await ledger.stories.recent(1000))
            await ledger.close()
            open_still = counts[State.PLANNED] + counts[State.SENDING]
            if stories == len(world.headlines) and not open_still and not _files(world):
                break
            await asyncio.sleep(0.2)
    assert await world.newsroom.stop() == 0


def _files(world: World) -> list[Path]:
    return [file for file in world.newsroom.inbox.iterdir() if file.is_file()]


async def _compare(world: World) -> Counter[State]:
    """What the servers got against what the ledger says."""
    ledger = await Ledger.open(world.newsroom.ledger_url)
    stories = await ledger.stories.recent(1000)
    rows = [row for story in stories for row in await ledger.deliveries.of_story(story.id)]
    await ledger.close()
    assert sorted(story.article.headline for story in stories) == sorted(world.headlines)
    assert len(rows) == len(world.headlines) * (len(CHATS) + 1)
    states = Counter(row.state for row in rows)
    assert set(states) <= {State.SENT, State.UNCERTAIN}
    out = {row.id: _copies(world, row) for row in rows}
    lost = [row for row in rows if row.state is State.SENT and out[row.id] == 0]
    doubled = [row for row in rows if out[row.id] > 1]
    assert (lost, doubled) == ([], [])
    assert not [row for row in rows if row.channel == "partner" and row.state is not State.SENT]
    figures = f"kills {world.kills}, stories {len(stories)}, deliveries {len(rows)}: {dict(states)}"
    logging.getLogger(__name__).info("%s, lost %d, doubled %d", figures, len(lost), len(doubled))
    return states


def _copies(world: World, row: Delivery) -> int:
    """How often a delivery's words stand on its platform."""
    if row.channel == "partner":
        return sum(event["data"]["headline"] == row.edition.headline for event in world.partner.events.values())
    chat = int(row.channel.removeprefix("chat"))
    # The full headline in its tags: number 1 is no prefix of number 11 then.
    return sum(post.chat == chat and f"{row.edition.headline}</b>" in post.text for post in world.bot_api.posted)
