"""Which stories are reprints of one: the labelled pairs, and the marks by which a verdict is reached."""

from collections import Counter
from dataclasses import replace

import pytest

from bot.model.story import Article, Block, BlockKind
from bot.rules.reprints import ANCHORS_ASKED, ANCHORS_KEPT, Kin, Text, kinship
from bot.rules.words import words
from tests.fakes.pairs import articles, pairs


def article(*paragraphs: str, language: str = "zh") -> Article:
    return Article("要闻", tuple(Block(BlockKind.PARAGRAPH, one) for one in paragraphs), language)


def kin(new: str, old: str, *, one_newsroom: bool = False) -> Kin:
    return kinship(Text.of(article(new)), Text.of(article(old)), one_newsroom=one_newsroom).kin


def test_reprints_are_told_from_what_only_looks_like_them() -> None:
    counted: Counter[tuple[bool, bool]] = Counter()
    for pair in pairs():
        verdict = kinship(Text.of(pair.new), Text.of(pair.old), one_newsroom=pair.one_newsroom)
        counted[pair.reprint, verdict.kin is not Kin.OTHER] += 1
    right, wrong, missed = counted[True, True], counted[False, True], counted[True, False]
    assert counted.total() >= 900
    assert right / (right + wrong) >= 0.99
    assert right / (right + missed) >= 0.95


def test_what_is_asked_for_a_reprint_meets_what_is_kept_of_its_original() -> None:
    found = [
        bool(set(Text.of(pair.new).anchors(ANCHORS_ASKED)) & set(Text.of(pair.old).anchors(ANCHORS_KEPT)))
        for pair in pairs()
        if pair.reprint
    ]
    assert sum(found) / len(found) >= 0.99


def test_an_article_is_a_reprint_of_itself_and_of_no_other() -> None:
    texts = [Text.of(one) for one in articles()]
    for number, text in enumerate(texts):
        for other, old in enumerate(texts):
            assert (kinship(text, old).kin is Kin.REPRINT) == (number == other)


NOTICE = "河湾市气象台11月24日发布：今天夜里多云，最低气温3度，最高气温12度，西北风四级，请市民注意添衣。"


@pytest.mark.parametrize(
    "other",
    [
        NOTICE.replace("24日", "25日"),
        NOTICE.replace("3度", "零下3度").replace("12度", "2度"),
        NOTICE.replace("四级", "五级").replace("24", "26"),
    ],
)
def test_other_figures_are_other_news(other: str) -> None:
    assert kin(other, NOTICE) is Kin.OTHER


def test_a_figure_in_other_writing_is_the_same_figure() -> None:
    written = NOTICE.replace("11月24日", "十一月二十四日").replace("12度", "十二度").replace("四级", "4级")
    assert kin(written, NOTICE) is Kin.REPRINT


def test_a_newsroom_may_print_the_same_text_twice_but_a_changed_one_is_its_own_story() -> None:
    old = NOTICE.replace("24日", "昨日")
    assert kin(old, old, one_newsroom=True) is Kin.SAME
    assert kin(old.replace("添衣", "防寒保暖"), old, one_newsroom=True) is Kin.OTHER
    assert kin(old.replace("添衣", "防寒保暖"), old) is Kin.REPRINT


def test_what_is_too_short_says_too_little() -> None:
    assert kin("桥通了。", "桥通了。") is Kin.OTHER
    assert Text.of(article("桥通了。")).anchors(9) == ()


def test_counters_and_pointers_do_not_count_as_text() -> None:
    assert Text.of(article(NOTICE, "阅读 1234", "相关阅读：河湾大桥通车")) == Text.of(article(NOTICE))


def test_a_headline_alone_makes_no_kin_and_a_lead_alone_does() -> None:
    bare = replace(article(), lead=NOTICE)
    assert kinship(Text.of(article()), Text.of(article())).kin is Kin.OTHER
    assert kinship(Text.of(bare), Text.of(article(NOTICE))).kin is Kin.REPRINT


def test_the_reason_names_both_figures() -> None:
    told = kinship(Text.of(article(NOTICE)), Text.of(article(NOTICE)))
    assert told.why == "100% of its text stands there, 100% of that text here"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("記者從河灣市獲悉，臺風後裡外無恙", "记者从河湾市获悉,台风后里外无恙"),
        ("２０２６年，3,400 人", "二〇二六年3400人"),
        ("一百二十三", "123"),
        ("Nov. 24, Three men’s", "november 24 3 men"),
        ("It’s Tuesday", "It Tue."),
    ],
)
def test_words_are_the_same_in_any_script_width_and_case(one: str, other: str) -> None:
    assert words(one) == words(other)


def test_a_month_or_a_day_that_is_a_word_too_stays_one() -> None:
    assert words("May the sun march on") == ("may", "the", "sun", "march", "on")
    assert words("千万") == ("千", "万")
