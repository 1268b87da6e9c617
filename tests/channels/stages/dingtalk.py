"""DingTalk's stage: one group's robot, with a signature."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import CARD, NOWHERE, Play, Stage, opened
from tests.fakes.dingtalk import SECRET, TOKEN, DingtalkRobot
from tests.fakes.serve import serve

LINK = "https://example.org/1"
_GIVEN = {"kind": "dingtalk", "token": "env:CRIER_TEST_DING", "secret": "env:CRIER_TEST_DING_SECRET"}


@asynccontextmanager
async def dingtalk(folder: Path, **more: Any) -> AsyncIterator[Stage]:
    robot = DingtalkRobot()
    async with serve(robot.app) as base:
        channel = opened({**_GIVEN, "api": base, **more}, folder)
        text = f"### 大桥通车\n\n[阅读全文]({LINK})"
        edition = Edition(1, 1, "main", "dingtalk", "zh", "大桥通车", text, Markup.DINGTALK, LINK, CARD)
        yield Stage("dingtalk", channel, edition, robot.faults, robot, lambda: robot.words)
        robot.faults.released.set()
        await channel.close()


PLAY = Play(dingtalk, {**_GIVEN, "api": NOWHERE}, {"CRIER_TEST_DING": TOKEN, "CRIER_TEST_DING_SECRET": SECRET})
