"""Plain words with places that lead somewhere; the places are in bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.facets import Leads, escape, parse


def test_a_labelled_address_becomes_its_label_and_a_place_in_bytes() -> None:
    rich = parse("河湾大桥通车 [阅读全文](https://example.org/1) #交通 #桥")
    assert rich.text == "河湾大桥通车 阅读全文 #交通 #桥"
    data = rich.text.encode()
    assert [(data[one.start : one.end].decode(), one.leads, one.target) for one in rich.facets] == [
        ("阅读全文", Leads.ADDRESS, "https://example.org/1"),
        ("#交通", Leads.TAG, "交通"),
        ("#桥", Leads.TAG, "桥"),
    ]


@pytest.mark.parametrize(
    ("written", "text", "targets"),
    [
        ("见 https://example.org/a。", "见 https://example.org/a。", ["https://example.org/a"]),
        (r"\[注\](https://example.org/a)", "[注](https://example.org/a)", ["https://example.org/a"]),
        ("[https://example.org](https://example.org/b)", "https://example.org", ["https://example.org/b"]),
        ("第#1号 #1 C# a#b", "第#1号 #1 C# a#b", []),
        ("[无址](ftp://example.org)", "[无址](ftp://example.org)", []),
        ("back\\\\slash \\n", "back\\slash \\n", []),
    ],
)
def test_what_leads_nowhere_stays_words(written: str, text: str, targets: list[str]) -> None:
    rich = parse(written)
    assert (rich.text, [one.target for one in rich.facets]) == (text, targets)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_escaped_words_are_read_as_they_were(plain: str) -> None:
    rich = parse(escape(plain))
    assert rich.text == plain
    data = plain.encode()
    for one in rich.facets:
        assert one.target in data[one.start : one.end].decode()
