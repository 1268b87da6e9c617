"""The static pages' stage: a folder, and the pages that a reader finds in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lxml import html

from bot.model.edition import Edition, Markup
from tests.channels.stages.feed import TEXT
from tests.channels.stages.stage import CARD, Play, Stage, opened
from tests.fakes.faults import Faults


@asynccontextmanager
async def static(folder: Path, **more: Any) -> AsyncIterator[Stage]:
    (folder / "card.png").write_bytes(b"\x89PNG")
    shown = folder / "pages"
    channel = opened({"kind": "static", "folder": str(shown), "url": "https://example.org/s", **more}, folder)
    edition = Edition(1, 1, "main", "static", "zh", "大桥通车", TEXT, Markup.JSON, "https://example.org/1", CARD)

    def headlines() -> list[str]:
        pages = [html.fromstring(path.read_bytes()) for path in sorted(shown.glob("*.html"))]
        return [str(page.xpath("string(//h1)")) for page in pages]

    yield Stage("static", channel, edition, Faults(), shown, headlines)
    await channel.close()


PLAY = Play(static, {"kind": "static", "folder": "/dev/null/s", "url": "https://example.org/s"}, {}, served=False)
