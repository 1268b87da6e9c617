"""A list page is looked at politely over real HTTP, and its new links are read from their pages."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from starlette.responses import Response

from bot.errors import SourceUnreachable, SourceUnreadable
from bot.model.source import Look, Memory
from bot.sources.kind import Tools
from bot.sources.page import PageSettings, open_source
from bot.sources.site import Site as Source
from bot.web.fetch import Fetcher
from tests.fakes.serve import serve
from tests.fakes.settings_file import mistake
from tests.fakes.site import Site

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ZONE = ZoneInfo("Asia/Shanghai")
TEXT = "大桥东侧匝道今早恢复双向通行，公交三路同步恢复原线路，养护人员将在夜间继续巡查桥面接缝。"
START = {1: "老渡口集市周末开放夜场", 2: "图书馆新馆试运行首日迎客", 3: "东岸学校操场改造完工"}


def listing(headlines: Mapping[int, str], days: str = "") -> bytes:
    rows = "".join(
        f"<li><a href='/a/{number}.html'>{headline}</a><span>{days}</span></li>"
        for number, headline in sorted(headlines.items(), reverse=True)
    )
    return f"<html><body><ul class='news'>{rows}</ul></body></html>".encode("gb18030")


def article(headline: str, published: str = "") -> bytes:
    stamp = f"<div class='info'>发布时间：{published}　来源：河湾日报　责任编辑：陈静</div>" if published else ""
    body = "".join(f"<p>{headline}，{TEXT}</p>" for _ in range(3))
    return (
        f"<html lang='zh'><head><meta charset='utf-8'><title>{headline}_河湾新闻网</title></head>"
        f"<body><h1>{headline}</h1>{stamp}"
        f"<div class='content'>{body}</div></body></html>"
    ).encode()


@pytest.fixture
def site() -> Site:
    return Site(kind="text/html; charset=gb2312", feed=listing(START))


@pytest.fixture
async def base(site: Site) -> AsyncIterator[str]:
    async with serve(site.app) as address:
        yield address


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    opened = Fetcher(private=["127.0.0.0/8"])
    yield opened
    await opened.close()


def opened(fetcher: Fetcher, base: str, **settings: Any) -> Source:
    read = PageSettings.model_validate({"kind": "page", "url": f"{base}/feed.xml", **settings})
    return open_source("city", read, Tools(fetcher, ZONE, Path()))


@pytest.fixture
def source(fetcher: Fetcher, base: str) -> Source:
    return opened(fetcher, base)


def headlines(look: Look, *, fresh: bool = True) -> list[str]:
    return [found.article.headline for found in look.found if found.fresh is fresh]


async def test_what_stands_there_at_the_first_look_is_only_remembered(
    site: Site, source: Source, now: datetime
) -> None:
    look = await source.look(Memory(), now)
    assert (look.found, len(look.memory.marks), site.paths) == ((), 3, ["/feed.xml"])


async def test_a_new_link_is_read_from_its_page_once(site: Site, source: Source, now: datetime) -> None:
    look = await source.look(Memory(), now)
    site.feed = listing({**START, 4: "河湾大桥今早恢复双向通行"})
    site.pages["4.html"] = article("河湾大桥今早恢复双向通行", "2026-11-24 16:30")
    look = await source.look(look.memory, now + HOUR)
    (found,) = look.found
    assert (found.article.headline, found.why, found.fresh) == ("河湾大桥今早恢复双向通行", "new on the page", True)
    assert len(found.article.paragraphs) == 3
    assert (found.article.byline.credit, found.article.byline.editor) == ("河湾日报", "陈静")
    assert found.article.byline.published == datetime(2026, 11, 24, 16, 30, tzinfo=ZONE)
    assert (await source.look(look.memory, now + 2 * HOUR)).found == ()
    assert site.paths.count("/a/4.html") == 1


async def test_the_lists_day_fills_a_missing_one(site: Site, source: Source, now: datetime) -> None:
    look = await source.look(Memory(), now)
    site.feed = listing({**START, 4: "河湾大桥今早恢复双向通行"}, "11-24")
    site.pages["4.html"] = article("河湾大桥今早恢复双向通行")
    (found,) = [one for one in (await source.look(look.memory, now + HOUR)).found if one.mark.endswith("4.html")]
    assert found.article.byline.published == datetime(2026, 11, 24, tzinfo=ZONE)


async def test_no_day_anywhere_is_no_day(site: Site, source: Source, now: datetime) -> None:
    look = await source.look(Memory(), now)
    site.feed = listing({**START, 4: "河湾大桥今早恢复双向通行"})
    site.pages["4.html"] = article("河湾大桥今早恢复双向通行")
    (found,) = (await source.look(look.memory, now + HOUR)).found
    assert found.article.byline.published is None


async def test_an_old_article_that_comes_up_again_is_not_posted(site: Site, source: Source, now: datetime) -> None:
    look = await source.look(Memory(), now)
    site.feed = listing({**START, 4: "去年此时：河湾灯会开幕夜"})
    site.pages["4.html"] = article("去年此时：河湾灯会开幕夜", "2025-11-20 09:00")
    look = await source.look(look.memory, now + HOUR)
    assert (headlines(look), headlines(look, fresh=False)) == ([], ["去年此时：河湾灯会开幕夜"])
    assert look.found[0].why == "older than the first look: remembered, not posted"


async def test_a_page_that_cannot_be_had_now_is_tried_again(site: Site, source: Source, now: datetime) -> None:
    look = await source.look(Memory(), now)
    site.feed = listing({**START, 4: "河湾大桥今早恢复双向通行"})
    site.busy.add("4.html")
    look = await source.look(look.memory, now + HOUR)
    assert look.found == ()
    assert look.problems == ("the page of “河湾大桥今早恢复双向通行” could not be had: HTTP 503",)
    look = await source.look(look.memory, now + HOUR)
    assert (look.found, look.problems) == ((), ())
    site.busy.clear()
    site.pages["4.html"] = article("河湾大桥今早恢复双向通行")
    assert headlines(await source.look(look.memory, now + 2 * HOUR)) == ["河湾大桥今早恢复双向通行"]


async def test_a_link_that_leads_nowhere_is_told_once(site: Site, source: Source, now: datetime) -> None:
    look = await source.look(Memory(), now)
    site.feed = listing({**START, 4: "河湾大桥今早恢复双向通行"})
    look = await source.look(look.memory, now + HOUR)
    assert look.problems == ("the page of “河湾大桥今早恢复双向通行” could not be had: HTTP 404",)
    look = await source.look(look.memory, now + 2 * HOUR)
    assert (look.problems, look.found) == ((), ())


async def test_the_settings_say_what_is_posted_at_the_first_look(
    site: Site, fetcher: Fetcher, base: str, now: datetime
) -> None:
    site.pages["3.html"] = article(START[3])
    look = await opened(fetcher, base, first_look={"newest": 1}).look(Memory(), now)
    assert headlines(look) == [START[3]]
    assert len(look.memory.marks) == 3


async def test_an_unchanged_page_is_answered_without_a_body(site: Site, source: Source, now: datetime) -> None:
    first = await source.look(Memory(), now)
    again = await source.look(first.memory, now + HOUR)
    assert (again.found, again.memory) == ((), first.memory)
    assert site.asked[-1][1]["if-none-match"] == first.memory.validators["etag"]


async def test_selectors_are_obeyed(site: Site, fetcher: Fetcher, base: str, now: datetime) -> None:
    look = await opened(fetcher, base, items="ul.news li:first-child").look(Memory(), now)
    assert [mark.rpartition("/")[2] for mark in look.memory.marks] == ["3.html"]


async def test_what_cannot_be_used_is_told_in_words(site: Site, source: Source, now: datetime) -> None:
    site.feed = b"<html><body><p>Nothing here.</p></body></html>"
    with pytest.raises(SourceUnreadable, match="a list of links that look like articles"):
        await source.look(Memory(), now)
    site.answers.append(Response("no", status_code=404))
    with pytest.raises(SourceUnreachable, match=r"no page at this address; correct sources\.city\.url"):
        await source.look(Memory(), datetime(2026, 11, 24, tzinfo=UTC))


@pytest.mark.parametrize(
    ("given", "path", "value", "remedy"),
    [
        ("kind: page, url: example.org/news", "sources.river.url", "example.org/news", "a whole address"),
        ("kind: page, url: 'https://example.org/', items: 'ul..news'", "sources.river.items", "ul..news", "ul.news li"),
        ("kind: page, url: 'https://example.org/', item: 'li'", "sources.river.item", "li", "did you mean items?"),
    ],
)
def test_a_mistake_in_the_settings_names_path_value_and_remedy(given: str, path: str, value: str, remedy: str) -> None:
    said = mistake(given)
    assert (said.path, said.value) == (path, value)
    assert remedy in said.remedy
