"""Small forms that portals and papers write around their articles, each by itself."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.model.story import Article
from bot.sources.reading import read_page

AT = datetime(2026, 11, 23, 2, 20, tzinfo=UTC)
ZH = (
    "<p>停运九周之后，河西电车昨天早上六点发出首班车，沿线十一个车站全部开放。</p>"
    "<p>市公交公司介绍，施工期间更换了四公里轨道，高峰时段每五分钟一班。</p>"
)
EN = (
    "<p>The first tram in nine weeks left the west bank depot at six on Monday, stopping at all eleven stations.</p>"
    "<p>Workers replaced four kilometres of track, the transit company said in a statement to residents.</p>"
)


def read(page: str) -> Article:
    zone, now = ZoneInfo("Asia/Shanghai"), datetime(2026, 11, 24, 4, tzinfo=UTC)
    return read_page("tram", page, url="https://example.org/a/1.html", declared=None, zone=zone, now=now)


def zh(above: str, below: str = "") -> Article:
    return read(f"<title>河西电车恢复通行_河湾网</title>{above}<h1>河西电车恢复通行</h1>{below}{ZH}")


def en(below: str, above: str = "") -> Article:
    return read(
        f"<title>Tram returns to the west bank | Wire</title>{above}<h1>Tram returns to the west bank</h1>{below}{EN}"
    )


@pytest.mark.parametrize("article", [
    zh("", "<div>更新时间：2026-11-23 10:20</div>"),
    zh("", "<div>最后更新：2026-11-23 10:20　来源：河湾日报</div>"),
    zh("", "<table><tr><td>更新日期</td><td>2026-11-23 10:20</td></tr></table>"),
    en("<p>Last updated: Nov. 23, 2026 10:20 am</p>"),
    en("<p><span>Updated:</span> <time datetime='2026-11-23T10:20:00+08:00'>Nov. 23, 2026 10:20 am</time></p>"),
])  # fmt: skip
def test_the_time_of_an_update_alone_is_no_time_of_publication(article: Article) -> None:
    assert (article.byline.published, article.byline.updated) == (None, AT)


@pytest.mark.parametrize(("way", "section"), [
    ("<div>首页 | 新闻 | 本地</div>", "本地"),
    ("<div class=crumb>首页 | 新闻 | 本地</div>", "本地"),
    ("<div><a href=/>首页</a>｜<a href=/n/>新闻</a>｜正文</div>", "新闻"),
    ("<div>您的位置：首页 | 新闻 | 本地</div>", "本地"),
    ("<div>首页 &gt; 新闻 &gt; 本地</div>", "本地"),
    ("<div>首页 - 本地 - 正文</div>", "本地"),
    ("<p>| 新闻 |</p>", "新闻"),
    ("<div>首页 | 新闻 | 体育 | 财经 | 房产 | 汽车</div>", None),
    ("<div class=menu>首页 | 新闻 | 本地</div>", None),
    ("<div>首页 | 登录 | 注册</div>", None),
])  # fmt: skip
def test_a_way_with_bars_says_the_section_and_a_bar_of_sections_does_not(way: str, section: str | None) -> None:
    assert zh(way).section == section


def test_an_english_way_with_bars_says_the_section() -> None:
    assert [en("", way).section for way in ("<p>Home | News | Local</p>", "<p>| News |</p>")] == ["Local", "News"]


@pytest.mark.parametrize("page", [
    f"<title>Tram returns | Wire</title><article><h1>Tram returns to the west bank</h1>{EN}</article>",
    f"<title>Tram returns | Wire</title><main><h1>Tram returns to the west bank</h1>{EN}</main>",
])  # fmt: skip
def test_a_page_without_the_tags_of_head_and_body_is_read(page: str) -> None:
    article = read(page)
    assert (article.headline, len(article.blocks)) == ("Tram returns to the west bank", 2)


def test_a_label_with_nothing_behind_it_ends_no_article() -> None:
    assert [len(zh("", f"<div>{label}</div>").blocks) for label in ("来源：", "来源：&nbsp;")] == [2, 2]


@pytest.mark.parametrize(("line", "author"), [
    ("By Ann Lee, Riverbend Gazette", "Ann Lee"),
    ("By Ann Lee / Gazette News Service", "Ann Lee"),
    ("By Ann Lee • ann@example.org", "Ann Lee"),
    ("Written By: Ann Lee Nov 22, 2026", "Ann Lee"),
    ("By Gazette staff", None),
])  # fmt: skip
def test_a_line_that_begins_with_by_is_no_body(line: str, author: str | None) -> None:
    article = en(f"<p>{line}</p>")
    assert (article.byline.author, len(article.blocks)) == (author, 2)


def test_an_invitation_to_subscribe_is_no_body() -> None:
    wall = (
        "<div><h2>Subscribe to continue reading</h2><p>Already a subscriber? Log in to read the rest of it.</p></div>"
    )
    article = read(f"<title>Tram returns to the west bank</title><h1>Tram returns to the west bank</h1>{EN}{wall}")
    assert len(article.blocks) == 2
