"""A sitemap is read politely over real HTTP: what is new in it, and nothing of what stood there for years."""

import gzip
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.errors import SourceUnreachable, SourceUnreadable
from bot.model.source import Look, Memory
from bot.sources.kind import Tools
from bot.sources.site import Site
from bot.sources.sitemap import SitemapSettings, open_source
from bot.web.fetch import Fetcher
from tests.fakes.serve import serve
from tests.fakes.settings_file import mistake
from tests.fakes.sitemaps import Sitemaps, index, url, urlset

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TEXT = "The ferry across the Bend runs late today, because the river is low and the landing has to be moved. "


def article(headline: str, published: datetime | None = None) -> bytes:
    time = f"<time datetime='{published.isoformat()}'>{published:%d %B %Y %H:%M} UTC</time>" if published else ""
    paragraphs = "".join(f"<p>{TEXT} This is part {number} of “{headline}”.</p>" for number in range(1, 6))
    return (
        f"<!doctype html><html lang='en'><head><title>{headline} - Riverbend Daily</title></head><body><article>"
        f"<h1>{headline}</h1><p class='byline'>By Lin Yifan {time}</p>{paragraphs}</article></body></html>"
    ).encode()


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


@pytest.fixture
def site() -> Sitemaps:
    return Sitemaps()


@pytest.fixture
async def base(site: Sitemaps) -> AsyncIterator[str]:
    async with serve(site.app) as address:
        yield address


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    opened = Fetcher(private=["127.0.0.0/8"])
    yield opened
    await opened.close()


def opened(fetcher: Fetcher, base: str, path: str = "/sitemap.xml", **settings: Any) -> Site:
    read = SitemapSettings.model_validate({"kind": "sitemap", "url": f"{base}{path}", **settings})
    return open_source("river", read, Tools(fetcher, ZoneInfo("Asia/Shanghai"), Path()))


@pytest.fixture
def source(fetcher: Fetcher, base: str) -> Site:
    return opened(fetcher, base)


def headlines(look: Look, *, fresh: bool = True) -> list[str]:
    return [found.article.headline for found in look.found if found.fresh is fresh]


async def test_a_news_sitemap_brings_what_is_new_with_its_time(site: Sitemaps, source: Site, now: datetime) -> None:
    old = url("/a/1.html", news=(iso(now - HOUR), "Ferry runs late", "en"))
    site.files["/sitemap.xml"] = urlset(old)
    look = await source.look(Memory(), now)
    assert (look.found, site.asked) == ((), ["/sitemap.xml"])
    site.files["/sitemap.xml"] = urlset(url("/a/2.html", news=(iso(now + HOUR), "Bridge opens", "en")), old)
    site.files["/a/2.html"] = article("Bridge opens to everybody")
    look = await source.look(look.memory, now + 2 * HOUR)
    (found,) = look.found
    assert (found.article.headline, found.why) == ("Bridge opens to everybody", "new in the sitemap")
    assert found.article.byline.published == now + HOUR
    assert (await source.look(look.memory, now + 3 * HOUR)).found == ()


async def test_an_unchanged_sitemap_is_answered_without_a_body(site: Sitemaps, source: Site, now: datetime) -> None:
    site.files["/sitemap.xml"] = urlset(url("/a/1.html", iso(now)))
    first = await source.look(Memory(), now)
    again = await source.look(first.memory, now + HOUR)
    assert (again.found, again.memory) == ((), first.memory)


async def test_pages_that_stood_there_for_years_are_neither_fetched_nor_remembered(
    site: Sitemaps, source: Site, now: datetime
) -> None:
    old = [url(f"/a/{number}.html", iso(now - timedelta(days=number))) for number in range(3, 2000)]
    site.files["/sitemap.xml"] = urlset(url("/"), url("/about/"), url("/a/2.html", iso(now - HOUR)), *old)
    look = await source.look(Memory(), now)
    assert (look.found, len(look.memory.marks), len(site.asked)) == ((), 1, 1)


async def test_an_old_page_with_a_new_time_of_change_is_not_news(site: Sitemaps, source: Site, now: datetime) -> None:
    site.files["/sitemap.xml"] = urlset(url("/a/1.html", iso(now - 300 * DAY)), url("/a/2.html", iso(now)))
    look = await source.look(Memory(), now)
    site.files["/sitemap.xml"] = urlset(url("/a/1.html", iso(now + HOUR)), url("/a/2.html", iso(now)))
    site.files["/a/1.html"] = article("From last year", now - 300 * DAY)
    look = await source.look(look.memory, now + 2 * HOUR)
    assert (headlines(look), headlines(look, fresh=False)) == ([], ["From last year"])


