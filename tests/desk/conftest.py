"""A newsroom's desk on a Bot API double: people who write, and what they are answered."""

import asyncio
import contextlib
import html
import io
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.desk.bot import DeskBot
from bot.desk.contributions import Contributions
from bot.ledger import Ledger
from bot.ledger.subscribers import Subscribers
from bot.log import Redactor, configure
from bot.model.edition import Markup
from bot.rules.counting import visible
from bot.settings import Desk, Newsroom
from bot.talk.incoming import Webhook
from bot.work.broadcasting import Broadcasting
from tests.desk.floor import Floor
from tests.fakes.bot_api import TOKEN, BotApi, Posted
from tests.fakes.receiver import SECRET
from tests.fakes.serve import serve

SHIPPED = Path(__file__).resolve().parents[2] / "templates"
CHANNELS = ("telegram-zh", "telegram-en", "partners", "weekly")
SOURCES = ("site", "inbox")
CHEN, ANA = 501, 502
EDITORS = ({"id": CHEN, "name": "陈静"}, {"id": ANA, "name": "Ana", "language": "en"})
PATIENCE = 10.0


async def until(true: Callable[[], object]) -> None:
    """Wait for something that is bound to happen soon."""
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.01)


@dataclass
class Office:
    """The desk, its people, and a clock that stands until it is moved."""

    api: BotApi
    base: str
    ledger: Ledger
    now: datetime
    folder: Path
    bots: list[DeskBot] = field(default_factory=list)
    woken: list[str] = field(default_factory=list)
    """Sources that somebody had looked at."""
    floors: list[Floor] = field(default_factory=list)

    @property
    def floor(self) -> Floor:
        """The newsroom behind the desk that was opened last."""
        return self.floors[-1]

    def __post_init__(self) -> None:
        self.chen = self.api.person(CHEN, "陈静")
        self.ana = self.api.person(ANA, "Ana", "en")

    def bot(
        self,
        *,
        api: str | None = None,
        own: Path | None = None,
        editors: Any = EDITORS,
        readers: Contributions | None = None,
        cards: Path | None = None,
        door: Webhook | None = None,
        broadcasting: Broadcasting | None = None,
        subscribers: Subscribers | None = None,
        **more: Any,
    ) -> DeskBot:
        """`more` are settings of the desk."""
        given = {"token": "env:CRIER_TEST_DESK", "api": api or self.base, "editors": editors, **more}
        desk = Desk.model_validate(given)
        newsroom = Newsroom.model_validate({"name": "河湾日报", "zone": "Asia/Shanghai"})
        self.floors.append(Floor(self.ledger, self.api, self.base, lambda: self.now, self.folder, desk, own))
        made = DeskBot(desk, newsroom, CHANNELS, self.ledger, lambda: self.now, SHIPPED, own,
            poll=timedelta(seconds=1), contributions=readers, able=("telegram-zh",), sources=SOURCES,
            cards=cards or self.folder / "cards", wake=self.woken.append, ordering=self.floor.ordering,
            clipping=self.floor.clipping, webhook=door,
            broadcasting=broadcasting, subscribers=subscribers,
        )  # fmt: skip
        self.bots.append(made)
        return made

    async def open(self, **more: Any) -> DeskBot:
        made = self.bot(**more)
        await made.start()
        await self.arrived()
        return made

    async def arrived(self) -> None:
        """The bot listens."""
        await until(lambda: any(method == "getUpdates" for method, _ in self.api.calls))

    async def ask(self, person: dict[str, Any], text: str, **more: Any) -> str:
        """What the bot answers, as people see it; empty where it says nothing."""
        return "\n".join(map(seen, await self.posts(person, text, **more)))

    async def posts(self, person: dict[str, Any], text: str, **more: Any) -> list[Posted]:
        before = len(self.api.posted)
        update = self.api.says(person, text, **more)
        await until(lambda: update not in self.api.updates and not any(bot.under_way for bot in self.bots))
        return self.api.posted[before:]

    async def press(self, person: dict[str, Any], button: str, message: Posted) -> list[str]:
        """Press the button of that caption (or send that data): what was said above the chat, "!" where it stays."""
        before = len(self.api.toasts)
        update = self.api.presses(person, button, message)
        await until(lambda: update not in self.api.updates and not any(bot.under_way for bot in self.bots))
        return self.api.toasts[before:]

    def told(self, number: int) -> list[str]:
        """Everything this person got."""
        return [seen(posted) for posted in self.api.posted if posted.chat == number]

    async def close(self) -> None:
        for one in self.bots:
            await one.stop()
        for floor in self.floors:
            await floor.close()


def seen(posted: Posted) -> str:
    return visible(posted.text, Markup.HTML) if posted.fields.get("parse_mode") else html.unescape(posted.text)


@contextlib.asynccontextmanager
async def an_office(url: str, now: datetime, folder: Path) -> AsyncIterator[Office]:
    api = BotApi()
    ledger = await Ledger.open(url)
    async with serve(api.app) as base:
        made = Office(api, base, ledger, now, folder)
        yield made
        await made.close()
    await ledger.close()


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRIER_TEST_DESK", TOKEN)
    monkeypatch.setenv("CRIER_TEST_PARTNER", SECRET)


@pytest.fixture
async def office(sqlite_url: str, now: datetime, tmp_path: Path) -> AsyncIterator[Office]:
    """A desk that listens."""
    async with an_office(sqlite_url, now, tmp_path) as made:
        await made.open()
        yield made


@pytest.fixture
async def shut(sqlite_url: str, now: datetime, tmp_path: Path) -> AsyncIterator[Office]:
    """A desk whose bot has not been started."""
    async with an_office(sqlite_url, now, tmp_path) as made:
        yield made


@pytest.fixture
async def either(ledger_url: str, now: datetime, tmp_path: Path) -> AsyncIterator[Office]:
    """A desk that listens, once on each database."""
    async with an_office(ledger_url, now, tmp_path) as made:
        await made.open()
        yield made


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """The log, as an operator reads it."""
    root = logging.getLogger()
    before, level = root.handlers, root.level
    stream = io.StringIO()
    configure("info", Redactor([TOKEN]), json=True, stream=stream)
    yield stream
    root.handlers, root.level = before, level
    structlog.reset_defaults()
