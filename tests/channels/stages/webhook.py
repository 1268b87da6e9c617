"""The webhook's stage: one partner with one secret."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import NOWHERE, Play, Stage, opened, running
from tests.fakes.receiver import SECRET, Receiver
from tests.fakes.serve import serve


@asynccontextmanager
async def webhook(folder: Path, **more: Any) -> AsyncIterator[Stage]:
    receiver = Receiver()
    async with serve(receiver.app) as base:
        channel = opened(
            {"kind": "webhook", "url": f"{base}/hook", "secrets": ["env:CRIER_TEST_SECRET"], **more}, folder, running
        )
        edition = Edition(1, 1, "main", "webhook", "zh", "大桥通车", '{"headline": "大桥通车"}', Markup.JSON)

        def shown() -> list[str]:
            return [json.dumps(event["data"], ensure_ascii=False) for event in receiver.events.values()]

        yield Stage("webhook", channel, edition, receiver.faults, receiver, shown)
        receiver.faults.released.set()
        await channel.close()


PLAY = Play(
    webhook,
    {"kind": "webhook", "url": NOWHERE, "secrets": ["env:CRIER_TEST_SECRET"]},
    {"CRIER_TEST_SECRET": SECRET},
)
