"""A feed is asked politely over real HTTP, brings each entry once, and never floods."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from starlette.responses import Response

from bot.errors import SourceUnreachable, SourceUnreadable
from bot.model.source import Look, Memory
from bot.sources.feed import FeedSettings, open_source
from bot.sources.kind import Tools
from bot.sources.site import Site as Source
from bot.web.fetch import Fetcher
from tests.fakes.serve import serve
from tests.fakes.site import Site

LATER = timedelta(hours=2)
TEXT = "The ferry across the Bend runs late today, because the river is low and the landing has to be moved. "


def item(number: int, at: datetime | None = None, text: str = TEXT * 12, title: str | None = None) -> str:
    when = f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate>" if at else ""
    name = f"Notice {number}" if title is None else title
    return (
        f"<item><title>{name}</title><link>/a/{number}.html</link><guid isPermaLink='false'>n{number}</guid>{when}"
        f"<description>{text}</description></item>"
    )


def rss(*items: str, head: str = "") -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Riverbend Daily</title>'
        f"{head}{''.join(items)}</channel></rss>"
    ).encode()


def page(headline: str, author: str = "Lin Yifan") -> bytes:
    paragraphs = "".join(f"<p>{TEXT} This is part {number}.</p>" for number in range(1, 6))
    return (
        f"<!doctype html><html lang='en'><head><title>{headline} - Riverbend Daily</title></head><body><article>"
        f"<h1>{headline}</h1><p class='byline'>By {author}</p>{paragraphs}</article></body></html>"
    ).encode()


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
async def base(site: Site) -> AsyncIterator[str]:
    async with serve(site.app) as address:
        yield address


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    opened = Fetcher(private=["127.0.0.0/8"])
    yield opened
    await opened.close()


def opened(fetcher: Fetcher, base: str, path: str = "/feed.xml", **settings: Any) -> Source:
    read = FeedSettings.model_validate({"kind": "feed", "url": f"{base}{path}", **settings})
    return open_source("river", read, Tools(fetcher, ZoneInfo("Asia/Shanghai"), Path()))


@pytest.fixture
def source(fetcher: Fetcher, base: str) -> Source:
    return opened(fetcher, base)


def headlines(look: Look, *, fresh: bool = True) -> list[str]:
    return [found.article.headline for found in look.found if found.fresh is fresh]


async def test_what_stands_there_at_the_first_look_is_remembered_and_not_posted(
    site: Site, source: Source, now: datetime
) -> None:
    site.feed = rss(item(2, now - timedelta(minutes=5)), item(1, now - LATER))
    look = await source.look(Memory(), now)
    assert headlines(look, fresh=False) == ["Notice 1", "Notice 2"]
    assert headlines(look) == []
    assert look.memory.first_look == now
    assert site.paths == ["/feed.xml"]


async def test_a_new_entry_is_found_once(site: Site, source: Source, now: datetime) -> None:
    site.feed = rss(item(1, now))
    first = await source.look(Memory(), now)
    site.feed = rss(item(2, now + LATER), item(1, now))
    second = await source.look(first.memory, now + LATER)
    third = await source.look(second.memory, now + 2 * LATER)
    assert (headlines(second), third.found) == (["Notice 2"], ())
    assert second.found[0].why == "new in the feed"


async def test_an_unchanged_feed_is_answered_without_a_body(site: Site, source: Source, now: datetime) -> None:
    site.feed = rss(item(1, now))
    first = await source.look(Memory(), now)
    again = await source.look(first.memory, now + LATER)
    assert (again.found, again.memory) == ((), first.memory)
    asked = site.asked[-1][1]
    assert asked["if-none-match"] == first.memory.validators["etag"]
    assert asked["if-modified-since"] == "Tue, 24 Nov 2026 07:00:00 GMT"
    assert "application/rss+xml" in asked["accept"]
    assert asked["user-agent"].startswith("Crier/")


async def test_validators_of_another_address_are_not_used(
    site: Site, fetcher: Fetcher, base: str, source: Source, now: datetime
) -> None:
    site.feed = rss(item(1, now))
    first = await source.look(Memory(), now)
    await opened(fetcher, base, "/moved.xml").look(first.memory, now)
    assert "if-none-match" not in site.asked[-1][1]


async def test_a_changed_entry_is_read_again(site: Site, source: Source, now: datetime) -> None:
    site.feed = rss(item(1, now))
    first = await source.look(Memory(), now)
    site.feed = rss(item(1, now, title="Notice 1, corrected"))
    second = await source.look(first.memory, now + LATER)
    assert [(found.article.headline, found.why) for found in second.found] == [
        ("Notice 1, corrected", "changed in the feed")
    ]


async def test_an_entry_that_left_the_feed_is_not_new_when_it_comes_back(
    site: Site, source: Source, now: datetime
) -> None:
    both = rss(item(2, now), item(1, now))
    site.feed = both
    first = await source.look(Memory(), now)
    site.feed = rss(item(2, now))
    second = await source.look(first.memory, now + LATER)
    site.feed = both
    third = await source.look(second.memory, now + 2 * LATER)
    assert (second.found, third.found) == ((), ())


@pytest.mark.parametrize(
    ("policy", "posted"),
    [
        ("none", []),
        ("all", [1, 2, 3, 4]),
        ({"newest": 2}, [3, 4]),
        ({"newest": 9}, [1, 2, 3, 4]),
        ({"since": "3h"}, [3, 4]),
    ],
    ids=str,
)
async def test_the_settings_say_what_is_posted_at_the_first_look(
    site: Site, fetcher: Fetcher, base: str, now: datetime, policy: Any, posted: list[int]
) -> None:
    site.feed = rss(*(item(number, now - timedelta(hours=2 * (5 - number) - 1)) for number in (4, 3, 2, 1)))
    look = await opened(fetcher, base, first_look=policy).look(Memory(), now)
    assert headlines(look) == [f"Notice {number}" for number in posted]
    assert len(look.found) == 4


async def test_old_entries_that_come_all_at_once_are_marked_as_a_flood(
    site: Site, source: Source, now: datetime
) -> None:
    site.feed = rss(item(1, now))
    first = await source.look(Memory(), now)
    old = [item(number, now - timedelta(days=number)) for number in range(2, 502)]
    site.feed = rss(item(900, now + LATER), *old)
    flood = await source.look(first.memory, now + LATER)
    assert headlines(flood) == ["Notice 900"]
    assert len(headlines(flood, fresh=False)) == 500
    assert sum(found.flood for found in flood.found) == 500
    assert flood.memory.unread == ()


async def test_of_a_flood_of_teasers_it_is_known_which_pages_have_not_been_read(
    site: Site, source: Source, now: datetime
) -> None:
    site.feed = rss()
    first = await source.look(Memory(), now)
    site.feed = rss(*(item(number, now - timedelta(days=number), "Late.") for number in range(2, 62)))
    flood = await source.look(first.memory, now + LATER)
    assert sorted(flood.memory.unread) == sorted(f"n{number}" for number in range(2, 62))
    assert set(site.paths) == {"/feed.xml"}


async def test_a_teaser_is_completed_from_its_page(site: Site, source: Source, now: datetime) -> None:
    site.feed = rss()
    first = await source.look(Memory(), now)
    site.feed = rss(item(1, now + LATER, "The ferry runs late.", title="Ferry runs late"))
    site.pages["1.html"] = page("Ferry runs late")
    look = await source.look(first.memory, now + LATER)
    (found,) = look.found
    assert len(found.article.paragraphs) == 5
    assert (found.article.guid, found.mark) == ("n1", "n1")
    assert found.article.byline.author == "Lin Yifan"
    assert found.article.byline.published == now + LATER
    assert found.article.link
    assert found.article.link.endswith("/a/1.html")
    assert look.problems == ()


async def test_a_page_that_cannot_be_had_leaves_the_teaser(site: Site, source: Source, now: datetime) -> None:
    site.feed = rss()
    first = await source.look(Memory(), now)
    site.feed = rss(item(1, now + LATER, "The ferry runs late."))
    look = await source.look(first.memory, now + LATER)
    assert look.found[0].article.paragraphs == ("The ferry runs late.",)
    assert look.problems == ("the page of “Notice 1” could not be had: HTTP 404",)


async def test_a_page_that_fails_for_a_moment_is_asked_for_again_before_its_teaser_must_do(
    site: Site, source: Source, now: datetime
) -> None:
    site.feed = rss()
    look = await source.look(Memory(), now)
    site.feed = rss(item(2, now + LATER), item(1, now + LATER, "The ferry runs late."))
    site.pages["1.html"] = page("Ferry runs late")
    site.busy.add("1.html")
    look = await source.look(look.memory, now + LATER)
    assert (headlines(look), look.problems, look.next_look) == (["Notice 2"], (), timedelta(minutes=1))
    site.busy.clear()
    look = await source.look(look.memory, now + LATER + timedelta(minutes=1))
    assert (headlines(look), look.problems) == (["Ferry runs late"], ())
    assert (look.next_look, look.memory.tries) == (timedelta(minutes=5), {})


async def test_a_page_that_fails_three_times_leaves_the_teaser_and_is_told(
    site: Site, source: Source, now: datetime
) -> None:
    site.feed = rss()
    look = await source.look(Memory(), now)
    site.feed = rss(item(1, now + LATER, "The ferry runs late."))
    site.busy.add("1.html")
    tried = []
    for _ in range(4):
        look = await source.look(look.memory, now + LATER)
        tried.append((headlines(look), look.problems))
    told = ("the page of “Notice 1” could not be had: HTTP 503",)
    assert tried == [([], ()), ([], ()), (["Notice 1"], told), ([], ())]


async def test_a_site_that_gives_none_of_its_pages_is_one_problem(site: Site, source: Source, now: datetime) -> None:
    site.feed = rss()
    first = await source.look(Memory(), now)
    site.feed = rss(*(item(number, now + LATER, "Late.") for number in range(7, 0, -1)))
    look = await source.look(first.memory, now + LATER)
    assert len(look.found) == 7
    (problem,) = look.problems
    assert problem == "the page of “Notice 1” could not be had: HTTP 404; and 6 more like it in this look"


async def test_a_page_that_says_less_than_its_teaser_is_not_taken(site: Site, source: Source, now: datetime) -> None:
    site.feed = rss()
    first = await source.look(Memory(), now)
    site.feed = rss(item(1, now + LATER, TEXT * 3))
    site.pages["1.html"] = b"<html><body><h1>Subscribe</h1><p>Please log in to read on.</p></body></html>"
    look = await source.look(first.memory, now + LATER)
    assert look.found[0].article.headline == "Notice 1"
    assert look.found[0].article.paragraphs[0].startswith("The ferry")


async def test_pages_are_asked_for_one_at_a_time_and_in_helpings(site: Site, source: Source, now: datetime) -> None:
    site.feed = rss()
    look = await source.look(Memory(), now)
    site.feed = rss(*(item(number, now + timedelta(minutes=number), "Late.") for number in range(30, 0, -1)))
    site.pages.update({f"{number}.html": page(f"Notice {number}") for number in range(1, 31)})
    found: list[str] = []
    for _ in range(3):
        look = await source.look(look.memory, now + LATER)
        found += headlines(look)
    assert found == [f"Notice {number}" for number in range(1, 31)]
    assert len(site.paths) == len(set(site.paths)) + 3
    assert site.most_at_once == 1


async def test_all_that_was_wanted_at_the_first_look_comes_in_helpings_too(
    site: Site, fetcher: Fetcher, base: str, now: datetime
) -> None:
    source = opened(fetcher, base, first_look={"newest": 25})
    site.feed = rss(*(item(number, now - timedelta(days=40 - number), "Late.") for number in range(30, 0, -1)))
    site.pages.update({f"{number}.html": page(f"Notice {number}") for number in range(1, 31)})
    look = await source.look(Memory(), now)
    assert look.next_look == timedelta(seconds=1)
    rest = await source.look(look.memory, now + timedelta(seconds=1))
    assert headlines(look) + headlines(rest) == [f"Notice {number}" for number in range(6, 31)]
    assert headlines(look, fresh=False) == [f"Notice {number}" for number in range(1, 6)]


@pytest.mark.parametrize(
    ("status", "headers", "says", "after"),
    [
        (429, {"retry-after": "90"}, "later", timedelta(seconds=90)),
        (503, {"retry-after": "Tue, 24 Nov 2026 08:10:00 GMT"}, "later", timedelta(minutes=10)),
        (503, {}, "later", None),
        (404, {}, "correct sources.river.url", None),
        (410, {}, "correct sources.river.url", None),
        (403, {}, "does not let us in", None),
        (500, {}, "HTTP 500", None),
    ],
)
async def test_a_refusal_is_told_in_words(
    site: Site,
    source: Source,
    now: datetime,
    status: int,
    headers: dict[str, str],
    says: str,
    after: timedelta | None,
) -> None:
    site.answers.append(Response("no", status_code=status, headers=headers))
    with pytest.raises(SourceUnreachable, match=says) as caught:
        await source.look(Memory(), now)
    assert caught.value.retry_after == after


async def test_a_server_that_is_not_there_is_unreachable(fetcher: Fetcher, now: datetime) -> None:
    with pytest.raises(SourceUnreachable, match="no connection"):
        await opened(fetcher, "http://127.0.0.1:9").look(Memory(), now)


async def test_a_page_in_the_feeds_place_is_unreadable(site: Site, source: Source, now: datetime) -> None:
    site.feed = page("Ferry runs late")
    with pytest.raises(SourceUnreadable, match="neither RSS, Atom nor JSON Feed"):
        await source.look(Memory(), now)


async def test_a_moved_feed_is_followed(site: Site, fetcher: Fetcher, base: str, now: datetime) -> None:
    site.feed = rss(item(1, now))
    look = await opened(fetcher, base, "/moved.xml").look(Memory(), now)
    assert look.found[0].article.link == f"{base}/a/1.html"


@pytest.mark.parametrize(
    ("headers", "head", "wait"),
    [
        ({}, "", timedelta(minutes=5)),
        ({"cache-control": "max-age=10"}, "", timedelta(minutes=5)),
        ({"cache-control": "public, max-age=1200"}, "", timedelta(minutes=20)),
        ({"cache-control": "max-age=1200", "age": "600"}, "", timedelta(minutes=10)),
        ({"cache-control": "max-age=1200, no-cache"}, "", timedelta(minutes=5)),
        ({"cache-control": "max-age=604800"}, "", timedelta(hours=1)),
        ({"cache-control": "max-age=soon"}, "", timedelta(minutes=5)),
        ({}, "<ttl>30</ttl>", timedelta(minutes=30)),
        ({}, "<ttl>-1</ttl>", timedelta(minutes=5)),
        ({}, "<skipHours><hour>8</hour><hour>9</hour></skipHours>", timedelta(hours=2)),
        ({}, f"<skipHours>{''.join(f'<hour>{h}</hour>' for h in range(24))}</skipHours>", timedelta(minutes=5)),
    ],
)
async def test_the_next_look_is_when_the_site_wants_it_and_never_sooner_than_the_settings_say(
    site: Site, source: Source, now: datetime, headers: dict[str, str], head: str, wait: timedelta
) -> None:
    site.headers, site.feed = headers, rss(item(1, now), head=head)
    assert (await source.look(Memory(), now)).next_look == wait


@pytest.mark.parametrize("answered", ["the same feed", "not modified"])
async def test_a_feed_that_has_long_brought_nothing_is_looked_at_less_often_until_it_does(
    site: Site, source: Source, now: datetime, answered: str
) -> None:
    site.feed = rss(item(1, now))
    look = await source.look(Memory(), now)
    waits = []
    for silence in (timedelta(hours=2), timedelta(hours=9), timedelta(days=3), timedelta(days=30)):
        memory = look.memory if answered == "not modified" else replace(look.memory, validators={})
        look = await source.look(memory, now + silence)
        waits.append(look.next_look)
    assert waits == [timedelta(minutes=minutes) for minutes in (5, 10, 20, 60)]
    later = now + timedelta(days=30, hours=1)
    site.feed = rss(item(2, later), item(1, now))
    look = await source.look(replace(look.memory, validators={}), later)
    assert (headlines(look), look.memory.news_at, look.next_look) == (["Notice 2"], later, timedelta(minutes=5))


async def test_a_feed_that_brings_nothing_new_keeps_the_time_of_its_last_news(
    site: Site, source: Source, now: datetime
) -> None:
    site.feed = rss(item(1, now))
    look = await source.look(Memory(), now)
    assert look.memory.news_at is None
    site.feed = rss(item(2, now + LATER), item(1, now))
    look = await source.look(look.memory, now + LATER)
    site.feed = rss(item(1, now))
    look = await source.look(look.memory, now + 2 * LATER)
    assert look.memory.news_at == now + LATER


async def test_a_feed_that_breaks_off_brings_what_was_whole(site: Site, source: Source, now: datetime) -> None:
    site.feed = rss()
    first = await source.look(Memory(), now)
    whole = rss(item(2, now + LATER), item(1, now + LATER, title="Ferry runs late on Sunday"))
    site.feed = whole[: whole.index(b" on Sunday")]
    broken = await source.look(first.memory, now + LATER)
    site.feed = whole
    mended = await source.look(broken.memory, now + LATER)
    assert (headlines(broken), headlines(mended)) == (["Notice 2"], ["Ferry runs late on Sunday"])
    assert "broke off" in broken.problems[0]


async def test_an_entry_without_words_is_told_once(site: Site, source: Source, now: datetime) -> None:
    site.feed = rss()
    look = await source.look(Memory(), now)
    site.feed = rss("<item><guid>x1</guid></item>")
    look = await source.look(look.memory, now + LATER)
    assert look.problems == ("the entry x1 has neither headline nor text",)
    site.feed = rss("<item><guid>x1</guid></item>", head="<ttl>7</ttl>")
    assert (await source.look(look.memory, now + LATER)).problems == ()


async def test_the_settings_fill_what_the_articles_leave_open(
    site: Site, fetcher: Fetcher, base: str, now: datetime
) -> None:
    site.feed = rss(item(1, None, "123", title="2026-11"))
    source = opened(fetcher, base, language="zh", section="城事", credit="河湾日报")
    (found,) = (await source.look(Memory(), now)).found
    assert (found.article.language, found.article.section) == ("zh", "城事")
    assert found.article.byline.credit == "河湾日报"


async def test_times_without_a_zone_are_read_in_the_feeds_own(
    site: Site, fetcher: Fetcher, base: str, now: datetime
) -> None:
    site.feed = rss("<item><title>Ferry</title><pubDate>2026-11-24 07:30:00</pubDate></item>")
    (found,) = (await opened(fetcher, base, zone="Europe/London").look(Memory(), now)).found
    assert found.article.byline.published == datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
