"""A fan-out to 100,000 chats at a bot's limit: how long planning takes, what the draining adds, and how much memory.

Run from the repository: python tests/bench/fanout.py [--chats 100000] [--real 300]

The clock is simulated: it moves when the lane says that it has to wait. Then a short fan-out by the real clock.
"""

import argparse
import asyncio
import logging
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import structlog

from bot.ledger import Ledger
from bot.model.channel import Pace, Scope
from bot.model.delivery import BREAKING, Plan, Receipt, State
from bot.model.edition import Edition, Markup
from bot.work.dispatch import Dispatch
from bot.work.outlet import Clock, Outlet
from tests.fakes.scripted import FACTS
from tests.fakes.stories import article

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LIMIT = 30
BOT = replace(FACTS, pace=(Pace(1, SECOND), Pace(20, 60 * SECOND), Pace(LIMIT, SECOND, Scope.ACCOUNT)))
LANE = "telegram:bench"


def line(text: str) -> None:
    """One line of the report."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class Chat:
    """Answers at once."""

    facts = BOT

    def __init__(self, name: str, first: dict[str, datetime], clock: Clock) -> None:
        self.name, self._first, self._clock = name, first, clock

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Note when the first byte of each headline left."""
        self._first.setdefault(edition.headline, self._clock())
        return Receipt(key, NOW, None, edition.text)

    async def close(self) -> None:
        """Nothing is open."""


async def planned(ledger: Ledger, headline: str, channels: Sequence[str], now: datetime, priority: int = 0) -> float:
    """One story to all of them; seconds."""
    made = article(headline, body=f"{headline}：桥面今早恢复双向通行。")
    story = (await ledger.stories.record("bench", made, [headline], headline, now)).story
    plans = [
        Plan(
            channel,
            LANE,
            Edition(story, 1, channel, "telegram", "zh", headline, f"<b>{headline}</b>", Markup.HTML),
            now,
            f"{story}-{channel}",
            priority=priority,
        )
        for channel in channels
    ]
    started = time.perf_counter()
    assert await ledger.deliveries.plan(story, 1, plans, [], now)
    return time.perf_counter() - started


async def simulated(url: str, chats: int) -> None:
    """Planning, draining by a clock that is moved, breaking news in the middle."""
    ledger, now = await Ledger.open(url), NOW
    first: dict[str, datetime] = {}
    names = [f"c{number}" for number in range(chats)]
    outlets = {name: Outlet(name, Chat(name, first, lambda: now), LANE) for name in names}
    before = _memory()
    seconds = await planned(ledger, "通车", names, now)
    line(f"planning {chats:,} deliveries: {seconds:.1f} s")
    work = Dispatch(ledger, outlets, "bench", lambda: now, asyncio.Event(), not_older_than=None)
    urgent_at, started = None, time.perf_counter()
    while (wait := await work.drain(LANE)) is not None:
        now += wait
        if urgent_at is None and now - NOW > SECOND * chats / LIMIT / 2:
            urgent_at = now
            await planned(ledger, "快讯", names[:10], now, BREAKING)
    taken, limit = now - NOW, SECOND * (chats + 10) / LIMIT
    counts = await ledger.deliveries.counts()
    assert counts[State.SENT] == chats + 10, counts
    line(f"draining at {LIMIT} a second: {taken} of the lane's time, {taken / limit:.4f} times the limit's own")
    seconds = time.perf_counter() - started
    line(f"   in {seconds:.0f} s of real time; memory {before:.0f} MB before, {_memory():.0f} MB at most")
    if urgent_at is not None:
        waited = (first["快讯"] - urgent_at).total_seconds()
        line(f"breaking news in the middle: first byte {waited:.2f} s after planning")
    await ledger.close()


async def real(url: str, chats: int) -> None:
    """The same by the real clock."""
    ledger = await Ledger.open(url)
    names = [f"c{number}" for number in range(chats)]
    outlets = {name: Outlet(name, Chat(name, {}, _now), LANE) for name in names}
    await planned(ledger, "通车", names, _now())
    work = Dispatch(ledger, outlets, "bench", _now, asyncio.Event(), not_older_than=None)
    started = time.perf_counter()
    last = started
    while (wait := await work.drain(LANE)) is not None:
        last = time.perf_counter()
        await asyncio.sleep(max(0.0, wait.total_seconds()))
    seconds, limit = last - started, (chats - LIMIT) / LIMIT
    line(
        f"by the real clock, {chats} chats: {seconds:.2f} s, {seconds / limit:.3f} times the limit's own {limit:.2f} s"
    )
    await ledger.close()


def _now() -> datetime:
    return datetime.now(UTC)


def _memory() -> float:
    """The most that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chats", type=int, default=100_000)
    parser.add_argument("--real", type=int, default=300)
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory(prefix="crier-bench-") as folder:
        await simulated(f"sqlite:///{folder}/simulated.sqlite", given.chats)
        await real(f"sqlite:///{folder}/real.sqlite", given.real)


if __name__ == "__main__":
    asyncio.run(main())
