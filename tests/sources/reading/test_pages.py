"""Labelled pages of many forms: every part is read, and nothing is invented."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.errors import SourceUnreadable
from bot.model.story import Article, Block, BlockKind, Byline, Picture, Related
from bot.sources.reading import encoding, read_page

FOLDER = Path(__file__).with_name("pages")
NAMES = sorted(file.stem for file in FOLDER.glob("*.html"))
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
EMPTY = "<title>河湾新闻</title><h1>河湾新闻</h1>"
PARTS = (
    "headline", "subtitle", "section", "lead", "byline", "tags", "language", "link", "picture", "related", "blocks",
)  # fmt: skip


@dataclass(frozen=True)
class Labelled:
    data: bytes
    url: str
    zone: ZoneInfo
    expected: Article


def labelled(name: str) -> Labelled:
    said = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return Labelled(
        data=(FOLDER / f"{name}.html").read_bytes(),
        url=said["url"],
        zone=ZoneInfo("Asia/Shanghai" if name.startswith("zh") else "America/Chicago"),
        expected=Article(
            headline=said["headline"],
            subtitle=said["subtitle"],
            section=said["section"],
            lead=said["lead"],
            byline=Byline(
                moment(said["published"]), moment(said["updated"]), said["credit"], said["editor"], said["author"]
            ),
            tags=tuple(said["tags"]),
            language=said["language"],
            link=said["link"],
            picture=Picture(*said["picture"]) if said["picture"] else None,
            related=tuple(Related(*one) for one in said["related"]),
            blocks=tuple(block(one) for one in said["blocks"]),
        ),
    )


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def block(said: dict[str, Any]) -> Block:
    return Block(
        BlockKind(said["kind"]),
        said.get("text", ""),
        said.get("level", 0),
        tuple(said.get("items", ())),
        tuple(tuple(row) for row in said.get("rows", ())),
        Picture(said["url"], said["alt"], said["caption"]) if "url" in said else None,
        said.get("link"),
    )


def read(name: str) -> Article:
    page = labelled(name)
    return read_page(name, page.data, url=page.url, declared=None, zone=page.zone, now=NOW)


def test_there_are_pages_of_many_forms() -> None:
    assert len(NAMES) >= 25


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_read_part_by_part(name: str, part: str) -> None:
    assert getattr(read(name), part) == getattr(labelled(name).expected, part)


@pytest.mark.parametrize("name", NAMES)
def test_every_word_of_an_article_stands_on_its_page(name: str) -> None:
    source = re.sub(r"\s+", "", encoding.decode(labelled(name).data).replace("&#x27;", "'").replace("&quot;", '"'))
    article = read(name)
    texts = [article.headline, article.subtitle, article.lead, article.section, *article.tags, *article.paragraphs]
    texts += [block.text for block in article.blocks] + [story.headline for story in article.related]
    for text in texts:
        for piece in re.split(r"\s+", text or ""):
            assert piece in source or re.sub("<[^>]*>", "", source).find(piece) >= 0


@pytest.mark.parametrize("name", NAMES)
def test_no_name_and_no_day_is_invented(name: str) -> None:
    page, byline = labelled(name), read(name).byline
    text = re.sub(r"\s+", "", re.sub("<[^>]*>", "", encoding.decode(page.data)))
    for who in (byline.credit, byline.editor, byline.author):
        assert not who or re.sub(r"\s+", "", who).lower() in text.lower().replace("通讯员", "")
    if page.expected.byline.published is None:
        assert byline.published is None


def test_a_page_without_a_body_is_no_half_article() -> None:
    with pytest.raises(SourceUnreadable, match="no body"):
        read_page(
            "x", "<title>河湾新闻</title><h1>河湾新闻</h1>", url=None, declared=None, zone=ZoneInfo("UTC"), now=NOW
        )


def test_a_page_without_a_headline_is_no_half_article() -> None:
    body = "<p>老渡口步行桥今天清晨重新开放，第一批过桥的是住在南岸的菜农。</p>" * 4
    with pytest.raises(SourceUnreadable, match="no headline"):
        read_page("x", f"<body><div>{body}</div>", url=None, declared=None, zone=ZoneInfo("UTC"), now=NOW)


def test_a_script_link_is_dropped_and_a_relative_one_is_made_whole() -> None:
    body = "<p>老渡口步行桥今天清晨重新开放，第一批过桥的是住在南岸的菜农。</p>" * 4
    page = (
        "<title>步行桥重新开放</title><base href='/deep/'><h1>步行桥重新开放</h1>"
        f"<div class='article-content'>{body}</div><h3>相关阅读</h3>"
        "<ul><li><a href='javascript:alert(1)'>河湾夜市本周末回来了</a></li>"
        "<li><a href='b.html'>江边步道铺上新路面</a></li></ul>"
    )
    article = read_page("x", page, url="https://news.example.org/a.html", declared=None, zone=ZoneInfo("UTC"), now=NOW)
    assert [story.link for story in article.related] == [None, "https://news.example.org/deep/b.html"]


PARAGRAPHS = "".join(
    f"<p>{number}号桥面木板今天全部更换完毕，行人可以放心通过，养护所还加装了路灯。</p>" for number in range(1, 6)
)


def bodies(between: str) -> Article:
    page = (
        "<title>步行桥重新开放</title><h1>步行桥重新开放</h1><main>"
        f"<div><div class='article-body'>{PARAGRAPHS}</div></div>{between}"
        f"<div><div class='article-body'>{PARAGRAPHS.replace('桥面', '栏杆')}</div></div></main>"
    )
    return read_page("x", page, url=None, declared=None, zone=ZoneInfo("UTC"), now=NOW)


def test_a_body_that_an_advertisement_cuts_in_two_is_one() -> None:
    assert len(bodies("<div class='ad-slot'>广告</div>").paragraphs) == 10


def test_another_story_below_is_not_part_of_this_one() -> None:
    assert len(bodies("<h2><a href='/b'>江边栏杆换新</a></h2>").paragraphs) == 5


def test_a_time_without_a_zone_is_the_sources() -> None:
    page = labelled("zh_div_soup")
    there = read_page("x", page.data, url=page.url, declared=None, zone=ZoneInfo("UTC"), now=NOW).byline.published
    here = read("zh_div_soup").byline.published
    assert there is not None
    assert here is not None
    assert there - here == timedelta(hours=8)
