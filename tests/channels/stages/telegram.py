"""Telegram's stage: one channel of one bot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.model.begun import Begun
from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import CARD, NOWHERE, Play, Stage, opened
from tests.fakes.bot_api import TOKEN, BotApi
from tests.fakes.serve import serve


@asynccontextmanager
async def telegram(folder: Path, begun: Begun | None = None, **more: Any) -> AsyncIterator[Stage]:
    (folder / "card.png").write_bytes(b"\x89PNG")
    api = BotApi()
    async with serve(api.app) as base:
        given = {"kind": "telegram", "token": "env:CRIER_TEST_BOT", "chat": "@riverbend_daily", "api": base, **more}
        channel = opened(given, folder, begun=begun)
        text = '<b>大桥通车</b>\n\n<a href="https://example.org/1">阅读全文</a>'
        edition = Edition(1, 1, "main", "telegram", "zh", "大桥通车", text, Markup.HTML, "https://example.org/1", CARD)
        yield Stage("telegram", channel, edition, api.faults, api, lambda: [post.text for post in api.posted], given)
        api.faults.released.set()
        await channel.close()


PLAY = Play(
    telegram,
    {"kind": "telegram", "token": "env:CRIER_TEST_BOT", "chat": 1, "api": NOWHERE, "form": "text"},
    {"CRIER_TEST_BOT": TOKEN},
)
