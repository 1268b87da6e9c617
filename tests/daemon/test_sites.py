"""From a site to a partner's machine: the daemon picks up what is new there, and nothing that was there before."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import pytest
from starlette.types import ASGIApp

from bot.ledger import Ledger
from tests.fakes.ghost import KEY, Ghost
from tests.fakes.ghost import Post as GhostPost
from tests.fakes.newsroom import Newsroom, running
from tests.fakes.portal import Portal, front, page
from tests.fakes.receiver import SECRET, Receiver
from tests.fakes.serve import serve
from tests.fakes.sitemaps import Sitemaps, url, urlset
from tests.fakes.wordpress import Post, WordPress

OLD, NEW = "Library opens its doors to all", "Ferry runs late on Tuesday"


class House(Protocol):
    """A site that had something to say before Crier came, and publishes when it is told to."""

    app: ASGIApp
    entry: str
    """Its settings; {base} becomes its address."""

    def publish(self) -> None: ...


class WordPressHouse:
    entry = "kind: wordpress, url: '{base}'"

    def __init__(self) -> None:
        self.site = WordPress([Post(1, OLD, datetime.now(UTC) - timedelta(hours=2))])
        self.app = self.site.app

    def publish(self) -> None:
        self.site.posts.append(Post(2, NEW, datetime.now(UTC)))


class GhostHouse:
    entry = "kind: ghost, url: '{base}', key: 'env:CRIER_TEST_GHOST'"

    def __init__(self) -> None:
        self.site = Ghost([GhostPost("a", OLD, datetime.now(UTC) - timedelta(hours=2))])
        self.app = self.site.app

    def publish(self) -> None:
        self.site.posts.append(GhostPost("b", NEW, datetime.now(UTC)))


def _today() -> str:
    """As the newsroom's calendar says: what is of yesterday waits for an editor."""
    return f"{datetime.now(ZoneInfo('Asia/Shanghai')):%Y-%m-%d}"


class PageHouse:
    entry = "kind: page, url: '{base}/'"

    def __init__(self) -> None:
        self.headlines = [OLD, "Market moves to the square", "School choir sings at noon"]
        self.site = Portal({"/": front(*self.headlines, day=_today())})
        self.app = self.site.app

    def publish(self) -> None:
        self.site.files["/a/4.html"] = page(NEW)
        self.site.files["/"] = front(*self.headlines, NEW, day=_today())


class SitemapHouse:
    entry = "kind: sitemap, url: '{base}/sitemap.xml'"

    def __init__(self) -> None:
        self.old = url("/a/1.html", (datetime.now(UTC) - timedelta(hours=2)).isoformat())
        self.site = Sitemaps({"/sitemap.xml": urlset(self.old)})
        self.app = self.site.app

    def publish(self) -> None:
        self.site.files["/a/2.html"] = page(NEW).encode()
        self.site.files["/sitemap.xml"] = urlset(url("/a/2.html", datetime.now(UTC).isoformat()), self.old)


async def last_look(ledger: Ledger) -> datetime | None:
    return {note.name: note.last_look for note in await ledger.notes.all()}.get("river")


async def looks(ledger: Ledger, number: int) -> None:
    """Until so many more looks at the source are over."""
    for _ in range(number):
        before = await last_look(ledger)
        while await last_look(ledger) == before:
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("made", [WordPressHouse, GhostHouse, PageHouse, SitemapHouse])
async def test_what_a_site_publishes_reaches_the_partner_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: Callable[[], House]
) -> None:
    monkeypatch.setenv("CRIER_TEST_HOOK", SECRET)
    monkeypatch.setenv("CRIER_TEST_GHOST", KEY)
    house, partner = made(), Receiver()
    async with AsyncExitStack() as closing:
        base = await closing.enter_async_context(serve(house.app))
        hook = await closing.enter_async_context(serve(partner.app))
        channels = {"partner": f'kind: webhook, url: "{hook}/hook", secrets: ["env:CRIER_TEST_HOOK"]'}
        newsroom = Newsroom(tmp_path, channels, house=", private_addresses: [127.0.0.0/8]")
        text = newsroom.settings.read_text(encoding="utf-8")
        entry = f"sources:\n  river: {{{house.entry.format(base=base)}, every: 1s}}\n"
        newsroom.settings.write_text(text.replace("sources:\n", entry), encoding="utf-8")
        await closing.enter_async_context(running(newsroom))
        ledger = await Ledger.open(newsroom.ledger_url)
        closing.push_async_callback(ledger.close)
        async with asyncio.timeout(60):
            await looks(ledger, 1)  # what is there at the first look is no news
            house.publish()
            await partner.arrived.wait()
            await looks(ledger, 2)
    said = [json.dumps(event, ensure_ascii=False) for _, event in partner.calls]
    assert len(said) == 1
    assert NEW in said[0]
    assert KEY not in newsroom.log.read_text(encoding="utf-8")
