"""`source add` and `source test` as a newcomer meets them: the real command against a site on loopback."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.cli.entry import name_for, with_entry
from bot.errors import SettingsError
from bot.ledger import Ledger
from bot.ledger.floods import WAITS
from tests.fakes.ghost import KEY, Ghost
from tests.fakes.ghost import Post as GhostPost
from tests.fakes.newsroom import ROOT, Newsroom
from tests.fakes.portal import Portal, front, page, rss
from tests.fakes.serve import serve
from tests.fakes.stories import article
from tests.fakes.wordpress import Post, WordPress

HEADLINES = ("Ferry runs late on Tuesday", "Library opens its doors to all", "Market moves to the square")
ALTERNATE = "<link rel='alternate' type='application/rss+xml' title='Riverbend' href='/feed.xml'>"
AT = datetime(2026, 11, 24, 6, tzinfo=UTC)


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    channels = {"partner": 'kind: webhook, url: "https://example.org/hook", secrets: ["env:NOT_THERE"], rehearse: true'}
    return Newsroom(tmp_path, channels, house=", private_addresses: [127.0.0.0/8]")


@pytest.fixture
def portal() -> Portal:
    pages = {f"/a/{number}.html": page(headline) for number, headline in enumerate(HEADLINES, start=1)}
    return Portal({"/": front(*HEADLINES), **pages})


@pytest.fixture
async def base(portal: Portal) -> AsyncIterator[str]:
    async with serve(portal.app) as address:
        yield address


async def crier(newsroom: Newsroom, *words: str, status: int = 0, said: str = "", **env: str) -> str:
    """Run one command while the site answers; what it printed, errors too."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "main.py", "source", *words, "--settings", str(newsroom.settings),
        cwd=ROOT, env={**os.environ, "COLUMNS": "160", **env},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(said.encode()), 60)
    assert process.returncode == status, (out + err).decode()
    assert b"Traceback" not in err
    return (out + err).decode()


async def as_json(newsroom: Newsroom, *words: str, status: int = 0, **env: str) -> Any:
    return json.loads(await crier(newsroom, *words, "--json", status=status, **env))


async def test_a_feed_that_the_page_names_is_shown_and_written_when_asked(
    newsroom: Newsroom, portal: Portal, base: str
) -> None:
    portal.files |= {"/": front(*HEADLINES, head=ALTERNATE), "/feed.xml": rss(*HEADLINES)}
    before = newsroom.settings.read_text(encoding="utf-8")
    shown = await crier(newsroom, "add", base, "--name", "river", said="n\n")
    assert f"✓ feed {base}/feed.xml: the page names this feed" in shown
    assert "2026-11-24 16:00  Ferry runs late on Tuesday" in shown
    assert newsroom.settings.read_text(encoding="utf-8") == before
    shown = await crier(newsroom, "add", base, "--name", "river", said="y\n")
    assert "source test river" in shown
    after = newsroom.settings.read_text(encoding="utf-8")
    entry = f"  river:\n    kind: feed\n    url: {base}/feed.xml\n"
    assert after.replace(entry, "") == before
    assert after.index(entry) < after.index("channels:")


async def test_what_was_added_can_be_tried_part_by_part(newsroom: Newsroom, portal: Portal, base: str) -> None:
    portal.files |= {"/": front(*HEADLINES, head=ALTERNATE), "/feed.xml": rss(*HEADLINES)}
    await crier(newsroom, "add", base, "--name", "river", "--yes")
    shown = await crier(newsroom, "test", "river")
    assert "Ferry runs late on Tuesday" in shown
    assert "author" in shown
    assert "Lin Yifan" in shown
    read = await as_json(newsroom, "test", "river", "--count", "2")
    assert [one["headline"] for one in read] == list(HEADLINES[:2])
    assert len(read[0]["blocks"]) == 5


async def test_a_hub_is_told(newsroom: Newsroom, portal: Portal, base: str) -> None:
    portal.files |= {"/feed.xml": rss(*HEADLINES)}
    portal.headers["/feed.xml"] = {"link": '<https://hub.example.org/>; rel="hub", <{base}/feed.xml>; rel=self'}
    told = await as_json(newsroom, "add", f"{base}/feed.xml")
    assert told["chosen"]["hub"] == "https://hub.example.org/"
    assert told["written"] is False
    assert [offer["kind"] for offer in told["offers"]] == ["feed"]


