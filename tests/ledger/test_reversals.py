"""An order is taken back within a minute, as far as nothing has come of it."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from bot.ledger import Ledger
from bot.ledger.reversals import undoable
from bot.ledger.store import connect
from bot.ledger.tables import deliveries
from bot.model.decision import Verb
from bot.model.delivery import State
from tests.fakes.stories import planned_story

MINUTE = timedelta(minutes=1)
Order = Callable[[Ledger, int, datetime], Awaitable[object]]


async def standing(ledger: Ledger, story: int) -> list[tuple[str, State, datetime, int]]:
    rows = await ledger.deliveries.of_story(story)
    return [(row.channel, row.state, row.due_at, row.priority) for row in rows]


ORDERS: dict[str, Order] = {
    "hold": lambda ledger, story, now: ledger.deliveries.hold(story, "陈静", "wait", now),
    "cancel": lambda ledger, story, now: ledger.deliveries.cancel(story, "陈静", "no", now),
    "reject": lambda ledger, story, now: ledger.orders.reject(story, "陈静", "no", now),
    "schedule": lambda ledger, story, now: ledger.orders.schedule(story, now + 2 * MINUTE, "陈静", "", now),
    "embargo": lambda ledger, story, now: ledger.orders.embargo(story, now + 2 * MINUTE, "陈静", "", now),
    "skip": lambda ledger, story, now: ledger.orders.skip(story, "other", "陈静", "", now),
    "now": lambda ledger, story, now: ledger.orders.hurry(story, 1, "陈静", "", now),
}


@pytest.mark.parametrize("verb", ORDERS)
async def test_an_order_is_taken_back_as_if_it_had_not_been_given(ledger: Ledger, now: datetime, verb: str) -> None:
    story = await planned_story(ledger, now + MINUTE, "main", "other")
    before, held = await standing(ledger, story), await ledger.stories.get(story)
    await ORDERS[verb](ledger, story, now)
    assert await standing(ledger, story) != before
    told = await ledger.reversals.undo("陈静", now + MINUTE)
    assert (told.story, told.done, told.why_not) == (story, True, "")
    assert (await standing(ledger, story), await ledger.stories.get(story)) == (before, held)
    assert (await ledger.orders.given(story)).overrides == {}
    assert [one.verb for one in await ledger.history.of_story(story)][-1] is Verb.UNDONE


async def test_a_release_and_an_approval_are_taken_back_too(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main")
    await ledger.deliveries.hold(story, "林晓", "wait", now)
    for order in (ledger.deliveries.release, ledger.orders.approve):
        await order(story, "陈静", "", now)
        assert (await ledger.reversals.undo("陈静", now)).done
        assert [state for _, state, _, _ in await standing(ledger, story)] == [State.HELD]
    assert (await ledger.orders.given(story)).orders.signed == ()


async def test_after_a_minute_an_order_stands(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main")
    await ledger.deliveries.hold(story, "陈静", "wait", now)
    told = await ledger.reversals.undo("陈静", now + timedelta(seconds=61))
    assert (told.done, told.why_not) == (False, "your last order, hold, is older than a minute")


async def test_what_has_left_is_not_taken_back_and_the_rest_is(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main", "other")
    await ledger.deliveries.hold(story, "林晓", "wait", now)
    await ledger.deliveries.release(story, "陈静", "", now)
    assert await ledger.claims.next(["main"], "w", now, MINUTE, lambda *_: None) is not None
    told = await ledger.reversals.undo("陈静", now)
    assert (told.done, told.moved, told.why_not.startswith("1 of ")) == (True, 1, True)
    assert [state for _, state, _, _ in await standing(ledger, story)] == [State.SENDING, State.HELD]


async def test_nobody_takes_back_what_another_ordered(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main")
    await ledger.deliveries.hold(story, "陈静", "wait", now)
    assert (await ledger.reversals.undo("林晓", now)).why_not == "there is no order of yours that can be taken back"


async def test_an_order_is_taken_back_once(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main")
    await ledger.deliveries.hold(story, "陈静", "wait", now)
    assert (await ledger.reversals.undo("陈静", now)).done
    assert (await ledger.reversals.undo("陈静", now)).why_not == "your last order, hold, has been taken back already"


async def test_what_another_changed_since_is_left_alone(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main")
    await ledger.deliveries.hold(story, "陈静", "wait", now, "main")
    await ledger.deliveries.cancel(story, "林晓", "no", now)
    told = await ledger.reversals.undo("陈静", now)
    assert (told.done, told.why_not) == (False, "hold cannot be taken back: what it moved has gone on since")


async def test_what_was_ordered_for_several_channels_at_once_is_taken_back_at_once(
    ledger: Ledger, now: datetime
) -> None:
    story = await planned_story(ledger, now, "main", "other", "third")
    for channel in ("main", "other"):
        await ledger.orders.skip(story, channel, "陈静", "", now)
    told = await ledger.reversals.undo("陈静", now, story=story, verb="skip")
    assert (told.done, told.moved) == (True, 2)
    assert {state for _, state, _, _ in await standing(ledger, story)} == {State.PLANNED}


async def test_a_button_takes_back_its_own_order_and_no_later_one(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main")
    await ledger.deliveries.hold(story, "陈静", "wait", now)
    await ledger.orders.schedule(story, now + 2 * MINUTE, "陈静", "", now)
    told = await ledger.reversals.undo("陈静", now, story=story, verb="hold")
    assert (told.done, told.why_not) == (False, "that is not your last order")
    assert (await ledger.reversals.undo("陈静", now, story=story, verb="schedule")).done


async def test_what_was_made_for_an_order_is_made_anew_when_it_is_taken_back(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now + MINUTE, "main")
    await ledger.orders.hurry(story, 1, "陈静", "", now)
    given = await ledger.orders.given(story)
    assert await ledger.wordings.renewed(story, given, {}, now)
    await ledger.reversals.undo("陈静", now)
    assert await ledger.orders.to_renew() == (story,)


async def test_what_was_rejected_is_neither_approved_nor_sent_as_breaking(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main")
    await ledger.orders.reject(story, "陈静", "not ours", now)
    for told in (
        await ledger.orders.approve(story, "林晓", "", now),
        await ledger.orders.hurry(story, 1, "林晓", "", now),
    ):
        assert (told.done, told.why_not) == (False, "it is rejected: not ours already")


async def test_what_a_worker_claimed_in_the_midst_of_an_order_is_not_planned_again(
    postgres_url: str, now: datetime
) -> None:
    """On PostgreSQL a claim waits for no order: what it moved is not the order's."""
    ledger, store = await Ledger.open(postgres_url), connect(postgres_url)
    story = await planned_story(ledger, now, "main", "other")
    async with undoable(store, "hold", story, "陈静", now) as connection:
        assert await ledger.claims.next(["main"], "w", now, MINUTE, lambda *_: None) is not None
        which = (deliveries.c.story == story, deliveries.c.channel == "other")
        await connection.execute(update(deliveries).where(*which).values(state=State.HELD.value))
    told = await ledger.reversals.undo("陈静", now)
    assert (told.done, told.moved, told.why_not) == (True, 1, "")
    assert [state for _, state, _, _ in await standing(ledger, story)] == [State.SENDING, State.PLANNED]
    await store.engine.dispose()
    await ledger.close()
