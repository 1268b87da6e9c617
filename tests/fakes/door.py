"""The doors of a house, open on loopback, with the half of the house behind them that reads what comes in."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from bot.ledger import Ledger
from bot.model.channel import Channel
from bot.model.source import Source
from bot.model.story import Story
from bot.settings import Newsroom
from bot.site import doors, site
from bot.sources import KINDS, Tools
from bot.web.fetch import Fetcher
from bot.work.pickup import Pickup
from tests.fakes.serve import serve

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
NEWSROOM = Newsroom(name="河湾日报", zone="Asia/Shanghai", languages=("zh", "en"))
PUBLIC = "crier.example.org"


@dataclass
class Door:
    """A clock that stands until it is moved, a client, and what was woken."""

    client: httpx.AsyncClient
    ledger: Ledger
    sources: Mapping[str, Source]
    now: datetime
    woken: list[str] = field(default_factory=list)

    async def read(self) -> tuple[Story, ...]:
        """Read what has come in; all stories, newest first."""
        pickup = Pickup(self.ledger, self.sources, lambda: self.now, lambda _: None)
        for name in await self.ledger.arrivals.due(self.now):
            await pickup.receive(name)
        return await self.ledger.stories.recent(100)

    async def told(self) -> list[str]:
        """What the editors are to be told."""
        return [notice.text for notice in await self.ledger.notices.untold()]


@contextlib.asynccontextmanager
async def a_door(
    ledger: Ledger,
    now: datetime,
    settings: Mapping[str, Mapping[str, Any]],
    folder: Path = TEMPLATES,
    channels: Mapping[str, Channel] = MappingProxyType({}),
) -> AsyncIterator[Door]:
    """Sources of these settings behind an open door."""
    fetcher = Fetcher(private=["127.0.0.0/8"])
    tools = Tools(fetcher=fetcher, zone=ZoneInfo("Asia/Shanghai"), root=folder)
    sources = {
        name: KINDS[one["kind"]].open(name, KINDS[one["kind"]].settings.model_validate(one), tools)
        for name, one in settings.items()
    }
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        door = Door(client, ledger, sources, now)
        opened = doors(
            ledger=ledger, sources=sources, newsroom=NEWSROOM, templates=[TEMPLATES], pictures=folder / "submissions",
            clock=lambda: door.now, wake=door.woken.append, public=PUBLIC,
            channels=channels,
        )  # fmt: skip
        app = site(
            ledger=ledger, newsroom=NEWSROOM, channels=(), cards=folder, templates=[TEMPLATES],
            clock=lambda: door.now, public=PUBLIC, doors=opened,
        )  # fmt: skip
        await ledger.notes.register(list(sources), now)
        async with serve(app) as base:
            client.base_url = httpx.URL(base)
            yield door
    await fetcher.close()
