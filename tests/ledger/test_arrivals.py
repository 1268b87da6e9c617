"""What is brought is kept before it is thanked for, acts once, and is never dropped unread."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from bot.ledger import Ledger
from bot.ledger.store import connect
from bot.model.arrival import Letter
from bot.model.subscription import Hub, Standing
from tests.fakes.stories import article

MINUTE = timedelta(minutes=1)
LETTER = Letter("msg_1", "河湾大桥今早恢复通行。\x00\xff".encode("utf-16"), "application/json", "reader@example.org")
HUB = Hub("https://hub.example.org/", "https://example.org/feed.xml")


async def test_a_letter_waits_as_it_came(ledger: Ledger, now: datetime) -> None:
    assert await ledger.arrivals.receive("cms", LETTER, now)
    assert await ledger.arrivals.due(now) == ("cms",)
    [arrival] = await ledger.arrivals.waiting("cms", now)
    assert (arrival.key, arrival.body, arrival.content_type) == ("msg_1", LETTER.body, "application/json")
    assert (arrival.source, arrival.received_at) == ("cms", now)
    assert await ledger.arrivals.waiting("another", now) == ()


async def test_the_same_delivery_twice_is_kept_once_also_after_it_was_read(ledger: Ledger, now: datetime) -> None:
    assert await ledger.arrivals.receive("cms", LETTER, now)
    assert not await ledger.arrivals.receive("cms", LETTER, now + MINUTE)
    [arrival] = await ledger.arrivals.waiting("cms", now)
    await ledger.arrivals.done(arrival.id)
    assert not await ledger.arrivals.receive("cms", LETTER, now + MINUTE)
    assert await ledger.arrivals.due(now + MINUTE) == ()
    assert await ledger.arrivals.receive("another", LETTER, now)


async def test_of_many_senders_at_once_one_is_the_first(ledger: Ledger, now: datetime) -> None:
    kept = await asyncio.gather(*(ledger.arrivals.receive("cms", LETTER, now) for _ in range(8)))
    assert sum(kept) == 1


async def test_what_could_not_be_read_is_kept_with_its_reason(ledger: Ledger, ledger_url: str, now: datetime) -> None:
    await ledger.arrivals.receive("cms", LETTER, now)
    [arrival] = await ledger.arrivals.waiting("cms", now)
    await ledger.arrivals.unreadable(arrival.id, "no headline")
    await ledger.arrivals.done(arrival.id)
    store = connect(ledger_url)
    async with store.read() as connection:
        row = (await connection.execute(text("SELECT state, body, problem FROM arrivals"))).one()
    await store.engine.dispose()
    assert (row.state, bytes(row.body), row.problem) == ("unreadable", LETTER.body, "no headline")
    assert await ledger.arrivals.due(now) == ()


async def test_the_body_is_let_go_and_the_contact_kept_once_the_ledger_has_the_story(
    ledger: Ledger, ledger_url: str, now: datetime
) -> None:
    await ledger.arrivals.receive("cms", LETTER, now)
    [arrival] = await ledger.arrivals.waiting("cms", now)
    await ledger.arrivals.done(arrival.id)
    store = connect(ledger_url)
    async with store.read() as connection:
        assert (await connection.execute(text("SELECT body FROM arrivals"))).scalar_one() is None
    await store.engine.dispose()
    assert await ledger.arrivals.contact("cms", "msg_1") == "reader@example.org"
    assert await ledger.arrivals.contact("cms", "msg_2") is None


async def test_what_cannot_be_read_now_is_read_later(ledger: Ledger, now: datetime) -> None:
    await ledger.arrivals.receive("cms", LETTER, now)
    [arrival] = await ledger.arrivals.waiting("cms", now)
    await ledger.arrivals.later(arrival.id, "the site is away", now + MINUTE)
    assert await ledger.arrivals.due(now) == ()
    assert await ledger.arrivals.waiting("cms", now) == ()
    assert len(await ledger.arrivals.waiting("cms", now + MINUTE)) == 1


async def test_arrivals_are_counted_from_a_moment_on(ledger: Ledger, now: datetime) -> None:
    for number in range(3):
        await ledger.arrivals.receive("readers", Letter(f"{number}", b""), now + number * MINUTE)
    assert await ledger.arrivals.count("readers", now) == 2
    assert await ledger.arrivals.count("readers", now - MINUTE) == 3
    assert await ledger.arrivals.count("another", now - MINUTE) == 0


async def test_a_story_keeps_why_an_editor_must_let_it_go(ledger: Ledger, now: datetime) -> None:
    brought = await ledger.stories.record("readers", article("来稿"), ["a"], "1", now, held="submitted by 李敏")
    own = await ledger.stories.record("inbox", article("自采"), ["b"], "2", now)
    stories = [await ledger.stories.get(one.story) for one in (brought, own)]
    assert [story.held for story in stories if story] == ["submitted by 李敏", None]


async def test_the_newsrooms_own_story_is_no_reprint_of_what_a_reader_brought(ledger: Ledger, now: datetime) -> None:
    body = "河湾大桥经过四个月的维修，今早六点恢复双向通行，首班公交车于六点十分驶过桥面，沿线站点同时恢复停靠。" * 4
    await ledger.stories.record("readers", article("来稿", body=body), ["a"], "1", now, held="submitted by 李敏")
    own = await ledger.stories.record("inbox", article("大桥通车", body=body), ["b"], "2", now)
    story = await ledger.stories.get(own.story)
    assert story is not None
    assert story.cluster == story.id


async def test_a_subscription_is_wanted_asked_for_confirmed_and_renewed(ledger: Ledger, now: datetime) -> None:
    await ledger.subscriptions.offered("feed", HUB, "word", "secret", now)
    [wanted] = await ledger.subscriptions.due(now)
    assert (wanted.hub, wanted.standing, wanted.active(now)) == (HUB, Standing.WANTED, False)
    await ledger.subscriptions.asked(wanted, now + MINUTE)
    assert await ledger.subscriptions.due(now) == ()
    await ledger.subscriptions.confirmed(wanted, now + 10 * MINUTE, now + 5 * MINUTE)
    active = await ledger.subscriptions.of("feed")
    assert active is not None
    assert (active.standing, active.active(now), active.active(now + 10 * MINUTE)) == (Standing.ACTIVE, True, False)
    assert await ledger.subscriptions.due(now + 5 * MINUTE) == (active,)
    await ledger.subscriptions.asked(active, now + 6 * MINUTE)
    renewing = await ledger.subscriptions.of("feed")
    assert renewing is not None
    assert renewing.active(now + 7 * MINUTE)


async def test_the_same_offer_again_changes_nothing_and_another_hub_begins_anew(ledger: Ledger, now: datetime) -> None:
    await ledger.subscriptions.offered("feed", HUB, "word", "secret", now)
    [one] = await ledger.subscriptions.due(now)
    await ledger.subscriptions.confirmed(one, now + MINUTE, now + MINUTE)
    await ledger.subscriptions.offered("feed", HUB, "new word", "new secret", now)
    kept = await ledger.subscriptions.of("feed")
    assert kept is not None
    assert (kept.word, kept.secret, kept.active(now)) == ("word", "secret", True)
    await ledger.subscriptions.offered("feed", Hub("https://other.example.org/", HUB.topic), "new word", "x", now)
    moved = await ledger.subscriptions.of("feed")
    assert moved is not None
    assert (moved.word, moved.standing, moved.active(now)) == ("new word", Standing.WANTED, False)


@pytest.mark.parametrize("how", ["denied", "vain"])
async def test_a_hub_that_will_not_is_asked_again_later(ledger: Ledger, now: datetime, how: str) -> None:
    await ledger.subscriptions.offered("feed", HUB, "word", "secret", now)
    [one] = await ledger.subscriptions.due(now)
    await getattr(ledger.subscriptions, how)(one, "no room", now + MINUTE)
    assert await ledger.subscriptions.due(now) == ()
    [again] = await ledger.subscriptions.due(now + MINUTE)
    assert (again.problem, again.tries) == ("no room", 1 if how == "vain" else 0)


async def test_a_forgotten_subscription_lets_nothing_in(ledger: Ledger, now: datetime) -> None:
    await ledger.subscriptions.offered("feed", HUB, "word", "secret", now)
    await ledger.subscriptions.forget("feed")
    assert await ledger.subscriptions.of("feed") is None


async def test_secrets_of_a_subscription_stand_in_no_repr(ledger: Ledger, now: datetime) -> None:
    await ledger.subscriptions.offered("feed", HUB, "the word", "the secret", now)
    shown = repr(await ledger.subscriptions.of("feed"))
    assert "the word" not in shown
    assert "the secret" not in shown
