"""Who cancels what an earlier try may have brought out is not told that nothing is out."""

from datetime import datetime, timedelta

import pytest

from bot.ledger import Ledger
from bot.model.delivery import Act, Delivery, Outcome, Receipt, State
from bot.model.ledger import Claim
from tests.fakes.stories import planned_story

MINUTE = timedelta(minutes=1)


async def claimed(ledger: Ledger, now: datetime) -> Claim | None:
    return await ledger.claims.next(["keyed"], "w", now, MINUTE, lambda *_: None)


async def in_doubt(ledger: Ledger, now: datetime, wait: timedelta = timedelta(0)) -> int:
    """The number of a story whose post waits to be repeated under its key after a lost answer."""
    story = await planned_story(ledger, now, "keyed")
    claim = await claimed(ledger, now)
    assert claim is not None
    assert await ledger.claims.again(claim, Outcome.UNCERTAIN, "read timeout", now, now + wait)
    return story


async def only(ledger: Ledger, story: int) -> Delivery:
    [row] = await ledger.deliveries.of_story(story)
    return row


async def test_a_cancelled_repeat_is_uncertain_and_is_not_sent(ledger: Ledger, now: datetime) -> None:
    story = await in_doubt(ledger, now)
    assert await ledger.deliveries.cancel(story, "陈静", "错发", now) == 1
    row = await only(ledger, story)
    assert (row.state, row.reason) == (State.UNCERTAIN, "错发; an earlier try may be out")
    assert await claimed(ledger, now) is None


async def test_so_is_what_was_held_before_it_was_rejected_and_a_release_sees_it_through(
    ledger: Ledger, now: datetime
) -> None:
    story = await in_doubt(ledger, now)
    await ledger.deliveries.hold(story, "陈静", "等等", now)
    await ledger.orders.reject(story, "陈静", "不用", now)
    assert (await only(ledger, story)).state is State.UNCERTAIN
    await ledger.deliveries.release(story, "陈静", "还是用", now)
    again = await claimed(ledger, now)
    assert again is not None
    assert again.delivery.attempts == 2


async def test_proof_says_that_it_is_out(ledger: Ledger, now: datetime) -> None:
    story = await in_doubt(ledger, now)
    await ledger.deliveries.cancel(story, "陈静", "", now)
    [claim] = await ledger.claims.unsure(["keyed"])
    assert await ledger.claims.sent(claim, Receipt("7", now), now)
    assert (await only(ledger, story)).state is State.SENT


@pytest.mark.parametrize("who", ["the sweep", "an editor"])
async def test_seen_by_nobody_it_is_cancelled_in_the_end(ledger: Ledger, now: datetime, who: str) -> None:
    story = await in_doubt(ledger, now)
    await ledger.deliveries.cancel(story, "陈静", "错发", now)
    if who == "the sweep":
        [claim] = await ledger.claims.unsure(["keyed"])
        assert await ledger.claims.not_out(claim, "looked: it is not out", now)
    else:
        assert await ledger.deliveries.settle(story, "keyed", "陈静", "看过", now, out=False) == 1
    row = await only(ledger, story)
    assert (row.state, row.reason) == (State.CANCELLED, "it is not out, and was cancelled meanwhile")


async def test_an_undone_cancel_lets_the_repeat_go_on(ledger: Ledger, now: datetime) -> None:
    story = await in_doubt(ledger, now)
    await ledger.deliveries.cancel(story, "陈静", "错发", now)
    assert (await ledger.reversals.undo("陈静", now)).done
    assert (await only(ledger, story)).state is State.PLANNED
    assert await claimed(ledger, now) is not None


@pytest.mark.parametrize("held", [False, True])
async def test_a_withdrawal_does_not_wait_for_the_hour_of_a_repeat(ledger: Ledger, now: datetime, held: bool) -> None:
    story = await in_doubt(ledger, now, wait=15 * MINUTE)
    if held:
        await ledger.deliveries.hold(story, "陈静", "等等", now)
    await ledger.withdrawals.withdraw(story, ["keyed"], "陈静", "错发", now)
    again = await claimed(ledger, now)
    assert again is not None
    assert again.delivery.act is Act.POST
    await ledger.claims.sent(again, Receipt("7", now), now)
    deletion = await claimed(ledger, now)
    assert deletion is not None
    assert deletion.delivery.act is Act.DELETE
