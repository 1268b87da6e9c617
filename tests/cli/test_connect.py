"""`connect` as a person walks it: a real process, a browser's real requests, and no secret on the screen."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet
from typer.testing import CliRunner

from bot.app import Premises, opened
from bot.cli import connecting
from bot.cli.commands import app
from bot.cli.loopback import Strange, code_in
from bot.errors import Refused, SettingsError
from bot.model.channel import Checkable
from bot.model.token import Visit
from tests.fakes import consent, threads, x
from tests.fakes.command import crier
from tests.fakes.newsroom import ROOT, Newsroom
from tests.fakes.serve import serve

KEY = "8gPh0mV2SkqzJ3Xk2o1mZ4aW9sYw6yq3m0cB7uHnT5A="
SECRETS = (consent.NEW, consent.REFRESH, consent.SECRET, KEY, threads.TOKEN)
ADDRESS = re.compile(r"^https?://\S+authorize\S+$", re.MULTILINE)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRIER_TEST_KEY", KEY)
    monkeypatch.setenv("CRIER_TEST_APP_SECRET", consent.SECRET)
    monkeypatch.setenv("CRIER_TEST_THREADS", threads.TOKEN)
    monkeypatch.setenv("CRIER_TEST_HOOK", "whsec_" + "c2VjcmV0" * 4)


@asynccontextmanager
async def connected_newsroom(
    folder: Path, house: str = ", key: env:CRIER_TEST_KEY"
) -> AsyncIterator[tuple[Newsroom, x.X]]:
    """A newsroom with an account on X to connect, one on Threads whose token is pasted, and one that needs nothing."""
    api, profile = x.X(datetime.now(UTC)), threads.Threads(datetime.now(UTC))
    async with serve(api.app) as base, serve(profile.app) as root:
        app = f"app: {consent.APP}, app_secret: env:CRIER_TEST_APP_SECRET"
        channels = {
            "paper": f'kind: x, {app}, api: "{base}", login: "{base}"',
            "profile": f'kind: threads, api: "{root}/v1.0"',
            "fixed": f'kind: threads, token: env:CRIER_TEST_THREADS, api: "{root}/v1.0"',
            "wire": 'kind: webhook, url: "https://example.org/hook", secrets: ["env:CRIER_TEST_HOOK"]',
        }
        yield Newsroom(folder, channels, house=house), api


class Walk:
    """One `connect` that runs; a test reads along and plays the browser."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process, self.printed = process, ""

    async def until(self, pattern: re.Pattern[str]) -> str:
        """What was printed and matches."""
        assert self._process.stdout is not None
        while not (found := pattern.search(self.printed)):
            line = await asyncio.wait_for(self._process.stdout.readline(), 60)
            assert line, self.printed
            self.printed += line.decode()
        return found[0]

    async def ended(self, brought: str = "") -> int:
        """Paste something, wait for the end; the exit status."""
        rest, _ = await asyncio.wait_for(self._process.communicate(brought.encode() or None), 60)
        self.printed += rest.decode()
        assert "Traceback" not in self.printed
        return int(self._process.returncode or 0)


async def walk(newsroom: Newsroom, *words: str) -> Walk:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "main.py", "connect", *words, "--settings", str(newsroom.settings),
        cwd=ROOT, env={**os.environ, "COLUMNS": "160", "PYTHONUNBUFFERED": "1"},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    return Walk(process)


