"""Words of an edition become markup that can do no harm and reads as on the platform."""

import html

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.edition import Markup
from bot.rules.counting import visible
from bot.site.marks import drawn
from bot.site.markup import rich, telegram, tidy_json

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


@settings(deadline=None)
@given(st.lists(st.one_of(st.sampled_from(TAGS + WITH_MORE + SIGNS), WORDS)).map("".join))
def test_whatever_is_written_only_tags_of_the_list_come_out_and_no_event_or_style(written: str) -> None:
    drawn = lxml.html.fragment_fromstring(telegram(written), create_parent="div")
    for element in drawn.iter():
        assert element.tag in ALLOWED
        assert set(element.attrib) <= {"href", "rel", "target", "class"}
        assert element.get("href", "https:").startswith("https:")


@settings(deadline=None)
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


@pytest.mark.parametrize(
    ("markup", "written", "drawn_as"),
    [
        (Markup.WECOM, "**大桥**\n> 引语\n完", "<b>大桥</b>\n<blockquote>引语</blockquote>完"),
        (Markup.WECOM, '<font color="comment">来源</font>', '<span class="faint">来源</span>'),
        (Markup.WECOM, "[全文](javascript:alert)", "<a>全文</a>"),
        (Markup.DINGTALK, "### 大桥\n\n通车<b>", "<p><b>大桥</b></p><p>通车&lt;b&gt;</p>"),
        (Markup.FEISHU, "1&#45;2 **a&#42;b**", "1-2 <b>a*b</b>"),
        (Markup.MARKDOWN, r"**4\.8** *来源* 5\*6", "<b>4.8</b> <i>来源</i> 5*6"),
        (Markup.MRKDWN, "*大桥* _来源_ a_b_c &lt;b&gt;", "<b>大桥</b> <i>来源</i> a_b_c &lt;b&gt;"),
        (Markup.FACETS, r"\[1\] > x", "[1] &gt; x"),
        (Markup.SOCIAL, "通车 #交通 <b>", '通车 <span class="entity">#交通</span> &lt;b&gt;'),
    ],
)
def test_each_platforms_marks_are_drawn_as_it_draws_them(markup: Markup, written: str, drawn_as: str) -> None:
    assert drawn(written, markup) == drawn_as


@pytest.mark.parametrize(
    ("markup", "written"),
    [
        (Markup.WECOM, "[全文](https://example.org/?a=1&b=2)"),
        (Markup.FACETS, "[全文](https://example.org/?a=1&b=2)"),
        (Markup.MRKDWN, "<https://example.org/?a=1&amp;b=2|全文>"),
    ],
)
def test_a_named_link_leads_where_it_says(markup: Markup, written: str) -> None:
    link = '<a href="https://example.org/?a=1&amp;b=2" rel="noopener noreferrer" target="_blank">全文</a>'
    assert drawn(written, markup) == link


def test_a_mail_is_drawn_without_its_styles_and_without_what_acts() -> None:
    written = '<h1 style="x" onclick=y>大桥</h1><p style="font-size:13px">来源</p><img src=x><script>a</script><br>'
    assert rich(written) == (
        '<h2>大桥</h2><p class="faint">来源</p>&lt;img src=x&gt;&lt;script&gt;a&lt;/script&gt;<br>'
    )


MARKS = [
    "**",
    "*",
    "_",
    "`",
    "[",
    "](",
    ")",
    "\n",
    "> ",
    "### ",
    '<font color="grey">',
    "</font>",
    "\\",
    "https://a.example/",
]


@pytest.mark.parametrize("markup", [one for one in Markup if one not in (Markup.HTML, Markup.JSON)])
@settings(deadline=None)
@given(st.lists(st.sampled_from([*TAGS, *WITH_MORE, *SIGNS, *MARKS]), max_size=14).map("".join))
def test_nothing_a_post_says_can_become_more_than_words(markup: Markup, written: str) -> None:
    tree = lxml.html.fragment_fromstring(f"<div>{drawn(written, markup)}</div>")
    known = {"div", "a", "b", "i", "blockquote", "span", "p"}
    assert {one.tag for one in tree.iter()} <= known
    allowed = {"href", "rel", "target", "class"}
    assert all(set(one.attrib) <= allowed for one in tree.iter())
    assert all(one.get("href", "https:").startswith(("http:", "https:", "mailto:", "tel:")) for one in tree.iter("a"))


@settings(deadline=None)
@given(st.lists(st.sampled_from([*TAGS, *WITH_MORE, *SIGNS, "<p onclick=x>", "<table>", "<td style=y>"])).map("".join))
def test_nothing_a_mail_says_can_act(written: str) -> None:
    tree = lxml.html.fragment_fromstring(f"<div>{rich(written)}</div>")
    assert all(set(one.attrib) <= {"href", "rel", "target", "class"} for one in tree.iter())
    assert not {one.tag for one in tree.iter()} & {"script", "img", "style"}
