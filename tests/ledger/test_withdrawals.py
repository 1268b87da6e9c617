"""A story is taken back everywhere, once, and the list says what came of it."""

from datetime import datetime, timedelta

from bot.ledger import Ledger
from bot.model.decision import Verb
from bot.model.delivery import Act, Delivery, Receipt, State
from bot.model.ledger import Fate, Withdrawn
from bot.rules.follow import follow
from tests.fakes.stories import planned_story

MINUTE = timedelta(minutes=1)


async def sent(ledger: Ledger, now: datetime, channel: str) -> None:
    claim = await ledger.claims.next([channel], "w", now, MINUTE, lambda *_: None)
    assert claim is not None
    assert await ledger.claims.sent(claim, Receipt("7", now, f"https://example.org/{channel}/7"), now)


async def rows(ledger: Ledger, story: int) -> list[tuple[str, Act, State]]:
    found: tuple[Delivery, ...] = await ledger.deliveries.of_story(story)
    return [(row.channel, row.act, row.state) for row in found]


async def test_what_waits_is_cancelled_what_is_out_is_deleted_and_what_cannot_be_is_told(
    ledger: Ledger, now: datetime
) -> None:
    story = await planned_story(ledger, now, "waits", "able", "unable")
    for channel in ("able", "unable"):
        await sent(ledger, now, channel)
    told = await ledger.withdrawals.withdraw(story, ["able", "waits"], "陈静", "a mistake", now)
    assert told == (
        Withdrawn("waits", Fate.CANCELLED),
        Withdrawn("able", Fate.DELETING, "https://example.org/able/7"),
        Withdrawn("unable", Fate.STAYS, "https://example.org/unable/7"),
    )
    assert ("able", Act.DELETE, State.PLANNED) in await rows(ledger, story)
    assert ("waits", Act.POST, State.CANCELLED) in await rows(ledger, story)
    [notice] = await ledger.notices.untold()
    assert notice.text.endswith("withdrawn, but it stays out on unable")
    assert (Verb.WITHDRAWN, "陈静", "a mistake") in [
        (one.verb, one.who, one.why) for one in await ledger.history.of_story(story)
    ]


async def test_withdrawing_twice_deletes_once(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "able")
    await sent(ledger, now, "able")
    first = await ledger.withdrawals.withdraw(story, ["able"], "陈静", "a mistake", now)
    assert await ledger.withdrawals.withdraw(story, ["able"], "林晓", "again", now) == first
    assert [act for _, act, _ in await rows(ledger, story)] == [Act.POST, Act.DELETE]


async def test_a_deletion_waits_for_the_post_that_is_under_way(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "able")
    claim = await ledger.claims.next(["able"], "w", now, MINUTE, lambda *_: None)
    assert claim is not None
    await ledger.withdrawals.withdraw(story, ["able"], "陈静", "a mistake", now)
    assert await ledger.claims.next(["able"], "w", now, MINUTE, lambda *_: None) is None
    await ledger.claims.sent(claim, Receipt("7", now), now)
    deletion = await ledger.claims.next(["able"], "w", now, MINUTE, lambda *_: "whatever clearance says")
    assert deletion is not None
    assert (deletion.delivery.act, deletion.out, deletion.last) == (Act.DELETE, (Receipt("7", now),), True)


async def test_nothing_of_a_withdrawn_story_goes_out_any_more(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "able")
    await sent(ledger, now, "able")
    await ledger.withdrawals.withdraw(story, ["able"], "陈静", "a mistake", now)
    assert follow(await ledger.deliveries.of_story(story), editable=True).act is None
    known = await ledger.stories.get(story)
    assert known is not None
    assert known.held == "withdrawn: a mistake"
    assert await ledger.stories.waiting() == ()


async def test_a_hold_of_the_whole_story_also_holds_what_is_composed_later(ledger: Ledger, now: datetime) -> None:
    story = await planned_story(ledger, now, "main", "other")
    await ledger.deliveries.hold(story, "陈静", "wait", now, "other")
    known = await ledger.stories.get(story)
    assert known is not None
    assert known.held is None
    await ledger.deliveries.hold(story, "陈静", "wait", now)
    known = await ledger.stories.get(story)
    assert known is not None
    assert known.held == "wait"
    await ledger.deliveries.release(story, "陈静", "", now)
    known = await ledger.stories.get(story)
    assert known is not None
    assert known.held is None
