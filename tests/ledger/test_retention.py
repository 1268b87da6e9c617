"""What is old becomes daily figures, and nothing is posted again for it."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from bot.ledger import Ledger
from bot.model.arrival import Letter
from bot.model.delivery import Act, Delivery, Outcome, Receipt, State
from bot.model.edition import Card
from bot.model.figure import Counted, Figure, Folded
from bot.model.ledger import Fate, Verdict
from tests.fakes.stories import article, plan, planned_story

KEEP = timedelta(days=90)
SECOND = timedelta(seconds=1)


async def posted(ledger: Ledger, now: datetime, channel: str = "main") -> int:
    """A story that is out since then; its number."""
    story = await planned_story(ledger, now, channel)
    claim = await ledger.claims.next([channel], "worker", now, 60 * SECOND, lambda *_: None)
    assert claim is not None
    await ledger.claims.again(claim, Outcome.UNAVAILABLE, "503", now, now + SECOND)
    claim = await ledger.claims.next([channel], "worker", now + SECOND, 60 * SECOND, lambda *_: None)
    assert claim is not None
    await ledger.claims.sent(claim, Receipt("77", now, "https://example.org/77"), now + 2 * SECOND)
    return story


async def only(ledger: Ledger, story: int) -> Delivery:
    [row] = await ledger.deliveries.of_story(story)
    return row


async def test_what_is_out_for_long_keeps_its_receipt_and_loses_its_words(ledger: Ledger, now: datetime) -> None:
    story = await posted(ledger, now)
    assert await ledger.retention.fold(now + KEEP) == Folded(deliveries=1, attempts=2)
    row = await only(ledger, story)
    assert (row.state, row.receipt and row.receipt.platform_id) == (State.SENT, "77")
    assert (row.edition.text, row.edition.headline) == ("", (await planned_headline(ledger, story)))
    assert await ledger.deliveries.attempts(row.id) == ()
    assert not await ledger.retention.fold(now + KEEP)


async def planned_headline(ledger: Ledger, story: int) -> str:
    known = await ledger.stories.get(story)
    assert known is not None
    return known.article.headline


async def test_what_was_folded_is_counted_by_its_day(ledger: Ledger, now: datetime) -> None:
    for _ in range(3):
        await posted(ledger, now)
    await ledger.retention.fold(now + KEEP)
    day = now.date()
    figures = await ledger.retention.figures(day)
    assert figures == (
        Figure(day, Counted.ATTEMPT, "main", "sent", 3, 3 * SECOND),
        Figure(day, Counted.ATTEMPT, "main", "unavailable", 3, 3 * SECOND),
        Figure(day, Counted.DELIVERY, "main", "sent", 3, 6 * SECOND),
    )
    await posted(ledger, now)
    await ledger.retention.fold(now + KEEP)
    assert [figure.count for figure in await ledger.retention.figures(day)] == [4, 4, 4]
    assert await ledger.retention.figures(day + timedelta(days=1)) == ()


async def test_what_is_younger_stays_whole(ledger: Ledger, now: datetime) -> None:
    story = await posted(ledger, now)
    assert not await ledger.retention.fold(now)
    assert (await only(ledger, story)).edition.text


async def test_what_can_still_go_somewhere_stays_whole_however_old_it_is(ledger: Ledger, now: datetime) -> None:
    waiting = await planned_story(ledger, now, "other")
    failed = await planned_story(ledger, now, "main")
    claim = await ledger.claims.next(["main"], "worker", now, SECOND, lambda *_: None)
    assert claim is not None
    await ledger.claims.failed(claim, Outcome.REFUSED, "400", now)
    assert not await ledger.retention.fold(now + KEEP)
    assert all([(await only(ledger, story)).edition.text for story in (waiting, failed)])


async def test_a_folded_story_is_known_again_and_not_posted_again(ledger: Ledger, now: datetime) -> None:
    made = article("折叠之后")
    recorded = await ledger.stories.record("inbox", made, ["test:folded"], "print", now)
    await ledger.deliveries.plan(recorded.story, 1, [plan(recorded.story, "main", now)], [], now)
    await ledger.deliveries.cancel(recorded.story, "陈静", "", now)
    assert (await ledger.retention.fold(now + KEEP)).deliveries == 1
    again = await ledger.stories.record("inbox", made, ["test:folded"], "print", now + KEEP)
    assert (again.story, again.verdict) == (recorded.story, Verdict.KNOWN)
    assert await ledger.stories.waiting() == ()


async def test_a_folded_delivery_can_still_be_withdrawn(ledger: Ledger, now: datetime) -> None:
    story = await posted(ledger, now)
    await ledger.retention.fold(now + KEEP)
    later = now + KEEP
    [told] = await ledger.withdrawals.withdraw(story, ["main"], "陈静", "错了", later)
    assert told.fate is Fate.DELETING
    claim = await ledger.claims.next(["main"], "worker", later, SECOND, lambda *_: None)
    assert claim is not None
    assert (claim.delivery.act, [receipt.platform_id for receipt in claim.out]) == (Act.DELETE, ["77"])


async def test_letters_and_told_notices_go_too_and_what_waits_stays(ledger: Ledger, now: datetime) -> None:
    for key in ("read", "waiting"):
        await ledger.arrivals.receive("cms", Letter(key, b"{}", "application/json"), now)
    first = (await ledger.arrivals.waiting("cms", now))[0]
    await ledger.arrivals.done(first.id)
    for subject in ("told", "open"):
        await ledger.notices.add(subject, "…", now)
    await ledger.notices.told((await ledger.notices.untold())[0].id, now)
    assert await ledger.retention.fold(now + KEEP) == Folded(arrivals=1, notices=1)
    assert [letter.key for letter in await ledger.arrivals.waiting("cms", now)] == ["waiting"]
    assert [notice.subject for notice in await ledger.notices.untold()] == ["open"]
    [figure] = await ledger.retention.figures(now.date())
    assert (figure.counted, figure.subject, figure.outcome, figure.count) == (Counted.ARRIVAL, "cms", "done", 1)


async def test_the_cards_of_what_stays_whole_are_named(ledger: Ledger, now: datetime) -> None:
    recorded = await ledger.stories.record("inbox", article("有图"), ["test:card"], "print", now)
    card = Card("3f9a.png", "image/png", 1200, 630, 9, "河湾大桥")
    made = plan(recorded.story, "main", now)
    with_card = replace(made, edition=replace(made.edition, card=card))
    await ledger.deliveries.plan(recorded.story, 1, [with_card], [], now)
    assert await ledger.retention.cards(now + SECOND) == {"3f9a.png"}
    assert await ledger.retention.cards(now) == frozenset()


async def test_what_a_channel_has_begun_goes_unless_an_open_delivery_needs_it(ledger: Ledger, now: datetime) -> None:
    out, open_ = (await only(ledger, await posted(ledger, now))).key, uuid4().hex
    waits = await ledger.stories.record("inbox", article("待发"), ["test:waits"], "print", now)
    await ledger.deliveries.plan(waits.story, 1, [replace(plan(waits.story, "main", now), key=open_)], [], now)
    begun, later = ledger.begun("main", lambda: now), ledger.begun("main", lambda: now + KEEP)
    for key in (out, f"{out}-1", open_, f"{open_}-1", "of no delivery"):
        await begun.keep(key, "1")
    await later.keep("young", "1")
    assert (await ledger.retention.fold(now + SECOND)).begun == 3
    kept = (out, f"{out}-1", "of no delivery", open_, f"{open_}-1", "young")
    assert [await begun.get(key) for key in kept] == [None, None, None, "1", "1", "1"]
    assert (await ledger.retention.fold(now + SECOND)).begun == 0
