"""Apprise's stage: a service of its json:// kind; the address, which changes with the port, lies in a file."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import CARD, Play, Stage, opened
from tests.fakes.apprise_target import PASSWORD, USER, Target
from tests.fakes.serve import serve

ADDRESS = f"json://{USER}:{PASSWORD}@127.0.0.1:9/news"


@asynccontextmanager
async def apprise(folder: Path, query: str = "", **more: Any) -> AsyncIterator[Stage]:
    (folder / "card.png").write_bytes(b"\x89PNG")
    target = Target()
    async with serve(target.app) as base:
        port = base.rpartition(":")[2]
        (folder / "address").write_text(ADDRESS.replace(":9/", f":{port}/") + query, encoding="utf-8")
        channel = opened({"kind": "apprise", "url": f"file:{folder / 'address'}", **more}, folder)
        text = "桥面今早恢复通行。\n\nhttps://example.org/1"
        edition = Edition(1, 1, "main", "apprise", "zh", "大桥通车", text, Markup.PLAIN, "https://example.org/1", CARD)
        yield Stage("apprise", channel, edition, target.faults, target, lambda: [one["title"] for one in target.taken])
        target.faults.released.set()
        await channel.close()


GIVEN = {"kind": "apprise", "url": "env:CRIER_TEST_APPRISE"}
PLAY = Play(apprise, GIVEN, {"CRIER_TEST_APPRISE": ADDRESS}, throttled=None)
