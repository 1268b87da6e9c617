"""Slack's stages: a channel through a bot, and through an incoming webhook."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import CARD, NOW, NOWHERE, Play, Stage, opened
from tests.fakes.serve import serve
from tests.fakes.slack import CHANNEL, HOOK, TOKEN, Slack

TEXT = "*大桥通车*\n\n<https://example.org/1|阅读全文>"


@asynccontextmanager
async def _stage(folder: Path, given: dict[str, Any]) -> AsyncIterator[Stage]:
    (folder / "card.png").write_bytes(b"\x89PNG")
    kind, server = given["kind"], Slack(NOW.timestamp())
    async with serve(server.app) as base:
        server.base = base
        (folder / "hook").write_text(f"{base}{HOOK}", encoding="utf-8")
        channel = opened({"api": f"{base}/api", **given} if kind == "slack" else given, folder)
        edition = Edition(1, 1, "main", kind, "zh", "大桥通车", TEXT, Markup.MRKDWN, "https://example.org/1", CARD)
        yield Stage(kind, channel, edition, server.faults, server, lambda: [one.text for one in server.posted])
        server.faults.released.set()
        await channel.close()


@asynccontextmanager
async def slack(folder: Path, **more: Any) -> AsyncIterator[Stage]:
    async with _stage(folder, {"kind": "slack", "token": "env:CRIER_TEST_SLACK", "channel": CHANNEL, **more}) as stage:
        yield stage


@asynccontextmanager
async def slack_webhook(folder: Path, **more: Any) -> AsyncIterator[Stage]:
    async with _stage(folder, {"kind": "slack_webhook", "webhook": f"file:{folder / 'hook'}", **more}) as stage:
        yield stage


BOT_PLAY = Play(
    slack,
    {"kind": "slack", "token": "env:CRIER_TEST_SLACK", "channel": CHANNEL, "api": f"{NOWHERE}/api", "card": False},
    {"CRIER_TEST_SLACK": TOKEN},
)
HOOK_PLAY = Play(
    slack_webhook,
    {"kind": "slack_webhook", "webhook": "env:CRIER_TEST_SLACK_HOOK"},
    {"CRIER_TEST_SLACK_HOOK": f"{NOWHERE}{HOOK}"},
)
