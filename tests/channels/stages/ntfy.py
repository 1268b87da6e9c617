"""ntfy's stage: one topic, with a token."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import CARD, NOW, NOWHERE, Play, Stage, opened
from tests.fakes.ntfy import TOKEN, TOPIC, Ntfy
from tests.fakes.serve import serve

TEXT = "大桥通车\n\n桥面今早恢复双向通行。\n\n来源：河湾日报"


@asynccontextmanager
async def ntfy(folder: Path, **more: Any) -> AsyncIterator[Stage]:
    (folder / "card.png").write_bytes(b"\x89PNG")
    server = Ntfy(int(NOW.timestamp()))
    async with serve(server.app) as base:
        channel = opened(
            {"kind": "ntfy", "server": base, "topic": TOPIC, "token": "env:CRIER_TEST_NTFY", **more}, folder
        )
        edition = Edition(1, 1, "main", "ntfy", "zh", "大桥通车", TEXT, Markup.PLAIN, "https://example.org/1", CARD)
        yield Stage("ntfy", channel, edition, server.faults, server, server.shown)
        server.faults.released.set()
        await channel.close()


PLAY = Play(
    ntfy,
    {"kind": "ntfy", "server": NOWHERE, "topic": TOPIC, "token": "env:CRIER_TEST_NTFY"},
    {"CRIER_TEST_NTFY": TOKEN},
)