def browser(**more: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(trust_env=False, timeout=30, **more)


async def test_the_browser_comes_back_and_the_account_is_connected(tmp_path: Path) -> None:
    async with connected_newsroom(tmp_path) as (newsroom, api):
        one = await walk(newsroom, "paper", "--port", "0")
        address = await one.until(ADDRESS)
        async with browser() as http:
            back = (await http.get(address)).headers["location"]
            # Somebody else's page calls this machine, too: it is not taken, and the walk goes on.
            for strange in (re.sub(r"state=[^&#]+", "state=another", back), back.split("?")[0]):
                assert (await http.get(strange)).status_code == 400
            page = await http.get(back)
        assert "请回到终端" in page.text
        assert await one.ended() == 0
        assert "account: @riverbend_daily" in one.printed
        assert "connected: the token holds until" in one.printed
        assert api.oauth.exchanged == 1
        listed = await crier(newsroom, "connect", "--list")
        assert re.search(r"^x +paper +\d{4}-", listed, re.MULTILINE)
        assert not [secret for secret in (*SECRETS, consent.CODE) if secret in one.printed + listed]
        async with opened(Premises.of(newsroom.settings)) as house:
            paper = house.outlets["paper"].channel
            assert isinstance(paper, Checkable)
            assert [found.ok for found in await paper.check()] == [True]


async def test_consent_that_is_denied_is_said(tmp_path: Path) -> None:
    async with connected_newsroom(tmp_path) as (newsroom, api):
        api.oauth.denies = True
        one = await walk(newsroom, "paper", "--port", "0")
        async with browser(follow_redirects=True) as http:
            assert "没有连接" in (await http.get(await one.until(ADDRESS))).text
        assert await one.ended() == 1
        assert "paper: not connected: the platform says 'The user denied your request'" in one.printed


async def test_without_a_browser_the_address_where_it_ended_is_pasted(tmp_path: Path) -> None:
    async with connected_newsroom(tmp_path) as (newsroom, api):
        one = await walk(newsroom, "paper", "--redirect", "https://example.org/connect")
        async with browser() as http:
            back = (await http.get(await one.until(ADDRESS))).headers["location"]
        assert back.startswith("https://example.org/connect?")
        assert await one.ended(back + "\n") == 0
        assert api.oauth.exchanged == 1
        assert not [secret for secret in SECRETS if secret in one.printed]


@pytest.mark.parametrize(
    ("address", "raised"),
    [
        ("https://example.org/?code=c&state=another", Strange),
        ("https://example.org/?code=c", Strange),
        ("nothing of that kind", Strange),
        ("https://example.org/?error=access_denied&state=own", Refused),
        ("https://example.org/?state=own", Refused),
    ],
)
def test_an_address_that_is_not_the_answer_gives_no_code(address: str, raised: type[Exception]) -> None:
    with pytest.raises(raised):
        code_in(address, Visit("https://example.org/", "own", "verifier"), "paper")


async def test_where_there_is_no_consent_the_token_itself_is_pasted(tmp_path: Path) -> None:
    async with connected_newsroom(tmp_path) as (newsroom, _):
        one = await walk(newsroom, "profile")
        assert await one.ended(threads.TOKEN + "\n") == 0
        assert "Paste the long-lived token that the user token generator shows" in one.printed
        assert "profile: @riverbend_daily" in one.printed
        assert threads.TOKEN not in one.printed


@pytest.mark.parametrize(
    ("name", "house", "said"),
    [
        ("paper", "", "connect --new-key"),
        ("paper", ", key: env:NOT_THERE", "set the environment variable NOT_THERE"),
        ("paper", ", key: env:CRIER_TEST_THREADS", "this is no key"),
        ("fixed", ", key: env:CRIER_TEST_KEY", "its token stands in the settings"),
        ("wire", ", key: env:CRIER_TEST_KEY", "needs no connect"),
        ("elsewhere", "", "known are paper, profile, fixed, wire"),
    ],
)
async def test_what_keeps_an_account_from_being_connected_is_named(
    tmp_path: Path, name: str, house: str, said: str
) -> None:
    async with connected_newsroom(tmp_path, house) as (newsroom, _):
        with pytest.raises(SettingsError, match=re.escape(said)):
            await connecting.walk(Premises.of(newsroom.settings), name, 0, None, paste=False)


def test_a_new_key_is_one() -> None:
    made = CliRunner().invoke(app, ["connect", "--new-key"])
    assert Fernet(made.output.strip()).encrypt(b"")