async def test_a_feed_at_a_common_address_is_found(newsroom: Newsroom, portal: Portal, base: str) -> None:
    portal.files["/rss.xml"] = rss(*HEADLINES)
    told = await as_json(newsroom, "add", base)
    assert told["chosen"]["values"] == {"url": f"{base}/rss.xml"}
    assert {offer["kind"] for offer in told["offers"]} == {"feed", "page"}


async def test_a_sitemap_is_found_by_robots(newsroom: Newsroom, portal: Portal, base: str) -> None:
    news = "xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'"
    urls = "".join(
        f"<url><loc>{{base}}/a/{number}.html</loc><n:news><n:publication_date>2026-11-24T0{9 - number}:00:00Z"
        "</n:publication_date></n:news></url>"
        for number in (1, 2, 3)
    )
    portal.files |= {
        "/robots.txt": "Sitemap: {base}/news.xml\n",
        "/news.xml": f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' {news}>{urls}</urlset>",
    }
    told = await as_json(newsroom, "add", base, "--kind", "sitemap")
    assert told["chosen"]["articles"][0]["headline"] == HEADLINES[0]
    assert told["chosen"]["values"] == {"url": f"{base}/"}


async def test_a_list_page_is_found_where_there_is_nothing_else(newsroom: Newsroom, base: str) -> None:
    told = await as_json(newsroom, "add", base, "--yes")
    assert (told["chosen"]["kind"], told["name"], told["written"]) == ("page", "site", True)
    assert [article["headline"] for article in told["chosen"]["articles"]] == list(HEADLINES)
    assert len(await as_json(newsroom, "test", "site")) == 3


async def test_a_wordpress_site_is_found_by_its_api(newsroom: Newsroom) -> None:
    blog = WordPress([Post(1, "Ferry runs late on Tuesday", AT), Post(2, "Library opens", AT)])
    async with serve(blog.app) as base:
        told = await as_json(newsroom, "add", base)
    assert (told["chosen"]["kind"], told["chosen"]["values"]) == ("wordpress", {"url": f"{base}/"})
    assert len(told["chosen"]["articles"]) == 2


async def test_a_wordpress_site_below_a_folder_is_found_by_the_link_header(
    newsroom: Newsroom, portal: Portal, base: str
) -> None:
    blog = WordPress([Post(1, "Ferry runs late on Tuesday", AT)])
    async with serve(blog.app) as there:
        portal.headers["/"] = {"link": f'<{there}/wp-json/>; rel="https://api.w.org/"'}
        told = await as_json(newsroom, "add", base)
    assert (told["chosen"]["kind"], told["chosen"]["values"]) == ("wordpress", {"url": f"{there}/"})


async def test_a_ghost_site_is_named_with_the_key_that_it_needs(newsroom: Newsroom, portal: Portal, base: str) -> None:
    ghost = Ghost([GhostPost("a", "Ferry runs late on Tuesday", AT)])
    async with serve(ghost.app) as there:
        script = f"<script defer src='/portal.min.js' data-ghost='{there}/'></script>"
        portal.files["/"] = front(*HEADLINES, head=f"<meta name='generator' content='Ghost 5.87'>{script}")
        told = await as_json(newsroom, "add", base)
        (offer,) = [one for one in told["offers"] if one["kind"] == "ghost"]
        assert offer["problem"] == "its entry.key: set the environment variable CRIER_GHOST_KEY"
        assert told["chosen"]["kind"] == "page"
        told = await as_json(newsroom, "add", base, "--yes", CRIER_GHOST_KEY=KEY)
        assert told["chosen"]["values"] == {"url": f"{there}/", "key": "env:CRIER_GHOST_KEY"}
        shown = await crier(newsroom, "test", told["name"], CRIER_GHOST_KEY=KEY)
    assert "Ferry runs late on Tuesday" in shown
    assert KEY not in shown + newsroom.settings.read_text(encoding="utf-8")


