"""The fullest version that fits, and shorter forms that tear nothing."""

import re
from collections.abc import Sequence

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from bot.model.edition import Unit
from bot.rules.counting import count
from bot.rules.fitting import cuts, first_fitting, fullest, most, shortenings

COMMA = "\uff0c"


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


WORDS = st.lists(
    st.sampled_from(
        [
            "河湾",
            "大桥",
            "183起",
            "61.67%",
            "3.5 million ",
            "《旧事》",
            "“快走”",
            "river ",
            COMMA,
            "。",
            "e\u0301",
            "👨‍👩‍👧",
            ", ",
        ]
    ),
    max_size=14,
).map("".join)


@given(WORDS, st.sampled_from(list(Unit)), st.integers(0, 60))
def test_few_questions_find_the_same_shortening_as_asking_each(text: str, unit: Unit, room: int) -> None:
    def fits(shorter: str) -> bool:
        return count(shorter, unit) <= room

    assert first_fitting(tuple(shortenings(text)), fits) == fullest(shortenings(text), fits)


@given(st.lists(st.integers(1, 40), max_size=12), st.integers(0, 150))
def test_pieces_are_taken_in_their_order_as_long_as_there_is_room(sizes: list[int], room: int) -> None:
    asked = []

    def fits(some: Sequence[int]) -> bool:
        asked.append(some)
        return sum(some) <= room

    greedy: list[int] = []
    for size in sizes:
        greedy += [size] if sum(greedy) + size <= room else []
    assert most(sizes, fits) == greedy
    assert len(asked) <= len(sizes) + 5


def test_a_piece_known_to_be_hopeless_is_not_asked_for() -> None:
    asked: list[Sequence[int]] = []
    taken = most([1, 50, 2, 60, 3], lambda some: asked.append(some) or sum(some) <= 10, lambda size: size > 10)  # type: ignore[func-returns-value]
    assert taken == [1, 2, 3]
    assert not any(60 in some for some in asked[1:])


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        (f"河湾大桥今晨修复{COMMA}共更换拉索48根。", ("河湾大桥今晨修复…",)),
        (f"大桥修复{COMMA}馆长说“灯亮{COMMA}人来”{COMMA}今晨通车。", (f"大桥修复{COMMA}馆长说“灯亮{COMMA}人来”…",)),
        ("It cost $3.5 million, and 3,400 people came, said Tom.", ("It cost $3.5 million, and 3,400 people came…",)),
        ("桥通了。", ()),
    ],
)
def test_a_lead_is_cut_only_between_clauses_and_never_inside_a_quotation(text: str, forms: tuple[str, ...]) -> None:
    assert cuts(text) == forms
