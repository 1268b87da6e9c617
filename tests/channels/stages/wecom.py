"""WeCom's stage: one group's robot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import CARD, NOWHERE, Play, Stage, opened
from tests.fakes.serve import serve
from tests.fakes.wecom import KEY, WecomRobot

LINK = "https://example.org/1"


@asynccontextmanager
async def wecom(folder: Path, **more: Any) -> AsyncIterator[Stage]:
    (folder / "card.png").write_bytes(b"\x89PNG")
    robot = WecomRobot()
    async with serve(robot.app) as base:
        channel = opened({"kind": "wecom", "key": "env:CRIER_TEST_WECOM", "api": base, **more}, folder)
        text = f"**大桥通车**\n\n[阅读全文]({LINK})"
        edition = Edition(1, 1, "main", "wecom", "zh", "大桥通车", text, Markup.WECOM, LINK, CARD)
        yield Stage("wecom", channel, edition, robot.faults, robot, lambda: robot.words)
        robot.faults.released.set()
        await channel.close()


PLAY = Play(wecom, {"kind": "wecom", "key": "env:CRIER_TEST_WECOM", "api": NOWHERE}, {"CRIER_TEST_WECOM": KEY})
