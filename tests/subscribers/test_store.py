"""The store of subscribers: who is in it, how they got there, and how they come and go."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from cryptography.fernet import Fernet

from bot.errors import OrderError, SettingsError
from bot.ledger import Ledger
from bot.ledger.subscribers import Subscribers
from bot.model.membership import CarrierDay
from bot.model.subscriber import Address, Choices, Membership, Rhythm, Subscriber, Timing

Ask = Callable[..., Awaitable[Subscriber]]
MINUTE = timedelta(minutes=1)


async def test_who_asks_where_nobody_can_prove_it_waits_until_they_confirm(
    ask: Ask, subscribers: Subscribers, now: datetime
) -> None:
    asked = await ask(proved=False)
    assert asked.state is Membership.ASKED
    assert await subscribers.confirm(asked.id, "wrong", now) is None
    confirmed = await subscribers.confirm(asked.id, await subscribers.word(asked.id, 1), now + MINUTE)
    assert confirmed is not None
    assert (confirmed.state, confirmed.since) == (Membership.ACTIVE, now + MINUTE)
    assert confirmed.consent is not None
    assert "the form at /subscribe at 2026-11-24 08:00 UTC, confirmed" in confirmed.consent.how


async def test_nobody_changes_by_asking_what_somebody_else_has_chosen(ask: Ask, subscribers: Subscribers) -> None:
    first = await ask()
    assert await ask(proved=False, choices=Choices(topics=("体育",))) == first
    await subscribers.lost(first.id, "550", first.since)
    back = await ask(proved=False, choices=Choices(topics=("体育",)))
    assert (back.id, back.state, back.choices) == (first.id, Membership.ASKED, first.choices)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ling@Example.ORG", " ling@example.org ", True),
        ("ling@河湾.example", "ling@xn--ovw41b.example", True),
        ("ling@example.org", "ling@example.net", False),
        ("https://Example.org:443/in", "https://example.org/in#top", True),
        ("https://example.org/in", "https://example.org/In", False),
        ("-1001/7", "-1001", False),
        ("-1001/7", "-1001/7", True),
        ("!room:example.org", "!Room:example.org", False),
    ],
)
async def test_one_address_is_one_subscriber_however_it_is_spelt(one: str, other: str, same: bool, ask: Ask) -> None:
    assert ((await ask(one)).id == (await ask(other)).id) is same


async def test_a_mailbox_is_written_to_as_its_owner_writes_it(ask: Ask, subscribers: Subscribers) -> None:
    asked = await ask(" Ling.Wang@Example.ORG ")
    assert await subscribers.opened(asked.id) == Address("Ling.Wang@example.org")


async def test_the_same_address_on_two_carriers_is_two_subscribers(ask: Ask) -> None:
    assert (await ask("-1001", carrier="a")).id != (await ask("-1001", carrier="b")).id


async def test_a_confirmation_is_repeated_after_ten_minutes_and_three_times_a_day(
    ask: Ask, subscribers: Subscribers, now: datetime
) -> None:
    sent = 0
    for minutes in range(0, 60, 2):
        at = now + minutes * MINUTE
        asked = await ask(proved=False, now=at)
        for one in await subscribers.untold(at):
            sent += await subscribers.told(one.id, at)
    assert sent == 3
    await ask(proved=False, now=now + timedelta(days=1))
    assert [one.id for one in await subscribers.untold(now + timedelta(days=1))] == [asked.id]


async def test_of_two_workers_one_sends_the_confirmation(ask: Ask, subscribers: Subscribers, now: datetime) -> None:
    asked = await ask(proved=False)
    assert [await subscribers.told(asked.id, now), await subscribers.told(asked.id, now)] == [True, False]


async def test_a_confirmation_is_due_until_it_is_handed_over(ask: Ask, subscribers: Subscribers, now: datetime) -> None:
    asked = await ask(proved=False)
    assert await subscribers.told(asked.id, now)
    assert await subscribers.untold(now + 9 * MINUTE) == ()
    assert [one.id for one in await subscribers.untold(now + 10 * MINUTE)] == [asked.id]
    await subscribers.put_off(asked.id, now + MINUTE)
    assert await subscribers.untold(now) == ()
    assert [one.id for one in await subscribers.untold(now + MINUTE, carriers=["letters"])] == [asked.id]
    assert await subscribers.untold(now + MINUTE, carriers=["others"]) == ()
    assert await subscribers.told(asked.id, now + MINUTE)
    await subscribers.handed(asked.id)
    assert await subscribers.untold(now + 60 * MINUTE) == ()


async def test_who_is_a_reader_already_is_told_the_way_to_their_page_every_eight_hours_at_most(
    ask: Ask, subscribers: Subscribers, now: datetime
) -> None:
    one = await ask()
    assert await subscribers.untold(now) == ()
    told = []
    for hours in range(0, 17, 2):
        at = now + timedelta(hours=hours)
        await ask(proved=False, now=at)
        told += [hours for due in await subscribers.untold(at) if await subscribers.told(due.id, at)]
    assert told == [0, 8, 16]
    kept = await subscribers.get(one.id)
    assert kept == one


async def test_who_left_is_only_a_mark_and_comes_back_by_asking(
    ask: Ask, subscribers: Subscribers, now: datetime
) -> None:
    one = await ask()
    former = await subscribers.link(one.id)
    assert former is not None
    left = await subscribers.leave(one.id, "/stop", now)
    assert left is not None
    assert (left.state, left.choices, left.consent) == (Membership.LEFT, Choices(), None)
    assert await subscribers.opened(one.id) is None
    assert await subscribers.checked(former) == left
    back = await ask(proved=False)
    assert (back.id, back.state) == (one.id, Membership.ASKED)
    assert await subscribers.checked(former) is None
    assert await subscribers.confirm(one.id, former.partition(".")[2], now) is None
    assert [await subscribers.stale(link) for link in (former, f"{one.id}.wrong", "0.", "x")] == [
        True, False, False, False,
    ]  # fmt: skip


async def test_who_paused_gets_nothing_until_they_go_on(
    ask: Ask, subscribers: Subscribers, ledger: Ledger, now: datetime
) -> None:
    one = await ask(timing=Timing(rhythm=Rhythm.DAILY))
    await subscribers.pause(one.id, "on holiday", now)
    assert await ledger.reader_digests.due(one.carrier, now + timedelta(days=3), 0, 10) == ()
    await subscribers.resume(one.id, "back", now + timedelta(days=3))
    (due,) = await ledger.reader_digests.due(one.carrier, now + timedelta(days=4), 0, 10)
    assert (due.reader, due.since) == (one.id, now + timedelta(days=3))


async def test_who_was_lost_comes_back_with_what_they_had_chosen(
    ask: Ask, subscribers: Subscribers, now: datetime
) -> None:
    one = await ask()
    lost = await subscribers.lost(one.id, "550 <ling@example.org> is nobody", now)
    assert lost is not None
    assert (lost.state, lost.why) == (Membership.LOST, "550 <***> is nobody")
    back = await ask(choices=Choices())
    assert (back.id, back.state, back.choices) == (one.id, Membership.ACTIVE, one.choices)


async def test_time_lets_go_who_did_not_confirm_and_who_is_not_there(
    ask: Ask, subscribers: Subscribers, now: datetime
) -> None:
    asked, lost, stays = await ask("a@example.org", proved=False), await ask("b@example.org"), await ask()
    await subscribers.lost(lost.id, "blocked", now)
    late = now + timedelta(days=2, seconds=1)
    assert await subscribers.expire(late, timedelta(days=2), timedelta(days=30)) == 1
    assert await subscribers.get(asked.id) is None
    assert await subscribers.expire(now + timedelta(days=31), timedelta(days=2), timedelta(days=30)) == 1
    assert await subscribers.get(lost.id) is None
    assert await subscribers.get(stays.id) == stays


async def test_a_ban_outlives_whom_it_is_of(ask: Ask, subscribers: Subscribers, now: datetime) -> None:
    one = await ask()
    assert await subscribers.ban(one.id, "Wang", "spam", now)
    assert await subscribers.opened(one.id) is None
    await subscribers.forget(one.id, now)
    with pytest.raises(OrderError, match=r"^this cannot be done$"):
        await ask()
    assert await subscribers.unban_address("letters", "LING@example.org", "Wang", "a mistake", now)
    assert (await ask()).id != one.id


async def test_a_chat_that_moved_goes_on_and_one_that_is_here_already_stays(
    ask: Ask, subscribers: Subscribers, now: datetime
) -> None:
    one, other = await ask("-7"), await ask("-1008")
    moved = await subscribers.moved(one.id, Address("-1007"), now)
    assert moved == await subscribers.found("letters", "-1007") == one
    assert await subscribers.moved(one.id, Address("-1008"), now) == other
    assert await subscribers.get(one.id) is None


async def test_new_secrets_keep_the_links(ask: Ask, subscribers: Subscribers, now: datetime) -> None:
    one = await ask("https://example.org/in", secrets=("old",))
    link = await subscribers.link(one.id)
    await subscribers.moved(one.id, Address("https://example.org/in", ("new", "old")), now)
    assert await subscribers.link(one.id) == link
    assert await subscribers.opened(one.id) == Address("https://example.org/in", ("new", "old"))


async def test_an_addressee_has_links_of_their_own(ask: Ask, subscribers: Subscribers) -> None:
    one = await ask()
    there = await subscribers.addressee(one.id, "https://news.example.org/")
    assert there is not None
    assert there.channel == f"letters~{one.id}"
    assert there.choices == f"https://news.example.org/s/{await subscribers.link(one.id)}"
    assert there.leave == f"{there.choices}/leave"
    nowhere = await subscribers.addressee(one.id, None)
    assert nowhere is not None
    assert (nowhere.choices, nowhere.leave) == (None, None)


async def test_a_new_rhythm_moves_the_next_digest_and_loses_no_story(
    ask: Ask, subscribers: Subscribers, ledger: Ledger, now: datetime
) -> None:
    one = await ask(timing=Timing("Asia/Shanghai", Rhythm.WEEKLY, time(7)))
    kept = await subscribers.keep(replace(one, timing=Timing("Asia/Shanghai", Rhythm.DAILY, time(7))), now + MINUTE)
    assert kept is not None
    (due,) = await ledger.reader_digests.due(one.carrier, now + timedelta(days=1), 0, 10)
    assert (due.at, due.since) == (datetime(2026, 11, 24, 23, tzinfo=UTC), now)


@pytest.mark.parametrize("timing", [Timing("Mars/Olympus"), Timing("../etc"), Timing(weekday=7), Timing(most=0)])
async def test_a_timing_that_no_clock_has_is_refused(timing: Timing, ask: Ask) -> None:
    with pytest.raises(OrderError, match=r"timing\.\w+ is .+: write "):
        await ask(timing=timing)


async def test_growth_is_counted_once_as_it_happens(
    ask: Ask, subscribers: Subscribers, ledger: Ledger, now: datetime
) -> None:
    first, second, third = [await ask(f"{name}@example.org") for name in "abc"]
    for _ in range(2):
        await ask("a@example.org")
        await subscribers.leave(first.id, "/stop", now)
        await subscribers.lost(second.id, "blocked", now)
        await subscribers.forget(third.id, now)
        await subscribers.leave(second.id, "/stop", now)
    await ask("d@example.org", proved=False)
    assert await subscribers.days(now.date()) == (CarrierDay(now.date(), "letters", joined=4, left=3, lost=1),)


async def test_the_desk_counts_by_carrier_state_and_topic(ask: Ask, subscribers: Subscribers) -> None:
    await ask("a@example.org", choices=Choices(topics=("时政", "体育")))
    await ask("b@example.org", proved=False)
    await ask("-7", carrier="readers")
    assert [(one.carrier, one.state.value, one.count) for one in await subscribers.counts()] == [
        ("letters", "active", 1), ("letters", "asked", 1), ("readers", "active", 1),
    ]  # fmt: skip
    assert [(one.carrier, one.topic, one.count) for one in await subscribers.topics()] == [
        ("letters", "体育", 1), ("letters", "时政", 1), ("readers", "时政", 1),
    ]  # fmt: skip


async def test_other_keys_change_neither_marks_nor_links(ask: Ask, ledger: Ledger, subscribers: Subscribers) -> None:
    from tests.subscribers.conftest import KEY

    one, fresh = await ask(), Fernet.generate_key().decode()
    link = await subscribers.link(one.id)
    both = ledger.subscribers(f"{fresh},{KEY}")
    assert (await both.reseal(), await both.reseal()) == (2, 0)
    alone = ledger.subscribers(fresh)
    assert await alone.found("letters", "ling@example.org") == one
    assert await alone.link(one.id) == link
    assert await alone.opened(one.id) == Address("ling@example.org")
    assert await alone.openable() == (1, 1)
    with pytest.raises(SettingsError, match="write the former key behind it"):
        await ledger.subscribers(KEY).found("letters", "ling@example.org")


async def test_who_asks_twice_at_once_is_one_subscriber(ledger_url: str, now: datetime) -> None:
    """Two workers, one ledger; the key of the marks is made once, too."""
    from tests.subscribers.conftest import KEY, Door

    ledgers = [await Ledger.open(ledger_url) for _ in range(2)]
    doors = [Door(one.subscribers(KEY), now) for one in ledgers]
    asked = await asyncio.gather(*(door(proved=number % 2 == 0) for number in range(6) for door in doors))
    assert len({one.id for one in asked}) == 1
    assert (await doors[0].subscribers.days(now.date()))[0].joined == 1
    for one in ledgers:
        await one.close()
