"""Discord's stages: a channel through its webhook, and through a bot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import CARD, NOW, NOWHERE, Play, Stage, opened
from tests.fakes.discord import BOT_TOKEN, CHANNEL, HOOK, HOOK_TOKEN, Discord
from tests.fakes.serve import serve

TEXT = "**大桥通车**\n\n[阅读全文](https://example.org/1)"


@asynccontextmanager
async def _stage(folder: Path, given: dict[str, Any]) -> AsyncIterator[Stage]:
    (folder / "card.png").write_bytes(b"\x89PNG")
    server = Discord(NOW.timestamp())
    async with serve(server.app) as base:
        (folder / "hook").write_text(f"{base}/api/webhooks/{HOOK}/{HOOK_TOKEN}", encoding="utf-8")
        if given["kind"] == "discord_bot":
            given = {"api": f"{base}/api/v10", **given}
        channel = opened(given, folder)
        edition = Edition(
            1, 1, "main", given["kind"], "zh", "大桥通车", TEXT, Markup.MARKDOWN, "https://example.org/1", CARD
        )
        yield Stage(
            given["kind"], channel, edition, server.faults, server, lambda: [one.content for one in server.posted]
        )
        server.faults.released.set()
        await channel.close()


@asynccontextmanager
async def discord(folder: Path, **more: Any) -> AsyncIterator[Stage]:
    async with _stage(folder, {"kind": "discord", "webhook": f"file:{folder / 'hook'}", **more}) as stage:
        yield stage


@asynccontextmanager
async def discord_bot(folder: Path, **more: Any) -> AsyncIterator[Stage]:
    given = {"kind": "discord_bot", "token": "env:CRIER_TEST_DISCORD_BOT", "channel": CHANNEL, **more}
    async with _stage(folder, given) as stage:
        yield stage


HOOK_PLAY = Play(
    discord,
    {"kind": "discord", "webhook": "env:CRIER_TEST_DISCORD"},
    {"CRIER_TEST_DISCORD": f"{NOWHERE}/api/webhooks/1/{HOOK_TOKEN}"},
)
BOT_PLAY = Play(
    discord_bot,
    {"kind": "discord_bot", "token": "env:CRIER_TEST_DISCORD_BOT", "channel": "1", "api": f"{NOWHERE}/api/v10"},
    {"CRIER_TEST_DISCORD_BOT": BOT_TOKEN},
)
