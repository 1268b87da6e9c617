"""A lane under way: what is urgent overtakes, what is broken waits by itself, and readers sleep at night."""

import asyncio
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.errors import Unavailable, Uncertain
from bot.ledger import Ledger
from bot.model.channel import Facts, Pace, Scope
from bot.model.delivery import BREAKING, Act, Delivery, Receipt, State
from bot.model.edition import Edition
from bot.rules.breaker import FAILURES
from bot.rules.hours import Hours, Quiet
from bot.rules.lateness import Late, Lateness
from bot.work.dispatch import Dispatch
from bot.work.outlet import Outlet
from tests.fakes.scripted import FACTS, Scripted
from tests.fakes.stories import article, plan, planned_story

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
BOT = replace(FACTS, pace=(Pace(1, SECOND), Pace(20, MINUTE), Pace(3, SECOND, Scope.ACCOUNT)))
LONG = 30.0


class Erasable(Scripted):
    """One that can also take back."""

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        del key
        self.edited.append((receipt.platform_id, "gone"))
        return receipt


class House:
    """One lane, its channels, and a clock that is moved."""

    def __init__(self, ledger: Ledger, now: datetime, *channels: Scripted, **more: object) -> None:
        self.ledger, self.now, self.channels = ledger, now, channels
        self.outlets = {one.name: Outlet(one.name, one, "bot", **more) for one in channels}  # type: ignore[arg-type]
        self.work = self.worker("w")

    def worker(self, name: str) -> Dispatch:
        clock = lambda: self.now  # noqa: E731
        return Dispatch(self.ledger, self.outlets, name, clock, asyncio.Event(), not_older_than=None)

    async def plan(self, *channels: str, priority: int = 0) -> int:
        if not priority:
            return await planned_story(self.ledger, self.now, *channels, lane="bot")
        recorded = await self.ledger.stories.record("inbox", article("快讯"), [f"u{self.now}"], "u", self.now)
        plans = [plan(recorded.story, one, self.now, lane="bot", priority=priority) for one in channels]
        assert await self.ledger.deliveries.plan(recorded.story, 1, plans, [], self.now)
        return recorded.story

    async def drain(self) -> timedelta | None:
        return await self.work.drain("bot")

    async def only(self, story: int) -> Delivery:
        [row] = await self.ledger.deliveries.of_story(story)
        return row


async def test_breaking_news_leave_within_a_second_in_the_middle_of_a_fan_out(ledger: Ledger, now: datetime) -> None:
    sent_at: dict[str, datetime] = {}

    class Noted(Scripted):
        async def send(self, edition: Edition, key: str) -> Receipt:
            sent_at[key] = house.now
            return await super().send(edition, key)

    house = House(ledger, now, *(Noted(f"c{n}", facts=BOT) for n in range(4)))
    for _ in range(25):
        await house.plan("c0", "c1", "c2", "c3")
    wait = timedelta(0)
    while wait <= SECOND:  # until every chat has spent what it may send in a minute
        house.now += wait
        wait = await house.drain() or SECOND
    planned_at, urgent = house.now, await house.plan("c0", "c2", priority=BREAKING)
    for _ in range(4):
        house.now += await house.drain() or timedelta(0)
    rows = await ledger.deliveries.of_story(urgent)
    assert [row.state for row in rows] == [State.SENT, State.SENT]
    assert max(sent_at[row.key] for row in rows) - planned_at <= SECOND
    assert (await ledger.deliveries.counts())[State.PLANNED] > 0, "the fan-out is not over"


async def test_a_drain_whose_sends_are_all_slow_still_lets_breaking_news_out(ledger: Ledger, now: datetime) -> None:
    gate = asyncio.Event()
    slow, quick = Scripted("slow", gate), Scripted("quick")
    house = House(ledger, now, slow, quick)
    await house.plan("slow")
    draining = asyncio.create_task(house.drain())
    await asyncio.wait_for(slow.called.wait(), LONG)
    await house.plan("quick", priority=BREAKING)
    await asyncio.wait_for(quick.called.wait(), LONG)
    gate.set()
    await draining


