"""The articles of a list page are found by what surrounds them, and nothing else is."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.errors import SourceUnreadable
from bot.sources.reading.feedparts import Parts
from bot.sources.reading.lists import read_list
from bot.sources.reading.paths import one_site, path_of_article, shape

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
URL = "https://news.example.org/city/"

PORTAL = """
<html><head><title>河湾新闻网_城事</title></head><body>
<div class="top-nav"><a href="/">首页</a><a href="/city/">城事新闻频道首页</a>
<a href="/2026/zhuanti/">河湾灯会专题报道页面</a></div>
<div class="crumbs">当前位置：<a href="/">首页</a> &gt; <a href="/city/">城事</a></div>
<ul class="newslist">
  <li><span class="cat"><a href="/city/yaowen/">[要闻]</a></span>
      <a href="/city/2026-11/24/content_10086.htm"
      title="河湾大桥今早恢复双向通行，公交三路同步复线">河湾大桥今早恢复双向通行…</a>
      <span>11-24</span></li>
  <li class="odd"><a href="./2026-11/23/content_10085.htm">老渡口集市周末开放夜场</a><span>11-23</span></li>
  <li><a href="http://m.example.org/city/2026-11/23/content_10084.htm">图书馆新馆试运行首日迎客三千</a>
      <span>11-23</span></li>
  <li class="odd"><a href="/city/2026-11/22/content_10083.htm">东岸学校操场改造完工</a>
      <span>2026-11-22 18:05</span></li>
</ul>
<div class="pager"><a href="list_2.htm">下一页</a><a href="list_9.htm">尾页</a></div>
<ul class="hot">
  <li><a href="/about/contact_100.htm">关于我们与联系方式说明</a></li>
  <li><a href="https://elsewhere.example.com/2026/11/24/a123456.html">别处网站的一条新闻标题</a></li>
</ul>
<div class="footer"><a href="/copyright_2026.htm">河湾新闻网版权声明二〇二六</a></div>
</body></html>
"""


def listed(markup: str, url: str = URL, **selectors: str) -> list[Parts]:
    return read_list("city", markup, url=url, zone=ZONE, now=NOW, **selectors)


def test_a_chinese_portals_list_is_found_with_its_days() -> None:
    assert [(one.title, one.published[:16]) for one in listed(PORTAL)] == [
        ("河湾大桥今早恢复双向通行，公交三路同步复线", "2026-11-24T00:00"),
        ("老渡口集市周末开放夜场", "2026-11-23T00:00"),
        ("图书馆新馆试运行首日迎客三千", "2026-11-23T00:00"),
        ("东岸学校操场改造完工", "2026-11-22T18:05"),
    ]


def test_addresses_are_made_whole() -> None:
    assert [one.link for one in listed(PORTAL)][:3] == [
        "https://news.example.org/city/2026-11/24/content_10086.htm",
        "https://news.example.org/city/2026-11/23/content_10085.htm",
        "http://m.example.org/city/2026-11/23/content_10084.htm",
    ]


def test_the_base_of_the_page_counts() -> None:
    markup = PORTAL.replace("<head>", '<head><base href="https://www.example.org/old/">')
    assert listed(markup)[1].link == "https://www.example.org/old/2026-11/23/content_10085.htm"


CARDS = """
<html><body><nav><a href="/world-news-today/">World news today and tomorrow</a></nav><main>
<article><a href="/2026/11/ferry-runs-late-again"><img src="f.jpg" alt=""></a>
  <h3><a href="/2026/11/ferry-runs-late-again#top">Ferry runs late again, and nobody minds</a></h3>
  <p>Because the river is low, <a href="/author/ann-reed/">Ann Reed, transport correspondent</a> reports.</p>
  <time datetime="2026-11-24T06:30:00Z">Today</time></article>
<article><h3><a href="/2026/11/library-opens-doors-to-all">Library opens its doors to all</a></h3>
  <time>2 hours ago</time></article>
<article><h3><a href="/2026/11/market-moves-to-the-square">Market moves to the square</a></h3>
  <time>Nov 22, 2026</time></article>
<article><h3><a href="/2026/11/school-choir-sings-at-noon">School choir sings at noon</a></h3>
  <time>Nov 21, 2026</time></article>
