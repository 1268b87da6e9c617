"""Figures with what they count, quotations with who said them, and the particulars that a summary prefers."""

import pytest

from bot.model.story import Article, Block, BlockKind
from bot.rules.figures import figures
from bot.rules.particulars import Asks, particulars
from bot.rules.passages import passages, split
from bot.rules.quotations import quotations
from bot.rules.summarising import analyse

P, Q = BlockKind.PARAGRAPH, BlockKind.QUOTE


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026年11月24日，河湾市种树3400棵，超过计划。", [("3400棵", "河湾市种树3400棵")]),
        ("办结率为61.67%，第183起也已办结。", [("61.67%", "办结率为61.67%")]),
        ("总投资1.3亿元，工期97天。", [("1.3亿元", "总投资1.3亿元"), ("97天", "工期97天")]),
        (
            "It cost $3.5 million, and 340 volunteers came at 9.30 pm.",
            [("$3.5 million", "It cost $3.5 million"), ("340 volunteers", "and 340 volunteers came at 9.30 pm")],
        ),
        ("18路公交10时发车。", []),
    ],
)
def test_a_figure_keeps_its_unit_and_the_clause_that_says_what_is_counted(
    text: str, found: list[tuple[str, str]]
) -> None:
    assert [(one.number, one.clause) for one in figures([text])] == found


@pytest.mark.parametrize(
    ("blocks", "words", "speaker"),
    [
        ([(P, "“灯亮到十点，人人有一张书桌。”馆长徐明说。")], "灯亮到十点，人人有一张书桌。", "馆长徐明"),
        ([(P, "馆长徐明说：“灯亮到十点，人人有书桌。”")], "灯亮到十点，人人有书桌。", "馆长徐明"),
        (
            [(P, "退休教师何淑兰表示满意。“三个多月绕路，总算通了。”她说。")],
            "三个多月绕路，总算通了。",
            "退休教师何淑兰",
        ),
        (
            [(P, "验收会上，专家梁启明在会上说——"), (Q, "这座桥可以再走上二十年。")],
            "这座桥可以再走上二十年。",
            "专家梁启明",
        ),
        (
            [(P, '"People said that the evening ended," said Hua Jing, who plans it.')],
            "People said that the evening ended",
            "Hua Jing",
        ),
        ([(P, "“Every year we find less,” Tom Achebe said.")], "Every year we find less", "Tom Achebe"),
        ([(P, "No name here. “I would be glad to run out of river.”")], "I would be glad to run out of river.", ""),
    ],
)
def test_a_quotation_has_its_speaker_where_the_text_names_one(
    blocks: list[tuple[BlockKind, str]], words: str, speaker: str
) -> None:
    article = Article("题", tuple(Block(kind, text) for kind, text in blocks), "zh")
    (found, *_) = quotations(passages(split(article)))
    assert (found.words, found.speaker) == (words, speaker)


def test_the_lead_quotation_comes_before_any_other() -> None:
    blocks = (
        Block(P, "专家梁启明在会上说——"),
        Block(Q, "这座桥可以再走上二十年。"),
        Block(P, "大桥今晨通车。“总算等到了这一天。”居民周兰说。"),
    )
    said = analyse(Article("大桥", blocks, "zh")).quotation
    assert said is not None
    assert (said.speaker, said.words) == ("专家梁启明", "这座桥可以再走上二十年。")


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("每晚20时撤障。", Asks.WHEN),
        ("The race is on 12 November.", Asks.WHEN),
        ("因为下雨，比赛改期。", Asks.WHY),
        ("共有217个摊位。", Asks.HOW_MUCH),
        ("戏班演《借灯》。", Asks.NAMED),
        ("The prize went to Danny Heath.", Asks.WHO),
        ("“走着去菜市场就行了。”", Asks.SAID),
    ],
)
def test_a_sentence_tells_who_what_when_where_and_why_by_its_form(text: str, asks: Asks) -> None:
    assert asks in {one.asks for one in particulars(text)}
