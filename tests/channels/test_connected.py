"""Accounts that were connected: a person consents once, then the tokens follow one another, and none is shown."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography.fernet import Fernet

from bot.channels import KINDS, Doors
from bot.channels.tokens import Kept, Pocket
from bot.errors import LedgerError, Refused, SettingsError, Unavailable
from bot.ledger import Ledger
from bot.model.channel import Checkable
from bot.model.token import Connectable, Grant, Lend, Visit
from bot.work.outlet import Outlet
from bot.work.renewing import Renewing
from tests.channels.stages.stage import NOW, TEMPLATES
from tests.fakes import consent, facebook, feishu_app, linkedin, threads, wechat, wecom_app, weibo, x
from tests.fakes.serve import serve

VISIT = Visit("http://127.0.0.1:8738/connect", "rivState0fNobody", "rivVerifier0fNobody")
APP = {"app": consent.APP, "app_secret": "env:CRIER_TEST_APP_SECRET"}
SECRETS = (consent.NEW, consent.REFRESH, consent.CODE, consent.SECRET, VISIT.verifier)
KEY = Fernet.generate_key().decode()
DAYS_60 = timedelta(days=60)


@dataclass(frozen=True)
class Case:
    double: Callable[[], Any]
    given: dict[str, Any]
    base: str = ""
    """What the platform's address ends with."""
    life: timedelta | None = DAYS_60
    renews: bool = True


CASES = {
    "x": Case(lambda: x.X(NOW), {}, life=timedelta(hours=2)),
    "linkedin": Case(lambda: linkedin.Linkedin(NOW), {"organization": linkedin.ORGANIZATION}),
    "threads": Case(lambda: threads.Threads(NOW), {}, base="/v1.0"),
    "facebook": Case(lambda: facebook.Facebook(NOW), {"page": facebook.PAGE}, life=None, renews=False),
    "weibo": Case(
        weibo.WeiboServer, {"domain": weibo.HOME, "ip": "203.0.113.9"}, life=timedelta(days=30), renews=False
    ),
}


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRIER_TEST_APP_SECRET", consent.SECRET)


class Room:
    """One kind against its platform, at a time that a test moves."""

    def __init__(self, channel: Any, double: Any, store: Pocket) -> None:
        self.channel, self.double, self.store = channel, double, store
        self.now = NOW

    @property
    def token(self) -> Kept:
        token: Kept = self.channel.token
        return token

    async def connect(self) -> Grant:
        """As `connect` does: consent, code, token, kept."""
        address = self.token.entry.address(VISIT)
        assert address is not None
        async with httpx.AsyncClient(trust_env=False) as browser:
            back = (await browser.get(address)).headers["location"]
        said = parse_qs(urlsplit(back).query)
        assert said["state"] == [VISIT.state]
        grant = await self.token.entry.enter(said["code"][0], VISIT)
        await self.store.keep(self.token.account, grant)
        return grant

    async def renewed(self) -> int:
        return int(getattr(self.double, "renewed", 0) or self.double.oauth.refreshed)


@asynccontextmanager
async def room(name: str, folder: Path, **more: Any) -> AsyncIterator[Room]:
    case, kind = CASES[name], KINDS[name]
    double, store = case.double(), Pocket()
    held: list[Room] = []
    async with serve(double.app) as base:
        given = {"kind": name, "api": base + case.base, **case.given, **APP, **more}
        given |= {} if name == "weibo" else {"login": base}
        settings = kind.settings.model_validate(given)
        doors = Doors(folder, lambda: held[0].now if held else NOW, tokens=store, templates=TEMPLATES)
        channel = kind.open("main", settings, doors)
        held.append(Room(channel, double, store))
        yield held[0]
        await channel.close()


@pytest.mark.parametrize("name", CASES)
async def test_a_person_consents_and_the_account_answers(tmp_path: Path, name: str) -> None:
    async with room(name, tmp_path) as one:
        assert isinstance(one.channel, Connectable)
        assert isinstance(one.channel, Checkable)
        before = await one.channel.check()
        assert not before[0].ok
        assert "run `python main.py connect main`" in before[0].detail
        grant = await one.connect()
        life = CASES[name].life
        assert grant.until == (NOW + life if life else None)
        assert all(found.ok for found in await one.channel.check())
        shown = f"{grant!r} {one.channel!r} {one.token!r} {before!r}"
        assert not [word for word in SECRETS if word in shown]


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.renews])
async def test_a_token_that_ends_is_renewed_before_the_next_call(tmp_path: Path, name: str) -> None:
    async with room(name, tmp_path) as one:
        grant = await one.connect()
        life = CASES[name].life
        assert life is not None
        one.now = NOW + life - timedelta(minutes=3)
        assert all(found.ok for found in await one.channel.check())
        newer = await one.store.current(one.token.account)
        assert newer is not None
        assert newer.access != grant.access
        assert (newer.until, await one.renewed()) == (one.now + life, 1)


