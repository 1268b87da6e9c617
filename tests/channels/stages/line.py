"""LINE's stage: one official account that tells everybody who follows it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import CARD, NOWHERE, Play, Stage, opened
from tests.fakes.line import TOKEN, LineServer
from tests.fakes.serve import serve

LINK = "https://example.org/1"
GIVEN = {"kind": "line", "token": "env:CRIER_TEST_LINE"}


@asynccontextmanager
async def line(folder: Path, **more: Any) -> AsyncIterator[Stage]:
    server = LineServer()
    async with serve(server.app) as base:
        channel = opened({**GIVEN, "api": base, **more}, folder)
        text = f"大桥通车\n\n桥面今早恢复双向通行。\n\n来源：河湾日报\n\n{LINK}"
        edition = Edition(1, 1, "main", "line", "zh", "大桥通车", text, Markup.PLAIN, LINK, CARD)
        yield Stage("line", channel, edition, server.faults, server, lambda: server.words)
        server.faults.released.set()
        await channel.close()


PLAY = Play(line, {**GIVEN, "api": NOWHERE}, {"CRIER_TEST_LINE": TOKEN})
