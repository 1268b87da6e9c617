"""Daily digests for 20,000 readers in 24 zones over the days on which clocks change: each gets exactly one a day.

Run from the repository: python tests/bench/digests.py [--readers 20000] [--database sqlite] [--days 2027-03-14 …]

Each day in a process of its own: 54 hours of a simulated clock that ticks every ten minutes, so that the day is whole
in every zone. Stories come in all the time; nothing is sent. Every round is the real one: matching, composing,
planning, moving watermarks.
"""

import argparse
import asyncio
import logging
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as hour
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import structlog
from sqlalchemy import func, insert, select

from bot.ledger import Ledger
from bot.ledger.membership import ERASED, digests
from bot.ledger.subscriber_rows import wishes
from bot.ledger.subscriber_tables import fanouts, shared_editions, subscribers
from bot.ledger.tables import deliveries
from bot.model.channel import Facts
from bot.model.subscriber import Choices, Fanned, Form, Membership, Reading, Rhythm, Timing, subscriber_of
from bot.press import Press
from bot.settings import Desk, Newsroom, Route
from bot.work.compose import Compose
from bot.work.fanout import FanningOut
from bot.work.outlet import Outlet
from bot.work.outlets import Outlets
from bot.work.reader_digests import DigestRound
from tests.bench.dispatch import ledger_of
from tests.fakes.carried import Carrying
from tests.fakes.scripted import FACTS
from tests.fakes.stories import article

ZONES = (
    "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "Asia/Shanghai",
    "Pacific/Kiritimati", "Pacific/Chatham", "Pacific/Auckland", "Australia/Sydney", "Asia/Tokyo", "Asia/Kolkata",
    "Asia/Tehran", "Asia/Kabul", "Africa/Cairo", "Europe/London", "Atlantic/Azores", "America/Sao_Paulo",
    "America/St_Johns", "America/Havana", "America/Santiago", "America/Los_Angeles", "Pacific/Honolulu",
    "Pacific/Pago_Pago",
)  # fmt: skip
DAYS = (
    date(2026, 10, 4),
    date(2026, 10, 25),
    date(2026, 11, 1),
    date(2027, 3, 14),
    date(2027, 3, 28),
    date(2027, 4, 4),
)
"""Lord Howe (half an hour) in spring; Berlin, New York in autumn; New York, Berlin in spring; Lord Howe in autumn."""
HOURS = (hour(0), hour(1, 30), hour(2), hour(2, 15), hour(2, 30), hour(3), hour(7), hour(8), hour(18), hour(23, 50))
TOPICS = ("城市", "交通", "体育", "教育", "健康", "科技", "天气", "文化", "财经", "乡村")
TICK, SPAN = timedelta(minutes=10), timedelta(hours=54)
SHIPPED = Path(__file__).resolve().parents[2] / "templates"


@dataclass(frozen=True)
class Days:
    """What became of it."""

    readers: int
    wrong: Mapping[int, int]
    """Readers that got another number of digests on that day of theirs than one."""
    digests: int
    editions: int
    rounds: int
    seconds: float
    longest: float
    """Seconds of the longest round."""


class Letters(Carrying):
    """Words alone have no card, and as much room."""

    def told(self, form: Form) -> Facts:
        """As its kind says."""
        return replace(self.facts, card=None) if form is Form.TEXT else self.facts


