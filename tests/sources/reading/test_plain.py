"""A portal page as plain text: the masthead, the bars and the teasers told from the article."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.errors import SourceUnreadable
from bot.model.story import Article, BlockKind, Byline, Related
from bot.sources.reading import read_file, read_plain

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
PORTAL = Path(__file__).resolve().parents[4] / "shared" / "pages" / "portal_article_zh.txt"
SECTIONS = (
    "强化组织领导", "强化专业队伍", "强化工作机制", "强化专案攻坚", "强化线索核查",
    "强化督导落实", "强化协同联动", "强化破网打伞", "强化乱点整治", "强化工作保障",
)  # fmt: skip
OURS = """设为首页 | 我要投稿
文化播报

河湾市推广图书馆夜间开放做法

2026-03-12 22:29  来源:河湾文化网  责任编辑:林晓禾
字号  分享至:

  3月12日,市文化局就图书馆夜间开放做出批示——

  灯亮着,人就愿意多坐一会儿,这样的做法值得各区学习。

  夜间开放以来,图书馆共接待读者一万二千余人次。

  更新座椅

  二楼新增六十个座位,旧书架改成了长桌。

书架后面的修书人 ...

一把镊子、一碗浆糊,她修了三千多本旧书。

广场边的二十四小时书亭
"""


def portal() -> Article:
    if not PORTAL.exists():
        pytest.skip("the shared pages are not on this machine")
    (article,) = read_file(PORTAL.name, PORTAL.read_bytes(), zone=ZONE, now=NOW)
    return article


def test_our_portal_page_becomes_an_article() -> None:
    article = read_plain("ours.txt", OURS, ZONE, NOW)
    assert article.headline == "河湾市推广图书馆夜间开放做法"
    assert article.byline == Byline(datetime(2026, 3, 12, 22, 29, tzinfo=ZONE), credit="河湾文化网", editor="林晓禾")
    assert article.lead == "灯亮着,人就愿意多坐一会儿,这样的做法值得各区学习。"
    assert article.headings == ("更新座椅",)
    assert article.related == (
        Related("书架后面的修书人", "一把镊子、一碗浆糊,她修了三千多本旧书。"),
        Related("广场边的二十四小时书亭"),
    )


def test_the_portal_page_is_signed() -> None:
    assert portal().byline == Byline(datetime(2019, 2, 2, 22, 29, tzinfo=ZONE), credit="甘肃政法网", editor="陈叶军")


def test_the_portal_page_has_all_its_sections() -> None:
    assert portal().headings == SECTIONS


def test_the_portal_page_opens_with_the_lead_quotation() -> None:
    article = portal()
    assert article.lead
    assert [block.kind for block in article.blocks[:2]] == [BlockKind.PARAGRAPH, BlockKind.QUOTE]
    assert article.blocks[1].text == article.lead


def test_the_portal_page_names_five_related_stories_and_their_teasers() -> None:
    assert [bool(story.teaser) for story in portal().related] == [False, False, True, True, True]


def test_the_portal_page_keeps_no_furniture() -> None:
    words = "".join([*portal().paragraphs, *portal().headings])
    assert not [word for word in ("设为首页", "我要投稿", "长安播报", "字号", "分享至", "责任编辑") if word in words]


@pytest.mark.parametrize("text", ["", "只有一行", "2019-02-02 22:29 来源：河湾日报"])
def test_less_than_headline_and_body_is_no_article(text: str) -> None:
    with pytest.raises(SourceUnreadable, match=r"no (?:headline|body)"):
        read_plain("x.txt", text, ZONE, NOW)
