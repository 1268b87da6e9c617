"""The intent is on paper first: all deliveries of a revision in one transaction."""

from datetime import datetime, timedelta

import pytest

from bot.errors import LedgerError
from bot.ledger import Ledger
from bot.model.decision import Decision, Verb
from bot.model.delivery import Act, Receipt, State
from bot.rules.follow import follow
from tests.fakes.stories import article, plan, planned_story

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def nothing_against(*_: object) -> None:
    return None


async def revise(ledger: Ledger, story: int, now: datetime, *keys: str) -> int:
    """A changed article for the story, by one of its keys; its revision."""
    [at_first, *_] = await ledger.stories.revisions(story)
    number = int(at_first.article.headline.strip("第条"))
    recorded = await ledger.stories.record("inbox", article("改"), [f"test:{number}"], f"changed {now}", now)
    assert recorded.story == story
    return recorded.revision


async def test_planning_clears_the_fresh_mark_and_writes_rows_and_reasons_together(
    ledger: Ledger, now: datetime
) -> None:
    recorded = await ledger.stories.record("inbox", article(), ["a"], "1", now)
    why = Decision(Verb.ROUTED, "routing", "route 1 takes every story", now, recorded.story, 1, "main")
    assert await ledger.deliveries.plan(recorded.story, 1, [plan(recorded.story, "main", now)], [why], now)
    assert await ledger.stories.waiting() == ()
    [row] = await ledger.deliveries.of_story(recorded.story)
    assert (row.channel, row.state, row.attempts, row.due_at) == ("main", State.PLANNED, 0, now)
    assert why in await ledger.history.of_story(recorded.story)


