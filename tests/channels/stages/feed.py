"""The feed's stage: a folder, read as a reader reads it."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import feedparser

from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import CARD, Play, Stage, opened
from tests.fakes.faults import Faults

TEXT = (
    '{"language": "zh", "headline": "大桥通车", "seen": "2026-11-24T01:02:00+00:00", "summary": ["桥面今早恢复通行。"],'
    ' "body": [{"kind": "paragraph", "text": "桥面今早恢复通行。"}], "author": "乔安", "section": "城市",'
    ' "tags": ["交通"], "link": "https://example.org/1"}'
)


def entries(folder: Path, suffix: str = ".atom.xml") -> Sequence[Any]:
    """What a reader finds, the last one first; nothing where there is no feed."""
    path = folder / f"main{suffix}"
    read = feedparser.parse(path.read_bytes() if path.exists() else b"<feed/>")
    assert not read.bozo, read.get("bozo_exception")
    return list(read.entries)


@asynccontextmanager
async def feed(folder: Path, **more: Any) -> AsyncIterator[Stage]:
    (folder / "card.png").write_bytes(b"\x89PNG")
    shown = folder / "feeds"
    channel = opened({"kind": "feed", "folder": str(shown), "url": "https://example.org/feeds/", **more}, folder)
    edition = Edition(1, 1, "main", "feed", "zh", "大桥通车", TEXT, Markup.JSON, "https://example.org/1", CARD)

    def titles() -> list[str]:
        return [entry.title for entry in reversed(entries(shown))]

    def top() -> list[str]:
        told = json.loads((shown / ".main.state.json").read_text(encoding="utf-8"))["top"]
        return [told] if told else []

    yield Stage("feed", channel, edition, Faults(), shown, titles, pinned=top)
    await channel.close()


PLAY = Play(
    feed,
    {"kind": "feed", "folder": "/dev/null/feeds", "url": "https://example.org/feeds/"},
    {},
    served=False,
)
