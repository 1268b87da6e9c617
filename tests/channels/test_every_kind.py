"""One story on every kind at once, in one run; then its correction, then its withdrawal, with what happened on each."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.ledger import Ledger
from bot.model.channel import Editable, Withdrawable
from bot.model.delivery import Act, Delivery, State
from bot.model.ledger import Fate
from bot.model.story import Article, Block, BlockKind
from bot.press import Press
from bot.settings import Desk, Newsroom, Route
from bot.sources.reading import read_file
from bot.work.compose import Compose
from bot.work.dispatch import Dispatch
from bot.work.outlet import Outlet
from tests.channels.stages.stage import Stage
from tests.channels.stages.table import PLAYS

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 12
log = logging.getLogger(__name__)


@dataclass
class House:
    """Press, ledger and every channel; a clock that is moved."""

    ledger: Ledger
    folder: Path
    now: datetime
    stages: Mapping[str, Stage]
    outlets: dict[str, Outlet] = field(default_factory=dict)

    async def record(self, article: Article, number: int) -> int:
        recorded = await self.ledger.stories.record("inbox", article, ["bridge"], str(number), self.now)
        press = Press(Newsroom(name="河湾日报"), ROOT / "templates", None, self.folder)
        desk = Desk(grace=timedelta(0), not_older_than=None)
        routes = [Route(channels=tuple(self.outlets))]
        compose = Compose(self.ledger, press, self.outlets, routes, desk, lambda: self.now, lambda _: None)
        assert await compose.compose(recorded.story) is None
        return recorded.story

    async def drain(self, story: int) -> None:
        """Until nothing waits any more; what a platform asks us to wait for passes at once."""
        work = Dispatch(self.ledger, self.outlets, "w", lambda: self.now, asyncio.Event(), not_older_than=None)
        for _ in range(ROUNDS):
            await asyncio.gather(*(work.drain(name) for name in self.outlets))
            if not any(row.state is State.PLANNED for row in await self.ledger.deliveries.of_story(story)):
                return
            self.now += timedelta(minutes=11)

    async def rows(self, story: int, act: Act, revision: int) -> dict[str, Delivery]:
        rows = await self.ledger.deliveries.of_story(story)
        return {row.channel: row for row in rows if (row.act, row.revision) == (act, revision)}


def sample() -> Article:
    file = ROOT / "samples" / "river-bridge.html"
    [article] = read_file(
        file.name, file.read_bytes(), zone=ZoneInfo("Asia/Shanghai"), now=datetime.now(ZoneInfo("UTC"))
    )
    return article


def corrected(article: Article) -> Article:
    """Another figure, and a note that says so, as newsrooms write one below their articles."""
    blocks = tuple(
        replace(block, text=block.text.replace("总投入3800万元", "总投入3900万元")) for block in article.blocks
    )
    note = Block(BlockKind.PARAGRAPH, "更正：此前报道称总投入3800万元，应为3900万元。")
    return replace(article, blocks=(*blocks, note))


def state(row: Delivery | None) -> str:
    return f"{row.state}{f' ({row.reason})' if row.reason else ''}" if row else "-"


async def test_a_story_its_correction_and_its_withdrawal_on_every_kind_at_once(
    sqlite_url: str, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for play in PLAYS.values():
        for name, value in play.secrets.items():
            monkeypatch.setenv(name, value)
    ledger = await Ledger.open(sqlite_url)
    async with contextlib.AsyncExitStack() as closing:
        closing.push_async_callback(ledger.close)
        stages = {kind: await closing.enter_async_context(play.open(tmp_path)) for kind, play in PLAYS.items()}
        house = House(ledger, tmp_path, now, stages)
        house.outlets = {kind: Outlet(kind, stage.channel, kind) for kind, stage in stages.items()}
        article = sample()
        story = await house.record(article, 1)
        await house.drain(story)
        posts = await house.rows(story, Act.POST, 1)
        await house.record(corrected(article), 2)
        await house.drain(story)
        edits = await house.rows(story, Act.EDIT, 2)
        anew = await house.rows(story, Act.POST, 2)
        able = [kind for kind, stage in stages.items() if isinstance(stage.channel, Withdrawable)]
        withdrawn = {one.channel: one for one in await ledger.withdrawals.withdraw(story, able, "陈静", "test", now)}
        await house.drain(story)
        deletions = await house.rows(story, Act.DELETE, 2)
    for kind in PLAYS:
        receipt = posts[kind].receipt
        where = (receipt.permalink or receipt.platform_id) if receipt else "-"
        log.info(
            "%-14s post %-5s edit %-5s correction posted %-5s deleted %-5s %s",
            kind, state(posts[kind]), state(edits.get(kind)), state(anew.get(kind)), state(deletions.get(kind)), where,
        )  # fmt: skip
    assert {kind: state(row) for kind, row in posts.items()} == dict.fromkeys(PLAYS, "sent")
    can_edit = {kind for kind, stage in stages.items() if isinstance(stage.channel, Editable)}
    assert {kind: state(row) for kind, row in edits.items()} == dict.fromkeys(can_edit, "sent")
    assert {kind: state(row) for kind, row in anew.items()} == dict.fromkeys(set(PLAYS) - can_edit, "sent")
    assert {kind: state(row) for kind, row in deletions.items()} == dict.fromkeys(able, "sent")
    stays = {kind for kind, one in withdrawn.items() if one.fate is Fate.STAYS}
    assert stays == set(PLAYS) - set(able)
