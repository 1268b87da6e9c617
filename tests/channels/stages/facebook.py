"""Facebook's stage: one Page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import CARD, NOW, NOWHERE, Play, Stage, opened
from tests.fakes import facebook as double
from tests.fakes.serve import serve

LINK = "https://example.org/1"
TEXT = f"大桥通车\n\n来源：河湾日报\n\n{LINK}"
GIVEN = {"kind": "facebook", "token": "env:CRIER_TEST_FACEBOOK", "page": double.PAGE}


@asynccontextmanager
async def facebook(folder: Path, **more: Any) -> AsyncIterator[Stage]:
    (folder / "card.png").write_bytes(b"\x89PNG")
    api = double.Facebook(NOW)
    async with serve(api.app) as base:
        channel = opened({**GIVEN, "api": base, **more}, folder)
        edition = Edition(1, 1, "main", "facebook", "zh", "大桥通车", TEXT, Markup.SOCIAL, LINK, CARD)
        yield Stage("facebook", channel, edition, api.faults, api, lambda: [post.message for post in api.posted])
        api.faults.released.set()
        await channel.close()


PLAY = Play(
    facebook,
    {**GIVEN, "api": NOWHERE},
    {"CRIER_TEST_FACEBOOK": double.TOKEN},
    throttled=timedelta(minutes=7),
)
