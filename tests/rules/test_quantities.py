"""One quantity, one form: digits, Chinese numerals and English words, in every notation of a date."""

import pytest

from bot.rules.quantities import named_quantities, quantities


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("1.2万人", "12000"), ("12,000 people", "12000"), ("一万二千人", "12000"), ("twelve thousand", "12000"),
        ("3.2亿元", "320000000"), ("320 million yuan", "320000000"), ("三亿二千万元", "320000000"),
        ("百分之十二", "12%"), ("12%", "12%"), ("12 per cent", "12%"), ("twelve per cent", "12%"), ("１２％", "12%"),
        ("三成", "30%"), ("千分之五", "5‰"), ("一点五亿元", "150000000"), ("2.50", "2.5"),
        ("11月24日", "11-24"), ("十一月二十四日", "11-24"), ("November 24", "11-24"), ("24 November", "11-24"),
        ("24th of Nov.", "11-24"), ("2026-11-24", "11-24"), ("Nov. 24", "11-24"), ("May 3", "5-3"), ("五月三号", "5-3"),
        ("周五", "weekday 5"), ("星期五", "weekday 5"), ("on Friday", "weekday 5"), ("周日", "weekday 7"),
        ("礼拜天", "weekday 7"), ("昨天", "day 昨"), ("yesterday", "day 昨"), ("明晚", "day 明"), ("tonight", "day 今"),
        ("二〇二六年", "2026"), ("兩百五十人", "250"), ("三人", "3"), ("seven people", "7"), ("twenty-five", "25"),
        ("two hundred and fifty", "250"), ("第12届", "12"), ("1,280.5", "1280.5"), ("3百万", "3000000"),
    ],
)  # fmt: skip
def test_a_quantity_has_one_form(text: str, form: str) -> None:
    assert form in quantities(text)
    assert form in named_quantities(text)


@pytest.mark.parametrize(
    "text",
    [
        "一起",
        "千万要小心",
        "百姓",
        "万一下雨",
        "一些人",
        "十分高兴",
        "one of them",
        "may come",
        "三角洲",
        "四川",
        "march on",
    ],
)
def test_words_that_only_look_like_numbers_name_none(text: str) -> None:
    assert named_quantities(text) == ()


def test_a_date_names_its_day_and_month_for_those_who_ask_only_for_one() -> None:
    assert {"month 11", "day 24", "11-24"} == quantities("11月24日")
    assert named_quantities("24日") == named_quantities("the 24th") == ("day 24",)
    assert named_quantities("11月") == named_quantities("in November") == ("month 11",)
    assert named_quantities("11月24日") == ("11-24",)


def test_a_percentage_is_not_the_number_without_its_sign() -> None:
    assert "12%" not in quantities("12人")
