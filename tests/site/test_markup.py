"""Words of an edition become markup that can do no harm and reads as on the platform."""

import html

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.edition import Markup
from bot.rules.counting import visible
from bot.site.markup import telegram, tidy_json

ALLOWED = {"div", "a", "b", "i", "u", "s", "code", "pre", "blockquote", "span"}
TAGS = [
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "<img src=x onerror=x>",
    "</a>",
    "</span>",
]
WITH_MORE = ["<a href='https://example.org'>", "<a href='javascript:alert(1)'>", '<span class="tg-spoiler" onclick=x>']
SIGNS = ["&lt;", "&amp;amp;", '"', "'", "<", ">", "&", "河湾", "#交通", "\u202e"]
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        ("<b>大桥</b>", "<b>大桥</b>"),
        ("<strong>a</strong> <em>b</em>", "<b>a</b> <i>b</i>"),
        ("<tg-spoiler>x</tg-spoiler>", '<span class="spoiler">x</span>'),
        ("5 &lt; 6 &amp; 7", "5 &lt; 6 &amp; 7"),
        ("a & b \"c\" 'd'", "a &amp; b &#34;c&#34; &#39;d&#39;"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("<b>never closed", "<b>never closed</b>"),
        ("never opened</b>", "never opened&lt;/b&gt;"),
        ("<b><i>x</b></i>", "<b><i>x&lt;/b&gt;</i></b>"),
        ('<a href="javascript:x">y</a>', "<a>y</a>"),
        ("<a href='java&#115;cript:x'>y</a>", "<a>y</a>"),
        ("#交通 #7", '<span class="entity">#交通</span> #7'),
    ],
)  # fmt: skip
def test_telegrams_tags_are_drawn_and_all_else_is_words(written: str, drawn: str) -> None:
    assert telegram(written) == drawn


def test_a_link_leads_out_and_tells_nobody_where_from() -> None:
    drawn = telegram('<a href="https://example.org/?a=1&amp;b=%22">阅读全文 #1</a>')
    assert drawn == (
        '<a href="https://example.org/?a=1&amp;b=%22" rel="noopener noreferrer" target="_blank">阅读全文 #1</a>'
    )


@given(st.lists(st.one_of(st.sampled_from(TAGS + WITH_MORE + SIGNS), WORDS)).map("".join))
def test_whatever_is_written_only_tags_of_the_list_come_out_and_no_event_or_style(written: str) -> None:
    drawn = lxml.html.fragment_fromstring(telegram(written), create_parent="div")
    for element in drawn.iter():
        assert element.tag in ALLOWED
        assert set(element.attrib) <= {"href", "rel", "target", "class"}
        assert element.get("href", "https:").startswith("https:")


@given(WORDS)
def test_escaped_words_are_read_as_telegram_counts_them(written: str) -> None:
    escaped = html.escape(written)
    drawn = lxml.html.fragment_fromstring(f"<div>{telegram(escaped)}</div>")
    assert drawn.text_content() == visible(escaped, Markup.HTML) == written


def test_json_is_laid_out_and_its_words_stay_words() -> None:
    assert tidy_json('{"标题": "<b>", "n": [1, null]}') == (
        '{\n  <span class="key">&#34;标题&#34;</span>: <span class="words">&#34;&lt;b&gt;&#34;</span>,\n'
        '  <span class="key">&#34;n&#34;</span>: [\n    <span class="number">1</span>,\n'
        '    <span class="word">null</span>\n  ]\n}'
    )
    assert tidy_json("{no <b>json") == "{no &lt;b&gt;json"