async def test_of_a_lane_of_many_chats_only_so_many_sends_are_under_way(ledger: Ledger, now: datetime) -> None:
    gate = asyncio.Event()
    names = [f"c{number}" for number in range(30)]
    house = House(ledger, now, *(Scripted(name, gate) for name in names))
    house.work = Dispatch(ledger, house.outlets, "w", lambda: now, asyncio.Event(), not_older_than=None, at_once=8)
    await house.plan(*names)
    draining = asyncio.create_task(house.drain())
    async with asyncio.timeout(LONG):
        while sum(one.called.is_set() for one in house.channels) < 8:
            await asyncio.sleep(0.01)
    assert len([task for task in asyncio.all_tasks() if task.get_name().startswith("send ")]) == 8
    gate.set()
    await draining
    assert (await ledger.deliveries.counts())[State.SENT] == 30


async def test_a_lane_that_another_worker_used_is_counted_anew(ledger: Ledger, now: datetime) -> None:
    house = House(ledger, now, *(Scripted(name, facts=BOT) for name in "abcdef"))
    one, other = house.worker("one"), house.worker("other")
    await house.plan("a", "b")
    await one.drain("bot")
    await house.plan("c", "d")
    assert await other.drain("bot") == SECOND
    await house.plan("e", "f")
    assert await one.drain("bot") == SECOND, "three of this second are spent, the third by the other one"
    assert (await ledger.deliveries.counts())[State.SENT] == 3


async def test_throttled_without_a_time_the_lane_waits_longer_each_time_and_eases_again(
    ledger: Ledger, now: datetime
) -> None:
    throttled = Unavailable("a", "HTTP 429", throttled=True)
    house = House(ledger, now, Scripted("a", throttled, throttled, throttled), Scripted("b"))
    await house.plan("a")
    waits = []
    for _ in range(3):
        await house.drain()
        waits.append((await ledger.lanes.closed(house.now))["bot"] - house.now)
        house.now += MINUTE
    assert waits == [SECOND, 2 * SECOND, 4 * SECOND]
    await house.plan("b")
    await house.drain()
    assert await ledger.lanes.throttled("bot", "HTTP 429", house.now) < house.now + 8 * SECOND


async def test_a_closed_lane_lets_pass_what_its_platform_spares(ledger: Ledger, now: datetime) -> None:
    spent = Unavailable("main", "the budget is spent", retry_after=24 * HOUR, spares="delete")
    channel = Erasable("main", None, spent)
    house = House(ledger, now, channel)
    out = await house.plan("main")
    await house.drain()
    stopped = await house.plan("main")
    await house.drain()
    await ledger.withdrawals.withdraw(out, ["main"], "陈静", "wrong", house.now)
    assert await house.drain() == 24 * HOUR
    assert channel.edited == [("main/1", "gone")]
    assert (await house.only(stopped)).state is State.PLANNED


async def test_a_picture_that_is_not_ready_keeps_only_its_own_post_waiting(ledger: Ledger, now: datetime) -> None:
    unready = Unavailable("a", "the picture is still being processed", retry_after=30 * SECOND, alone=True)
    house = House(ledger, now, Scripted("a", unready, None), Scripted("b"))
    waiting = await house.plan("a")
    await house.plan("b")
    await house.drain()
    assert (await house.only(waiting)).state is State.PLANNED
    assert len(house.channels[1].posted) == 1
    assert await ledger.lanes.closed(house.now) == {}
    assert await ledger.breakers.all() == ()


async def failing(ledger: Ledger, now: datetime, *after: Exception | None) -> House:
    """A house whose channel has failed until its breaker opened."""
    trouble = [Uncertain("main", "HTTP 502") for _ in range(FAILURES)]
    house = House(ledger, now, Scripted("main", *trouble, *after), Scripted("other"))
    for _ in range(FAILURES + 2):
        await house.plan("main")
    await house.plan("other")
    await house.drain()
    return house


