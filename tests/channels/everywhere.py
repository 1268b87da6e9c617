"""One story, its correction and its withdrawal on every kind at once: ./run.sh kinds [write] prints what became of it.

`write` renews the table of docs/channels/README.md, which a test keeps current.
"""

import asyncio
import contextlib
import os
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from bot.ledger import Ledger
from bot.model.channel import Editable, Withdrawable
from bot.model.delivery import Act, Delivery, Receipt, State
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
INDEX = ROOT / "docs" / "channels" / "README.md"
ROUNDS = 12
_ABOUT = {"discord_bot": "discord", "slack_webhook": "slack"}
"""Kinds that share another's page."""
_VARIES = re.compile(r"[\w%-]*\d[\w%.-]*|\w{11,}")


@dataclass(frozen=True)
class Went:
    """What became of the story on one kind."""

    kind: str
    post: Delivery
    edit: Delivery | None
    anew: Delivery | None
    delete: Delivery | None
    fate: Fate
    editable: bool
    takes_back: bool

    @property
    def receipt(self) -> Receipt:
        assert self.post.receipt is not None
        return self.post.receipt

    @property
    def correction(self) -> str:
        return f"edited in place{but(self.edit)}" if self.edit else f"a post of its own{but(self.anew)}"

    @property
    def withdrawal(self) -> str:
        if self.fate is Fate.STAYS:
            return "stays: the desk is told to do it by hand"
        said = self.delete.receipt.sent if self.delete and self.delete.receipt else ""
        # Some keep the words that they took back; others say what they did.
        brief = said if "\n" not in said and not said.startswith("{") and said != "deleted" else ""
        return f"taken back{but(self.delete)}{f' ({brief})' if brief else ''}"


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


async def everywhere(url: str, now: datetime, folder: Path) -> list[Went]:
    """Post, correct and withdraw the sample story on every kind. The secrets of the stages are in the environment."""
    ledger = await Ledger.open(url)
    async with contextlib.AsyncExitStack() as closing:
        closing.push_async_callback(ledger.close)
        stages = {kind: await closing.enter_async_context(play.open(folder)) for kind, play in PLAYS.items()}
        house = House(ledger, folder, now, stages)
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
        fates = {one.channel: one.fate for one in await ledger.withdrawals.withdraw(story, able, "陈静", "test", now)}
        await house.drain(story)
        deletions = await house.rows(story, Act.DELETE, 2)
    return [
        Went(
            kind,
            posts[kind],
            edits.get(kind),
            anew.get(kind),
            deletions.get(kind),
            fates[kind],
            isinstance(stages[kind].channel, Editable),
            kind in able,
        )
        for kind in sorted(PLAYS)
    ]


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


def but(row: Delivery | None) -> str:
    return "" if row and row.state is State.SENT else f": {state(row)}"


def rows_of_the_page(all_kinds: Sequence[Went]) -> list[str]:
    """Markdown; whatever differs from run to run is three dots."""
    return [
        f"| [{one.kind}]({_ABOUT.get(one.kind, one.kind)}.md) "
        f"| `{_VARIES.sub('…', one.receipt.platform_id)}` "
        f"| {_VARIES.sub('…', one.receipt.permalink or '—')} | {one.correction} | {one.withdrawal} |"
        for one in all_kinds
    ]


def rows_written() -> list[str]:
    """Those that the page has now."""
    return [line for line in INDEX.read_text(encoding="utf-8").splitlines() if line.startswith("| [")]


def _write(all_kinds: Sequence[Went], day: str) -> None:
    """The rows anew, between those before and behind them, and the day of the run."""
    lines = INDEX.read_text(encoding="utf-8").splitlines()
    first = next((at for at, line in enumerate(lines) if line.startswith("| [")), len(lines))
    behind = [line for line in lines[first:] if not line.startswith("| [")]
    text = "\n".join([*lines[:first], *rows_of_the_page(all_kinds), *behind]) + "\n"
    INDEX.write_text(re.sub(r"run of \d{4}-\d\d-\d\d", f"run of {day}", text), encoding="utf-8")


def _shown(all_kinds: Sequence[Went]) -> Table:
    table = Table("kind", "when", "the platform's id", "where", "characters", "correction", "withdrawal")
    for one in all_kinds:
        told = one.receipt
        where, length = told.permalink or "-", str(len(told.sent))
        when = f"{told.at:%Y-%m-%d %H:%M}"
        table.add_row(one.kind, when, told.platform_id, where, length, one.correction, one.withdrawal)
    return table


def main() -> int:
    """Whether each kind took the story."""
    for play in PLAYS.values():
        os.environ.update(play.secrets)
    now = datetime.now(UTC).replace(microsecond=0)
    with tempfile.TemporaryDirectory(prefix="crier-kinds-") as folder:
        all_kinds = asyncio.run(everywhere(f"sqlite:///{folder}/ledger.db", now, Path(folder)))
    Console(width=None if sys.stdout.isatty() else 220).print(_shown(all_kinds))
    if "write" in sys.argv[1:]:
        _write(all_kinds, f"{now:%Y-%m-%d}")
    return int(any(one.post.state is not State.SENT for one in all_kinds))


if __name__ == "__main__":
    sys.exit(main())
