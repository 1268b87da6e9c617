"""Nothing an article says becomes markup: each dialect is read back by a reader of its own."""

import html
import re
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.model.edition import Markup
from bot.press import escaping
from bot.rules.facets import parse

WORDS = st.text(st.sampled_from("河湾 a1.*_~`[]()<>#+-=|{}!&\\$:@/。“”\n"), max_size=40)
LOOKS = dict(zip("＊＿｀～［］＜＞｜＃＋－∗∼ˋ", "*_`~[]<>|#+-*~`", strict=True))


def read_v2(text: str) -> str:
    """Telegram's rule: outside entities every reserved sign is escaped, and a backslash takes one sign."""
    assert not re.search(r"(?<!\\)(?:\\\\)*[_*\[\]()~`>#+\-=|{}.!]", text)
    return re.sub(r"\\(.)", r"\1", text)


def read_commonmark(text: str) -> str:
    said = ""
    for line in text.split("\n"):
        inline = MarkdownIt("commonmark").parseInline(line)[0].children or []
        assert {token.type for token in inline} <= {"text", "text_special"}
        said += "".join(token.content for token in inline) + "\n"
    return said[:-1]


def read_look_alikes(text: str) -> str:
    assert not re.search(r"[*_`~\[\]<>|]|^\s*(?:[#>+-]|\d+\.)\s", text, re.MULTILINE)
    return "".join(LOOKS.get(sign, sign) for sign in text).replace("．", ".")


def read_feishu(text: str) -> str:
    assert not re.search(r"[*_~`\[\]()<>+|$]|&(?!#\d+;)|(?<!&)#", text)
    return html.unescape(text)


def read_slack(text: str) -> str:
    assert not re.search(r"[*_~`<>]|&(?!(?:amp|lt|gt);)", text)
    return "".join(LOOKS.get(sign, sign) for sign in html.unescape(text))


READERS: Mapping[Markup, Callable[[str], str]] = {
    Markup.HTML: html.unescape,
    Markup.MARKDOWN: read_commonmark,
    Markup.MARKDOWN_V2: read_v2,
    Markup.WECOM: read_look_alikes,
    Markup.DINGTALK: read_look_alikes,
    Markup.FEISHU: read_feishu,
    Markup.MRKDWN: read_slack,
    Markup.FACETS: lambda text: parse(text).text,
}


@pytest.mark.parametrize("markup", list(READERS))
@given(written=WORDS)
def test_words_stay_words(markup: Markup, written: str) -> None:
    lines = "\n".join(" ".join(line.split()) for line in written.split("\n"))
    read = READERS[markup](escaping.words(lines, markup))
    assert read == lines


@pytest.mark.parametrize("markup", [one for one in Markup if one is not Markup.JSON])
def test_an_address_cannot_end_its_link_early(markup: Markup) -> None:
    given = "https://example.org/a(b)_[c]?q=<d>|e&f"
    target = str(escaping.address(given, markup))
    if markup in (Markup.PLAIN, Markup.HTML):
        assert html.unescape(target) == given
    elif markup is Markup.MARKDOWN_V2:
        assert ")" not in target
    elif markup is Markup.MRKDWN:
        assert not re.search(r"[|<>]", target)
    else:
        assert not re.search(r"[\s()<>\[\]]", target)
