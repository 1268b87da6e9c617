"""Feishu's stage: one group's custom bot, with a signature."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import CARD, NOWHERE, Play, Stage, opened
from tests.fakes.feishu import SECRET, TOKEN, FeishuBot
from tests.fakes.serve import serve

LINK = "https://example.org/1"
_GIVEN = {"kind": "feishu", "hook": "env:CRIER_TEST_FEISHU", "secret": "env:CRIER_TEST_FEISHU_SECRET"}


@asynccontextmanager
async def feishu(folder: Path, **more: Any) -> AsyncIterator[Stage]:
    bot = FeishuBot()
    async with serve(bot.app) as base:
        channel = opened({**_GIVEN, "api": base, **more}, folder)
        text = f"大桥通车，双向通行。\n\n[阅读全文]({LINK})"
        edition = Edition(1, 1, "main", "feishu", "zh", "大桥通车", text, Markup.FEISHU, LINK, CARD)
        yield Stage("feishu", channel, edition, bot.faults, bot, lambda: bot.words)
        bot.faults.released.set()
        await channel.close()


PLAY = Play(feishu, {**_GIVEN, "api": NOWHERE}, {"CRIER_TEST_FEISHU": TOKEN, "CRIER_TEST_FEISHU_SECRET": SECRET})
