"""What is taken out of an article can be understood: a sentence brings along what it hangs on."""

import pytest

from bot.model.story import Article, Block, BlockKind
from bot.rules.lengths import ROOM, Length, tell
from bot.rules.passages import hangs, introduces, joined, passages, split
from bot.rules.summarising import analyse
from tests.fakes.articles import marked


@pytest.mark.parametrize(
    "text",
    [
        "同时，车站附近的停车位减少了。",
        "目前，工程已近尾声。",
        "此外，还有三座桥要修。",
        "对此，居民并不意外。",
        "这是十年来的第一次。",
        "他说，桥早就该修了。",
        "在她看来，书店不该关门。",
        "二是加密班次。",
        "“走着去就行。”她说。",
        "“茶客坐得下来，茶市才算茶市。”",
        "其中半数来自城东。",
        "扫尾工作也已完成。",
        "收容车停在他身边。",
        "9月以后他不再坐船。",
        "He said that it rained.",
        "It costs $12.",
        "However, nobody came.",
        "The others stayed.",
        "There are 48 of them.",
        '"We found a piano." she said.',
        "“I would be glad to run out of river.”",
        "The bus drew up beside him at noon.",
        "Nine courses ended that way.",
        "Lit rooms are.",
    ],
)
def test_a_sentence_that_points_back_hangs(text: str) -> None:
    assert hangs(text)


@pytest.mark.parametrize(
    "text",
    [
        "河湾大桥今晨通车。",
        "更正：此前的报道把主桥的长度写错了。",
        "其他线路照常运行。",
        "那么多人来看桥。",
        "老师韩松说他不怕黑。",
        "“夜里也能来。”居民周兰说。",
        "吉他班报满了。",
        "还是那座桥。",
        "Volunteers removed 340 kilograms of litter.",
        '"We found a piano," said Tom Reed.',
        "Ruth Wenlock says that her rows are quiet.",
        "Thirty people came.",
        "Italy sent a team.",
        "Theodora opened the fair.",
    ],
)
def test_a_sentence_that_says_who_and_what_stands_alone(text: str) -> None:
    assert not hangs(text)


@pytest.mark.parametrize(
    ("lead", "first"),
    [
        ("三个月后，大桥明早通车。", "三个月后，大桥明早通车。"),
        ("河湾大桥今晨通车。", "河湾大桥今晨通车。"),
        ("三个月后，大桥...", "河湾大桥今晨通车。"),
        ("三个月后，大桥", "河湾大桥今晨通车。"),
        (None, "河湾大桥今晨通车。"),
    ],
)
def test_a_lead_that_stands_apart_is_told_first_if_it_is_whole(lead: str | None, first: str) -> None:
    blocks = (Block(BlockKind.PARAGRAPH, "河湾大桥今晨通车。它长420米。"),)
    assert analyse(Article("大桥", blocks, "zh", lead=lead)).passages[0].text == first


def of(*blocks: tuple[BlockKind, str]) -> list[str]:
    article = Article("题", tuple(Block(kind, text) for kind, text in blocks), "zh")
    return [passage.text for passage in passages(split(article))]


P, Q, H = BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.HEADING


@pytest.mark.parametrize(
    ("blocks", "told"),
    [
        ([(P, "桥通了。它长420米。")], ["桥通了。", "桥通了。它长420米。"]),
        (
            [(P, "专家梁启明说——"), (Q, "换得好。再走二十年。")],
            ["专家梁启明说——换得好。", "专家梁启明说——换得好。", "专家梁启明说——换得好。再走二十年。"],
        ),
        ([(P, "桥通了。"), (H, "以后"), (P, "同时，路要修。路口要改。")], ["桥通了。", "路口要改。"]),
        ([(P, "桥通了。要点是：")], ["桥通了。"]),
        (
            [(P, 'Ruth Wenlock came. There were no bees. "It shone," she said.')],
            [
                "Ruth Wenlock came.",
                "There were no bees.",
                'Ruth Wenlock came. There were no bees. "It shone," she said.',
            ],
        ),
        (
            [(P, "甲来了。他笑。他说。他走。他又来。")],
            ["甲来了。", "甲来了。他笑。", "甲来了。他笑。他说。", "甲来了。他笑。他说。他走。"],
        ),
    ],
)
def test_a_passage_is_the_sentence_with_what_it_needs(blocks: list[tuple[BlockKind, str]], told: list[str]) -> None:
    assert of(*blocks) == told


@pytest.mark.parametrize("one", marked(), ids=lambda one: one.name)
def test_at_every_length_the_words_are_verbatim_in_order_and_none_hangs(one: object) -> None:
    article = one.article  # type: ignore[attr-defined]
    analysis, found = analyse(article), split(article)
    for length in Length:
        paragraphs = tell(analysis, length, article.language)
        text = joined(paragraphs)
        assert len(text) <= ROOM[length][0 if article.language == "zh" else 1] + len(paragraphs)
        told = [sentence for sentence in found if sentence.text in text]
        places = [text.index(sentence.text) for sentence in told]
        assert places == sorted(places)
        for sentence in told:
            before = found[sentence.order - 1] if sentence.order else None
            assert not introduces(sentence.text) or found[sentence.order + 1] in told
            assert before is None or not hangs(sentence.text) or before in told
