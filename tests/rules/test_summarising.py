"""A summary is the article's own sentences, in its order."""

from bot.model.story import Article, Block, BlockKind
from bot.rules.sentences import sentences
from bot.rules.summarising import analyse

PARAGRAPH, HEADING = BlockKind.PARAGRAPH, BlockKind.HEADING

LONG = Article(
    "河湾市公布公园更新计划",
    (
        Block(PARAGRAPH, "河湾市昨日公布公园更新计划。计划为期三年。"),
        Block(HEADING, "种树"),
        Block(PARAGRAPH, "三年内种树3400棵。树种以本地香樟为主。"),
        Block(HEADING, "修路"),
        Block(PARAGRAPH, "步道将延长12公里。步道铺透水砖。"),
        Block(HEADING, "夜间开放"),
        Block(PARAGRAPH, "“夜里也能来散步。”居民周兰说。灯光在十一点调暗。"),
    ),
    "zh",
)


def test_every_sentence_is_verbatim_and_in_the_articles_order() -> None:
    text = "".join(block.text for block in LONG.blocks)
    for number in range(6):
        told = [piece for paragraph in analyse(LONG).paragraphs(number) for piece in sentences(paragraph)]
        places = [text.index(piece) for piece in told]
        assert places == sorted(places)
        assert len(told) >= number


def test_the_lead_comes_first_and_then_every_section_of_a_long_piece() -> None:
    analysis = analyse(LONG)
    assert analysis.paragraphs(1) == ("河湾市昨日公布公园更新计划。",)
    assert {passage.main.section for passage in analysis.passages[:5]} == {0, 1, 2, 3}


def test_the_same_article_gives_the_same_summary() -> None:
    assert analyse(LONG) == analyse(LONG)


def test_the_key_figure_is_a_number_with_its_unit_and_its_clause() -> None:
    article = Article("树", (Block(PARAGRAPH, "2026年11月24日,河湾市种树3400棵,超过计划。"),), "zh")
    figure = analyse(article).figure
    assert figure is not None
    assert (figure.number, figure.clause) == ("3400棵", "河湾市种树3400棵")


def test_english_too() -> None:
    article = Article(
        "River clean-up",
        (Block(PARAGRAPH, 'Volunteers removed 340 kilograms of litter. "We found a piano," said Tom Reed.'),),
        "en",
    )
    analysis = analyse(article)
    assert analysis.paragraphs(2) == (article.blocks[0].text,)
    assert analysis.figure is not None
    assert analysis.figure.number == "340 kilograms"


def test_an_article_without_sentences_has_an_empty_summary() -> None:
    assert analyse(Article("空", (), "zh")).paragraphs(3) == ()
