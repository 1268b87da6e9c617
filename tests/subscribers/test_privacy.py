"""What is kept of a subscriber lies sealed, is told to them whole, and is deleted whole."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from bot.ledger import Ledger
from bot.ledger.begun import begun
from bot.ledger.bounces import SOFT_IN_A_ROW
from bot.ledger.fanout_folding import fold
from bot.ledger.rows import editions, text_of
from bot.ledger.subscriber_tables import fanouts, kept_back, shared_editions
from bot.ledger.subscribers import Subscribers
from bot.ledger.tables import attempts, decisions, deliveries, metadata, parts, receipts
from bot.model.edition import Edition, Markup
from bot.model.membership import CarrierDay
from bot.model.returned import Fate, News, Report, Return, Returned
from bot.model.subscriber import Address, Membership, Subscriber

Ask = Callable[..., Awaitable[Subscriber]]
HEADLINE = "河湾大桥今晨通车"


class Post:
    """What a fan-out and a channel leave behind of one post to one subscriber."""

    def __init__(self, ledger: Ledger, now: datetime) -> None:
        self._store, self._now, self._number = ledger._store, now, 0

    async def __call__(self, to: Subscriber, state: str = "sent") -> str:
        self._number += 1
        n, now, key = self._number, self._now, f"key-{self._number}"
        edition = Edition(
            n, 1, to.carrier, "email", "zh", HEADLINE, "text", Markup.PLAIN, "https://example.org/1"
        )  # fmt: skip
        fanout = {"kind": "story", "carrier": to.carrier, "story": n, "revision": 1, "state": "done", "cursor": 9}
        fanout |= {
            "withdrawn": False,
            "planned": 1,
            "priority": 0,
            "due_at": now,
            "title": HEADLINE,
            "who": "",
            "why": "",
        }
        shared = {"fanout": n, "revision": 1, "variant": "zh card normal", "edition": text_of(editions, edition)}
        row = {"story": -n, "revision": 1, "channel": to.channel, "act": "post", "lane": "mail", "state": state}
        row |= {"priority": 0, "due_at": now, "key": key, "edition": "", "shared": n, "attempts": 1, "reason": ""}
        row |= {"paused": False, "released": False, "created_at": now, "changed_at": now}
        attempt = {"number": 1, "lane": "mail", "channel": to.channel, "worker": "w", "started_at": now, "detail": ""}
        receipt = {"platform_id": f"<{key}@example.org>", "at": now, "sent": "="}
        async with self._store.write() as connection:
            await connection.execute(insert(fanouts).values(**fanout, created_at=now, changed_at=now))
            await connection.execute(insert(shared_editions).values(shared))
            made = insert(deliveries).values(row).returning(deliveries.c.id)
            number = (await connection.execute(made)).scalar_one()
            await connection.execute(insert(attempts).values(delivery=number, **attempt))
            if state == "sent":
                await connection.execute(insert(receipts).values(delivery=number, **receipt))
                await connection.execute(insert(parts).values(delivery=number, number=1, **receipt))
            await connection.execute(insert(begun).values(channel=to.channel, key=key, value="x", at=now))
            await connection.execute(insert(kept_back).values(subscriber=to.id, story=n, at=now))
            told = {"story": -n, "verb": "sent", "who": "dispatch", "why": "", "channel": to.channel, "at": now}
            await connection.execute(insert(decisions).values(told))
        return key


@pytest.fixture
def post(ledger: Ledger, now: datetime) -> Post:
    return Post(ledger, now)


async def everything(ledger: Ledger) -> dict[str, str]:
    """Each table of the ledger as one text."""
    async with ledger._store.read() as connection:
        return {
            table.name: "\n".join(str(tuple(row)) for row in await connection.execute(select(table)))
            for table in metadata.sorted_tables
        }


async def test_no_address_and_no_secret_lies_open(
    ask: Ask, subscribers: Subscribers, post: Post, ledger: Ledger, now: datetime
) -> None:
    mailbox, hook = (
        await ask(),
        await ask("https://in.example.org/hook", carrier="hooks", secrets=("s3cret-of-theirs",)),
    )
    key = await post(mailbox)
    report = Report("1", "m1", (key,), (Returned("ling@example.org", Return.SOFT, "450 <ling@example.org> is full"),))
    assert await ledger.bounces.take("letters", report, now)
    await subscribers.lost(mailbox.id, "550 5.1.1 ling@example.org: no such user", now)
    lying = " ".join((await everything(ledger)).values())
    assert not [word for word in ("ling", "in.example.org", "s3cret") if word in lying]
    assert await subscribers.opened(hook.id) == Address("https://in.example.org/hook", ("s3cret-of-theirs",))
    assert "ling" not in repr(await subscribers.opened(mailbox.id)) + repr(subscribers)


async def test_who_asks_gets_everything_that_is_kept(
    ask: Ask, subscribers: Subscribers, post: Post, now: datetime
) -> None:
    one, other = await ask(), await ask("other@example.org")
    await post(one)
    await post(other)
    await post(one, "planned")
    mine = await subscribers.mydata(one.id)
    assert mine is not None
    assert (mine.subscriber, mine.address, mine.kept_back) == (one, "ling@example.org", 2)
    assert [(told.headline, told.state, told.at, told.link) for told in mine.told] == [
        (HEADLINE, "sent", now, "https://example.org/1"),
        (HEADLINE, "planned", now, "https://example.org/1"),
    ]
    assert await subscribers.mydata(99) is None


async def test_who_is_forgotten_leaves_figures_and_nothing_else(
    ask: Ask, subscribers: Subscribers, post: Post, ledger: Ledger, now: datetime, tmp_path: Path
) -> None:
    one, stays = await ask(), await ask("stays@example.org")
    key = await post(one)
    await post(stays)
    report = Report("1", "m1", (key,), (Returned("ling@example.org", Return.SOFT, "full"),))
    await ledger.bounces.take("letters", report, now)
    before = await everything(ledger)
    assert await subscribers.forget(one.id, now)
    after = await everything(ledger)
    mine = {name for name, rows in before.items() if one.channel in rows}
    assert mine == {"deliveries", "attempts", "begun", "decisions", "bounces"}
    assert not [name for name, rows in after.items() if one.channel in rows]
    for name in ("deliveries", "attempts", "receipts", "parts", "begun", "kept_back", "subscribers", "decisions"):
        assert (len(before[name].splitlines()), len(after[name].splitlines())) == (2, 1), name
    assert after["bounces"] == ""
    assert await subscribers.days(now.date()) == (CarrierDay(now.date(), "letters", joined=2, left=1),)
    assert not await subscribers.forget(one.id, now)
    await ledger.backup(tmp_path / "after.sqlite")
    kept = await Ledger.open(f"sqlite:///{tmp_path / 'after.sqlite'}")
    assert one.channel not in " ".join((await everything(kept)).values())
    await kept.close()


async def test_who_leaves_takes_along_what_waits(
    ask: Ask, subscribers: Subscribers, post: Post, ledger: Ledger, now: datetime
) -> None:
    one, stays = await ask(), await ask("stays@example.org")
    keys = [await post(whom, "planned") for whom in (one, stays)]
    await subscribers.leave(one.id, "退订", now)
    async with ledger._store.read() as connection:
        rows = (await connection.execute(select(deliveries.c.key, deliveries.c.state, deliveries.c.reason))).all()
    assert {row.key: (row.state, row.reason) for row in rows} == {
        keys[0]: ("cancelled", "退订"), keys[1]: ("planned", ""),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "state", "opened"),
    [
        (Return.HARD, Membership.LOST, Address("ling@example.org")),
        (Return.COMPLAINT, Membership.LEFT, None),
        (Return.SOFT, Membership.ACTIVE, Address("ling@example.org")),
    ],
)
async def test_returned_mail_moves_its_subscriber_and_opens_no_notice(
    kind: Return, state: Membership, opened: Address | None, ask: Ask, subscribers: Subscribers, post: Post,
    ledger: Ledger, now: datetime,
) -> None:  # fmt: skip
    one = await ask()
    report = Report("1", "m1", (await post(one),), (Returned("ling@example.org", kind, "5.1.1"),))
    for _ in range(2):
        assert await ledger.bounces.take("letters", report, now)
    there = await subscribers.get(one.id)
    assert there is not None
    assert (there.state, await subscribers.opened(one.id)) == (state, opened)
    assert await ledger.notices.untold() == ()


async def test_a_mailbox_that_is_full_again_and_again_is_lost(
    ask: Ask, subscribers: Subscribers, post: Post, ledger: Ledger, now: datetime
) -> None:
    one = await ask()
    states = []
    for number in range(SOFT_IN_A_ROW + 2):
        key = await post(one)
        if number != 1:  # this one arrived
            returned = Returned("ling@example.org", Return.SOFT, "mailbox full")
            await ledger.bounces.take("letters", Report(key, key, (key,), (returned,)), now)
        there = await subscribers.get(one.id)
        assert there is not None
        states.append(there.state.value)
    assert states == [*["active"] * (SOFT_IN_A_ROW + 1), "lost"]


async def test_a_mailbox_that_is_full_week_after_week_is_lost_though_its_rows_are_figures(
    ask: Ask, subscribers: Subscribers, post: Post, ledger: Ledger, now: datetime
) -> None:
    one = await ask()
    returned = Returned("ling@example.org", Return.SOFT, "mailbox full")
    for _ in range(SOFT_IN_A_ROW):
        there = await subscribers.get(one.id)
        assert there is not None
        assert there.state is Membership.ACTIVE
        key = await post(one)
        await ledger.bounces.take("letters", Report(key, key, (key,), (returned,)), now)
        async with ledger._store.write() as connection:
            while await fold(connection, now + timedelta(days=14)):
                pass
    there = await subscribers.get(one.id)
    assert there is not None
    assert there.state is Membership.LOST
    assert "letters~" not in (await everything(ledger))["bounces"]


async def test_a_mailbox_that_is_read_again_is_no_longer_failing(
    ask: Ask, subscribers: Subscribers, post: Post, ledger: Ledger, now: datetime
) -> None:
    one = await ask()
    returned = Returned("ling@example.org", Return.SOFT, "mailbox full")
    await ledger.bounces.take("letters", Report("1", "m1", (await post(one),), (returned,)), now)
    counted = []
    for _ in range(2):
        mine = await subscribers.mydata(one.id)
        assert mine is not None
        counted.append((mine.failures, mine.failing_since))
        await subscribers.reached(one.id, now)
    assert counted == [(1, now), (0, None)]


async def test_another_carriers_report_moves_nobody(
    ask: Ask, subscribers: Subscribers, post: Post, ledger: Ledger, now: datetime
) -> None:
    one = await ask()
    report = Report("1", "m1", (await post(one),), (Returned("ling@example.org", Return.HARD, "gone"),))
    assert not await ledger.bounces.take("letter", report, now)
    assert await subscribers.get(one.id) == one


async def test_what_did_not_arrive_afterwards_opens_no_notice_for_each(
    ask: Ask, post: Post, ledger: Ledger, now: datetime
) -> None:
    key = await post(await ask())
    assert await ledger.bounces.heard(News(key, "1", Fate.FAILED, now, "expired"), now)
    assert await ledger.notices.untold() == ()


@pytest.mark.parametrize("link", ["", "1", "1.", "x.y", "99.AAAA", "-1.AAAA", "1.ＡＡ", "٣.AAAA", "9" * 40 + ".A"])
async def test_a_link_that_is_not_theirs_is_nobodys(link: str, ask: Ask, subscribers: Subscribers) -> None:
    await ask()
    assert await subscribers.checked(link) is None


async def test_one_subscribers_word_opens_nobody_else(ask: Ask, subscribers: Subscribers, now: datetime) -> None:
    one, other = await ask(), await ask("other@example.org", proved=False)
    word = await subscribers.word(one.id, 1)
    assert await subscribers.checked(f"{other.id}.{word}") is None
    assert await subscribers.confirm(other.id, word, now) is None


async def test_an_address_that_moved_takes_its_links_along(ask: Ask, subscribers: Subscribers, now: datetime) -> None:
    one = await ask()
    former = await subscribers.link(one.id)
    assert former is not None
    await subscribers.moved(one.id, Address("new@example.org"), now + timedelta(days=1))
    assert await subscribers.checked(former) is None
    assert await subscribers.found("letters", "ling@example.org") is None
