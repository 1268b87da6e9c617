"""WhatsApp's stage: one reader, told by one template."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.model.begun import Begun
from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import CARD, NOWHERE, Play, Stage, opened
from tests.fakes.serve import serve
from tests.fakes.whatsapp import NUMBER, TEMPLATE, TOKEN, WhatsappServer

LINK = "https://example.org/1"
GIVEN = {
    "kind": "whatsapp",
    "token": "env:CRIER_TEST_WHATSAPP",
    "number": NUMBER,
    "to": "+15550123456",
    "template": TEMPLATE,
}


@asynccontextmanager
async def whatsapp(folder: Path, begun: Begun | None = None, **more: Any) -> AsyncIterator[Stage]:
    (folder / "card.png").write_bytes(b"\x89PNG")
    server = WhatsappServer(pictured=bool(more.get("picture")))
    async with serve(server.app) as base:
        channel = opened({**GIVEN, "api": base, **more}, folder, begun=begun)
        text = "桥面今早恢复双向通行。\n\n来源：河湾日报"
        edition = Edition(1, 1, "main", "whatsapp", "zh", "大桥通车", text, Markup.PLAIN, LINK, CARD)
        yield Stage("whatsapp", channel, edition, server.faults, server, lambda: server.words)
        server.faults.released.set()
        await channel.close()


PLAY = Play(whatsapp, {**GIVEN, "api": NOWHERE}, {"CRIER_TEST_WHATSAPP": TOKEN})