async def test_a_story_is_planned_once(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main")
    assert not await ledger.deliveries.plan(story, 1, [plan(story, "other", now)], [], now)
    assert len(await ledger.deliveries.of_story(story)) == 1


async def test_a_revision_that_is_no_longer_the_newest_is_not_planned(ledger: Ledger, now: datetime) -> None:
    recorded = await ledger.stories.record("inbox", article(), ["a"], "1", now)
    await ledger.stories.record("inbox", article(body="新"), ["a"], "2", now)
    assert not await ledger.deliveries.plan(recorded.story, 1, [plan(recorded.story, "main", now)], [], now)
    assert await ledger.deliveries.of_story(recorded.story) == ()


async def test_one_delivery_for_a_story_revision_channel_and_act(ledger: Ledger, now: datetime) -> None:
    recorded = await ledger.stories.record("inbox", article(), ["a"], "1", now)
    twice = [plan(recorded.story, "main", now), plan(recorded.story, "main", now)]
    with pytest.raises(LedgerError):
        await ledger.deliveries.plan(recorded.story, 1, twice, [], now)
    assert await ledger.stories.waiting() == (recorded.story,)


async def test_a_newer_revision_supersedes_what_waits(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main", "other")
    await ledger.deliveries.hold(story, "陈静", "再核实", now, channel="other")
    revision = await revise(ledger, story, now)
    await ledger.deliveries.plan(story, revision, [plan(story, c, now, revision=2) for c in ("main", "other")], [], now)
    rows = await ledger.deliveries.of_story(story)
    assert [(row.revision, row.state, row.reason) for row in rows] == [
        (1, State.CANCELLED, "superseded by revision 2"),
        (1, State.CANCELLED, "superseded by revision 2"),
        (2, State.PLANNED, ""),
        (2, State.PLANNED, ""),
    ]


async def test_a_first_post_is_not_planned_where_one_went_out_meanwhile(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main")
    revision = await revise(ledger, story, now)
    assert await ledger.claims.next(["main"], "w", now, MINUTE, nothing_against)
    assert not await ledger.deliveries.plan(story, revision, [plan(story, "main", now, revision=2)], [], now)
    assert await ledger.stories.waiting() == (story,)
    edit = plan(story, "main", now, revision=2, act=Act.EDIT)
    assert await ledger.deliveries.plan(story, revision, [edit], [], now)


async def test_what_is_planned_for_a_paused_channel_waits_as_held(ledger: Ledger, now: datetime) -> None:
    await ledger.lanes.pause("main", "the token is revoked", now)
    story = await planned_story(ledger, now, "main", "other")
    rows = {row.channel: row for row in await ledger.deliveries.of_story(story)}
    assert rows["main"].state is State.HELD
    assert rows["main"].reason == "the channel is paused: the token is revoked"
    assert rows["other"].state is State.PLANNED


async def test_a_correction_of_what_waits_for_a_paused_channel_goes_when_the_channel_does(
    ledger: Ledger, now: datetime
) -> None:
    await ledger.lanes.pause("main", "the token is revoked", now)
    story = await planned_story(ledger, now, "main")
    step = follow(await ledger.deliveries.of_story(story), editable=True)
    assert (step.act, step.held) == (Act.POST, None)
    revision = await revise(ledger, story, now)
    assert await ledger.deliveries.plan(story, revision, [plan(story, "main", now, revision=revision)], [], now)
    assert await ledger.lanes.resume("main", "陈静", now) == 1
    states = [row.state for row in await ledger.deliveries.of_story(story)]
    assert states == [State.CANCELLED, State.PLANNED]


async def test_a_story_stays_fresh_while_some_channel_is_still_to_be_composed(ledger: Ledger, now: datetime) -> None:
    recorded = await ledger.stories.record("inbox", article(), ["a"], "1", now)
    story = recorded.story
    assert await ledger.deliveries.plan(story, 1, [plan(story, "main", now)], [], now, still_fresh=True)
    assert await ledger.stories.waiting() == (story,)
    assert await ledger.deliveries.plan(story, 1, [plan(story, "other", now)], [], now)
    assert len(await ledger.deliveries.of_story(story)) == 2


async def test_editors_hold_release_and_cancel_with_their_name_and_reason(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main", "other")
    assert await ledger.deliveries.hold(story, "陈静", "再核实", now) == 2
    assert await ledger.deliveries.hold(story, "陈静", "再核实", now) == 0
    assert await ledger.deliveries.release(story, "陈静", "属实", now + MINUTE, channel="main") == 1
    assert await ledger.deliveries.cancel(story, "Ana", "重复", now + MINUTE, channel="other") == 1
    rows = {row.channel: (row.state, row.reason, row.due_at) for row in await ledger.deliveries.of_story(story)}
    assert rows == {"main": (State.PLANNED, "属实", now + MINUTE), "other": (State.CANCELLED, "重复", now)}
    told = [(d.verb, d.who, d.channel) for d in await ledger.history.of_story(story)][1:]
    assert told == [
        (Verb.HELD, "陈静", "main"),
        (Verb.HELD, "陈静", "other"),
        (Verb.RELEASED, "陈静", "main"),
        (Verb.CANCELLED, "Ana", "other"),
    ]


async def test_what_is_released_early_keeps_its_own_time(ledger: Ledger, now: datetime) -> None:
    recorded = await ledger.stories.record("inbox", article(), ["a"], "1", now)
    later = plan(recorded.story, "main", now + MINUTE)
    await ledger.deliveries.plan(recorded.story, 1, [later], [], now)
    await ledger.deliveries.hold(recorded.story, "e", "", now)
    await ledger.deliveries.release(recorded.story, "e", "", now + SECOND)
    [row] = await ledger.deliveries.of_story(recorded.story)
    assert row.due_at == now + MINUTE


async def test_what_is_sent_cannot_be_held_or_cancelled(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main")
    claim = await ledger.claims.next(["main"], "w", now, MINUTE, nothing_against)
    assert claim is not None
    assert await ledger.deliveries.cancel(story, "e", "too late", now) == 0
    await ledger.claims.sent(claim, Receipt("7", now), now)
    assert await ledger.deliveries.hold(story, "e", "too late", now) == 0


async def test_the_queue_shows_what_waits_by_time_and_counts_name_every_state(ledger: Ledger, now: datetime) -> None:
    first = await planned_story(ledger, now + MINUTE, "main")
    second = await planned_story(ledger, now, "main")
    await ledger.deliveries.cancel(await planned_story(ledger, now, "main"), "e", "", now)
    assert [row.story for row in await ledger.deliveries.queue()] == [second, first]
    assert [row.story for row in await ledger.deliveries.queue(1, 1)] == [first]
    counts = await ledger.deliveries.counts()
    assert (counts[State.PLANNED], counts[State.CANCELLED], counts[State.SENT]) == (2, 1, 0)
