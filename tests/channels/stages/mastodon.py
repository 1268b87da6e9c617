"""Mastodon's stage: one account on a server of any kin."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import CARD, NOW, NOWHERE, Play, Stage, opened
from tests.fakes.mastodon import TOKEN, Fediverse
from tests.fakes.serve import serve

TEXT = "大桥通车\n\n桥面今早恢复双向通行，公交改道同时取消。\n\n来源：河湾日报\n\n#交通\n\nhttps://example.org/1"


@asynccontextmanager
async def mastodon(folder: Path, runs: str = "mastodon", **more: Any) -> AsyncIterator[Stage]:
    (folder / "card.png").write_bytes(b"\x89PNG")
    api = Fediverse(NOW, runs)
    async with serve(api.app) as base:
        given = {"kind": "mastodon", "token": "env:CRIER_TEST_TOOT", "server": base, **more}
        channel = opened(given, folder)
        edition = Edition(
            1, 1, "main", "mastodon", "zh", "大桥通车", TEXT, Markup.SOCIAL, "https://example.org/1", CARD
        )
        yield Stage("mastodon", channel, edition, api.faults, api, lambda: [post.text for post in api.posted], given)
        api.faults.released.set()
        await channel.close()


PLAY = Play(
    mastodon,
    {"kind": "mastodon", "token": "env:CRIER_TEST_TOOT", "server": NOWHERE},
    {"CRIER_TEST_TOOT": TOKEN},
)
