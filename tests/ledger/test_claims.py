"""From planned to sent: every step is a compare-and-set, and what nobody knows is called uncertain."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from bot.ledger import Ledger
from bot.model.decision import Verb
from bot.model.delivery import Act, Delivery, Outcome, Receipt, State
from bot.model.ledger import Claim
from bot.model.story import Story
from bot.rules.pacing import Sent
from tests.fakes.stories import article, plan, planned_story

MINUTE = timedelta(minutes=1)


def nothing_against(*_: object) -> None:
    return None


async def claim(ledger: Ledger, now: datetime, *channels: str, worker: str = "w") -> Claim | None:
    return await ledger.claims.next(channels or ["main"], worker, now, MINUTE, nothing_against)


async def claimed(ledger: Ledger, now: datetime, *channels: str, worker: str = "w") -> Claim:
    found = await claim(ledger, now, *channels, worker=worker)
    assert found is not None
    return found


async def state(ledger: Ledger, one: Claim) -> tuple[State, str]:
    row = await ledger.deliveries.get(one.delivery.id)
    assert row is not None
    return row.state, row.reason


async def test_a_claim_is_written_down_before_anything_is_sent(ledger: Ledger, now: datetime) -> None:
    await planned_story(ledger, now, "main")
    taken = await claimed(ledger, now)
    row = await ledger.deliveries.get(taken.delivery.id)
    assert row == taken.delivery
    assert row is not None
    assert (row.state, row.worker, row.attempts, row.lease_until) == (State.SENDING, "w", 1, now + MINUTE)
    [attempt] = await ledger.deliveries.attempts(row.id)
    assert (attempt.number, attempt.started_at, attempt.outcome) == (1, now, None)


async def test_nothing_is_claimed_twice(ledger: Ledger, now: datetime) -> None:
    for _ in range(6):
        await planned_story(ledger, now, "main")
    taken = await asyncio.gather(*(claim(ledger, now, worker=f"w{n}") for n in range(12)))
    ids = [one.delivery.id for one in taken if one is not None]
    while (more := await claim(ledger, now)) is not None:  # PostgreSQL may have skipped rows that others held
        ids.append(more.delivery.id)
    assert len(ids) == len(set(ids)) == 6


async def test_the_most_urgent_goes_first_then_the_longest_due(ledger: Ledger, now: datetime) -> None:
    late = await planned_story(ledger, now, "main")
    early = await planned_story(ledger, now - MINUTE, "main")
    recorded = await ledger.stories.record("inbox", article(), ["b"], "1", now)
    await ledger.deliveries.plan(recorded.story, 1, [plan(recorded.story, "main", now, priority=9)], [], now)
    order = [(await claimed(ledger, now)).delivery.story for _ in range(3)]
    assert order == [recorded.story, early, late]


async def test_what_is_not_due_or_not_of_these_channels_is_left_alone(ledger: Ledger, now: datetime) -> None:
    await planned_story(ledger, now + MINUTE, "main")
    await planned_story(ledger, now, "other")
    assert await claim(ledger, now) is None
    assert [(due.lane, due.channel) for due in await ledger.claims.due(now)] == [("lane of other", "other")]


async def test_a_receipt_ends_it_with_proof(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main")
    taken = await claimed(ledger, now)
    receipt = Receipt("-100/7", now + MINUTE, "https://t.me/riverbend/7", "the words")
    assert await ledger.claims.sent(taken, receipt, now + MINUTE)
    [row] = await ledger.deliveries.of_story(story)
    assert (row.state, row.receipt, row.lease_until) == (State.SENT, receipt, None)
    [attempt] = await ledger.deliveries.attempts(row.id)
    assert (attempt.outcome, attempt.ended_at) == (Outcome.SENT, now + MINUTE)
    last = (await ledger.history.of_story(story))[-1]
    assert (last.verb, last.why) == (Verb.SENT, "https://t.me/riverbend/7")


async def test_a_retry_is_planned_again_with_one_more_attempt(ledger: Ledger, now: datetime) -> None:
    await planned_story(ledger, now, "main")
    taken = await claimed(ledger, now)
    assert await ledger.claims.again(taken, Outcome.UNAVAILABLE, "429", now + MINUTE, now)
    assert await claim(ledger, now) is None
    second = await claimed(ledger, now + MINUTE)
    assert (second.delivery.id, second.delivery.attempts, second.delivery.key) == (
        taken.delivery.id,
        2,
        taken.delivery.key,
    )


async def test_a_refusal_and_a_doubt_are_final_states_that_say_why(ledger: Ledger, now: datetime) -> None:
    await planned_story(ledger, now, "main", "other")
    refused, doubted = await claimed(ledger, now, "main"), await claimed(ledger, now, "other")
    assert await ledger.claims.failed(refused, Outcome.REFUSED, "chat not found", now)
    assert await ledger.claims.uncertain(doubted, "read timeout", now)
    assert await state(ledger, refused) == (State.FAILED, "chat not found")
    assert await state(ledger, doubted) == (State.UNCERTAIN, "read timeout")
    assert await claim(ledger, now + MINUTE, "main", "other") is None


async def test_a_zombie_changes_nothing(ledger: Ledger, now: datetime) -> None:
    await planned_story(ledger, now, "main")
    zombie = await claimed(ledger, now)
    await ledger.claims.again(zombie, Outcome.INTERRUPTED, "swept", now, now)
    living = await claimed(ledger, now, worker="w2")
    assert not await ledger.claims.failed(zombie, Outcome.REFUSED, "late", now)
    assert not await ledger.claims.again(zombie, Outcome.UNAVAILABLE, "late", now, now)
    assert not await ledger.claims.uncertain(zombie, "late", now)
    assert not await ledger.claims.sent(zombie, Receipt("1", now), now)
    assert not await ledger.claims.renew(zombie, now + MINUTE)
    assert (await state(ledger, living))[0] is State.SENDING
    assert await ledger.claims.renew(living, now + 2 * MINUTE)


async def test_proof_that_comes_late_beats_doubt(ledger: Ledger, now: datetime) -> None:
    await planned_story(ledger, now, "main")
    slow = await claimed(ledger, now)
    await ledger.claims.uncertain(slow, "no outcome within the lease", now + MINUTE)
    assert await ledger.claims.sent(slow, Receipt("7", now), now + 2 * MINUTE)
    assert (await state(ledger, slow))[0] is State.SENT


async def test_a_correction_never_overtakes_its_post(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main")
    post = await claimed(ledger, now)
    await ledger.stories.record("inbox", article(), [f"test:{await number_of(ledger, story)}"], "2", now)
    edit = plan(story, "main", now, revision=2, act=Act.EDIT, priority=9)
    assert await ledger.deliveries.plan(story, 2, [edit], [], now)
    assert await claim(ledger, now) is None
    await ledger.claims.uncertain(post, "read timeout", now)
    assert await claim(ledger, now) is None
    await ledger.claims.sent(post, Receipt("7", now), now)
    taken = await claimed(ledger, now)
    assert (taken.delivery.act, taken.out) == (Act.EDIT, (Receipt("7", now),))


async def test_an_edit_of_nothing_is_cancelled(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main")
    post = await claimed(ledger, now)
    await ledger.stories.record("inbox", article(), [f"test:{await number_of(ledger, story)}"], "2", now)
    await ledger.deliveries.plan(story, 2, [plan(story, "main", now, revision=2, act=Act.EDIT)], [], now)
    await ledger.claims.failed(post, Outcome.REFUSED, "no", now)
    assert await claim(ledger, now) is None
    last = (await ledger.deliveries.of_story(story))[-1]
    assert (last.state, last.reason) == (State.CANCELLED, "nothing is out")


async def test_clearance_is_asked_at_the_last_moment_and_an_editor_overrules_it(ledger: Ledger, now: datetime) -> None:
    def too_old(delivery: Delivery, story: Story) -> str | None:
        assert (delivery.story, delivery.channel) == (story.id, "main")
        return "too old"

    story = await planned_story(ledger, now, "main")
    assert await ledger.claims.next(["main"], "w", now, MINUTE, too_old) is None
    [row] = await ledger.deliveries.of_story(story)
    assert (row.state, row.reason) == (State.HELD, "too old")
    await ledger.deliveries.release(story, "陈静", "", now)
    assert await ledger.claims.next(["main"], "w", now, MINUTE, too_old) is not None


async def test_a_closed_lane_waits_and_the_longer_wait_holds(ledger: Ledger, now: datetime) -> None:
    await planned_story(ledger, now, "main")
    await ledger.lanes.close("lane of main", now + MINUTE, "429")
    await ledger.lanes.close("lane of main", now + MINUTE / 2, "429")
    assert await claim(ledger, now + MINUTE / 2) is None
    assert await ledger.claims.due(now + MINUTE / 2) == ()
    assert await ledger.lanes.closed(now) == {"lane of main": now + MINUTE}
    assert await claim(ledger, now + MINUTE) is not None


async def test_a_paused_channel_holds_its_rows_tells_once_and_gives_them_back(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main")
    by_hand = await planned_story(ledger, now, "main")
    await ledger.deliveries.hold(by_hand, "e", "wait", now)
    assert await ledger.lanes.pause("main", "kicked", now)
    assert not await ledger.lanes.pause("main", "kicked", now)
    assert await claim(ledger, now) is None
    assert [notice.text for notice in await ledger.notices.untold()] == ["main: paused: kicked"]
    assert await ledger.lanes.paused() == {"main": "kicked"}
    assert await ledger.lanes.resume("main", "陈静", now + MINUTE) == 1
    assert (await claimed(ledger, now + MINUTE)).delivery.story == story
    assert await claim(ledger, now + MINUTE) is None


async def test_what_a_dead_worker_was_sending_can_be_found(ledger: Ledger, now: datetime) -> None:
    await planned_story(ledger, now, "main", "other")
    dead, own = await claimed(ledger, now, "main", worker="dead"), await claimed(ledger, now, "other", worker="me")
    assert [one.delivery.id for one in await ledger.claims.orphans("me")] == [dead.delivery.id]
    assert await ledger.claims.overdue(now) == ()
    assert {one.delivery.id for one in await ledger.claims.overdue(now + MINUTE)} == {dead.delivery.id, own.delivery.id}


async def test_pace_can_be_read_from_the_attempts(ledger: Ledger, now: datetime) -> None:
    await planned_story(ledger, now, "main", "other")
    await claimed(ledger, now, "main")
    await claimed(ledger, now + MINUTE, "main", "other")
    assert await ledger.claims.sends("lane of main", now - MINUTE) == (Sent("main", now),)
    assert await ledger.claims.sends("lane of other", now) == (Sent("other", now + MINUTE),)
    assert await ledger.claims.sends("lane of main", now) == ()


async def test_an_editor_settles_what_is_uncertain(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main", "other")
    for channel in ("main", "other"):
        await ledger.claims.uncertain(await claimed(ledger, now, channel), "timeout", now)
    assert await ledger.deliveries.settle(story, "main", "陈静", "我看到了", now, out=True) == 1
    assert await ledger.deliveries.settle(story, "other", "陈静", "没有", now, out=False) == 1
    rows = {row.channel: row for row in await ledger.deliveries.of_story(story)}
    assert rows["main"].state is State.SENT
    assert rows["main"].receipt is not None
    assert "by an editor" in rows["main"].receipt.sent
    assert rows["other"].state is State.PLANNED


async def test_an_editor_retries_what_failed(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main")
    await ledger.claims.failed(await claimed(ledger, now), Outcome.REFUSED, "no", now)
    assert await ledger.deliveries.retry(story, "陈静", "修好了", now) == 1
    assert replace(await claimed(ledger, now)).delivery.attempts == 2


async def number_of(ledger: Ledger, story: int) -> int:
    [first, *_] = await ledger.stories.revisions(story)
    return int(first.article.headline.strip("第条"))
