"""X's stage: one account, its requests signed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import CARD, NOW, NOWHERE, Play, Stage, opened
from tests.fakes import x as double
from tests.fakes.serve import serve

LINK = "https://example.org/1"
TEXT = f"大桥通车\n\n来源：河湾日报\n\n{LINK}"
KEYS = {
    "token": "env:CRIER_TEST_X_TOKEN",
    "token_secret": "env:CRIER_TEST_X_TOKEN_SECRET",
    "api_key": "env:CRIER_TEST_X_KEY",
    "api_secret": "env:CRIER_TEST_X_KEY_SECRET",
}


@asynccontextmanager
async def x(folder: Path, **more: Any) -> AsyncIterator[Stage]:
    (folder / "card.png").write_bytes(b"\x89PNG")
    api = double.X(NOW)
    async with serve(api.app) as base:
        channel = opened({"kind": "x", "api": base, **KEYS, **more}, folder)
        edition = Edition(1, 1, "main", "x", "zh", "大桥通车", TEXT, Markup.SOCIAL, LINK, CARD)
        yield Stage("x", channel, edition, api.faults, api, lambda: [one.text for one in api.out])
        api.faults.released.set()
        await channel.close()


PLAY = Play(
    x,
    {"kind": "x", "api": NOWHERE, "card": False, **KEYS},
    {
        "CRIER_TEST_X_TOKEN": double.TOKEN,
        "CRIER_TEST_X_TOKEN_SECRET": double.TOKEN_SECRET,
        "CRIER_TEST_X_KEY": double.KEY,
        "CRIER_TEST_X_KEY_SECRET": double.KEY_SECRET,
    },
)
