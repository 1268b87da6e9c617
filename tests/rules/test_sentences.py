"""Where sentences and clauses end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.sentences import clause_ends, sentences

FULL_COMMA, FULL_BANG, FULL_ASK, FULL_COLON = "\uff0c", "\uff01", "\uff1f", "\uff1a"


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("桥通了。车来了。", ("桥通了。", "车来了。")),
        (
            f"他说{FULL_COLON}“好。真的好{FULL_BANG}”然后走了。",
            (f"他说{FULL_COLON}“好。真的好{FULL_BANG}”", "然后走了。"),
        ),
        (f"他问“去吗{FULL_ASK}”{FULL_COMMA}没人答。", (f"他问“去吗{FULL_ASK}”{FULL_COMMA}没人答。",)),
        ("真的吗?!是的……完", ("真的吗?!", "是的……", "完")),
        ("Mr. Reed paid $3.5 million. It is done.", ("Mr. Reed paid $3.5 million. ", "It is done.")),
        ("The U.S. team won. See example.org now.", ("The U.S. team won. ", "See example.org now.")),
        ("“We won. We did.” She left.", ("“We won. We did.” ", "She left.")),
        ("“夜里也能来。”居民周兰说。灯亮了。", ("“夜里也能来。”居民周兰说。", "灯亮了。")),
        ('"It is late. Go!" said Tom. He went.', ('"It is late. Go!" said Tom. ', "He went.")),
        ('The 6" pipe broke. "It was old," he said.', ('The 6" pipe broke. ', '"It was old," he said.')),
        ("一行\n二行", ("一行\n", "二行")),
        ("办结率为61.67%。", ("办结率为61.67%。",)),
        ("", ()),
    ],
)
def test_a_sentence_ends_where_a_reader_stops(text: str, pieces: tuple[str, ...]) -> None:
    assert sentences(text) == pieces


@given(st.text(alphabet="桥通了。,！？\uff0c“”「」《》()a.B 3%\n…", max_size=200))
def test_joined_again_the_sentences_are_the_text(text: str) -> None:
    assert "".join(sentences(text)) == text


def test_a_quotation_that_never_closes_does_not_swallow_the_rest() -> None:
    assert len(sentences("“" + "一二三四五六七八九十。" * 100)) > 10


def test_a_clause_ends_at_full_and_half_width_marks_but_not_inside_a_number() -> None:
    text = f"共3,400人{FULL_COMMA}其中半数,来自城东。"
    assert [text[:end] for end in clause_ends(text)] == [
        f"共3,400人{FULL_COMMA}",
        f"共3,400人{FULL_COMMA}其中半数,",
        text,
    ]
