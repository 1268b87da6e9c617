"""Each platform counts in its own way; every rule is held against a count made by other means."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.edition import Markup, Unit
from bot.rules.counting import clusters, count, visible

FAMILY = "👨‍👩‍👧‍👦"
LINK = "https://example.org/river-bend/2026/11/bridge?from=feed&page=2"


@pytest.mark.parametrize(
    ("unit", "text", "length"),
    [
        (Unit.CODE_POINTS, "河湾𠮷", 3),
        (Unit.CODE_POINTS, FAMILY, 7),
        (Unit.UTF16, "河湾𠮷", 4),
        (Unit.UTF16, FAMILY, 11),
        (Unit.GRAPHEMES, FAMILY, 1),
        (Unit.GRAPHEMES, "e\u0301\r\n河", 3),
        (Unit.GRAPHEMES, "a\r\nb", 3),
        (Unit.GRAPHEMES, "🇨🇳🇳🇴", 2),
        (Unit.BYTES, "河a", 4),
        (Unit.WEIGHTED, "Riverbend", 9),
        (Unit.WEIGHTED, "河湾大桥", 8),
        (Unit.WEIGHTED, "é", 1),
        (Unit.WEIGHTED, "e\u0301", 1),
        (Unit.WEIGHTED, "“quoted” – yes", 14),
        (Unit.WEIGHTED, "100€", 5),
        (Unit.WEIGHTED, FAMILY, 2),
        (Unit.WEIGHTED, "👍🏽 1️⃣", 5),
        (Unit.WEIGHTED, "🇨🇳", 2),
        (Unit.WEIGHTED, LINK, 23),
        (Unit.WEIGHTED, "https://example.org", 23),
        (Unit.WEIGHTED, f"全文{LINK}。", 4 + 23 + 2),
        (Unit.WEIGHTED, f"({LINK})", 25),
        (Unit.WEIGHTED, "see example.org", 27),
        (Unit.WEIGHTED, "http://localhost", 16),
        (Unit.WEIGHTED, "办结率61.67%", 12),
        (Unit.WEIGHTED, f"{LINK}%", 24),
        (Unit.WEIGHTED, "example.org。", 25),
        (Unit.WEIGHTED, "© ®\ufe0f ™ ☎ ❤️", 1 + 2 + 2 + 2 + 2 + 4),
        (Unit.WEIGHTED, "👩🏽‍🦰", 2),
        (Unit.WEIGHTED, "🏳️‍🌈", 2),
        (Unit.WEIGHTED, "🐻‍❄️", 5),
        (Unit.WEIGHTED, "🧑‍🤝‍🧑", 8),
        (Unit.WEIGHTED, "🫱🏽‍🫲🏻", 9),
        (Unit.LINKS_AS_23, LINK, 23),
        (Unit.LINKS_AS_23, f"河 {LINK}，{LINK}", 1 + 1 + 23 + 1 + 23),
        (Unit.LINKS_AS_23, f"@desk@news.example.org {FAMILY}", 7),
        (Unit.LINKS_AS_23, "@desk writes", 12),
        (Unit.LINKS_AS_23, "desk@news.example.org", 21),
        (Unit.LINKS_AS_23, "example.org/a", 13),
        (Unit.HALVES, "河湾大桥", 4),
        (Unit.HALVES, "ab", 1),
        (Unit.HALVES, "abc", 2),
        (Unit.HALVES, "更换48根", 4),
        (Unit.HALVES, "👍", 2),
        (Unit.EMOJI_BYTES, "河湾 ok", 5),
        (Unit.EMOJI_BYTES, "👍", 4),
        (Unit.EMOJI_BYTES, f"a{FAMILY}", 1 + 25),
        (Unit.EMOJI_BYTES, "48", 2),
    ],
)
def test_each_unit_counts_as_its_platforms_do(unit: Unit, text: str, length: int) -> None:
    assert count(text, unit) == length


PLAIN = st.text("河湾大桥abc 12,。%“”éÀ𠮷\n", max_size=60)


@given(PLAIN)
def test_simple_texts_are_counted_alike_by_other_means(text: str) -> None:
    surrogates = sum(2 if ord(character) > 0xFFFF else 1 for character in text)
    assert count(text, Unit.UTF16) == surrogates
    assert count(text, Unit.BYTES) == sum(len(character.encode()) for character in text)
    assert count(text, Unit.GRAPHEMES) == count(text, Unit.CODE_POINTS) == count(text, Unit.EMOJI_BYTES)
    light = [c for c in unicodedata.normalize("NFC", text) if ord(c) < 0x1100 or c in "“”"]
    assert count(text, Unit.WEIGHTED) == 2 * len(unicodedata.normalize("NFC", text)) - len(light)
    narrow = len(text.encode("ascii", "ignore"))
    assert count(text, Unit.HALVES) == -(-(2 * (surrogates - narrow) + narrow) // 2)


@given(st.text(max_size=80), st.sampled_from(list(Unit)))
def test_a_text_is_never_longer_than_its_bytes_and_nothing_is_nothing(text: str, unit: Unit) -> None:
    assert count("", unit) == 0
    links = 23 * (text.count(".") + text.count("://"))
    assert 0 <= count(text, unit) <= 2 * len(text.encode("utf-8", "surrogatepass")) + links
    assert "".join(clusters(text)) == text


@pytest.mark.parametrize(
    ("markup", "written", "read"),
    [
        (
            Markup.HTML,
            "<b>河湾</b> &lt;大桥&gt; &amp; <a href='https://example.org/?a=1&amp;b'>全文</a>",
            "河湾 <大桥> & 全文",
        ),
        (Markup.MARKDOWN_V2, r"*河湾* 61\.67% \[1\] [全\.文](https://example.org/a_b)", "河湾 61.67% [1] 全.文"),
        (Markup.MARKDOWN_V2, r"_来源：日报_ a\_b \\ \*", "来源：日报 a_b \\ *"),
        (Markup.FACETS, r"[全文](https://example.org/1) \[注\]", "全文 [注]"),
        (Markup.PLAIN, "<b> **", "<b> **"),
        (Markup.WECOM, "**河湾**", "**河湾**"),
        (Markup.MRKDWN, "<https://example.org|全文> &amp;", "<https://example.org|全文> &amp;"),
    ],
)
def test_markup_is_left_out_only_where_the_platform_leaves_it_out(markup: Markup, written: str, read: str) -> None:
    assert visible(written, markup) == read
