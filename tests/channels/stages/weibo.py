"""Weibo's stage: one user of one app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import CARD, NOWHERE, Play, Stage, opened
from tests.fakes.serve import serve
from tests.fakes.weibo import HOME, TOKEN, WeiboServer

LINK = "https://news.example.org/1"
GIVEN = {"kind": "weibo", "token": "env:CRIER_TEST_WEIBO", "domain": HOME, "ip": "203.0.113.9"}


@asynccontextmanager
async def weibo(folder: Path, **more: Any) -> AsyncIterator[Stage]:
    (folder / "card.png").write_bytes(b"\x89PNG")
    server = WeiboServer()
    async with serve(server.app) as base:
        channel = opened({**GIVEN, "api": base, **more}, folder)
        text = f"【大桥通车】桥面今早恢复双向通行。\n\n来源：河湾日报\n{LINK}"
        edition = Edition(1, 1, "main", "weibo", "zh", "大桥通车", text, Markup.SOCIAL, LINK, CARD)
        yield Stage("weibo", channel, edition, server.faults, server, lambda: server.words)
        server.faults.released.set()
        await channel.close()


PLAY = Play(weibo, {**GIVEN, "api": NOWHERE}, {"CRIER_TEST_WEIBO": TOKEN})
