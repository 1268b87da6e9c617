"""A true number given to the wrong thing is found, and a faithful paraphrase is left alone, in both languages."""

import pytest

from bot.rules.counted import misplaced
from bot.rules.grounds import unfounded

BRIDGE = """河湾大桥修复通车，更换拉索48根，工期90天，投入1280万元。
通车首日，游客3000人次上桥参观，志愿者400名在两岸引导；桥长620米，限速40公里。
受访的85位居民里，有61%支持保留步道，12%希望增加路灯。附近新增停车位216个、长椅35张。
"""
LIBRARY = """The library kept its doors open for 90 days, and 3,000 readers came after dark.
It bought 48 desks and 216 lamps, and 400 volunteers helped. The trial cost £12,500.
Of those asked, 61 per cent of readers wanted longer hours and 12 per cent of neighbours complained about noise.
The new path is 620 metres long; the bus stops 35 times a day.
"""


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("大桥更换拉索90根。", "90: 根"),
        ("大桥工期48天。", "48: 天"),
        ("桥长48米，如今通车。", "48: 米"),
        ("志愿者3000名在两岸引导。", "3000: 志愿者"),
        ("四百名游客上桥参观。", "400: 游客"),
        ("附近新增长椅216张。", "216: 长椅"),
        ("桥长620公里。", "620: 公里"),
        ("桥的寿命是90年。", "90: 年"),
    ],
)
def test_a_number_that_the_article_gives_to_another_thing_is_named_in_chinese(answer: str, found: str) -> None:
    assert misplaced(answer, BRIDGE) == (found,)


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("The library bought 216 desks.", "216: desk"),
        ("The library bought 48 lamps for the night.", "48: lamp"),
        ("Some 400 readers came after dark.", "400: reader"),
        ("3,000 volunteers helped.", "3000: volunteer"),
        ("The trial cost $12,500.", "12500: $"),
        ("The library was open for 90 hours.", "90: hours"),
        ("The new path is 620 miles long.", "620: miles"),
        ("61 per cent of neighbours complained.", "61%: neighbour"),
    ],
)
def test_a_number_that_the_article_gives_to_another_thing_is_named_in_english(answer: str, found: str) -> None:
    assert misplaced(answer, LIBRARY) == (found,)


@pytest.mark.parametrize(
    "answer",
    [
        "大桥用九十天换下48根拉索，花了1280万元。",
        "首日3000人次上桥，400人做志愿者。",
        "桥有620米长，两岸添了216个停车位和35张椅子。",
        "受访居民中，61%的人赞成留下步道，12%的人想要更多路灯。",
        "85人受访，过六成（61%）支持步道。",
        "400位引导员服务3000名来客。",
        "48根新拉索就位，工程历时90天完工。",
        "限速每小时40公里。",
    ],
)
def test_a_faithful_chinese_paraphrase_is_left_alone(answer: str) -> None:
    assert misplaced(answer, BRIDGE) == ()


@pytest.mark.parametrize(
    "answer",
    [
        "In 90 days the library welcomed 3,000 night readers.",
        "Four hundred helpers joined in, and 48 new desks and 216 lamps were bought.",
        "At £12,500, the 90-day trial drew 3,000 people.",
        "61% of those asked want longer hours; 12% complain about noise.",
        "A 620-metre path leads there, and buses stop 35 times daily.",
        "Volunteers, 400 of them, helped 3,000 readers.",
    ],
)
def test_a_faithful_english_paraphrase_is_left_alone(answer: str) -> None:
    assert misplaced(answer, LIBRARY) == ()


def test_the_guard_names_it_among_what_is_not_in_the_article() -> None:
    assert "what it counts by 90: 根" in unfounded("河湾大桥修复通车，更换拉索90根。", BRIDGE)
