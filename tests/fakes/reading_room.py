"""A newsroom with a readers' bot on a Bot API double: what people write, what it answers, stories on their way."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from bot.app import finding
from bot.channels import KINDS, Doors
from bot.ledger import Ledger
from bot.ledger.subscribers import Subscribers
from bot.model.edition import Markup
from bot.model.story import Article
from bot.model.subscriber import Subscriber
from bot.press import Press
from bot.readers.bot import ReadersBot
from bot.rules.counting import visible
from bot.rules.identity import canonical
from bot.settings import Desk, Newsroom, Route
from bot.settings import Subscribers as Section
from bot.work.compose import Compose
from bot.work.dispatch import Dispatch
from bot.work.fanout import FanningOut
from bot.work.outlet import Outlet
from bot.work.outlets import Outlets
from tests.fakes.bot_api import TOKEN, BotApi, Posted
from tests.fakes.scripted import Scripted
from tests.fakes.serve import serve

SHIPPED = Path(__file__).resolve().parents[2] / "templates"
KEY = Fernet.generate_key().decode()
CARRIER, LANE = "reader-bot", "telegram:readers"
TOPICS = ("体育", "交通", "文化", "Harbour", "Schools", "天气", "健康", "教育", "城市", "财经")
PATIENCE = 30.0


@dataclass
class ReadingRoom:
    """Its clock stands until it is moved."""

    api: BotApi
    base: str
    ledger: Ledger
    now: datetime
    folder: Path
    bots: list[ReadersBot] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store: Subscribers = self.ledger.subscribers(KEY)
        self.section = Section.model_validate(
            {"key": "env:CRIER_TEST_READERS", "carriers": [CARRIER], "topics": TOPICS}
        )
        self.newsroom = Newsroom.model_validate({"name": "河湾日报", "zone": "Asia/Shanghai"})
        given = {"kind": "telegram", "token": "env:CRIER_TEST_BOT", "api": self.base, "form": "text"}
        settings = KINDS["telegram"].settings.model_validate(given)
        doors = Doors(
            self.folder / "cards", self.clock, self.folder, self.newsroom, begun=self.ledger.begun(CARRIER, self.clock)
        )
        self.channel = KINDS["telegram"].open(CARRIER, settings, doors)
        self.main = Scripted("main")
        press = Press(self.newsroom, SHIPPED, None, self.folder / "cards")
        outlets = Outlets(
            {"main": Outlet("main", self.main, "scripted:main")},
            {CARRIER: Outlet(CARRIER, self.channel, LANE)},
            finding(self.store, None),
        )
        desk, stopping = Desk(grace=timedelta(0), not_older_than=None), asyncio.Event()
        self._compose = Compose(
            self.ledger, press, outlets, (Route(channels=("main",)),), desk, self.clock, _nothing, _nobody
        )
        self._fanning = FanningOut(self.ledger, press, outlets, self.clock, stopping, _nothing)
        self._dispatch = Dispatch(self.ledger, outlets, "w", self.clock, stopping, not_older_than=None)

    def clock(self) -> datetime:
        return self.now

    async def open(self, **more: Any) -> ReadersBot:
        """A bot that listens; opened again, it knows nothing that the ledger does not."""
        store = self.ledger.subscribers(KEY)
        made = ReadersBot(
            CARRIER, TOKEN, self.base, self.section, self.newsroom, self.ledger, store, self.clock, SHIPPED, None,
            poll=timedelta(seconds=1), **more,
        )  # fmt: skip
        self.bots.append(made)
        await made.start()
        await until(lambda: any(method == "getUpdates" for method, _ in self.api.calls))
        return made

    async def settled(self, update: dict[str, Any]) -> None:
        """The bot has carried it out, and everything was said."""
        await until(lambda: update not in self.api.updates and not any(bot.under_way for bot in self.bots))

    async def writes(self, person: dict[str, Any], text: str, **more: Any) -> str:
        """What the bot answers, as people see it; "" where it says nothing."""
        return "\n".join(seen(one) for one in await self.posts(person, text, **more))

    async def posts(self, person: dict[str, Any], text: str, **more: Any) -> list[Posted]:
        before = len(self.api.posted)
        await self.settled(self.api.says(person, text, **more))
        return self.api.posted[before:]

    async def taps(self, person: dict[str, Any], caption: str, message: Posted) -> str:
        """What the message says then."""
        await self.settled(self.api.presses(person, caption, message))
        return seen(message)

    def last(self, chat: int) -> Posted:
        """The newest message there."""
        return [one for one in self.api.posted if one.chat == chat][-1]

    async def reader(self, to: str) -> Subscriber | None:
        return await self.store.found(CARRIER, to)

    async def publish(self, made: Article, *, key: str = "k", revision: str = "1") -> int:
        """Record, compose, plan, send."""
        story = (
            await self.ledger.stories.record(
                "inbox", made, [key, f"link:{canonical(made.link or '')}"], revision, self.now
            )
        ).story
        assert await self._compose.compose(story) is None
        await self.send()
        return story

    async def send(self) -> None:
        while due := await self.ledger.chunks.due(self.now):
            for one in due:
                await self._fanning.run(str(one.id))
        await self._dispatch.drain(LANE)
        await self.ledger.fanouts.finish(self.now)

    async def close(self) -> None:
        for one in self.bots:
            await one.stop()
        await self.channel.close()


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.01)


def seen(posted: Posted) -> str:
    return visible(posted.text, Markup.HTML)


@contextlib.asynccontextmanager
async def a_room(url: str, now: datetime, folder: Path) -> AsyncIterator[ReadingRoom]:
    api = BotApi()
    ledger = await Ledger.open(url)
    async with serve(api.app) as base:
        room = ReadingRoom(api, base, ledger, now, folder)
        await room.open()
        yield room
        await room.close()
    await ledger.close()


def _nothing(_: str) -> None:
    """Nobody is woken: the test says when."""


def _nobody(_: int) -> None:
    """Likewise."""
