"""What changed between two revisions, as an editor is shown it."""

from dataclasses import replace

import pytest

from bot.model.story import Article, Block, BlockKind, Byline
from bot.rules.difference import Change, Mark, Part, Piece, difference

ZH = Article("河湾大桥通车", (Block(BlockKind.PARAGRAPH, "桥面今早恢复通行，限速五十公里。货车须绕行。"),), "zh")
EN = Article(
    "Bridge reopens", (Block(BlockKind.PARAGRAPH, "The bridge opened on Tuesday. Lorries must go round."),), "en"
)


def body(article: Article, text: str) -> Article:
    return replace(article, blocks=(Block(BlockKind.PARAGRAPH, text),))


def test_a_changed_number_is_shown_inside_its_clause() -> None:
    [change] = difference(ZH, body(ZH, "桥面今早恢复通行，限速四十公里。货车须绕行。")).changes
    assert (change.part, change.removed, change.added) == (Part.BODY, ("五十公里",), ("四十公里",))
    assert "".join(piece.text for piece in change.pieces if piece.mark is not Mark.REMOVED) == (
        "桥面今早恢复通行，限速四十公里。货车须绕行。"
    )


def test_a_sentence_put_in_is_shown_whole() -> None:
    [change] = difference(
        EN, body(EN, "The bridge opened on Tuesday. Nobody cut a ribbon. Lorries must go round.")
    ).changes
    assert (change.removed, change.added) == ((), ("Nobody cut a ribbon. ",))


def test_a_clause_written_anew_is_taken_out_and_put_in() -> None:
    [change] = difference(EN, body(EN, "The bridge opened on Tuesday. Heavy traffic is sent to Stoneford.")).changes
    assert change.removed == ("Lorries must go round.",)
    assert change.added == ("Heavy traffic is sent to Stoneford.",)


def test_every_part_that_changed_is_named() -> None:
    new = replace(ZH, headline="河湾大桥恢复通车", lead="好消息", byline=Byline(credit="河湾日报", editor="陈静"))
    assert [change.part for change in difference(ZH, new).changes] == [
        Part.HEADLINE,
        Part.LEAD,
        Part.CREDIT,
        Part.EDITOR,
    ]
    assert difference(ZH, new).changes[1] == Change(Part.LEAD, (Piece(Mark.ADDED, "好消息"),))


@pytest.mark.parametrize(
    "text", ["桥面今早恢复通行, 限速五十公里。 货车须绕行。", "桥面今早恢复通行，限速五十公里。货车须绕行。\n"]
)
def test_what_readers_do_not_see_is_no_difference(text: str) -> None:
    assert not difference(ZH, body(ZH, text))


def test_the_same_words_in_another_form_are_told_as_that() -> None:
    quoted = replace(ZH, blocks=(replace(ZH.blocks[0], kind=BlockKind.QUOTE),))
    assert difference(ZH, quoted).changes == (Change(Part.FORM),)
