"""Nothing an article says becomes markup: each dialect is read back by a reader of its own."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.edition import Markup
from bot.press import escaping
from tests.fakes.readers import read

WORDS = st.text(st.sampled_from("河湾 a1.*_~`[]()<>#+-=|{}!&\\$:@/。“”\n"), max_size=40)


@pytest.mark.parametrize("markup", [one for one in Markup if one not in (Markup.JSON, Markup.PLAIN)])
@given(written=WORDS)
def test_words_stay_words(markup: Markup, written: str) -> None:
    lines = [text for line in written.split("\n") if (text := " ".join(line.split()))]
    assert [read(escaping.words(line, markup), markup).strip("\n") for line in lines] == lines


@pytest.mark.parametrize("markup", [one for one in Markup if one is not Markup.JSON])
def test_an_address_cannot_end_its_link_early(markup: Markup) -> None:
    given = "https://example.org/a(b)_[c]?q=<d>|e&f"
    target = str(escaping.address(given, markup))
    if markup in (Markup.PLAIN, Markup.SOCIAL, Markup.HTML):
        assert html.unescape(target) == given
    elif markup is Markup.MARKDOWN_V2:
        assert ")" not in target
    elif markup is Markup.MRKDWN:
        assert not re.search(r"[|<>]", target)
    else:
        assert not re.search(r"[\s()<>\[\]]", target)


@pytest.mark.parametrize(
    ("markup", "said", "written"),
    [
        (Markup.WECOM, "## 通知", "＃＃ 通知"),
        (Markup.WECOM, "<@all> 开会", "＜@all＞ 开会"),
        (Markup.WECOM, '<font color="warning">红</font>', '＜font color="warning"＞红＜/font＞'),
        (Markup.WECOM, "li_wei@example.org 5~8℃", "li_wei@example.org 5~8℃"),
        (Markup.DINGTALK, "---", "－－－"),
        (Markup.DINGTALK, "_斜体_ li_wei@example.org", "＿斜体＿ li_wei@example.org"),
        (Markup.DINGTALK, "![](https://example.org/x.png)", "!［］(https://example.org/x.png)"),
        (Markup.FEISHU, "<at id=all></at>", "&#60;at id=all&#62;&#60;/at&#62;"),
        (Markup.FEISHU, ":DONE: 12:30:45", "&#58;DONE: 12:30:45"),
        (Markup.FEISHU, "\\*", "&#92;&#42;"),
    ],
)
def test_headings_mentions_colours_and_pictures_of_the_chinese_platforms_stay_words(
    markup: Markup, said: str, written: str
) -> None:
    assert escaping.words(said, markup) == written