</main><aside><a href="/2026/10/bridge-closed-for-a-week">Bridge closed for a whole week</a></aside>
<p><a href="/subscribe-to-our-newsletter">Subscribe to our daily newsletter</a></p>
<a href="/news/">More news from Riverbend</a></body></html>
"""


def test_cards_are_found_and_what_has_an_address_like_theirs() -> None:
    found = listed(CARDS, "https://www.example.org/")
    assert [one.title for one in found] == [
        "Ferry runs late again, and nobody minds",
        "Library opens its doors to all",
        "Market moves to the square",
        "School choir sings at noon",
        "Bridge closed for a whole week",
    ]
    assert [one.published for one in found][:3] == [
        "2026-11-24T14:30:00+08:00",
        "",  # two hours ago is another time at the next look
        "2026-11-22T00:00:00+08:00",
    ]


TABLE = """
<table><tr><td>·<a href="show.asp?id=1203">关于调整渡轮班次的通知</a></td><td>[2026-11-24]</td></tr>
<tr><td>·<a href="show.asp?id=1202">关于河堤步道夜间照明的通知</a></td><td>[2026-11-20]</td></tr>
<tr><td>·<a href="show.asp?id=1201">秋季植树活动报名开始</a></td><td>[2026-11-19]</td></tr></table>
"""


def test_a_table_with_numbers_in_the_query_is_a_list() -> None:
    found = listed(TABLE, "https://example.gov.cn/news/list.asp")
    assert [(one.link[-7:], one.published[:10]) for one in found] == [
        ("id=1203", "2026-11-24"),
        ("id=1202", "2026-11-20"),
        ("id=1201", "2026-11-19"),
    ]


def test_a_day_without_a_year_is_the_last_such_day() -> None:
    found = listed(TABLE.replace("2026-11-24", "12-30"), "https://example.gov.cn/news/list.asp")
    assert found[0].published[:10] == "2025-12-30"


def test_selectors_say_what_is_taken() -> None:
    found = listed(CARDS, "https://www.example.org/", items="aside", link="a")
    assert [(one.title, one.link) for one in found] == [
        ("Bridge closed for a whole week", "https://www.example.org/2026/10/bridge-closed-for-a-week")
    ]


def test_a_page_without_articles_is_told_with_the_remedy() -> None:
    with pytest.raises(SourceUnreadable, match=r"name it by sources\.city\.items"):
        listed("<p><a href='/about/'>About this town and its people</a></p>")
    with pytest.raises(SourceUnreadable, match=r"'ul\.none li' of sources\.city\.items finds none"):
        listed(CARDS, items="ul.none li")


@pytest.mark.parametrize(
    ("address", "article"),
    [
        ("https://example.org/2026/11/24/ferry/", True),
        ("https://example.org/news/ferry-runs-late", True),
        ("https://example.org/content_10086.htm", True),
        ("https://example.org/show.asp?id=1203", True),
        ("https://example.org/index.php?m=content&a=show&catid=6&id=88", True),
        ("https://example.org/articles/cz9e8k0jx4o", True),
        ("https://example.org/news/", False),
        ("https://example.org/index.php?page=2", False),
        ("https://example.org/show.php?catid=1203", False),
        ("https://example.org/tag/ferry-runs-late", False),
        ("https://example.org/list_1002.htm", False),
        ("https://example.org/files/2026/11/24/notice.pdf", False),
    ],
)
def test_the_address_of_an_article_has_a_number_a_date_or_a_name(address: str, article: bool) -> None:
    assert path_of_article(address) is article


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://m.example.org/a", "https://www.example.org/b", True),
        ("https://news.example.com.cn/a", "https://example.com.cn/", True),
        ("https://a.com.cn/", "https://b.com.cn/", False),
        ("https://example.org/", "https://example.net/", False),
        ("http://127.0.0.1:80/", "http://127.0.0.1:90/", True),
        ("http://10.0.0.1/", "http://127.0.0.1/", False),
    ],
)
def test_hosts_of_one_site(one: str, other: str, same: bool) -> None:
    assert one_site(one, other) is same


def test_addresses_of_one_system_have_one_shape() -> None:
    assert shape("https://example.org/2026-11/24/content_1.htm") == shape(
        "https://example.org/2025-01/02/content_22.htm"
    )
    assert shape("https://example.org/news/ferry-runs-late") == shape("https://example.org/news/a-bridge-too-far-away")
    assert shape("https://example.org/news/") != shape("https://example.org/news/ferry-runs-late")


@pytest.mark.parametrize("address", ["/2026/11/24/c_1.html", "/2026/11/24/c_{}.html"])
def test_a_page_of_very_many_links_takes_no_time(address: str) -> None:
    rows = "".join(f"<li><a href='{address.format(n)}'>河湾大桥恢复通行第{n}号通告</a></li>" for n in range(10_000))
    begun = time.process_time()
    try:
        listed(f"<ul>{rows}</ul>")
    except SourceUnreadable:
        assert "{}" not in address
    assert time.process_time() - begun < 60  # seconds of this process alone: what grows with the square takes minutes
