"""How well reprints are told from look-alikes, and how long the look-up takes among a million stories.

Run from the repository: python tests/bench/reprints.py --stories 1000000
"""

import argparse
import asyncio
import multiprocessing
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.ledger import Ledger
from bot.ledger.clusters import likeness
from bot.ledger.rows import articles as as_json
from bot.ledger.rows import text_of
from bot.ledger.store import connect
from bot.model.story import Article, Block, BlockKind
from bot.rules.identity import fingerprint, keys
from bot.rules.reprints import ANCHORS_KEPT, Kin, Text, kinship
from tests.fakes.pairs import SEED, Pair, articles, pairs

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
BATCHES = 10
"""The passages come in so many turns over the whole tree, as they do in life: its pages are not packed full."""
STRANGERS = 1_000


def line(text: str) -> None:
    """One line of the report."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=20_000, help="how many the ledger remembers (default 20000)")
    count = parser.parse_args().stories
    labelled = list(pairs())
    tell_apart(labelled)
    with tempfile.TemporaryDirectory(prefix="crier-bench-") as folder:
        file = Path(folder) / "ledger.sqlite"
        asyncio.run(_opened(file))
        started = time.perf_counter()
        child = multiprocessing.get_context("spawn").Process(target=fill, args=(file, count))
        child.start()
        child.join()
        line(f"\n{count:,} stories written in {time.perf_counter() - started:.0f} s")
        asyncio.run(look_up(file, labelled))
        line(f"memory of this process: {_resident():.0f} MB")


def tell_apart(labelled: list[Pair]) -> None:
    """Precision and recall, kind by kind."""
    right: Counter[tuple[bool, str]] = Counter()
    total: Counter[tuple[bool, str]] = Counter()
    for pair in labelled:
        verdict = kinship(Text.of(pair.new), Text.of(pair.old), one_newsroom=pair.one_newsroom)
        total[pair.reprint, pair.kind] += 1
        right[pair.reprint, pair.kind] += (verdict.kin is not Kin.OTHER) == pair.reprint
    for (reprint, kind), count in sorted(total.items(), reverse=True):
        line(f"{'reprint' if reprint else 'other':8} {kind:42} {right[reprint, kind]:4} of {count:4} right")
    found = sum(count for (reprint, _), count in right.items() if reprint)
    wrong = sum(total[one] - right[one] for one in total if not one[0])
    wanted = sum(count for (reprint, _), count in total.items() if reprint)
    line(f"{len(labelled)} pairs: precision {found / (found + wrong):.3f}, recall {found / wanted:.3f}")


def fill(file: Path, count: int) -> None:
    """Stories with made-up texts and passages, straight into the tables."""
    dice = random.Random(SEED)  # noqa: S311 - the same ledger each time is what is wanted
    pool = "".join(chr(dice.randint(0x4E00, 0x9FA5)) for _ in range(200_000))
    at = NOW.replace(tzinfo=None).isoformat(" ") + ".000000"
    raw = sqlite3.connect(file)
    raw.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000")
    raw.executemany(
        "INSERT INTO stories (id, source, revision, fresh, remembered, first_seen, changed_at, cluster)"
        " VALUES (?, 'bench', 1, 0, 0, ?, ?, ?)",
        ((story, at, at, story) for story in range(1, count + 1)),
    )
    raw.executemany(
        "INSERT INTO revisions (story, revision, article, fingerprint, seen_at) VALUES (?, 1, ?, 'none', ?)",
        ((story, _article(pool, dice), at) for story in range(1, count + 1)),
    )
    raw.commit()
    line(f"stories and texts: {file.stat().st_size / 1e6:.0f} MB")
    before = file.stat().st_size
    each = -(-count // BATCHES)
    for first in range(1, count + 1, each):
        of_these = range(first, min(first + each, count + 1))
        rows = sorted((dice.getrandbits(63), story) for story in of_these for _ in range(ANCHORS_KEPT))
        raw.executemany("INSERT OR IGNORE INTO anchors (hash, story) VALUES (?, ?)", rows)
    raw.commit()
    raw.close()
    line(f"passages: {(file.stat().st_size - before) / 1e6:.0f} MB more")


def _article(pool: str, dice: random.Random) -> str:
    start = dice.randrange(len(pool) - 150)
    text = pool[start : start + 150]
    return text_of(as_json, Article(text[:20], (Block(BlockKind.PARAGRAPH, text),), "zh"))


async def _opened(file: Path) -> None:
    await (await Ledger.open(f"sqlite:///{file}")).close()


async def look_up(file: Path, labelled: list[Pair]) -> None:
    """Time the look-up, comparison of texts included, for reprints, look-alikes and strangers; then recording."""
    ledger = await Ledger.open(f"sqlite:///{file}")
    for number, base in enumerate(articles()):
        await ledger.stories.record("daily", base, [f"base {number}"], fingerprint(base), NOW)
    dice = random.Random(SEED + 1)  # noqa: S311 - see above
    pool = "".join(chr(dice.randint(0x4E00, 0x9FA5)) for _ in range(200_000))
    strange = [as_json.validate_json(_article(pool, dice)) for _ in range(STRANGERS)]
    known = set(articles())
    kinds = {
        "reprints": [pair.new for pair in labelled if pair.reprint and pair.old in known],
        "look-alikes": [pair.new for pair in labelled if not pair.reprint and pair.old in known],
        "strangers": strange,
    }
    store = connect(f"sqlite:///{file}")
    async with store.read() as connection:
        for kind, made in kinds.items():
            times, joined = [], 0
            for article in made:
                started = time.perf_counter()
                like = await likeness(connection, "portal", article, NOW)
                times.append((time.perf_counter() - started) * 1000)
                joined += like.closest is not None
            _say(f"look-up of {len(made)} {kind}, {joined} with a cluster", times)
    await store.engine.dispose()
    times = []
    for number, article in enumerate(strange):
        started = time.perf_counter()
        await ledger.stories.record("portal", article, keys(f"s{number}", article), fingerprint(article), NOW)
        times.append((time.perf_counter() - started) * 1000)
    _say(f"recording of {len(strange)} strangers", times)
    await ledger.close()


def _say(what: str, times: list[float]) -> None:
    cuts = statistics.quantiles(times, n=100)
    line(f"{what}: p50 {cuts[49]:.2f} ms, p99 {cuts[98]:.2f} ms, worst {max(times):.1f} ms")


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
