"""Markdown as editors write it by hand: front matter in two languages, and mistakes answered with a remedy."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.errors import SourceUnreadable
from bot.model.story import Article, Block, BlockKind, Byline, Picture
from bot.sources.reading import read_file, read_markdown

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")

BRIDGE = Picture("https://news.example.org/b.jpg", "检修后的桥", "检修后的步行桥")
WHOLE = """---
标题: 老渡口步行桥重新通行
副标题: 四十天换下一百八十块木板
导语: 步行桥今天清晨重新开放。
栏目: 城建
时间: 2026-05-18 16:05
来源: 河湾新闻网
责任编辑: 贺知秋
作者: [周望舒, 高远]
标签: 桥梁、渡口
链接: https://news.example.org/bridge
图片: https://news.example.org/bridge.jpg
---
第一批过桥的是住在
南岸的菜农。

## 更换木板

> 现在脚下稳当多了。

- 木板一百八十块
- 路灯四盏

| 项目 | 数量 |
| --- | --- |
| 木板 | 180 |

![检修后的桥](https://news.example.org/b.jpg "检修后的步行桥")

[看视频](https://news.example.org/bridge.mp4)
"""


def read(text: str) -> Article:
    return read_markdown("bridge.md", text, ZONE, NOW)


def test_front_matter_and_body_become_an_article_part_by_part() -> None:
    at = datetime(2026, 5, 18, 16, 5, tzinfo=ZONE)
    assert read(WHOLE) == Article(
        headline="老渡口步行桥重新通行",
        subtitle="四十天换下一百八十块木板",
        lead="步行桥今天清晨重新开放。",
        section="城建",
        byline=Byline(at, credit="河湾新闻网", editor="贺知秋", author="周望舒, 高远"),
        tags=("桥梁", "渡口"),
        link="https://news.example.org/bridge",
        picture=Picture("https://news.example.org/bridge.jpg"),
        language="zh",
        blocks=(
            Block(BlockKind.PARAGRAPH, "第一批过桥的是住在南岸的菜农。"),
            Block(BlockKind.HEADING, "更换木板", level=2),
            Block(BlockKind.QUOTE, "现在脚下稳当多了。"),
            Block(BlockKind.LIST, items=("木板一百八十块", "路灯四盏")),
            Block(BlockKind.TABLE, rows=(("项目", "数量"), ("木板", "180"))),
            Block(BlockKind.PICTURE, picture=BRIDGE),
            Block(BlockKind.MEDIA, "看视频", link="https://news.example.org/bridge.mp4"),
        ),
    )


def test_english_names_do_as_well() -> None:
    article = read(
        "---\ntitle: Footbridge reopens\ndate: 2026-05-18T16:05:00+08:00\nsource: Riverbend Herald\n"
        "editor: Paul Avery\nauthors: Jane Doe\ntags: [Bridges, River]\nlanguage: en\n"
        "url: https://news.example.org/b\n---\nIt is open.\n"
    )
    assert article.byline == Byline(
        datetime(2026, 5, 18, 8, 5, tzinfo=UTC), credit="Riverbend Herald", editor="Paul Avery", author="Jane Doe"
    )
    assert (article.tags, article.link, article.language) == (("Bridges", "River"), "https://news.example.org/b", "en")


def test_the_first_heading_is_the_headline_where_no_front_matter_says_one() -> None:
    article = read("# Footbridge reopens\n\nThe bridge is open to walkers again.\n\n# Planks\n\nAll are new.\n")
    assert article.headline == "Footbridge reopens"
    assert article.headings == ("Planks",)


def test_a_byline_below_the_heading_is_read_and_taken_out() -> None:
    article = read("# 步行桥重新通行\n\n2026-05-18 16:05 来源：河湾新闻网\n\n第一批过桥的是住在南岸的菜农。\n")
    assert article.byline.credit == "河湾新闻网"
    assert article.paragraphs == ("第一批过桥的是住在南岸的菜农。",)


def test_markup_in_the_text_stays_out_of_it() -> None:
    article = read("# A *bold* headline\n\nA [link](javascript:alert(1)), **bold** and <b>raw</b> `code`.\n")
    assert article.headline == "A bold headline"
    assert "javascript" not in article.paragraphs[0] or "](" in article.paragraphs[0]
    assert "<b>" not in article.paragraphs[0]


WRONG = [
    ("title: x\ndate: soon", "date is 'soon': write a time such as 2019-02-02 22:29"),
    ("标题: x\n时间: 明年", "时间 is '明年'"),
    ("title: [a, b]", r"title is \['a', 'b'\]: write one line of text"),
    ("title: x\ntags: {a: b}", "tags is .*: write a list of words"),
    ("title: x\nlink: bridge", "link is 'bridge': write an address"),
    ("title: x\nlink: javascript:alert(1)", "write an address that begins with https://"),
    ("title: x\nlanguage: Klingon", "language is 'Klingon': write a code"),
    ("title: 'x", "front matter line"),
    ("title: x\ntitle: y", "front matter line 3"),
    ("subtitle: x", "no headline: write `title:`"),
]


@pytest.mark.parametrize(("front", "words"), WRONG)
def test_a_wrong_value_names_field_value_and_remedy(front: str, words: str) -> None:
    with pytest.raises(SourceUnreadable, match=words):
        read(f"---\n{front}\n---\nText.\n")


def test_front_matter_that_does_not_end_is_said_to() -> None:
    with pytest.raises(SourceUnreadable, match="has no end"):
        read("---\ntitle: x\nText.\n")


def test_a_heading_alone_is_no_article() -> None:
    with pytest.raises(SourceUnreadable, match="no body"):
        read("# Footbridge reopens\n")


def test_deep_nesting_ends() -> None:
    assert read("# Deep\n\nText.\n\n" + "> " * 5_000 + "end\n\n" + "- " * 2_000 + "x").headline == "Deep"


def test_front_matter_decides_over_the_name() -> None:
    (article,) = read_file("bridge.txt", WHOLE.encode("gbk"), zone=ZONE, now=NOW)
    assert article.section == "城建"
