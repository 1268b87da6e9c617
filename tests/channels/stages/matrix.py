"""Matrix's stage: one account in a room without encryption."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import CARD, NOW, NOWHERE, Play, Stage, opened
from tests.fakes.matrix import ROOM, TOKEN, Homeserver
from tests.fakes.serve import serve

TEXT = '<p><b>大桥通车</b></p>\n\n<p><a href="https://example.org/1">阅读全文</a></p>'
EDITION = Edition(1, 1, "main", "matrix", "zh", "大桥通车", TEXT, Markup.HTML, "https://example.org/1", CARD)


@asynccontextmanager
async def matrix(folder: Path, **more: Any) -> AsyncIterator[Stage]:
    (folder / "card.png").write_bytes(b"\x89PNG")
    server = Homeserver(NOW.timestamp())
    async with serve(server.app) as base:
        given = {"kind": "matrix", "server": base, "token": "env:CRIER_TEST_MATRIX", "room": ROOM, **more}
        channel = opened(given, folder)
        yield Stage("matrix", channel, EDITION, server.faults, server, server.shown)
        server.faults.released.set()
        await channel.close()


PLAY = Play(
    matrix,
    {"kind": "matrix", "server": NOWHERE, "token": "env:CRIER_TEST_MATRIX", "room": ROOM},
    {"CRIER_TEST_MATRIX": TOKEN},
)