@pytest.mark.parametrize(
    ("name", "kept"), [("x", "x:main"), ("linkedin", "linkedin:5500"), ("threads", "threads:main")]
)
async def test_a_renewal_that_is_refused_wants_a_person(tmp_path: Path, name: str, kept: str) -> None:
    async with room(name, tmp_path) as one:
        grant = await one.connect()
        assert one.token.account == kept
        one.double.oauth.refresh = one.double.token = "another"
        one.now = NOW + DAYS_60 + timedelta(hours=1)
        with pytest.raises(Refused) as caught:
            await one.token.value()
        assert caught.value.account
        assert "run `python main.py connect main`" in caught.value.why
        assert not [word for word in (grant.access, *SECRETS) if word in f"{caught.value}{caught.value.__cause__}"]


@pytest.mark.parametrize("name", CASES)
async def test_consent_that_was_taken_back_wants_a_person(tmp_path: Path, name: str) -> None:
    async with room(name, tmp_path) as one:
        await one.connect()
        one.double.token = one.double.bearer = one.double.oauth.refresh = "taken back"
        [found] = await one.channel.check()
        assert not found.ok
        assert "connect" in found.detail
        assert not [word for word in SECRETS if word in found.detail]


async def test_a_token_that_the_platform_refuses_early_is_exchanged_once(tmp_path: Path) -> None:
    async with room("x", tmp_path) as one:
        await one.connect()
        one.double.bearer = "thrown away"
        assert all(found.ok for found in await one.channel.check())
        assert one.double.oauth.refreshed == 1


async def test_what_cannot_be_renewed_now_is_used_while_it_lives(tmp_path: Path) -> None:
    async with room("x", tmp_path) as one:
        grant = await one.connect()
        one.double.oauth.refresh = "another"
        one.now = NOW + timedelta(hours=2, minutes=-3)
        assert await one.token.value() == grant.access


async def test_a_code_is_good_with_its_own_verifier_alone(tmp_path: Path) -> None:
    async with room("x", tmp_path) as one:
        address = one.token.entry.address(VISIT)
        async with httpx.AsyncClient(trust_env=False) as browser:
            back = (await browser.get(address or "")).headers["location"]
        [code] = parse_qs(urlsplit(back).query)["code"]
        with pytest.raises(Refused, match="code verifier did not match"):
            await one.token.entry.enter(code, replace(VISIT, verifier="stolen"))
        with pytest.raises(Refused) as caught:
            await one.token.entry.enter(code, VISIT)
        assert code not in str(caught.value)


async def test_a_person_without_a_right_to_the_page_is_told(tmp_path: Path) -> None:
    async with room("facebook", tmp_path) as one:
        one.double.may_post = False
        with pytest.raises(Refused, match="this person has no right to post on the Page 4100"):
            await one.connect()


async def test_a_pasted_token_of_threads_is_taken_with_its_own_times_and_renewed(tmp_path: Path) -> None:
    async with room("threads", tmp_path, app=None, app_secret=None) as one:
        assert one.token.entry.address(VISIT) is None
        assert "user token generator" in one.token.entry.wanted
        dies = NOW + timedelta(days=20)
        one.double.issued_at, one.double.expires_at = (int(at.timestamp()) for at in (dies - DAYS_60, dies))
        grant = await one.token.entry.enter(threads.TOKEN, VISIT)
        assert (grant.until, grant.since) == (dies, dies - DAYS_60)
        await one.store.keep(one.token.account, grant)
        assert (await one.token.renew()).until == dies
        one.now = dies - timedelta(days=13)
        assert (await one.token.renew()).until == one.now + DAYS_60
        assert one.double.renewed == 1


@pytest.mark.parametrize(
    ("aged", "renewed"),
    [(timedelta(hours=2), 0), (timedelta(days=45), 0), (timedelta(days=47), 1)],
    ids=["fresh", "with time left", "near its end"],
)
async def test_the_round_renews_in_good_time(tmp_path: Path, aged: timedelta, renewed: int) -> None:
    async with room("threads", tmp_path) as one:
        await one.connect()
        one.now = NOW + aged
        await one.token.renew()
        assert one.double.renewed == renewed


