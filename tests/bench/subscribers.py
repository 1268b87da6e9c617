"""A story to 100,000 subscribers who chose differently: matching, planning, the lane's rate, breaking news between.

Run from the repository: python tests/bench/subscribers.py [--readers 100000] [--database sqlite] [--drain 100000]

Each database in a process of its own. The rows are real: sealed addresses, choices, timing, consent. Beside it stands
the plain fan-out to as many channels of the newsroom's own. The clock of the draining is simulated: it moves when the
lane says that it has to wait.
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
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as hour
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import structlog
from cryptography.fernet import Fernet
from sqlalchemy import insert

from bot.ledger import Ledger
from bot.ledger.membership import ERASED
from bot.ledger.subscriber_rows import consent_text, wishes
from bot.ledger.subscriber_tables import subscribers
from bot.ledger.subscribers import Subscribers
from bot.model.channel import Facts, Pace, Scope
from bot.model.delivery import BREAKING, Act, Plan, Receipt
from bot.model.edition import Edition, Markup
from bot.model.subscriber import (
    Address,
    Addressee,
    Choices,
    Consent,
    Form,
    Membership,
    Reading,
    Rhythm,
    Size,
    Timing,
)
from bot.press import Press
from bot.settings import Desk, Newsroom, Route
from bot.work.compose import Compose
from bot.work.dispatch import Dispatch
from bot.work.fanout import FanningOut
from bot.work.outlet import Outlet
from bot.work.outlets import Outlets
from tests.bench.dispatch import ledger_of
from tests.fakes.scripted import FACTS
from tests.fakes.stories import article

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LIMIT = 30
LANE = "telegram:bench"
BOT = replace(
    FACTS, card=None, pace=(Pace(1, SECOND), Pace(20, 60 * SECOND), Pace(LIMIT, SECOND, Scope.ACCOUNT))
)  # fmt: skip
TOPICS = ("城市", "交通", "体育", "教育", "健康", "科技", "天气", "文化", "财经", "乡村")
WORDS = ("大桥", "河湾", "水利", "图书馆", "公交", "地铁", "高考", "流感", "台风", "Railway", "AI", "运动会")
SHIPPED = Path(__file__).resolve().parents[2] / "templates"
BODY = "河湾大桥今早恢复双向通行，公交同步恢复原线，行人请走南侧便道。市水利局说，汛期前还要检查一次桥墩。" * 12

URGENT = "河湾大桥今晚九点起封闭，车辆绕行北岸；交通局说，查明桥墩情况以前不会放行。"


def line(text: str) -> None:
    """One line of the report."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class Bot:
    """Answers at once, whoever it is for."""

    facts: Facts = BOT

    def __init__(self, name: str, room: "Room") -> None:
        self.name, self._room = name, room

    def told(self, form: Form) -> Facts:
        """The same for every form."""
        del form
        return self.facts

    def at(self, addressee: Addressee) -> "Bot":
        """Nothing to open."""
        return Bot(addressee.channel, self._room)

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Note when the first byte of each headline left, and how many."""
        self._room.first.setdefault(edition.headline, self._room.now)
        self._room.sent += 1
        return Receipt(key, NOW, None, edition.text)

    async def close(self) -> None:
        """Nothing is open."""


class Room:
    """Compose, fan-out and dispatch over one ledger and a clock that is moved."""

    def __init__(self, ledger: Ledger, readers: Subscribers, folder: Path) -> None:
        self.ledger, self.readers, self.now = ledger, readers, NOW
        self.first: dict[str, datetime] = {}
        self.sent = 0
        carrier = Outlet("letters", Bot("letters", self), LANE)
        self.outlets = Outlets({}, {"letters": carrier}, self._find)
        press, stopping = Press(Newsroom(name="河湾日报"), SHIPPED, None, folder / "cards"), asyncio.Event()
        desk, routes = Desk(grace=timedelta(0), not_older_than=None), (Route(channels=("main",)),)
        clock = self.clock
        self.compose = Compose(ledger, press, self.outlets, routes, desk, clock, lambda _: None)
        self.fanning = FanningOut(ledger, press, self.outlets, clock, stopping, lambda _: None)
        self.dispatch = Dispatch(ledger, self.outlets, "bench", clock, stopping, not_older_than=None)

    def clock(self) -> datetime:
        """As it was moved."""
        return self.now

    async def _find(self, number: int, act: Act) -> Addressee | None:
        del act
        known = await self.readers.get(number)
        return await self.readers.addressee(number, None) if known else None

    async def publish(self, headline: str, key: str, *, urgent: bool = False) -> int:
        """Record and compose a story; its fan-out."""
        made = replace(article(headline, body=URGENT if urgent else BODY), section="城市", tags=("交通", "河湾"))
        story = (await self.ledger.stories.record("bench", made, [key], key, self.now)).story
        if urgent:
            await self.ledger.orders.hurry(story, 1, "陈静", "", self.now)
        await self.compose.compose(story)
        [one] = await self.ledger.fanouts.of_story(story)
        return one.id


async def fill(ledger: Ledger, readers: Subscribers, count: int) -> None:
    """Real rows: most follow topics, many words, some mute; some are quiet now or want digests."""
    chance, marks = random.Random(1), await readers._marks()  # noqa: S311 - the same at every run
    consent = consent_text(Consent("/start in a private chat", NOW - timedelta(days=30)))
    rows: list[Mapping[str, object]] = []
    for number in range(count):
        chat = str(10_000_000 + number)
        row = {
            **ERASED, **wishes(_choices(chance), _timing(chance), _reading(chance)), "carrier": "letters",
            "mark": marks.of("letters", chat), "sealed": readers._sealed(Address(chat)), "generation": 1,
            "state": Membership.ACTIVE.value, "why": "", "since": NOW - timedelta(days=30), "changed_at": NOW,
            "consent": consent,
        }  # fmt: skip
        rows.append(row)
        if len(rows) == 5_000 or number == count - 1:
            async with ledger._store.write() as connection:
                await connection.execute(insert(subscribers), rows)
            rows.clear()


def _choices(chance: random.Random) -> Choices:
    if chance.random() < 0.3:
        return Choices(muted=tuple(chance.sample(WORDS[5:], 1)) if chance.random() < 0.3 else ())
    topics = ("城市", *chance.sample(TOPICS[1:], chance.randrange(4)))
    words = chance.sample(WORDS, chance.randrange(3))
    if chance.random() < 0.25:
        words.append(f"读者词{chance.randrange(50_000)}")  # nobody else chose so
    return Choices(topics=topics, words=tuple(words))


def _timing(chance: random.Random) -> Timing:
    zone = chance.choice(("Asia/Shanghai", "Asia/Shanghai", "Europe/Berlin", "America/New_York"))
    rhythm = Rhythm.DAILY if chance.random() < 0.02 else Rhythm.AT_ONCE
    return Timing(zone, rhythm, quiet=(hour(23), hour(6)), most=chance.choice((None, None, 10)))


def _reading(chance: random.Random) -> Reading:
    return Reading(chance.choice(("zh", "en")), chance.choice(list(Form)), chance.choice(list(Size)))


async def plain(url: str, count: int) -> tuple[float, float]:
    """The plain fan-out as the baseline: seconds to plan as many channels of the newsroom's own."""
    ledger = await Ledger.open(url)
    made = article("基准", body=BODY)
    story = (await ledger.stories.record("bench", made, ["plain"], "plain", NOW)).story
    edition = Edition(story, 1, "c", "telegram", "zh", "基准", "<b>基准</b>", Markup.HTML)
    plans = [
        Plan(f"c{number}", "plain", replace(edition, channel=f"c{number}"), NOW, f"plain-{number}")
        for number in range(count)
    ]
    started, cpu = time.perf_counter(), time.process_time()
    assert await ledger.deliveries.plan(story, 1, plans, [], NOW)
    seconds, busy = time.perf_counter() - started, time.process_time() - cpu
    await ledger.close()
    return seconds, busy


