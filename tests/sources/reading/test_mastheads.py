"""The name of a paper is never taken for the headline of what it prints."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.errors import SourceUnreadable
from bot.model.story import Article
from bot.sources.reading import read_page

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
URL = "https://www.riverbendgazette.example/local/20261123-tram"
ZH = "河西电车恢复通行 首班车六点发出"
EN = "Tram returns to the west bank after nine weeks"
ZH_BODY = (
    "<div>2026-11-23 10:20 来源：河湾日报</div>"
    "<p>停运九周之后，河西电车昨天早上六点发出首班车，沿线十一个车站全部开放。</p>"
    "<p>市公交公司介绍，施工期间更换了四公里轨道，车站的雨棚也修缮一新，高峰时段每五分钟一班。</p>"
)
EN_BODY = (
    "<p>Nov. 23, 2026</p><p>The first tram in nine weeks left the west bank depot at six on Monday, stopping at all"
    " eleven stations.</p><p>Workers replaced four kilometres of track, the transit company said, and trams will run"
    " every five minutes at busy times.</p>"
)


def read(page: str, known: str | None = None) -> Article:
    zone = ZoneInfo("Asia/Shanghai")
    return read_page("tram", page, url=URL, declared=None, zone=zone, now=NOW, known=known)


@pytest.mark.parametrize(
    "top",
    [
        "<title>河湾日报</title><h1>河湾日报</h1><h2>{}</h2>",
        "<title>河湾日报</title><h1>河湾日报</h1><p align=center><b>{}</b></p>",
        "<title>河湾日报</title><h1>河湾日报</h1><center><font size=5>{}</font></center>",
        "<title>河湾在线</title><h1>河湾在线</h1><div style='font-size:22px'>{}</div>",
        "<title>掌上河湾</title><h1><a href='/'>掌上河湾</a></h1><h3>{}</h3>",
        "<title>掌上河湾</title><h1>掌上河湾</h1><h3>{}</h3><footer>© 2026 掌上河湾 版权所有</footer>",
        "<title>本地新闻-掌上河湾</title><nav><a href=/>掌上河湾</a><a href=/bd/>本地新闻</a></nav><h3>{}</h3>",
    ],
    ids=["heading", "bold", "type", "style", "home", "foot", "section"],
)
def test_a_chinese_masthead_is_passed_over(top: str) -> None:
    assert read(top.format(ZH) + ZH_BODY).headline == ZH


@pytest.mark.parametrize(
    "top",
    [
        "<title>The Valley Courier</title><h1>The Valley Courier</h1><h2>{}</h2>",
        "<title>Riverbend Gazette | Local</title><h1>Riverbend Gazette</h1><h3>{}</h3>",
        "<title>Us</title><meta property=og:site_name content=Us><meta property=og:title content=Us><h2>{}</h2>",
        "<title>By the Water</title><h1><a href=/><img alt='By the Water'></a></h1><p><strong>{}</strong></p>",
        "<title>By the Water</title><h1>By the Water</h1><h2>{}</h2><footer>© 2026 By the Water Media</footer>",
        "<title>{} | The Valley Courier</title><h1>The Valley Courier</h1>",
    ],
    ids=["name", "host", "claim", "logo", "foot", "window"],
)
def test_an_english_masthead_is_passed_over(top: str) -> None:
    assert read(top.format(EN) + EN_BODY).headline == EN


@pytest.mark.parametrize(
    ("page", "known"),
    [
        (f"<title>河湾日报</title><h1>河湾日报</h1>{ZH_BODY}<p>版权所有 河湾日报</p>", ZH),
        (f"<title>掌上河湾</title><h1>掌上河湾</h1><p>{ZH}</p>{ZH_BODY}", ZH),
        (f"<title>掌上河湾</title><h1>掌上河湾</h1><p>{ZH}</p>{ZH_BODY}", f"{ZH[:11]}…"),
        (f"<title>By the Water</title><h1>By the Water</h1>{EN_BODY}", EN),
    ],
    ids=["nowhere on the page", "in plain type", "cut short", "English"],
)
def test_what_a_list_called_the_page_helps_to_find_its_headline(page: str, known: str) -> None:
    article = read(page, known)
    assert article.headline in (ZH, EN)
    assert not article.headings


@pytest.mark.parametrize("page", [
    f"<title>河湾日报</title><h1>河湾日报</h1>{ZH_BODY}<p>版权所有 河湾日报</p>",
    f"<title>The Riverbend Gazette</title><h1>The Riverbend Gazette</h1>{EN_BODY}",
])  # fmt: skip
def test_a_page_with_nothing_but_its_masthead_has_no_headline(page: str) -> None:
    with pytest.raises(SourceUnreadable, match="no headline"):
        read(page)


@pytest.mark.parametrize("said", ["Polls Open Today", "Readers Honour Riverbend Gazette", "By the Water"])
def test_a_short_headline_above_a_second_line_stays_one(said: str) -> None:
    page = f"<title>{said}</title><h1>{said}</h1><h2>Ten stations in town take votes until nine</h2>{EN_BODY}"
    assert read(page).headline == said


def test_a_headline_behind_the_papers_name_in_the_window_stays_one() -> None:
    title = "Riverbend Evening Gazette and Herald | Man held after fire"
    page = f"<title>{title}</title><h1>Man held after fire</h1>{EN_BODY}"
    assert read(page).headline == "Man held after fire"
