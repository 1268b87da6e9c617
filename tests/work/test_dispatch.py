"""Claim, send, write down: one lane at a time, whatever the channel answers."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.errors import Refused, Unavailable, Uncertain
from bot.ledger import Ledger
from bot.model.channel import FOREVER, Pace, Scope, WhenUnsure
from bot.model.delivery import Act, Delivery, Outcome, State
from bot.work.dispatch import Dispatch
from bot.work.outlet import Outlet
from tests.fakes.scripted import FACTS, Scripted
from tests.fakes.stories import article, plan, planned_story

SECOND = timedelta(seconds=1)
LONG = 30.0
"""Seconds that a test waits at most for what happens at once."""


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def dispatch(
    ledger: Ledger, clock: Clock, *channels: Scripted, not_older_than: timedelta | None = None, lane: str | None = None
) -> Dispatch:
    outlets = {one.name: Outlet(one.name, one, lane or f"lane of {one.name}") for one in channels}
    return Dispatch(ledger, outlets, "w", clock, asyncio.Event(), not_older_than=not_older_than)


async def only(ledger: Ledger, story: int) -> Delivery:
    [row] = await ledger.deliveries.of_story(story)
    return row


async def test_what_is_due_is_sent_and_has_its_receipt(ledger: Ledger, now: datetime) -> None:
    channel = Scripted("main")
    story = await planned_story(ledger, now, "main")
    assert await dispatch(ledger, Clock(now), channel).drain("lane of main") is None
    row = await only(ledger, story)
    assert (row.state, row.receipt and row.receipt.platform_id) == (State.SENT, "main/1")
    assert channel.posted == [(row.key, row.edition.text)]


@pytest.mark.parametrize(
    ("error", "state", "outcome"),
    [
        (Refused("main", "too long"), State.FAILED, Outcome.REFUSED),
        (Unavailable("main", "HTTP 503"), State.PLANNED, Outcome.UNAVAILABLE),
        (Uncertain("main", "HTTP 500"), State.UNCERTAIN, Outcome.UNCERTAIN),
        (ZeroDivisionError(), State.UNCERTAIN, Outcome.UNCERTAIN),
    ],
)
async def test_each_failure_ends_as_the_state_table_says(
    ledger: Ledger, now: datetime, error: Exception, state: State, outcome: Outcome
) -> None:
    story = await planned_story(ledger, now, "main")
    await dispatch(ledger, Clock(now), Scripted("main", error)).drain("lane of main")
    row = await only(ledger, story)
    [attempt] = await ledger.deliveries.attempts(row.id)
    assert (row.state, attempt.outcome) == (state, outcome)
    assert row.due_at > now or state is not State.PLANNED


async def test_with_a_key_that_the_platform_knows_a_lost_answer_is_only_later(ledger: Ledger, now: datetime) -> None:
    clock = Clock(now)
    channel = Scripted("main", Uncertain("main", "lost"), facts=replace(FACTS, key_life=FOREVER))
    story = await planned_story(ledger, now, "main")
    work = dispatch(ledger, clock, channel)
    await work.drain("lane of main")
    clock.now += 60 * SECOND
    await work.drain("lane of main")
    assert (await only(ledger, story)).state is State.SENT
    assert len({key for key, _ in channel.posted}) == 1


@pytest.mark.parametrize(("waited", "posts", "state"), [(5, 2, State.SENT), (90, 1, State.UNCERTAIN)])
async def test_a_repeat_that_comes_after_the_life_of_its_key_is_not_sent_blindly(
    ledger: Ledger, now: datetime, waited: int, posts: int, state: State
) -> None:
    clock = Clock(now)
    facts = replace(FACTS, key_life=timedelta(minutes=60))
    channel = Scripted("main", Uncertain("main", "lost"), facts=facts)
    story = await planned_story(ledger, now, "main")
    work = dispatch(ledger, clock, channel)
    await work.drain("lane of main")
    await ledger.deliveries.hold(story, "陈静", "wait", clock.now)  # it was planned again, and somebody held it
    clock.now += timedelta(minutes=waited)
    await ledger.deliveries.release(story, "陈静", "go", clock.now)
    await work.drain("lane of main")
    assert (len(channel.posted), (await only(ledger, story)).state) == (posts, state)


async def test_a_policy_may_call_a_lost_answer_sent(ledger: Ledger, now: datetime) -> None:
    channel = Scripted("main", Uncertain("main", "lost"), facts=replace(FACTS, when_unsure=WhenUnsure.ASSUME_SENT))
    story = await planned_story(ledger, now, "main")
    await dispatch(ledger, Clock(now), channel).drain("lane of main")
    row = await only(ledger, story)
    assert row.state is State.SENT
    assert row.receipt is not None
    assert "assumed sent" in row.receipt.sent


async def test_a_refused_account_pauses_its_channel_and_loses_nothing(ledger: Ledger, now: datetime) -> None:
    channel = Scripted("main", Refused("main", "the bot was kicked", account=True))
    stories = [await planned_story(ledger, now, "main") for _ in range(2)]
    work = dispatch(ledger, Clock(now), channel)
    await work.drain("lane of main")
    assert [(await only(ledger, story)).state for story in stories] == [State.HELD, State.HELD]
    assert len(await ledger.notices.untold()) == 1
    await ledger.lanes.resume("main", "陈静", now)
    await work.drain("lane of main")
    assert [(await only(ledger, story)).state for story in stories] == [State.SENT, State.SENT]


async def test_the_time_a_platform_names_closes_its_whole_lane(ledger: Ledger, now: datetime) -> None:
    clock = Clock(now)
    throttled = Scripted("main", Unavailable("main", "429", retry_after=30 * SECOND))
    other = Scripted("other")
    await planned_story(ledger, now, "main", lane="bot")
    work = dispatch(ledger, clock, throttled, other, lane="bot")
    await work.drain("bot")
    story = await planned_story(ledger, now, "other", lane="bot")
    clock.now += 29 * SECOND
    assert await work.drain("bot") == SECOND
    assert (await only(ledger, story)).state is State.PLANNED
    clock.now += SECOND
    await work.drain("bot")
    assert (await only(ledger, story)).state is State.SENT


async def test_the_pace_is_kept_and_survives_a_restart(ledger: Ledger, now: datetime) -> None:
    clock = Clock(now)
    facts = replace(FACTS, pace=(Pace(1, SECOND), Pace(4, 60 * SECOND)))  # one of the four is kept back
    channel = Scripted("main", facts=facts)
    for _ in range(5):
        await planned_story(ledger, now, "main")
    sent_after: list[timedelta] = []
    while len(sent_after) < 5:
        wait = await dispatch(ledger, clock, channel).drain("lane of main")  # a new one each time, as after a restart
        sent_after += [clock.now - now] * (len(channel.posted) - len(sent_after))
        clock.now += wait or timedelta(0)
    assert sent_after == [0 * SECOND, SECOND, 2 * SECOND, 60 * SECOND, 61 * SECOND]


async def test_the_accounts_pace_counts_all_its_channels(ledger: Ledger, now: datetime) -> None:
    facts = replace(FACTS, pace=(Pace(2, SECOND, Scope.ACCOUNT),))
    channels = [Scripted(name, facts=facts) for name in ("a", "b", "c")]
    await planned_story(ledger, now, "a", "b", "c", lane="bot")
    assert await dispatch(ledger, Clock(now), *channels, lane="bot").drain("bot") == SECOND
    assert sum(len(channel.posted) for channel in channels) == 2


async def test_a_slow_channel_delays_no_other_of_its_lane(ledger: Ledger, now: datetime) -> None:
    gate = asyncio.Event()
    slow, quick = Scripted("slow", gate), Scripted("quick")
    await planned_story(ledger, now, "slow", "quick", lane="bot")
    draining = asyncio.create_task(dispatch(ledger, Clock(now), slow, quick, lane="bot").drain("bot"))
    await asyncio.wait_for(quick.called.wait(), LONG)
    assert not draining.done()
    gate.set()
    await draining


async def test_an_embargo_of_age_is_asked_again_at_the_moment_of_sending(ledger: Ledger, now: datetime) -> None:
    channel = Scripted("main")
    story = await planned_story(ledger, now, "main")
    late = Clock(now + timedelta(hours=7))
    await dispatch(ledger, late, channel, not_older_than=timedelta(hours=6)).drain("lane of main")
    row = await only(ledger, story)
    assert (row.state, channel.posted) == (State.HELD, [])
    assert "7 hours old" in row.reason
    await ledger.deliveries.release(story, "陈静", "go", late.now)
    await dispatch(ledger, late, channel, not_older_than=timedelta(hours=6)).drain("lane of main")
    assert (await only(ledger, story)).state is State.SENT


async def test_a_correction_edits_what_is_out_and_never_overtakes_it(ledger: Ledger, now: datetime) -> None:
    clock = Clock(now)
    channel = Scripted("main", Unavailable("main", "503"))
    recorded = await ledger.stories.record("inbox", article(), ["k"], "1", now)
    await ledger.deliveries.plan(recorded.story, 1, [plan(recorded.story, "main", now)], [], now)
    work = dispatch(ledger, clock, channel)
    await work.drain("lane of main")  # the post did not get through: it waits for its second try
    assert channel.edited == []
    clock.now += 60 * SECOND
    await work.drain("lane of main")
    recorded = await ledger.stories.record("inbox", article(body="更正"), ["k"], "2", clock.now)
    edit = plan(recorded.story, "main", clock.now, act=Act.EDIT, revision=2)
    assert await ledger.deliveries.plan(recorded.story, 2, [edit], [], clock.now)
    await work.drain("lane of main")
    assert channel.edited == [("main/2", edit.edition.text)]
    assert [row.state for row in await ledger.deliveries.of_story(recorded.story)] == [State.SENT, State.SENT]


async def test_what_waits_moves_into_the_lane_that_its_channel_has_now(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main", lane="rehearsal:main")
    await ledger.lanes.assign({"main": "bot"})
    await dispatch(ledger, Clock(now), Scripted("main"), lane="bot").drain("bot")
    row = await only(ledger, story)
    assert (row.lane, row.state) == ("bot", State.SENT)
    assert [sent.channel for sent in await ledger.claims.sends("bot", now - SECOND)] == ["main"]


async def test_a_send_that_takes_too_long_is_uncertain(ledger: Ledger, now: datetime) -> None:
    channel = Scripted("main", 5.0, facts=replace(FACTS, send_within=timedelta(milliseconds=80)))
    story = await planned_story(ledger, now, "main")
    await dispatch(ledger, Clock(now), channel).drain("lane of main")
    row = await only(ledger, story)
    assert (row.state, row.reason) == (State.UNCERTAIN, "no answer within the time of one send")


async def test_a_send_that_is_cancelled_says_what_is_known(ledger: Ledger, now: datetime) -> None:
    channel = Scripted("main", 5.0)
    story = await planned_story(ledger, now, "main")
    draining = asyncio.create_task(dispatch(ledger, Clock(now), channel).drain("lane of main"))
    await channel.called.wait()
    draining.cancel()
    await asyncio.gather(draining, return_exceptions=True)
    row = await only(ledger, story)
    assert (row.state, row.reason) == (State.UNCERTAIN, "the daemon was stopped while sending")
