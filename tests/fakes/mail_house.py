"""A newsroom whose readers get mail: its pages over HTTP, a real mail server, and a clock moved by hand."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
from cryptography.fernet import Fernet

from bot.app import House, Premises, opened
from bot.front import Front
from bot.ledger.subscribers import Subscribers
from bot.model.story import Article
from bot.site.ours import YOUNGEST
from bot.work.compose import Compose
from bot.work.confirming import Confirming
from bot.work.dispatch import Dispatch
from bot.work.fanout import FanningOut
from bot.work.returning import Returns
from tests.fakes.mail_server import PASSWORD, USER, MailServer

PUBLIC = "crier.example.org"
TO = "ling@example.net"
_SETTINGS = """
newsroom: {{name: 河湾日报, zone: Asia/Shanghai, languages: [zh, en], colour: "#0b5d5e"}}
sources:
  inbox: {{kind: inbox, folder: queue/inbox}}
channels:
  main: {{kind: webhook, url: "https://example.org/hook", secrets: ["env:NOT_THERE"], rehearse: true}}
  letters: {{kind: email, host: 127.0.0.1, port: {port}, ca: {ca}, sender: news@example.org, user: {user},
    password: "env:CRIER_TEST_MAIL", corrections: always,
    returns: {{mailbox: "maildir:returned"}}}}
routes: [{{channels: [main]}}]
desk: {{grace: 0s, not_older_than: null}}
subscribers: {{key: "env:CRIER_TEST_READERS", carriers: [letters], topics: [城市, 体育, Harbour]}}
house: {{site_port: 0, public_url: "https://crier.example.org/"}}
"""


@dataclass
class MailHouse:
    """Hands of the house, and what a reader's mailbox got."""

    house: House
    client: httpx.AsyncClient
    server: MailServer
    base: str
    readers: Subscribers
    confirming: Confirming
    now: datetime
    folder: Path
    woken: list[str] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.now

    @property
    def mails(self) -> list[EmailMessage]:
        """Every mail, oldest first."""
        return [message for _, message in self.server.taken]

    async def ask(self, to: str = TO, **fields: str) -> httpx.Response:
        """Fill the form as a browser does that speaks Chinese, unless the headers say otherwise."""
        language = fields.pop("lang", "zh")
        page = await self.client.get("/subscribe", params={"lang": language})
        token = re.search(r'name="token" value="([^"]+)"', page.text)
        assert token
        self.now += YOUNGEST
        sent = {"token": token[1], "address": to, "rhythm": "at once", **fields}
        return await self.client.post("/subscribe", params={"lang": language}, data=sent)

    async def letter(self) -> EmailMessage:
        """Send what is due to be told; the newest mail."""
        await self.confirming.round()
        return self.mails[-1]

    async def joined(self, to: str = TO, **fields: str) -> str:
        """Somebody who has asked and confirmed; the path of their own page."""
        assert (await self.ask(to, **fields)).status_code == 303
        path = own_page(await self.letter())
        assert (await self.client.post(f"{path}/confirm")).status_code == 303
        return path

    async def publish(self, made: Article, *, key: str, revision: str = "1") -> int:
        """Through compose, fan-out and dispatch, until everything is sent."""
        stopping, house, ledger = asyncio.Event(), self.house, self.house.ledger
        recorded = await ledger.stories.record("inbox", made, [key], revision, self.now)
        desk, outlets = house.settings.desk, house.outlets
        compose = Compose(
            ledger, house.press, outlets, house.settings.routes, desk, self.clock, self.woken.append, lambda _: None
        )
        await compose.compose(recorded.story)
        fanning = FanningOut(ledger, house.press, outlets, self.clock, stopping, self.woken.append)
        while due := await ledger.chunks.due(self.now):
            for one in due:
                await fanning.run(str(one.id))
        dispatch = Dispatch(ledger, outlets, "w", self.clock, stopping, not_older_than=None)
        await dispatch.drain(outlets.carriers["letters"].lane)
        self.now += timedelta(minutes=1)
        return recorded.story

    async def returned(self, mail: bytes) -> None:
        """Another server reports."""
        (self.folder / "returned/new").mkdir(parents=True, exist_ok=True)
        (self.folder / "returned/new/1.mail").write_bytes(mail)
        await Returns(self.house.ledger, self.house.outlets.doors, self.clock).round()


def own_page(mail: EmailMessage) -> str:
    """The path of the page that a mail leads to."""
    found = re.search(rf"https://{re.escape(PUBLIC)}(/s/\d+\.[\w-]+)", words(mail))
    assert found
    return found[1]


def words(mail: EmailMessage, kind: str = "plain") -> str:
    """What the mail says as text, or as HTML."""
    body = mail.get_body((kind,))
    assert body
    return str(body.get_content())


@contextlib.asynccontextmanager
async def mail_house(folder: Path, now: datetime, *, more: str = "") -> AsyncIterator[MailHouse]:
    """Open everything on loopback; `more` are lines of the settings."""
    server = MailServer(folder)
    for name in ("cur", "new", "tmp"):
        (folder / "returned" / name).mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRIER_TEST_MAIL", PASSWORD)
        patch.setenv("CRIER_TEST_READERS", Fernet.generate_key().decode())
        async with contextlib.AsyncExitStack() as closing:
            port = await closing.enter_async_context(server.serve())
            settings = folder / "settings.yaml"
            settings.write_text(_SETTINGS.format(port=port, ca=server.ca, user=USER) + more, encoding="utf-8")
            premises, clock = Premises.of(settings), Clock(now)
            house = await closing.enter_async_context(opened(premises, clock=clock))
            base = await closing.enter_async_context(Front(house, lambda *_: None).page())
            client = httpx.AsyncClient(base_url=base, headers={"host": PUBLIC}, trust_env=False, timeout=30)
            await closing.enter_async_context(client)
            readers = premises.subscribers(house.ledger)
            confirming = premises.confirming(house.ledger, house.outlets, clock)
            assert readers
            assert confirming
            clock.of = MailHouse(house, client, server, base, readers, confirming, now, folder)
            yield clock.of


class Clock:
    """Stands until its house moves it."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self.of: MailHouse | None = None

    def __call__(self) -> datetime:
        return self.of.now if self.of else self._now
