"""What editors write below a preview is read as they mean it."""

import pytest

from bot.model.edition import Unit
from bot.model.order import Wording
from bot.rules.counting import clusters, count
from bot.rules.rewording import Part, beyond, hashtags, part, reworded, said


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("桥通了。", Wording(summary="桥通了。")),
        ("First.\n\nSecond.", Wording(summary="First.\n\nSecond.")),
        ("标题：大桥通车", Wording(headline="大桥通车")),
        ("Headline: The bridge is open", Wording(headline="The bridge is open")),
        ("HEADLINE:\nThe bridge is open\nIt opened today.", Wording("The bridge is open", "It opened today.")),
        ("标题:大桥通车\n桥通了。", Wording("大桥通车", "桥通了。")),
        ("摘要：桥通了。\n车可以走。", Wording(summary="桥通了。\n车可以走。")),
        ("桥通了。\n#河湾 #交通", Wording(None, "桥通了。", ("河湾", "交通"))),
        ("桥通了。\n#河湾 大桥##交通#", Wording(summary="桥通了。\n#河湾 大桥##交通#")),
        ("桥通了。\n话题：#河湾 大桥# #交通#", Wording(None, "桥通了。", ("河湾 大桥", "交通"))),
        ("#河湾 #交通", Wording(hashtags=("河湾", "交通"))),
        ("话题：无", Wording(hashtags=())),
        ("Tags: bridge, traffic", Wording(hashtags=("bridge", "traffic"))),
        ("The vote: 12 to 3", Wording(summary="The vote: 12 to 3")),
        ("  ", Wording()),
    ],
)
def test_new_text_is_the_summary_and_labelled_lines_are_what_they_say(text: str, wording: Wording) -> None:
    assert reworded(text) == wording


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#a #b #a", ("a", "b")),
        ("＃河湾＃，交通", ("河湾", "交通")),
        ("none", ()),
        ("-", ()),
        ("a、b；c", ("a", "b", "c")),
    ],
)
def test_hashtags_are_taken_with_and_without_signs(text: str, tags: tuple[str, ...]) -> None:
    assert hashtags(text) == tags


@pytest.mark.parametrize(("word", "named"), [("标题", Part.HEADLINE), ("Tags", Part.HASHTAGS), ("bridge", None)])
def test_a_part_is_named_in_either_language(word: str, named: Part | None) -> None:
    assert part(word) is named


def test_a_headline_is_one_line() -> None:
    assert said(Part.HEADLINE, "Bridge\n open") == Wording(headline="Bridge open")


@pytest.mark.parametrize("unit", list(Unit))
def test_what_is_over_is_just_enough_of_the_end(unit: Unit) -> None:
    text = "桥面已经铺好，family 👨‍👩‍👧 可以过桥。" * 3
    over = beyond(text, 9, unit)
    assert text.endswith(over)
    assert count(over, unit) >= 9
    assert count("".join(clusters(over)[1:]), unit) < 9
    assert beyond(text, 0, unit) == ""
    assert beyond(text, 10_000, unit) == text