class House:
    """Compose, fan-out and digests over one ledger and a clock that is moved."""

    def __init__(self, ledger: Ledger, folder: Path, now: datetime, *, cards: bool) -> None:
        self.ledger, self.now = ledger, now
        letters = Letters("letters", facts=FACTS if cards else replace(FACTS, card=None))
        outlets = Outlets({}, {"letters": Outlet("letters", letters, "lane")})
        press = Press(Newsroom(name="河湾日报"), SHIPPED, None, folder / "cards")
        desk, routes = Desk(grace=timedelta(0), not_older_than=None), (Route(channels=("main",)),)
        self._compose = Compose(ledger, press, outlets, routes, desk, self.clock, lambda _: None)
        self._fanning = FanningOut(ledger, press, outlets, self.clock, asyncio.Event(), lambda _: None)
        self.digests = DigestRound(ledger, press, outlets, self.clock, lambda _: None)

    def clock(self) -> datetime:
        """As it was moved."""
        return self.now

    async def publish(self, number: int) -> None:
        """One more story: every other one is of the section that all readers follow."""
        section = TOPICS[0] if number % 2 else TOPICS[1 + number // 2 % (len(TOPICS) - 1)]
        body = "".join(chr(0x4E00 + (number * 997 + place * 613) % 20_000) for place in range(40))
        made = replace(article(f"{section}第{number}条", body=f"{body}。"), section=section)
        story = (await self.ledger.stories.record("bench", made, [f"{number}"], f"{number}", self.now)).story
        await self._compose.compose(story)
        for one in await self.ledger.fanouts.of_story(story):
            await self._fanning.run(str(one.id))


async def fill(ledger: Ledger, count: int, now: datetime, *, alike: bool) -> dict[int, Timing]:
    """Readers of every zone and hour; each one's timing. `alike`: they chose nothing else."""
    chance = random.Random(7)  # noqa: S311 - the same at every run
    rows, timings = [], {}
    for number in range(1, count + 1):
        timing = Timing(ZONES[number % len(ZONES)], Rhythm.DAILY, chance.choice(HOURS))
        choices = Choices(topics=("城市", *chance.sample(TOPICS[1:], chance.randrange(3))))
        reading = Reading(chance.choice(("zh", "zh", "zh", "en")), chance.choice((Form.CARD, Form.CARD, Form.TEXT)))
        if alike:
            choices, reading = Choices(), Reading()
        timings[number] = timing
        state = {"generation": 1, "state": Membership.ACTIVE.value, "why": "", "since": now, "changed_at": now}
        rows.append({
            **ERASED, **wishes(choices, timing, reading), **digests(timing, now), **state, "id": number,
            "carrier": "letters", "mark": f"{number}", "sealed": b"",
        })  # fmt: skip
    for begin in range(0, count, 5_000):
        async with ledger._store.write() as connection:
            await connection.execute(insert(subscribers), rows[begin : begin + 5_000])
    return timings


async def measured(
    url: str, folder: Path, day: date, count: int, *, tick: timedelta = TICK, cards: bool = False, alike: bool = False
) -> Days:
    """Let the clock run over that day, and count."""
    now = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=16)
    ledger = await Ledger.open(url)
    house, timings = House(ledger, folder, now, cards=cards), await fill(ledger, count, now, alike=alike)
    spent, longest, rounds, number = 0.0, 0.0, 0, 0
    for step in range(1, SPAN // tick + 1):
        house.now = now + step * tick
        if step % max(1, timedelta(hours=4) // tick) == 1:
            number += 1
            await house.publish(number)
        started = time.perf_counter()
        rounds += bool(await house.digests.round())
        took = time.perf_counter() - started
        spent, longest = spent + took, max(longest, took)
    found = await counted(ledger, timings, day)
    async with ledger._store.read() as connection:
        kinds = select(func.count()).select_from(fanouts).where(fanouts.c.kind == Fanned.DIGEST.value)
        made = (await connection.execute(select(func.count()).select_from(shared_editions))).scalar_one()
        posts = (await connection.execute(select(func.count()).select_from(deliveries))).scalar_one()
        assert (await connection.execute(kinds)).scalar_one() == rounds
    await ledger.close()
    wrong = {reader: found[reader] for reader in timings if found[reader] != 1}
    return Days(count, wrong, posts, made, rounds, spent, longest)


async def counted(ledger: Ledger, timings: Mapping[int, Timing], day: date) -> Counter[int]:
    """How many digests each reader got on that day of their own zone."""
    zones = {name: ZoneInfo(name) for name in ZONES}
    found: Counter[int] = Counter()
    async with ledger._store.read() as connection:
        for row in await connection.execute(select(deliveries.c.channel, deliveries.c.due_at)):
            reader = subscriber_of(row.channel)
            if reader is not None and row.due_at.astimezone(zones[timings[reader].zone]).date() == day:
                found[reader] += 1
    return found


def changed(day: date) -> list[str]:
    """The zones whose clocks change on that day."""
    found = []
    for name in ZONES:
        begin, end = (datetime.combine(day + timedelta(days=more), hour(0), ZoneInfo(name)) for more in (0, 1))
        if begin.utcoffset() != end.utcoffset():
            found.append(name)
    return found


def run(name: str, url: str, folder: str, given: argparse.Namespace, day: date) -> None:
    """In a process of its own, so that its memory is its own."""
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    found = asyncio.run(measured(url, Path(folder), day, given.readers, cards=given.cards))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        f"{name} {day}: {found.readers - len(found.wrong):,} of {found.readers:,} got exactly one on that day;"
        f" clocks change in {', '.join(changed(day)) or 'no zone'}\n"
        f"   {found.digests:,} digests of {found.editions:,} editions in {found.rounds} rounds with somebody due:"
        f" {found.seconds:.1f} s, the longest round {found.longest:.2f} s; {memory:.0f} MB at most\n"
    )
    sys.stdout.flush()


def main(words: Sequence[str] | None = None) -> None:
    """Print a line a day and database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=20_000)
    parser.add_argument("--days", type=date.fromisoformat, nargs="+", default=DAYS)
    parser.add_argument("--cards", action="store_true", help="draw the covers, too")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    given = parser.parse_args(words)
    spawn = multiprocessing.get_context("spawn")
    for name in given.database or ("sqlite", "postgresql"):
        for day in given.days:
            with ledger_of(name) as url, tempfile.TemporaryDirectory(prefix="crier-bench-") as folder:
                process = spawn.Process(target=run, args=(name, url, folder, given, day))
                process.start()
                process.join()


if __name__ == "__main__":
    main()
