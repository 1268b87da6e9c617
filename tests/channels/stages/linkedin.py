"""LinkedIn's stage: one organisation's page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import CARD, NOW, NOWHERE, Play, Stage, opened
from tests.fakes import linkedin as double
from tests.fakes.serve import serve

LINK = "https://example.org/1"
TEXT = f"大桥通车\n\n来源：河湾日报 (A_B)\n\n#交通\n\n{LINK}"
GIVEN = {"kind": "linkedin", "token": "env:CRIER_TEST_LINKEDIN", "organization": double.ORGANIZATION}


@asynccontextmanager
async def linkedin(folder: Path, **more: Any) -> AsyncIterator[Stage]:
    (folder / "card.png").write_bytes(b"\x89PNG")
    api = double.Linkedin(NOW)
    async with serve(api.app) as base:
        channel = opened({**GIVEN, "api": base, **more}, folder)
        edition = Edition(1, 1, "main", "linkedin", "zh", "大桥通车", TEXT, Markup.PLAIN, LINK, CARD)
        shown = lambda: [double.read(post.commentary) for post in api.posted]  # noqa: E731 - the stage wants one
        yield Stage("linkedin", channel, edition, api.faults, api, shown)
        api.faults.released.set()
        await channel.close()


PLAY = Play(
    linkedin,
    {**GIVEN, "api": NOWHERE},
    {"CRIER_TEST_LINKEDIN": double.TOKEN},
    throttled=timedelta(hours=1),
)
