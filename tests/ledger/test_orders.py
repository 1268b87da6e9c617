"""What editors decide of a story, on both databases: compare-and-set, each with its line in the history."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.ledger import Ledger
from bot.model.decision import Verb
from bot.model.delivery import BREAKING, Act, Receipt, State
from bot.model.order import Done
from tests.fakes.stories import article, plan, planned_story

MINUTE = timedelta(minutes=1)


async def waiting_for_approval(ledger: Ledger, now: datetime, needed: int) -> int:
    """A story whose one post is held until so many editors approve it."""
    recorded = await ledger.stories.record("inbox", article(), ["k"], "1", now)
    orders = await ledger.orders.ask(recorded.story, needed, "section 时政", now)
    held = replace(plan(recorded.story, "main", now, state=State.HELD), reason=orders.objection or "")
    assert await ledger.deliveries.plan(recorded.story, 1, [held], [], now)
    return recorded.story


async def states(ledger: Ledger, story: int) -> list[State]:
    return [row.state for row in await ledger.deliveries.of_story(story)]


async def claimed(ledger: Ledger, now: datetime, *channels: str) -> int | None:
    """The delivery that is claimed now, as dispatch claims it; its number."""
    claim = await ledger.claims.next(channels or ("main",), "w", now, MINUTE, lambda *_: None)
    return claim.delivery.story if claim else None


async def renewed(ledger: Ledger, story: int, now: datetime) -> None:
    """As compose does once what waits has been made anew."""
    assert await ledger.wordings.renewed(story, await ledger.orders.given(story), {}, now)


async def lines(ledger: Ledger, story: int) -> list[tuple[Verb, str, str]]:
    return [(one.verb, one.who, one.why) for one in await ledger.history.of_story(story)]


async def test_one_editor_approves_where_one_is_needed(ledger: Ledger, now: datetime) -> None:
    story = await waiting_for_approval(ledger, now, 1)
    assert await claimed(ledger, now) is None
    assert await ledger.orders.approve(story, "陈静", "checked", now) == Done(story, done=True, moved=1)
    await renewed(ledger, story, now)
    assert await claimed(ledger, now) == story
    assert (Verb.APPROVED, "陈静", "checked") in await lines(ledger, story)


async def test_two_approvals_are_of_two_different_editors(ledger: Ledger, now: datetime) -> None:
    story = await waiting_for_approval(ledger, now, 2)
    assert await ledger.orders.approve(story, "陈静", "", now) == Done(story, done=True, missing=1)
    again = await ledger.orders.approve(story, "陈静", "", now)
    assert (again.done, again.why_not) == (False, "you have approved it: it takes another editor")
    assert await states(ledger, story) == [State.HELD]
    assert (await ledger.orders.approve(story, "林晓", "", now)).moved == 1
    assert (await ledger.orders.given(story)).orders.signed == ("陈静", "林晓")


async def test_of_two_editors_at_once_the_first_decides_and_the_second_is_told(ledger: Ledger, now: datetime) -> None:
    story = await waiting_for_approval(ledger, now, 1)
    told = await asyncio.gather(*(ledger.orders.approve(story, who, "", now) for who in ("陈静", "林晓")))
    assert sorted(one.done for one in told) == [False, True]
    winner = (await ledger.orders.given(story)).orders.signed
    assert [one.why_not for one in told if not one.done] == [f"approved already by {winner[0]}"]


async def test_a_release_is_no_approval(ledger: Ledger, now: datetime) -> None:
    story = await waiting_for_approval(ledger, now, 1)
    assert await ledger.deliveries.release(story, "陈静", "", now) == 0
    assert await states(ledger, story) == [State.HELD]


async def test_another_reason_asks_for_approval_anew_and_the_same_does_not(ledger: Ledger, now: datetime) -> None:
    story = await waiting_for_approval(ledger, now, 1)
    await ledger.orders.approve(story, "陈静", "", now)
    assert (await ledger.orders.ask(story, 1, "section 时政", now)).missing == 0
    assert (await ledger.orders.ask(story, 1, "section 时政; the word “洪水”", now)).missing == 1


async def test_what_is_rejected_stays_rejected_until_it_is_released(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main")
    assert await ledger.orders.reject(story, "陈静", "not ours", now) == Done(story, done=True, moved=1)
    second = await ledger.orders.reject(story, "林晓", "no", now)
    assert (second.done, second.why_not) == (False, "it is rejected: not ours already")
    assert await claimed(ledger, now) is None
    known = await ledger.stories.get(story)
    assert known is not None
    assert known.held == "rejected: not ours"
    assert await ledger.deliveries.release(story, "林晓", "after all", now) == 1
    assert await claimed(ledger, now) == story


async def test_a_scheduled_story_goes_at_its_moment_and_not_before(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main")
    assert (await ledger.orders.schedule(story, now + 2 * MINUTE, "陈静", "", now)).moved == 1
    assert await claimed(ledger, now + MINUTE) is None
    assert await claimed(ledger, now + 2 * MINUTE) == story
    assert (Verb.SCHEDULED, "陈静", f"{now + 2 * MINUTE:%Y-%m-%d %H:%M} UTC") in await lines(ledger, story)


async def test_nothing_leaves_before_its_embargo_whoever_let_it_go(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main")
    await ledger.orders.embargo(story, now + 5 * MINUTE, "陈静", "press conference", now)
    await ledger.deliveries.hold(story, "陈静", "wait", now)
    await ledger.deliveries.release(story, "林晓", "go", now)
    await ledger.orders.hurry(story, 1, "林晓", "breaking", now)
    await renewed(ledger, story, now)
    assert await claimed(ledger, now + 4 * MINUTE) is None
    assert await claimed(ledger, now + 5 * MINUTE) == story


async def test_what_waits_for_an_embargo_says_so(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main")
    until = now + 5 * MINUTE
    await ledger.orders.embargo(story, until, "陈静", "", now)
    [row] = await ledger.deliveries.of_story(story)
    assert (row.state, row.due_at, row.reason) == (State.PLANNED, until, f"embargoed until {until:%Y-%m-%d %H:%M} UTC")


async def test_an_embargo_is_asked_in_the_transaction_that_claims(ledger: Ledger, now: datetime) -> None:
    story = (await ledger.stories.record("inbox", article(), ["k"], "1", now)).story
    await ledger.orders.embargo(story, now + MINUTE, "陈静", "", now)
    # Planned by a compose that had read the orders before: the row itself knows of no embargo.
    assert await ledger.deliveries.plan(story, 1, [plan(story, "main", now)], [], now)
    assert await claimed(ledger, now) is None
    assert await ledger.claims.due(now) == ()
    assert await claimed(ledger, now + MINUTE) == story


async def test_an_embargo_that_is_lifted_lets_it_go(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main")
    await ledger.orders.embargo(story, now + 5 * MINUTE, "陈静", "", now)
    await ledger.orders.embargo(story, None, "林晓", "", now)
    assert await claimed(ledger, now) == story


async def test_breaking_overtakes_what_waits(ledger: Ledger, now: datetime) -> None:
    first = await planned_story(ledger, now - MINUTE, "main")
    second = await planned_story(ledger, now + MINUTE, "main")
    assert (await ledger.orders.hurry(second, 1, "陈静", "breaking", now)).moved == 1
    assert await claimed(ledger, now) == first  # until its new words are set
    await renewed(ledger, second, now)
    assert (await ledger.deliveries.of_story(second))[0].priority == BREAKING
    assert await claimed(ledger, now) == second


async def test_breaking_takes_as_many_editors_as_the_newsroom_says(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now + MINUTE, "main")
    assert (await ledger.orders.hurry(story, 2, "陈静", "", now)).missing == 1
    assert (await ledger.orders.hurry(story, 2, "陈静", "", now)).done is False
    assert (await ledger.deliveries.of_story(story))[0].due_at == now + MINUTE
    assert (await ledger.orders.hurry(story, 2, "林晓", "", now)).moved == 1
    assert (await ledger.deliveries.of_story(story))[0].due_at == now


async def test_a_skipped_channel_is_left_out_and_added_again(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main", "other")
    await ledger.orders.skip(story, "other", "陈静", "too local", now)
    assert await states(ledger, story) == [State.PLANNED, State.CANCELLED]
    assert (await ledger.orders.given(story)).overrides["other"].said == "skipped by 陈静: too local"
    assert (await ledger.orders.add(story, "other", "林晓", "not so local", now)).moved == 1
    assert await states(ledger, story) == [State.PLANNED, State.PLANNED]


async def test_an_added_channel_is_to_be_composed(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main")
    assert await ledger.stories.waiting() == ()
    await ledger.orders.add(story, "other", "陈静", "", now)
    assert await ledger.stories.waiting() == (story,)


@pytest.mark.parametrize(("moved", "steps", "order"), [(2, -1, [0, 2, 1]), (0, 1, [1, 0, 2]), (2, -9, [2, 0, 1])])
@pytest.mark.parametrize("apart", [timedelta(0), timedelta(seconds=1)])
async def test_a_delivery_moves_up_and_down_its_channel(
    ledger: Ledger, now: datetime, moved: int, steps: int, order: list[int], apart: timedelta
) -> None:
    made = [await planned_story(ledger, now + number * apart, "main") for number in range(3)]
    numbers = [(await ledger.deliveries.of_story(story))[0].id for story in made]
    assert (await ledger.orders.shift(numbers[moved], steps, "陈静", now)).done
    queue = await ledger.deliveries.queue()
    assert [row.id for row in queue] == [numbers[number] for number in order]


async def test_the_first_moves_no_further_up(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main")
    [row] = await ledger.deliveries.of_story(story)
    told = await ledger.orders.shift(row.id, -1, "陈静", now)
    assert (told.done, told.why_not) == (False, "it is the first already")


async def test_a_withdrawal_takes_the_reprints_too_where_the_editor_says_so(ledger: Ledger, now: datetime) -> None:
    text = "河湾大桥今早恢复双向通行，施工历时四个月，共更换拉索五十二根，检测结果全部合格，夜间仍限速四十公里。" * 3
    first = (await ledger.stories.record("daily", article(body=text), ["a"], "1", now)).story
    again = (await ledger.stories.record("weekly", article("大桥通车了", body=text), ["b"], "2", now)).story
    for story, channel in ((first, "main"), (again, "other")):
        assert await ledger.deliveries.plan(story, 1, [plan(story, channel, now)], [], now)
        claim = await ledger.claims.next([channel], "w", now, MINUTE, lambda *_: None)
        assert claim is not None
        await ledger.claims.sent(claim, Receipt(f"{channel}/1", now), now)
    told = await ledger.withdrawals.withdraw(first, ["main", "other"], "陈静", "wrong", now, reprints=True)
    assert [(one.story, one.channel) for one in told] == [(first, "main"), (again, "other")]
    assert [row.act for row in await ledger.deliveries.of_story(again)] == [Act.POST, Act.DELETE]


async def test_an_embargo_and_a_claim_at_once_never_both_win(ledger: Ledger, now: datetime) -> None:
    for _ in range(5):
        story = await planned_story(ledger, now, "main")
        claim, ordered = await asyncio.gather(
            claimed(ledger, now), ledger.orders.embargo(story, now + MINUTE, "陈静", "", now)
        )
        # Either it was on its way when the embargo came, or it waits.
        assert (claim is None) == (ordered.moved == 1)
        [row] = await ledger.deliveries.of_story(story)
        assert row.state is (State.PLANNED if claim is None else State.SENDING)
        await ledger.deliveries.cancel(story, "陈静", "", now)
