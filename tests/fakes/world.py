"""A newsroom and the platforms it posts to: what they got is compared with the ledger, row by row."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.ledger import Ledger
from bot.model.delivery import Delivery, State
from tests.fakes.bot_api import TOKEN, BotApi
from tests.fakes.newsroom import Newsroom
from tests.fakes.receiver import SECRET, Receiver
from tests.fakes.serve import serve

CHATS = [f"-100{n}" for n in range(4)]


@dataclass
class World:
    """A newsroom, and the platforms it posts to."""

    newsroom: Newsroom
    bot_api: BotApi
    partner: Receiver
    headlines: list[str] = field(default_factory=list)
    others: list[Newsroom] = field(default_factory=list)
    """More machines of the same newsroom."""
    kills: int = 0

    def drop(self) -> None:
        self.headlines.append(self.newsroom.drop_story(len(self.headlines) + 1))

    def machine(self) -> Newsroom:
        self.others.append(self.newsroom.another(f"machine {len(self.others) + 2}"))
        return self.others[-1]

    async def kill(self) -> None:
        await self.newsroom.kill()
        self.kills += 1


@asynccontextmanager
async def world_of(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, house: str = "", ledger_url: str | None = None
) -> AsyncIterator[World]:
    """Four chats and a partner, served here; every daemon of the newsroom is ended with the block."""
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
        world = World(Newsroom(folder, channels, house=house, ledger_url=ledger_url), bot_api, partner)
        try:
            yield world
        finally:
            for machine in (world.newsroom, *world.others):
                await machine.kill()
            bot_api.faults.released.set()
            partner.faults.released.set()


async def settled(world: World, within: float = 100, *, under_lease: bool = False) -> None:
    """Wait (seconds) until everything that was dropped has been read, and nothing is planned or being sent.

    `under_lease`: what a dead machine was sending may still wait for its lease.
    """
    async with asyncio.timeout(within):
        while True:
            ledger = await Ledger.open(world.newsroom.ledger_url)
            counts = await ledger.deliveries.counts()
            stories = len(await ledger.stories.recent(1000)) - len(await ledger.stories.waiting())
            await ledger.close()
            open_still = counts[State.PLANNED] + (0 if under_lease else counts[State.SENDING])
            if stories == len(world.headlines) and not open_still and not _files(world):
                break
            await asyncio.sleep(0.2)


def _files(world: World) -> list[Path]:
    return [file for file in world.newsroom.inbox.iterdir() if file.is_file()]


async def compare(world: World, *, under_lease: bool = False) -> Counter[State]:
    """What the servers got against what the ledger says; what a dead machine was sending may wait for its lease."""
    ledger = await Ledger.open(world.newsroom.ledger_url)
    stories = await ledger.stories.recent(1000)
    rows = [row for story in stories for row in await ledger.deliveries.of_story(story.id)]
    await ledger.close()
    assert sorted(story.article.headline for story in stories) == sorted(world.headlines)
    assert len(rows) == len(world.headlines) * (len(CHATS) + 1)
    states = Counter(row.state for row in rows)
    assert set(states) <= {State.SENT, State.UNCERTAIN, *([State.SENDING] if under_lease else [])}
    out = {row.id: _copies(world, row) for row in rows}
    lost = [row for row in rows if row.state is State.SENT and out[row.id] == 0]
    doubled = [row for row in rows if out[row.id] > 1]
    assert (lost, doubled) == ([], [])
    assert under_lease or not [row for row in rows if row.channel == "partner" and row.state is not State.SENT]
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
