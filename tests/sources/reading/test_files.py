"""A file of an unknown kind: what is in it decides how it is read."""

import base64
import quopri
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


def archive(page: str, *, coding: str = "quoted-printable", charset: str = "utf-8", root: str = "") -> bytes:
    """As Chromium saves a page: a mail without a recipient, the page first, then its pictures."""
    packed = quopri.encodestring(page.encode(charset)) if coding == "quoted-printable" else b64(page.encode(charset))
    head = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://news.example.org/2026/a.html\r\n"
        "Subject: =?utf-8?Q?=E6=AD=A5?=\r\nDate: Mon, 18 May 2026 08:05:00 -0000\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/related;\r\n\ttype="text/html";{root}\r\n\tboundary="--x"\r\n\r\n\r\n'
    )
    picture = (
        "----x\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
        "Content-Location: https://news.example.org/p.png\r\n\r\niVBORw0KGgo=\r\n"
    )
    html = (
        f"----x\r\nContent-Type: text/html; charset={charset}\r\nContent-ID: <page@mhtml.example>\r\n"
        f"Content-Transfer-Encoding: {coding}\r\nContent-Location: https://news.example.org/2026/a.html\r\n\r\n"
    ).encode() + packed
    parts = [picture.encode(), html] if root else [html, picture.encode()]
    return head.encode() + b"\r\n".join(parts) + b"\r\n----x--\r\n"


def b64(data: bytes) -> bytes:
    return base64.encodebytes(data)


@pytest.mark.parametrize(
    "data",
    [
        archive(PAGE),
        archive(PAGE, charset="gbk"),
        archive(PAGE, coding="base64"),
        archive(PAGE, root=' start="<page@mhtml.example>";'),
    ],
    ids=["as Chromium saves it", "in GBK", "in base64", "with the page last"],
)
def test_a_page_saved_as_one_file_is_read(data: bytes) -> None:
    (article,) = read_file("a.mhtml", data, zone=ZONE, now=NOW)
    assert article.headline == "步行桥重新通行"
    assert article.paragraphs == (SENTENCE, SENTENCE)
    assert article.link == "https://news.example.org/2026/a.html"
