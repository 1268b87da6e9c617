"""What a correction changed is told in short plain sentences."""

import pytest

from bot.model.story import Article, Block, BlockKind, Byline
from bot.rules.changes import told
from bot.rules.difference import difference


def article(headline: str, *paragraphs: str, language: str = "zh", editor: str = "陈静") -> Article:
    blocks = tuple(Block(BlockKind.PARAGRAPH, text) for text in paragraphs)
    return Article(headline, blocks, language, byline=Byline(editor=editor))


BRIDGE = article("大桥通车", "大桥今早通车，更换拉索48根。", "公交七路恢复。")
SHOP = article("The shop reopens", "The shop reopens on Monday. Three people work there.", language="en")


@pytest.mark.parametrize(
    ("old", "new", "sentences"),
    [
        (BRIDGE, article("大桥通车", "大桥今早通车，更换拉索52根。", "公交七路恢复。"), ["正文“48”改为“52”"]),
        (BRIDGE, article("大桥通车", "大桥今早通车，更换拉索48根。"), ["正文删去“公交七路恢复”"]),
        (article("大桥通车", "大桥今早通车，更换拉索48根。"), BRIDGE, ["正文增加“公交七路恢复”"]),
        (BRIDGE, article("大桥通车", *BRIDGE.paragraphs, editor="周兰"), ["责任编辑“陈静”改为“周兰”"]),
        (BRIDGE, BRIDGE, []),
        (
            SHOP,
            article("The shop reopens", "The shop reopens on Friday. Three people work there.", language="en"),
            ["text: “Monday” is now “Friday”"],
        ),
    ],
)
def test_a_change_says_part_old_and_new(old: Article, new: Article, sentences: list[str]) -> None:
    assert list(told(difference(old, new), new.language)) == sentences


def test_no_more_than_three_are_told_and_none_is_long() -> None:
    old = article("甲", *(f"第{n}段说的是第{n}件事，" + "很长很长的一句话" * 9 for n in range(9)))
    new = article("乙", *(f"另{n}段讲的是别{n}件事，" + "又长又长的另一句" * 9 for n in range(9)))
    found = told(difference(old, new), "zh")
    assert len(found) == 2
    assert found[0] == "标题“甲”改为“乙”"
    assert len(found[1]) < 100