async def test_a_site_that_offers_nothing_is_told_and_nothing_written(
    newsroom: Newsroom, portal: Portal, base: str
) -> None:
    portal.files = {"/": "<html><body><p>Soon.</p></body></html>"}
    before = newsroom.settings.read_text(encoding="utf-8")
    assert "Nothing was found here" in await crier(newsroom, "add", base, "--yes", status=1)
    assert newsroom.settings.read_text(encoding="utf-8") == before


async def test_an_address_that_is_not_there_is_a_sentence(newsroom: Newsroom) -> None:
    assert "is the address right?" in await crier(newsroom, "add", "http://127.0.0.1:9/", status=1)
    assert "known are inbox" in await crier(newsroom, "test", "river", status=1)
    assert "try a file with `preview FILE`" in await crier(newsroom, "test", "inbox", status=1)


SHIPPED = (ROOT / "settings.yaml").read_text(encoding="utf-8")


def test_the_rest_of_the_file_stays_as_it_was_letter_by_letter() -> None:
    after = with_entry(SHIPPED, "river", {"kind": "feed", "url": "https://example.org/feed.xml"})
    entry = "  river:\n    kind: feed\n    url: https://example.org/feed.xml\n"
    assert after.replace(entry, "") == SHIPPED
    assert after.index("# readers:") < after.index(entry) < after.index("channels: ")


def test_a_file_in_one_line_takes_it_too() -> None:
    text = "# ours\nsources: {inbox: {kind: inbox, folder: in}}\nchannels: {}\n"
    after = with_entry(text, "river", {"kind": "feed", "url": "https://example.org/"})
    assert "river: {kind: feed, url: https://example.org/}" in after
    assert after.startswith("# ours\n")


def test_a_name_that_is_taken_is_refused() -> None:
    with pytest.raises(SettingsError, match="give another with --name"):
        with_entry(SHIPPED, "inbox", {"kind": "feed", "url": "https://example.org/"})


@pytest.mark.parametrize(
    ("url", "taken", "name"),
    [
        ("https://www.riverbend.example/", [], "riverbend"),
        ("https://news.riverbend.com.cn/city/", [], "riverbend"),
        ("https://riverbend.org", ["riverbend", "riverbend-2"], "riverbend-3"),
        ("http://127.0.0.1:80/", [], "site"),
        ("https://河湾.example/", [], "site"),
    ],
)
def test_a_source_is_named_after_its_site(url: str, taken: list[str], name: str) -> None:
    assert name_for(url, taken) == name


async def test_a_flood_is_let_go_or_dropped_from_the_command_line(newsroom: Newsroom) -> None:
    ledger = await Ledger.open(newsroom.ledger_url)
    for number in range(3):
        notice = article(headline=f"Notice {number}")
        await ledger.stories.record("inbox", notice, [f"guid:inbox:{number}"], f"{number}", AT, fresh=False, held=WAITS)
    first, _, _ = await ledger.stories.recent(3)
    await ledger.deliveries.release(first.id, "陈静", "", AT)
    assert "inbox: 2 let go" in await crier(newsroom, "release", "inbox", "--as", "陈静")
    assert len(await ledger.stories.waiting()) == 3
    await ledger.close()
    assert "inbox: 0 dropped" in await crier(newsroom, "drop", "inbox")
    assert "known are inbox" in await crier(newsroom, "release", "elsewhere", status=1)


async def test_a_flood_of_a_source_that_was_taken_out_of_the_settings_can_still_be_decided_on(
    newsroom: Newsroom,
) -> None:
    ledger = await Ledger.open(newsroom.ledger_url)
    for number in range(2):
        notice = article(headline=f"Notice {number}")
        await ledger.stories.record("site", notice, [f"guid:site:{number}"], f"{number}", AT, fresh=False, held=WAITS)
    assert "known are inbox, site" in await crier(newsroom, "drop", "elsewhere", status=1)
    assert "site: 2 let go" in await crier(newsroom, "release", "site", "--as", "陈静")
    assert len(await ledger.stories.waiting()) == 2
    await ledger.close()
