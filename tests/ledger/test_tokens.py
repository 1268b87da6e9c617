"""Tokens in the ledger: sealed, renewed by one of all workers, lost by none."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from bot.errors import Refused, SettingsError, Unavailable
from bot.ledger import Ledger
from bot.ledger import tokens as room
from bot.ledger.store import connect
from bot.ledger.tokens import Tokens
from bot.model.token import Connected, Grant

KEY, FORMER = Fernet.generate_key().decode(), Fernet.generate_key().decode()
ACCOUNT = "x:main"


@dataclass
class Platform:
    """A platform whose refresh tokens are good for one use."""

    now: datetime
    valid: str = "renew-0"
    asked: int = 0
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def lend(self, old: Grant | None) -> Grant:
        self.asked += 1
        self.begun.set()
        await self.go_on.wait()
        if old is None or old.renew != self.valid:
            raise Refused(ACCOUNT, "invalid_grant", account=True)
        self.valid = f"renew-{self.asked}"
        return Grant(f"access-{self.asked}", self.now, self.now + timedelta(hours=2), self.valid)


@pytest.fixture
def platform(now: datetime) -> Platform:
    return Platform(now)


@pytest.fixture
def first(now: datetime) -> Grant:
    return Grant("access-0", now, now + timedelta(hours=2), "renew-0")


@pytest.fixture
async def stores(ledger_url: str, now: datetime) -> AsyncIterator[tuple[Tokens, Tokens]]:
    """Two workers on one ledger, each with connections of its own."""
    ledgers = [await Ledger.open(ledger_url) for _ in range(2)]
    one, other = (ledger.tokens(KEY, lambda: now) for ledger in ledgers)
    yield one, other
    for ledger in ledgers:
        await ledger.close()


async def test_of_two_workers_one_asks_and_both_have_the_new_token(
    stores: tuple[Tokens, Tokens], platform: Platform, first: Grant
) -> None:
    one, other = stores
    await one.keep(ACCOUNT, first)
    racing = [asyncio.create_task(store.renewed(ACCOUNT, first, platform.lend)) for store in (one, other) * 3]
    await platform.begun.wait()
    platform.go_on.set()
    got = await asyncio.gather(*racing)
    assert {grant.access for grant in got} == {"access-1"}
    assert platform.asked == 1
    assert await other.current(ACCOUNT) == got[0]


async def test_the_first_token_is_asked_for_once_too(stores: tuple[Tokens, Tokens], now: datetime) -> None:
    asked = []

    async def lend(old: Grant | None) -> Grant:
        asked.append(old)
        return Grant("shared", now, now + timedelta(hours=2))

    got = await asyncio.gather(*(store.renewed("wechat:wx1", None, lend) for store in stores * 2))
    assert {grant.access for grant in got} == {"shared"}
    assert asked == [None]


async def test_who_comes_late_with_an_old_token_gets_the_new_one_without_asking(
    stores: tuple[Tokens, Tokens], platform: Platform, first: Grant
) -> None:
    one, other = stores
    platform.go_on.set()
    await one.keep(ACCOUNT, first)
    renewed = await one.renewed(ACCOUNT, first, platform.lend)
    assert await other.renewed(ACCOUNT, first, platform.lend) == renewed
    assert platform.asked == 1


async def test_a_token_that_was_asked_for_is_kept_though_nobody_waits_any_more(
    stores: tuple[Tokens, Tokens], platform: Platform, first: Grant
) -> None:
    one, other = stores
    await one.keep(ACCOUNT, first)
    send = asyncio.create_task(one.renewed(ACCOUNT, first, platform.lend))
    await platform.begun.wait()
    send.cancel()
    with pytest.raises(asyncio.CancelledError):
        await send
    waiting = asyncio.create_task(other.renewed(ACCOUNT, first, platform.lend))
    platform.go_on.set()
    assert (await waiting).access == "access-1"
    assert platform.asked == 1


async def test_a_refusal_leaves_the_old_token_and_lets_the_next_one_ask(
    stores: tuple[Tokens, Tokens], platform: Platform, first: Grant
) -> None:
    one, other = stores
    platform.valid = "another"
    platform.go_on.set()
    await one.keep(ACCOUNT, first)
    with pytest.raises(Refused):
        await one.renewed(ACCOUNT, first, platform.lend)
    assert await one.current(ACCOUNT) == first
    platform.valid = "renew-0"
    assert (await other.renewed(ACCOUNT, first, platform.lend)).access == "access-2"


async def test_whoever_died_while_asking_is_replaced_after_the_lease(
    ledger: Ledger, ledger_url: str, platform: Platform, first: Grant, now: datetime
) -> None:
    tokens, platform.go_on = ledger.tokens(KEY, lambda: now), asyncio.Event()
    platform.go_on.set()
    await tokens.keep(ACCOUNT, first)
    store = connect(ledger_url)
    async with store.write() as connection:
        taken = {"holder": "dead", "lease_until": now + room.LEASE}
        await connection.execute(room.tokens.update().values(taken))
    await store.engine.dispose()
    later = ledger.tokens(KEY, lambda: now + room.LEASE)
    assert (await later.renewed(ACCOUNT, first, platform.lend)).access == "access-1"


async def test_connecting_anew_beats_a_renewal_that_is_under_way(
    stores: tuple[Tokens, Tokens], platform: Platform, first: Grant, now: datetime
) -> None:
    one, other = stores
    await one.keep(ACCOUNT, first)
    renewing = asyncio.create_task(one.renewed(ACCOUNT, first, platform.lend))
    await platform.begun.wait()
    entered = Grant("entered", now, now + timedelta(hours=2), "fresh")
    await other.keep(ACCOUNT, entered)
    platform.go_on.set()
    assert await renewing == entered
    assert await one.current(ACCOUNT) == entered


async def test_no_secret_stands_in_the_ledger_or_in_a_repr(
    ledger: Ledger, ledger_url: str, first: Grant, now: datetime
) -> None:
    tokens = ledger.tokens(KEY, lambda: now)
    await tokens.keep(ACCOUNT, first)
    store = connect(ledger_url)
    async with store.read() as connection:
        [sealed] = (await connection.execute(text("SELECT sealed FROM tokens"))).scalars()
    await store.engine.dispose()
    shown = f"{bytes(sealed)!r} {tokens!r} {first!r}"
    assert not [secret for secret in ("access-0", "renew-0", KEY) if secret in shown]
    assert await ledger.connected() == (Connected(ACCOUNT, first.until, now, 1),)


async def test_a_former_key_still_opens_and_the_first_one_seals(ledger: Ledger, first: Grant, now: datetime) -> None:
    await ledger.tokens(FORMER, lambda: now).keep(ACCOUNT, first)
    both = ledger.tokens(f"{KEY}, {FORMER}", lambda: now)
    assert await both.current(ACCOUNT) == first
    assert [await both.reseal(), await both.reseal()] == [1, 0]
    assert await ledger.tokens(KEY, lambda: now).current(ACCOUNT) == first
    alone = ledger.tokens(FORMER, lambda: now)
    with pytest.raises(SettingsError, match="write the former key behind it"):
        await alone.current(ACCOUNT)
    assert await alone.reseal() == 0


def test_what_is_no_key_is_said_without_showing_it(ledger: Ledger, now: datetime) -> None:
    with pytest.raises(SettingsError, match="connect --new-key") as caught:
        ledger.tokens("not-a-key", lambda: now)
    assert "not-a-key" not in str(caught.value)


async def test_patience_with_another_worker_ends(
    stores: tuple[Tokens, Tokens], platform: Platform, first: Grant, ledger_url: str, now: datetime
) -> None:
    one, _ = stores
    store = connect(ledger_url)
    hasty = Tokens(store, KEY, lambda: now, patience=timedelta())
    await one.keep(ACCOUNT, first)
    renewing = asyncio.create_task(one.renewed(ACCOUNT, first, platform.lend))
    await platform.begun.wait()
    with pytest.raises(Unavailable):
        await hasty.renewed(ACCOUNT, first, platform.lend)
    await store.engine.dispose()
    platform.go_on.set()
    assert (await renewing).access == "access-1"
