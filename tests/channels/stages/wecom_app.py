"""The stage of WeCom's application: everybody who sees it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import CARD, NOWHERE, Play, Stage, opened
from tests.fakes.serve import serve
from tests.fakes.wecom_app import AGENT, CORP, SECRET, WecomApi

LINK = "https://example.org/1"
GIVEN = {"kind": "wecom_app", "corp": CORP, "agent": AGENT, "secret": "env:CRIER_TEST_WECOM_APP"}


@asynccontextmanager
async def wecom_app(folder: Path, **more: Any) -> AsyncIterator[Stage]:
    api = WecomApi()
    async with serve(api.app) as base:
        channel = opened({**GIVEN, "api": base, **more}, folder)
        edition = Edition(1, 1, "main", "wecom_app", "zh", "大桥通车", "大桥通车，双向通行。", Markup.PLAIN, LINK, CARD)
        yield Stage("wecom_app", channel, edition, api.faults, api, lambda: api.words)
        api.faults.released.set()
        await channel.close()


PLAY = Play(wecom_app, {**GIVEN, "api": NOWHERE}, {"CRIER_TEST_WECOM_APP": SECRET})
