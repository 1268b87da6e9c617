"""Nostr's stage: one key, one relay."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.model.begun import Begun
from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import Play, Stage, opened
from tests.fakes.nostr import KEY, Relay, serve

TEXT = "大桥通车\n\n桥面今早恢复双向通行。\n\n来源：河湾日报\n\n#交通\n\nhttps://example.org/1"


@asynccontextmanager
async def nostr(folder: Path, begun: Begun | None = None, **more: Any) -> AsyncIterator[Stage]:
    relay = Relay()
    async with serve(relay) as address:
        given = {"kind": "nostr", "key": "env:CRIER_TEST_NOSTR", "relays": [address], **more}
        channel = opened(given, folder, begun=begun)
        edition = Edition(1, 1, "main", "nostr", "zh", "大桥通车", TEXT, Markup.SOCIAL, "https://example.org/1", None)
        yield Stage("nostr", channel, edition, relay.faults, relay, relay.shown, given)
        relay.faults.released.set()
        await channel.close()


PLAY = Play(
    nostr,
    {"kind": "nostr", "key": "env:CRIER_TEST_NOSTR", "relays": ["ws://127.0.0.1:9"]},
    {"CRIER_TEST_NOSTR": KEY},
    throttled=None,
)