async def test_a_channel_that_fails_again_and_again_is_left_alone_and_delays_no_other(
    ledger: Ledger, now: datetime
) -> None:
    house = await failing(ledger, now)
    main, other = house.channels
    assert (len(main.posted), len(other.posted)) == (FAILURES, 1)
    [breaker] = await ledger.breakers.all()
    assert (breaker.channel, breaker.opened_at, breaker.probe_at) == ("main", now, now + MINUTE)
    told = [notice.text for notice in await ledger.notices.untold() if "does not answer" in notice.text]
    assert len(told) == 1
    await house.worker("another").drain("bot")
    assert len(main.posted) == FAILURES, "the breaker is shared, and survives a restart"


async def test_one_delivery_probes_it_and_a_success_closes_it(ledger: Ledger, now: datetime) -> None:
    house = await failing(ledger, now, Uncertain("main", "HTTP 502"))
    main = house.channels[0]
    house.now += MINUTE
    await house.drain()
    assert len(main.posted) == FAILURES + 1
    house.now += MINUTE
    await house.drain()
    assert len(main.posted) == FAILURES + 1, "after a probe in vain it waits longer"
    house.now += MINUTE
    await house.drain()
    assert len(main.posted) == FAILURES + 2
    assert await ledger.breakers.all() == ()
    assert "main: answers again" in [notice.text for notice in await ledger.notices.untold()]


async def test_what_falls_into_the_night_waits_until_it_is_over_and_says_so(ledger: Ledger, now: datetime) -> None:
    hours = Hours(ZoneInfo("Asia/Shanghai"), Quiet(time(15), time(17, 30), breaking=True))  # now is 16:00 there
    channel = Scripted("main")
    house = House(ledger, now, channel, hours=hours)
    story = await house.plan("main")
    await house.plan("main", priority=BREAKING)
    await house.drain()
    row = await house.only(story)
    assert (row.state, row.due_at) == (State.PLANNED, now + 1.5 * HOUR)
    assert row.reason == "waits until 17:30: quiet hours 15:00–17:30"
    assert len(channel.posted) == 1
    house.now = row.due_at
    await house.drain()
    assert len(channel.posted) == 2


async def test_posts_of_a_channel_keep_their_distance_and_edits_do_not_wait(ledger: Ledger, now: datetime) -> None:
    hours = Hours(ZoneInfo("UTC"), space=15 * MINUTE, daily=2)
    channel = Scripted("main")
    house = House(ledger, now, channel, hours=hours)
    recorded = await ledger.stories.record("inbox", article(), ["k"], "1", now)
    await ledger.deliveries.plan(recorded.story, 1, [plan(recorded.story, "main", now, lane="bot")], [], now)
    others = [await house.plan("main") for _ in range(2)]
    await house.drain()
    assert (await house.only(others[0])).reason == "waits until 08:15: 15 minutes between two posts"
    await ledger.stories.record("inbox", article(body="更正"), ["k"], "2", now)
    edit = plan(recorded.story, "main", now, revision=2, act=Act.EDIT, lane="bot")
    assert await ledger.deliveries.plan(recorded.story, 2, [edit], [], now)
    await house.drain()
    assert (len(channel.posted), len(channel.edited)) == (1, 1)
    house.now += 15 * MINUTE
    await house.drain()
    house.now += 15 * MINUTE
    await house.drain()
    last = await house.only(others[1])
    assert (len(channel.posted), last.reason) == (2, "waits until 00:00: 2 posts a day")
    assert last.due_at == now + 16 * HOUR


async def test_a_channel_may_drop_what_is_late(ledger: Ledger, now: datetime) -> None:
    house = House(ledger, now, Scripted("main"), lateness=Lateness(6 * HOUR, Late.DROP))
    story = await house.plan("main")
    house.now += 7 * HOUR
    await house.drain()
    row = await house.only(story)
    assert (row.state, "7 hours old" in row.reason) == (State.CANCELLED, True)


@pytest.mark.parametrize("facts", [FACTS, BOT])
async def test_what_belongs_to_a_channel_that_is_gone_stops_nobody(ledger: Ledger, now: datetime, facts: Facts) -> None:
    house = House(ledger, now, Scripted("main", facts=facts))
    gone = await house.plan("gone")
    story = await house.plan("main")
    await house.drain()
    assert [(await house.only(one)).state for one in (gone, story)] == [State.PLANNED, State.SENT]
