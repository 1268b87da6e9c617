"""Threads' stage: one profile."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.model.begun import Begun
from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import CARD, NOW, NOWHERE, Play, Stage, opened
from tests.fakes import threads as double
from tests.fakes.serve import serve

LINK = "https://example.org/1"
TEXT = f"大桥通车\n\n来源：河湾日报\n\n{LINK}"
CARDS = "https://example.org/cards"
GIVEN = {"kind": "threads", "token": "env:CRIER_TEST_THREADS", "cards_url": f"{CARDS}/"}


@asynccontextmanager
async def threads(folder: Path, begun: Begun | None = None, **more: Any) -> AsyncIterator[Stage]:
    api = double.Threads(NOW)
    async with serve(api.app) as base:
        given = {**GIVEN, "api": f"{base}/v1.0", **more}
        channel = opened(given, folder, begun=begun)
        edition = Edition(1, 1, "main", "threads", "zh", "大桥通车", TEXT, Markup.SOCIAL, LINK, CARD)
        yield Stage("threads", channel, edition, api.faults, api, lambda: [post.text for post in api.posted], given)
        api.faults.released.set()
        await channel.close()


PLAY = Play(
    threads,
    {**GIVEN, "api": NOWHERE},
    {"CRIER_TEST_THREADS": double.TOKEN},
    throttled=timedelta(minutes=7),
)