async def test_a_changed_page_is_read_again(site: Sitemaps, source: Site, now: datetime) -> None:
    site.files["/sitemap.xml"] = urlset(url("/a/1.html", iso(now)))
    look = await source.look(Memory(), now)
    site.files["/sitemap.xml"] = urlset(url("/a/1.html", iso(now + HOUR)))
    site.files["/a/1.html"] = article("Ferry runs late, corrected", now)
    look = await source.look(look.memory, now + 2 * HOUR)
    assert [(one.article.headline, one.why) for one in look.found] == [
        ("Ferry runs late, corrected", "changed in the sitemap")
    ]


async def test_of_an_index_only_the_children_that_may_hold_news_are_read(
    site: Sitemaps, source: Site, now: datetime
) -> None:
    children = {f"/post-sitemap{number}.xml": iso(now - number * DAY) for number in range(1, 9)}
    site.files["/sitemap.xml"] = index({"/category-sitemap.xml": iso(now), "/page-sitemap.xml": iso(now), **children})
    site.files |= {path: urlset(url(f"/a/{path[13:-4]}.html", changed)) for path, changed in children.items()}
    await source.look(Memory(), now)
    assert site.asked == ["/sitemap.xml", *(f"/post-sitemap{number}.xml" for number in range(1, 6))]


async def test_where_an_index_names_no_times_the_highest_numbers_are_the_newest(
    site: Sitemaps, source: Site, now: datetime
) -> None:
    site.files["/sitemap.xml"] = index({f"/posts-{number}.xml": "" for number in range(1, 13)})
    site.files |= {f"/posts-{number}.xml": urlset(url("/a/1.html", iso(now))) for number in range(1, 13)}
    await source.look(Memory(), now)
    assert site.asked[1:] == [f"/posts-{number}.xml" for number in (12, 11, 10, 9, 8)]


async def test_where_some_are_named_after_news_these_alone_are_read(
    site: Sitemaps, source: Site, now: datetime
) -> None:
    site.files["/sitemap.xml"] = index({"/posts.xml": iso(now), "/google-news.xml": "", "/newsletter.xml": ""})
    site.files["/google-news.xml"] = urlset(url("/a/1.html", news=(iso(now), "Ferry runs late", "en")))
    look = await source.look(Memory(), now)
    assert site.asked == ["/sitemap.xml", "/google-news.xml"]
    assert len(look.memory.marks) == 1


async def test_a_child_that_has_not_changed_is_not_fetched_again(site: Sitemaps, source: Site, now: datetime) -> None:
    site.files["/sitemap.xml"] = index({"/a.xml": iso(now), "/b.xml": iso(now)})
    site.files["/a.xml"] = site.files["/b.xml"] = urlset(url("/a/1.html", iso(now)))
    look = await source.look(Memory(), now)
    site.files["/sitemap.xml"] = index({"/a.xml": iso(now + HOUR), "/b.xml": iso(now)})
    before = len(site.asked)
    look = await source.look(look.memory, now + 2 * HOUR)
    assert site.asked[before:] == ["/sitemap.xml", "/a.xml"]
    assert (await source.look(look.memory, now + 3 * HOUR)).memory == look.memory


async def test_a_child_that_is_missing_spoils_nothing(site: Sitemaps, source: Site, now: datetime) -> None:
    site.files["/sitemap.xml"] = index({"/a.xml": "", "/b.xml": ""})
    site.files["/a.xml"] = urlset(url("/a/1.html", iso(now)))
    look = await source.look(Memory(), now)
    assert len(look.memory.marks) == 1
    assert look.problems[0].startswith("/b.xml: HTTP 404")
    site.files["/a.xml"] = urlset(url("/a/1.html", iso(now)), url("/a/2.html", iso(now + HOUR)))
    site.files["/a/2.html"] = article("Bridge opens")
    look = await source.look(look.memory, now + HOUR)
    assert (headlines(look), look.problems) == (["Bridge opens"], ())


@pytest.mark.parametrize(
    ("robots", "read"),
    [
        (b"User-agent: *\nDisallow: /x\nSitemap: {base}/map.xml\n", "/map.xml"),
        (b"sitemap: /map.xml\nSitemap: {base}/news-map.xml", "/news-map.xml"),
        (b"User-agent: *\n", "/sitemap.xml"),
        (None, "/sitemap.xml"),
    ],
)
async def test_a_sites_address_is_enough(
    site: Sitemaps, fetcher: Fetcher, base: str, now: datetime, robots: bytes | None, read: str
) -> None:
    if robots is not None:
        site.files["/robots.txt"] = robots
    site.files[read] = urlset(url("/a/1.html", iso(now)))
    look = await opened(fetcher, base, "/").look(Memory(), now)
    assert (site.asked, len(look.memory.marks)) == (["/robots.txt", read], 1)


