"""The stage of Feishu's application bot: one group."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import CARD, NOWHERE, Play, Stage, opened
from tests.fakes.feishu_app import APP, CHAT, SECRET, FeishuApi
from tests.fakes.serve import serve

LINK = "https://example.org/1"
_GIVEN = {"kind": "feishu_app", "app": APP, "secret": "env:CRIER_TEST_FEISHU_APP", "chat": CHAT}


@asynccontextmanager
async def feishu_app(folder: Path, **more: Any) -> AsyncIterator[Stage]:
    (folder / "card.png").write_bytes(b"\x89PNG")
    api = FeishuApi()
    async with serve(api.app) as base:
        channel = opened({**_GIVEN, "api": base, **more}, folder)
        text = f"大桥通车，双向通行。\n\n[阅读全文]({LINK})"
        edition = Edition(1, 1, "main", "feishu_app", "zh", "大桥通车", text, Markup.FEISHU, LINK, CARD)
        yield Stage("feishu_app", channel, edition, api.faults, api, lambda: api.words)
        api.faults.released.set()
        await channel.close()


PLAY = Play(feishu_app, {**_GIVEN, "api": NOWHERE}, {"CRIER_TEST_FEISHU_APP": SECRET})
