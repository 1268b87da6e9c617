"""The fullest version that fits, and shorter forms that tear nothing."""

import re

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from bot.model.edition import Markup, Unit
from bot.rules.counting import count, visible
from bot.rules.fitting import fullest, shortenings

COMMA = "\uff0c"


@pytest.mark.parametrize(
    ("text", "unit", "length"),
    [
        ("河湾", Unit.CODE_POINTS, 2),
        ("河湾", Unit.BYTES, 6),
        ("𠮷", Unit.UTF16, 2),
        ("👨‍👩‍👧‍👦", Unit.GRAPHEMES, 1),
        ("👨‍👩‍👧‍👦", Unit.CODE_POINTS, 7),
        ("e\u0301", Unit.GRAPHEMES, 1),
    ],
)
def test_each_unit_counts_as_its_platforms_do(text: str, unit: Unit, length: int) -> None:
    assert count(text, unit) == length


def test_markup_is_not_counted_but_what_it_escapes_is() -> None:
    assert visible(
        "<b>河湾</b> &lt;大桥&gt; &amp; <a href='https://example.org/?a=1&amp;b=2'>全文</a>", Markup.HTML
    ) == ("河湾 <大桥> & 全文")
    assert visible("<b>", Markup.PLAIN) == "<b>"


def test_the_first_version_that_fits_is_taken() -> None:
    assert fullest(["aaa", "aa", "a"], lambda text: len(text) < 3) == "aa"
    assert fullest(["aaa"], lambda text: len(text) < 3) is None


@pytest.mark.parametrize(
    ("text", "size", "short"),
    [
        (f"河湾大桥修复{COMMA}共更换拉索48根", 40, f"河湾大桥修复{COMMA}共更换拉索48根"),
        (f"河湾大桥今晨修复{COMMA}共更换拉索48根", 14, "河湾大桥今晨修复…"),
        ("共更换拉索48根", 7, "共更换拉索…"),
        ("市图书馆推荐《河湾旧事》", 9, "市图书馆推荐…"),
        ("Volunteers clean the river", 19, "Volunteers clean…"),
        ("办结率为61.67%左右", 9, "办结率为…"),
    ],
)
def test_a_line_is_shortened_at_a_clause_or_a_word(text: str, size: int, short: str) -> None:
    assert fullest(shortenings(text), lambda shorter: len(shorter) <= size) == short


@given(st.text(min_size=1, max_size=80), st.integers(0, 80))
def test_something_always_fits_and_no_character_is_torn(text: str, size: int) -> None:
    short = fullest(shortenings(text), lambda shorter: count(shorter, Unit.GRAPHEMES) <= size)
    assert short is not None
    assert count(short, Unit.GRAPHEMES) <= size
    if short and short != text:
        whole = regex.findall(r"\X", text)
        body = short.removesuffix("…")
        assert any("".join(whole[:length]).startswith(body) for length in range(len(whole) + 1))
        assert (
            body
            in {"".join(whole[:length]).rstrip(" \t\n，,、；;：:—-") for length in range(len(whole))}
            | {"".join(whole[:length]) for length in range(len(whole))}
            or not body.strip()
        )


@given(
    st.lists(
        st.sampled_from(["河湾", "大桥", "183起", "61.67%", "3.5 million ", "《旧事》", "“快走”", "river ", COMMA]),
        max_size=12,
    )
)
def test_a_number_keeps_its_unit_and_marks_their_pair(words: list[str]) -> None:
    text = "".join(words)
    for short in shortenings(text):
        body = short.removesuffix("…")
        assert text.startswith(body)
        if short in ("", text) or len(body) < 6:
            continue  # the last resort, character by character
        rest = text[len(body) :]
        assert not (re.search(r"\d$", body) and re.match(r"[\d.%起]", rest))
        assert body.count("《") == body.count("》")
        assert not rest.startswith(("》", "”", COMMA)) or body == text[: len(body)].rstrip(COMMA)