async def test_a_packed_sitemap_is_unpacked(site: Sitemaps, fetcher: Fetcher, base: str, now: datetime) -> None:
    site.files["/sitemap.xml.gz"] = gzip.compress(urlset(url("/a/1.html", iso(now))).replace(b"{base}", base.encode()))
    look = await opened(fetcher, base, "/sitemap.xml.gz").look(Memory(), now)
    assert list(look.memory.marks) == [f"{base}/a/1.html"]


async def test_a_packed_sitemap_that_unpacks_without_end_is_refused(
    site: Sitemaps, fetcher: Fetcher, base: str, now: datetime
) -> None:
    site.files["/sitemap.xml.gz"] = gzip.compress(b"<urlset>" + b" " * 60_000_000)
    with pytest.raises(SourceUnreadable, match="this is larger"):
        await opened(fetcher, base, "/sitemap.xml.gz").look(Memory(), now)


async def test_a_sitemap_that_is_none_is_told(site: Sitemaps, source: Site, now: datetime) -> None:
    site.files["/sitemap.xml"] = b"<html><body>Not here</body></html>"
    with pytest.raises(SourceUnreadable, match="the document is <html>"):
        await source.look(Memory(), now)
    del site.files["/sitemap.xml"]
    with pytest.raises(SourceUnreachable, match=r"no sitemap at this address; correct sources\.river\.url"):
        await source.look(Memory(), now)


async def test_a_list_of_plain_addresses_is_a_sitemap_too(site: Sitemaps, source: Site, now: datetime) -> None:
    site.files["/sitemap.xml"] = b"{base}/a/1.html\n{base}/a/2.html\n"
    look = await source.look(Memory(), now)
    site.files["/sitemap.xml"] += b"{base}/a/3.html\n"
    site.files["/a/3.html"] = article("Bridge opens")
    assert headlines(await source.look(look.memory, now + HOUR)) == ["Bridge opens"]


async def test_times_that_are_only_those_of_the_file_say_nothing(site: Sitemaps, source: Site, now: datetime) -> None:
    def made(at: datetime, count: int) -> bytes:
        return urlset(*(url(f"/a/{number}.html", iso(at)) for number in range(1, count)))

    site.files["/sitemap.xml"] = made(now, 400)
    look = await source.look(Memory(), now)
    site.files["/sitemap.xml"] = made(now + HOUR, 401)
    site.files["/a/400.html"] = article("Bridge opens")
    look = await source.look(look.memory, now + HOUR)
    assert headlines(look) == ["Bridge opens"]
    assert [path for path in site.asked if path.startswith("/a/")] == ["/a/400.html"]


async def test_entities_of_the_document_are_not_followed(site: Sitemaps, source: Site, now: datetime) -> None:
    bomb = b"<!DOCTYPE u [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'><!ENTITY f SYSTEM 'file:///etc/hostname'>]>"
    body = urlset(url("/a/1.html", iso(now)), "<url><loc>{base}/&f;&b;.html</loc></url>")
    site.files["/sitemap.xml"] = body.replace(b"?>\n", b"?>\n" + bomb)
    look = await source.look(Memory(), now)
    assert [mark.rpartition("/")[2] for mark in look.memory.marks] == ["1.html"]


async def test_what_was_wanted_at_the_first_look_is_read(
    site: Sitemaps, fetcher: Fetcher, base: str, now: datetime
) -> None:
    site.files["/sitemap.xml"] = urlset(*(url(f"/a/{hours}.html", iso(now - hours * HOUR)) for hours in (2, 1, 3)))
    site.files |= {f"/a/{hours}.html": article(f"Notice {hours}") for hours in (1, 2, 3)}
    look = await opened(fetcher, base, first_look={"newest": 2}).look(Memory(), now)
    assert headlines(look) == ["Notice 2", "Notice 1"]


def test_a_mistake_in_the_settings_names_path_value_and_remedy() -> None:
    said = mistake("kind: sitemap, url: /sitemap.xml")
    assert (said.path, said.value) == ("sources.river.url", "/sitemap.xml")
    assert "a whole address" in said.remedy


async def test_what_heads_every_page_is_no_headline(site: Sitemaps, source: Site, now: datetime) -> None:
    """A bare sitemap calls nothing by name; the second line is the headline where the first is the same everywhere."""
    site.files["/sitemap.xml"] = urlset(url("/old", lastmod=iso(now)))
    first = await source.look(Memory(), now)
    paths = [f"/2026/story-{number}" for number in range(3)]
    for path in paths:
        page = article("Down by the Water").decode().replace("</h1>", f"</h1><h2>Boats of {path} come home</h2>")
        site.files[path] = page.encode()
    site.files["/sitemap.xml"] = urlset(*(url(path, lastmod=iso(now)) for path in paths))
    look = await source.look(first.memory, now + HOUR)
    assert sorted(headlines(look)) == [f"Boats of {path} come home" for path in paths]
