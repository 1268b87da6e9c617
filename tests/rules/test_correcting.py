"""What an editor corrects, read from a message, and what it changes in the article."""

from dataclasses import replace

import pytest

from bot.model.order import Correction, Kind
from bot.model.story import Block, BlockKind
from bot.rules.correcting import changed, objection, read
from tests.fakes.stories import article


@pytest.mark.parametrize(
    ("kind", "words", "meant"),
    [
        (Kind.TYPO, "今早 → 明早", Correction(Kind.TYPO, "", "今早", "明早")),
        (Kind.TYPO, "“今早”->“明早”", Correction(Kind.TYPO, "", "今早", "明早")),
        (Kind.TYPO, "今早改为明早", Correction(Kind.TYPO, "", "今早", "明早")),
        (Kind.CORRECTION, "48 -> 52 | The number of cables was wrong.",
         Correction(Kind.CORRECTION, "The number of cables was wrong.", "48", "52")),
        (Kind.CORRECTION, "48 → 52\n拉索数目有误。", Correction(Kind.CORRECTION, "拉索数目有误。", "48", "52")),
        (Kind.CORRECTION, "拉索数目应为52根。", Correction(Kind.CORRECTION, "拉索数目应为52根。")),
        (Kind.UPDATE, "The bridge\nis open.", Correction(Kind.UPDATE, "The bridge is open.")),
        (Kind.TYPO, "删去 → ", Correction(Kind.TYPO, "", "删去", "")),
    ],
)  # fmt: skip
def test_a_correction_is_read_as_an_editor_writes_it(kind: Kind, words: str, meant: Correction) -> None:
    assert read(kind, words) == meant


def test_the_words_are_replaced_wherever_they_stand() -> None:
    blocks = (
        Block(BlockKind.PARAGRAPH, "今早通车。"),
        Block(BlockKind.LIST, items=("今早", "明晚")),
        Block(BlockKind.TABLE, rows=(("今早", "1"),)),
    )
    made = replace(article("今早通车"), blocks=blocks, lead="今早。", subtitle="今早起")
    text = repr(changed(made, Correction(Kind.TYPO, old="今早", new="明早")))
    assert ("今早通车" in text.replace("https://example.org/今早通车", ""), text.count("明早")) == (False, 6)


@pytest.mark.parametrize(
    ("kind", "language", "said"),
    [
        (Kind.CORRECTION, "zh", "更正：数目有误。"),
        (Kind.UPDATE, "zh", "更新：数目有误。"),
        (Kind.CORRECTION, "en", "Correction: 数目有误。"),
    ],
)
def test_readers_are_told_in_the_articles_language(kind: Kind, language: str, said: str) -> None:
    made = changed(article(language=language), Correction(kind, "数目有误。"))
    assert made.blocks[-1].text == said


def test_a_typo_says_nothing() -> None:
    made = article()
    assert len(changed(made, Correction(Kind.TYPO, "数目有误。", "今早", "明早")).blocks) == len(made.blocks)


@pytest.mark.parametrize(
    ("correction", "why"),
    [
        (Correction(Kind.TYPO, old="下午", new="上午"), "“下午” does not stand in the article"),
        (Correction(Kind.TYPO, "数目有误"), "say what reads how: old → new"),
        (Correction(Kind.CORRECTION), "say what is corrected"),
        (Correction(Kind.CORRECTION, "数目有误"), None),
        (Correction(Kind.TYPO, old="今早", new="明早"), None),
    ],
)
def test_what_would_change_nothing_is_refused_with_the_reason(correction: Correction, why: str | None) -> None:
    assert objection(article(), correction) == why
