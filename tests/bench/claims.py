"""Whether a claim stays as quick however much the ledger remembers, and how much a delivery takes on disk.

Run from the repository: python tests/bench/claims.py [--finished 1000000] [--claims 2000]

Both on SQLite: 10,000 finished deliveries against so many, in one run.
"""

import argparse
import asyncio
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.ledger import Ledger
from bot.ledger.claiming import Gate, Wanted
from bot.model.delivery import Plan, Receipt
from bot.model.edition import Edition, Markup
from tests.fakes.stories import article

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
LANE, CHANNELS, FEW = "lane", 100, 10_000
TEXT = "<b>河湾大桥修复通车</b>\n\n桥面今早恢复双向通行，公交同步恢复原线。"
GATE = Gate(lambda _: timedelta(minutes=1), lambda *_: None)


def line(text: str) -> None:
    """One line of the report."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


async def planned(ledger: Ledger, stories: range) -> None:
    """Each for every channel."""
    for number in stories:
        made = article(f"第{number}条", body=f"桥面今早恢复双向通行，第 {number} 天。")
        story = (await ledger.stories.record("bench", made, [f"bench:{number}"], f"print {number}", NOW)).story
        plans = [
            Plan(
                f"c{channel}",
                LANE,
                Edition(story, 1, f"c{channel}", "telegram", "zh", made.headline, TEXT, Markup.HTML),
                NOW,
                f"{number:016x}{channel:016x}",
            )
            for channel in range(CHANNELS)
        ]
        assert await ledger.deliveries.plan(story, 1, plans, [], NOW)


async def sent(ledger: Ledger, limit: int, most: int) -> list[float]:
    """Claim so many at once and prove them; milliseconds of each claim."""
    times: list[float] = []
    while len(times) * limit < most:
        started = time.perf_counter()
        batch = await ledger.claims.batch(LANE, "host:4711:1795000000.123", NOW, Wanted(limit), GATE)
        times.append((time.perf_counter() - started) * 1000)
        if not batch.claims and not batch.stale:
            break
        link = "https://t.me/riverbend_daily/1"
        proofs = [(one, Receipt("-1001000000001/1", NOW, link, one.edition.text)) for one in batch.claims]
        if proofs:
            await ledger.claims.all_sent(proofs, NOW)
    return times


def copied(file: Path, finished: int) -> None:
    """What is there, over and over under other numbers, until so many are finished."""
    raw = sqlite3.connect(file)
    raw.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; PRAGMA foreign_keys = OFF")
    names = [row[1] for row in raw.execute("PRAGMA table_info(deliveries)")]
    shown = ", ".join({"id": "id + :by", "story": "story + :by", "key": "key || :by"}.get(name, name) for name in names)
    while (count := raw.execute("SELECT count(*) FROM deliveries").fetchone()[0]) < finished:
        by = {"by": raw.execute("SELECT max(id) FROM deliveries").fetchone()[0], "most": finished - count}
        raw.execute(f"INSERT INTO deliveries ({', '.join(names)}) SELECT {shown} FROM deliveries LIMIT :most", by)  # noqa: S608
        for table, rest in (
            ("attempts", "number, lane, channel, worker, started_at, ended_at, outcome, detail"),
            ("receipts", "platform_id, permalink, at, sent"),
        ):
            copy = f"INSERT INTO {table} (delivery, {rest}) SELECT delivery + :by, {rest} FROM {table} LIMIT :most"  # noqa: S608
            raw.execute(copy, by)
        raw.execute(
            "INSERT INTO decisions (story, revision, channel, verb, who, why, at)"
            " SELECT story + :by, revision, channel, verb, who, why, at FROM decisions WHERE verb = 'sent' LIMIT :most",
            by,
        )
        raw.commit()
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    os.sync()  # else the commits that are measured wait for the filling to reach the disk


async def filled(folder: Path, finished: int, claims: int) -> tuple[Ledger, float]:
    """A ledger with so many finished deliveries and some that wait, and its bytes a delivery."""
    file = folder / f"{finished}.sqlite"
    ledger = await Ledger.open(f"sqlite:///{file}")
    await planned(ledger, range(FEW // CHANNELS))
    await sent(ledger, CHANNELS, FEW)
    await ledger.close()
    await asyncio.to_thread(copied, file, finished)
    size = file.stat().st_size / finished
    ledger = await Ledger.open(f"sqlite:///{file}")
    first = FEW // CHANNELS
    await planned(ledger, range(first, first + claims // CHANNELS + 2))
    await sent(ledger, 1, 100)  # the file's pages are read, the statements compiled
    return ledger, size


async def main() -> None:
    """A row for few, a row for many, and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--finished", type=int, default=1_000_000)
    parser.add_argument("--claims", type=int, default=2_000)
    given = parser.parse_args()
    sizes = (FEW, given.finished)
    with tempfile.TemporaryDirectory(prefix="crier-bench-") as folder:
        ledgers = [await filled(Path(folder), finished, given.claims) for finished in sizes]
        times: list[list[float]] = [[], []]
        for _ in range(given.claims // 20):  # in turn, so that a noisy moment hits both
            for (ledger, _), mine in zip(ledgers, times, strict=True):
                mine.extend(await sent(ledger, 1, 20))
        for ledger, _ in ledgers:
            await ledger.close()
    cuts = [statistics.quantiles(mine, n=100) for mine in times]
    for finished, (_, size), cut in zip(sizes, ledgers, cuts, strict=True):
        line(f"{finished:>9,} finished: claim p50 {cut[49]:.2f} ms, p99 {cut[98]:.2f} ms; {size:.0f} bytes a delivery")
    few, many = cuts
    line(f"ratio many : few   p50 {many[49] / few[49]:.2f}, p99 {many[98] / few[98]:.2f}")


if __name__ == "__main__":
    asyncio.run(main())