async def measured(url: str, folder: Path, given: argparse.Namespace, name: str) -> None:
    """Fill, match and plan, drain with breaking news in the middle."""
    ledger = await Ledger.open(url)
    readers = ledger.subscribers(Fernet.generate_key().decode())
    started = time.perf_counter()
    await fill(ledger, readers, given.readers)
    line(f"{name}: {given.readers:,} subscribers written in {time.perf_counter() - started:.1f} s")
    room = Room(ledger, readers, folder)
    before, started, cpu = _memory(), time.perf_counter(), time.process_time()
    ordinary = await room.publish("通车", "ordinary")
    await room.fanning.run(str(ordinary))
    seconds, busy = time.perf_counter() - started, time.process_time() - cpu
    counts = await ledger.fanouts.counts(ordinary)
    line(f"{name}: matched and planned {counts.planned:,} in {seconds:.2f} s ({busy:.2f} s of its own processor time)")
    line(f"   memory {before:.0f} MB before, {_memory():.0f} MB at most")
    if given.drain:
        await drained(room, ordinary, given, name)
    await ledger.close()


async def drained(room: Room, ordinary: int, given: argparse.Namespace, name: str) -> None:
    """At the lane's own rate; a breaking story is planned in the middle."""
    total = min(given.drain, (await room.ledger.fanouts.counts(ordinary)).planned)
    urgent, rates = 0, list[int]()
    began, minute, at_minute, reached = room.now, room.now, 0, 0
    planned_at, took = room.now, 0.0
    started = time.perf_counter()
    while (wait := await room.dispatch.drain(LANE)) is not None and room.sent < total:
        room.now += wait
        if room.now - minute >= 60 * SECOND:
            rates.append(room.sent - at_minute)
            minute, at_minute = minute + 60 * SECOND, room.sent
        if not urgent and room.sent > total / 2:
            planned_at, clock = room.now, time.perf_counter()
            urgent = await room.publish("快讯", "urgent", urgent=True)
            one = await room.ledger.fanouts.get(urgent)
            assert one is not None
            assert one.priority == BREAKING
            await room.fanning._step(one, room.outlets.carriers["letters"])  # the first chunk; others come after
            took, reached = time.perf_counter() - clock, room.sent
            await room.fanning.run(str(urgent))
    spent = room.now - began
    share = room.sent / (LIMIT * (spent / SECOND + 1))
    least = min(rates, default=room.sent) / (LIMIT * 60)
    line(f"{name}: {room.sent:,} sent in {spent} of the lane's time")
    line(f"   {share:.4f} of its permitted rate, {least:.4f} in its worst minute")
    line(f"   in {time.perf_counter() - started:.0f} s of real time; {_memory():.0f} MB at most")
    for at in (at for headline, at in room.first.items() if headline.endswith("快讯")):
        waited = (at - planned_at).total_seconds()
        line(f"   breaking news after {reached:,}: first chunk planned in {took:.2f} s")
        line(f"   and its first byte {waited:.2f} s of the lane's time after it was published")


def _memory() -> float:
    """The most that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(name: str, url: str, folder: str, given: argparse.Namespace, what: str) -> None:
    """In a process of its own, so that its memory is its own."""
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    if what == "plain":
        seconds, busy = asyncio.run(plain(url, given.readers))
        line(f"{name}: the plain fan-out plans {given.readers:,} in {seconds:.2f} s ({busy:.2f} s of processor time)")
    else:
        asyncio.run(measured(url, Path(folder), given, name))


def main(words: Sequence[str] | None = None) -> None:
    """Print both databases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=100_000)
    parser.add_argument("--drain", type=int, default=100_000, help="posts at most; 0 sends none")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    given = parser.parse_args(words)
    spawn = multiprocessing.get_context("spawn")
    for name in given.database or ("sqlite", "postgresql"):
        for what in ("plain", "readers"):
            with ledger_of(name) as url, tempfile.TemporaryDirectory(prefix="crier-bench-") as folder:
                process = spawn.Process(target=run, args=(name, url, folder, given, what))
                process.start()
                process.join()


if __name__ == "__main__":
    main()
