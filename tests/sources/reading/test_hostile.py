"""Hostile and broken input: no crash, no half article, and an end in bounded time."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.errors import SourceUnreadable
from bot.model.story import Article
from bot.sources.reading import read_file, read_page

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
SENTENCE = "老渡口步行桥今天清晨重新开放，第一批过桥的是住在南岸的菜农。"
BODY = f"<p>{SENTENCE}</p>" * 5
HEAD = "<html><head><title>步行桥重新开放</title></head><body><h1>步行桥重新开放</h1>"


def read(page: str | bytes) -> Article:
    return read_page("hostile", page, url="https://news.example.org/a", declared=None, zone=ZONE, now=NOW)


FORMS: dict[str, Callable[[], str]] = {
    "NUL bytes": lambda: (HEAD + BODY).replace("渡口", "渡\x00口"),
    "ten thousand levels of div": lambda: HEAD + "<div>" * 10_000 + BODY + "</div>" * 10_000,
    "ten thousand levels of mixed elements": lambda: HEAD + "<b><span><blockquote><ul><li>" * 2_000 + BODY,
    "scripts in the body": lambda: HEAD + "<script>document.write('<p>" + "恶意。" * 50 + "</p>')</script>" + BODY,
    "a script that never ends": lambda: HEAD + BODY + "<script>var a = '<p>恶意",
    "bidi controls": lambda: HEAD + BODY.replace("今天", "\u202e今天\u202c"),
    "lone surrogates": lambda: HEAD + BODY + "<p>\ud800</p>",
    "unclosed everything": lambda: "<html><h1>步行桥重新开放</h1><div><p>" + "<p><b><i>".join([SENTENCE] * 6),
    "attributes without end": lambda: HEAD + f'<div class="{"x" * 200_000}">' + BODY,
    "a page within a page": lambda: "<html><body><div>首页</div></body></html>" + HEAD + BODY + "</body></html>",
    "many attributes": lambda: HEAD + "<div " + " ".join(f"a{n}=1" for n in range(5_000)) + ">" + BODY,
    "JSON-LD that nests without end": lambda: (
        '<script type="application/ld+json">' + '{"@graph":[' * 5_000 + "</script>" + HEAD + BODY
    ),
    "JSON-LD of the wrong kinds": lambda: (
        '<script type="application/ld+json">[1,null,{"@type":["NewsArticle",3],"headline":{"a":1},'
        '"author":[[],4,{"name":[]}],'
        '"image":{"url":{}},"keywords":7,"datePublished":{},"publisher":"x"}]</script>' + HEAD + BODY
    ),
    "a frameset of links": lambda: HEAD + BODY + "<a href='http://[::1'>x</a><img src='http://[broken'>",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_hostile_page_still_reads(form: str) -> None:
    article = read(FORMS[form]())
    assert article.headline == "步行桥重新开放"
    assert article.paragraphs[0] == SENTENCE
    assert "恶意" not in "".join(article.paragraphs)


LARGE: dict[str, Callable[[], str]] = {
    "a hundred thousand paragraphs": lambda: HEAD + f"<p>{SENTENCE}</p>" * 100_000,
    "a hundred thousand links": lambda: HEAD + BODY + "<li><a href='/x'>河湾夜市本周末回来了</a>" * 100_000,
    "one line of megabytes": lambda: HEAD + BODY + "<p>" + "河" * 3_000_000,
    "spaces without end": lambda: HEAD + BODY + " " * 3_000_000 + "<p>" + "\u3000" * 500_000,
    "a hundred thousand open brackets": lambda: HEAD + BODY + "<" * 1_000_000,
    "a hundred thousand nested boxes": lambda: HEAD + "<div class='related share'>" * 100_000 + BODY,
    "dates without end": lambda: HEAD + "<span>2019-02-02 22:29 来源：</span>" * 50_000 + BODY,
    "tables in tables": lambda: HEAD + "<table><tr><td>" * 400 + BODY + "<tr><td>1<td>2" * 10_000,
}


@pytest.mark.parametrize("form", LARGE)
def test_a_large_page_ends_in_bounded_time(form: str) -> None:
    begun = time.process_time()
    try:
        article = read(LARGE[form]())
    except SourceUnreadable:
        article = None
    assert time.process_time() - begun < 60  # seconds of this process alone: what grows with the square takes minutes
    assert article is None or article.headline == "步行桥重新开放"


def test_markup_in_a_headline_is_taken_out() -> None:
    page = f"<title>&lt;b&gt;步行桥&lt;/b&gt;重新开放</title><h1><b>步行桥</b>重新开放<script>x()</script></h1>{BODY}"
    assert read(page).headline == "步行桥重新开放"


def test_bidi_controls_do_not_survive() -> None:
    article = read(HEAD + BODY.replace("今天", "\u202e今天\u202c\u2066"))
    assert not {"\u202e", "\u202c", "\u2066"} & set("".join(article.paragraphs))


REFUSED = [
    (b"", "the file is empty"),
    (b" \r\n\t", "the file is empty"),
    ("\ufeff".encode(), "the file is empty"),
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a PNG picture"),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a JPEG picture"),
    (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
    (b"PK\x03\x04\x14\x00\x06\x00", "a ZIP archive or an Office document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"\x1f\x8b\x08\x00", "a compressed file"),
    (bytes(range(256)) * 40, "not a text"),
    (b'<?xml version="1.0"?><invoice><sum>3</sum></invoice>', "neither a feed nor a page"),
    (b"From: a@example.org\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x", "it is a mail"),
]


@pytest.mark.parametrize(("data", "words"), REFUSED)
def test_a_file_that_is_no_article_is_refused_in_an_editors_words(data: bytes, words: str) -> None:
    with pytest.raises(SourceUnreadable, match=words):
        read_file("dropped", data, zone=ZONE, now=NOW)
