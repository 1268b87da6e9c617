"""Bluesky's stage: one account on its own server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import CARD, NOW, NOWHERE, Play, Stage, opened
from tests.fakes.bluesky import HANDLE, PASSWORD, Pds
from tests.fakes.serve import serve

TEXT = "大桥通车\n\n桥面今早恢复双向通行。\n\n来源：河湾日报\n\n#交通"


@asynccontextmanager
async def bluesky(folder: Path, **more: Any) -> AsyncIterator[Stage]:
    (folder / "card.png").write_bytes(b"\x89PNG")
    pds = Pds(NOW)
    async with serve(pds.app) as base:
        given = {"kind": "bluesky", "handle": HANDLE, "password": "env:CRIER_TEST_BLUESKY", "server": base, **more}
        channel = opened(given, folder)
        edition = Edition(1, 1, "main", "bluesky", "zh", "大桥通车", TEXT, Markup.FACETS, "https://example.org/1", CARD)
        yield Stage("bluesky", channel, edition, pds.faults, pds, lambda: pds.texts)
        pds.faults.released.set()
        await channel.close()


PLAY = Play(
    bluesky,
    {"kind": "bluesky", "handle": HANDLE, "password": "env:CRIER_TEST_BLUESKY", "server": NOWHERE},
    {"CRIER_TEST_BLUESKY": PASSWORD},
)
