"""A file of an unknown kind: what is in it decides how it is read."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.sources.reading import read_file

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
SENTENCE = "第一批过桥的是住在南岸的菜农，他们推着三轮车去北岸的早市。"
PAGE = f"<!DOCTYPE html><title>步行桥重新通行</title><h1>步行桥重新通行</h1><p>{SENTENCE}</p><p>{SENTENCE}</p>"
FEED = (
    "<?xml version='1.0'?><rss version='2.0'><channel><title>河湾新闻</title><item><title>步行桥重新通行</title>"
    f"<link>https://news.example.org/a</link><description>{SENTENCE}</description></item></channel></rss>"
)
FORMS = [
    ("a page", "a.html", PAGE.encode()),
    ("a page without a name that tells", "dropped", PAGE.encode("gbk")),
    ("a page called text", "a.txt", PAGE.encode("utf-16")),
    ("a piece of a page", "a", f"<h1>步行桥重新通行</h1><p>{SENTENCE}</p><p>{SENTENCE}</p>".encode()),
    ("a feed", "feed.xml", FEED.encode()),
    ("a feed called a page", "feed.html", FEED.encode()),
    ("Markdown", "a.md", f"# 步行桥重新通行\n\n{SENTENCE}\n".encode()),
    ("front matter", "a", f"---\n标题: 步行桥重新通行\n---\n{SENTENCE}\n".encode("gbk")),
    ("plain text", "a.txt", f"步行桥重新通行\n\n2026-05-18 16:05\n\n{SENTENCE}\n".encode()),
]


@pytest.mark.parametrize(("name", "data"), [form[1:] for form in FORMS], ids=[form[0] for form in FORMS])
def test_what_is_in_a_file_decides_how_it_is_read(name: str, data: bytes) -> None:
    (article,) = read_file(name, data, zone=ZONE, now=NOW)
    assert article.headline == "步行桥重新通行"
    assert article.language == "zh"


def test_a_feed_brings_all_its_articles() -> None:
    item = FEED[FEED.index("<item>") : FEED.index("</channel>")]
    two = FEED.replace(item, item + item.replace("步行桥", "渡轮").replace("/a", "/b", 1))
    headlines = [article.headline for article in read_file("feed.xml", two.encode(), zone=ZONE, now=NOW)]
    assert headlines == ["步行桥重新通行", "渡轮重新通行"]