async def test_the_desk_is_told_days_before_a_token_ends_that_nothing_renews(tmp_path: Path, ledger: Ledger) -> None:
    async with room("weibo", tmp_path) as one:
        await one.connect()
        renewing = Renewing(ledger, {"main": Outlet("main", one.channel, "weibo:main")}, lambda: one.now)
        for days, notices in ((20, 0), (28, 1), (28, 1), (29, 1)):
            one.now = NOW + timedelta(days=days)
            await renewing.round()
            assert len(await ledger.notices.untold()) == notices
        [told] = await ledger.notices.untold()
        assert told.text.startswith("main: its token ends on ")
        assert "run `python main.py connect main`" in told.text


@pytest.mark.parametrize(
    ("name", "given", "wrong"),
    [
        ("x", {"app": None, "app_secret": None}, "write token, or app and app_secret"),
        ("linkedin", {"app_secret": None}, "write app_secret beside app"),
        ("weibo", {"token": "env:T"}, "write token .* or app"),
    ],
)
def test_half_a_way_in_is_named(name: str, given: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        KINDS[name].settings.model_validate({"kind": name, **CASES[name].given, **APP, **given})


@pytest.mark.parametrize("name", CASES)
def test_without_a_key_of_the_house_the_remedy_is_named(tmp_path: Path, name: str) -> None:
    kind = KINDS[name]
    settings = kind.settings.model_validate({"kind": name, **CASES[name].given, **APP})
    with pytest.raises(SettingsError, match="connect --new-key"):
        kind.open("main", settings, Doors(tmp_path, lambda: NOW))


class Broken(Pocket):
    """A store that does not answer, or is locked."""

    def __init__(self, trouble: Exception) -> None:
        super().__init__()
        self.trouble = trouble

    async def current(self, account: str) -> Grant | None:
        raise self.trouble

    async def renewed(self, account: str, seen: Grant | None, lend: Lend) -> Grant:
        raise self.trouble


def _wechat() -> tuple[Any, str, dict[str, Any], Callable[[], int]]:
    double = wechat.WechatAccount()
    return double, wechat.SECRET, {"kind": "wechat", "app": wechat.APP}, lambda: double.exchanges


def _wecom() -> tuple[Any, str, dict[str, Any], Callable[[], int]]:
    double = wecom_app.WecomApi()
    given = {"kind": "wecom_app", "corp": wecom_app.CORP, "agent": wecom_app.AGENT}
    return double, wecom_app.SECRET, given, lambda: len(double.tokens)


def _feishu() -> tuple[Any, str, dict[str, Any], Callable[[], int]]:
    double = feishu_app.FeishuApi()
    given = {"kind": "feishu_app", "app": feishu_app.APP, "chat": feishu_app.CHAT}
    return double, feishu_app.SECRET, given, lambda: len(double.tokens)


@pytest.mark.parametrize("platform", [_wechat, _wecom, _feishu])
async def test_two_workers_share_one_token_of_an_application(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ledger_url: str, platform: Any
) -> None:
    double, secret, given, asked = platform()
    monkeypatch.setenv("CRIER_TEST_APP_SECRET", secret)
    kind = KINDS[given["kind"]]
    channels: list[Any] = []
    async with serve(double.app) as base:
        settings = kind.settings.model_validate({**given, "secret": "env:CRIER_TEST_APP_SECRET", "api": base})
        ledgers = [await Ledger.open(ledger_url) for _ in range(2)]
        for ledger in ledgers:
            tokens = ledger.tokens(KEY, lambda: NOW)
            channels.append(kind.open("main", settings, Doors(tmp_path, lambda: NOW, tokens=tokens)))
        for found in await asyncio.gather(*(channel.check() for channel in channels)):
            assert all(one.ok for one in found), found
        assert asked() == 1
        for channel, ledger in zip(channels, ledgers, strict=True):
            await channel.close()
            await ledger.close()


async def _never(old: Grant | None, *, refused: bool) -> Grant:
    raise AssertionError((old, refused))


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [(LedgerError("locked"), Unavailable), (SettingsError("house.key", "***", "another key"), Refused)],
)
async def test_a_token_that_cannot_be_read_keeps_the_post_back(
    now: datetime, trouble: Exception, kind: type[Exception]
) -> None:
    token = Kept("main", "x:main", _never, Broken(trouble), lambda: now)
    with pytest.raises(kind):
        await token.value()
    assert (await token.renew()).trouble
