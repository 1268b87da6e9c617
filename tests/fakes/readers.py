"""How each platform reads a marked-up text: strict readers of our own, for what the press writes."""

import html
import html.parser
import json
import re
from collections.abc import Callable, Mapping

from markdown_it import MarkdownIt

from bot.model.edition import Markup

LOOKS = dict(zip("＊＿｀～［］＜＞｜＃＋－＝∗∼ˋ", "*_`~[]<>|#+-=*~`", strict=True))
_LABELLED = re.compile(r"\[([^\[\]]*)\]\((https?://[^\s()]+)\)")


class _Html(html.parser.HTMLParser):
    """Telegram's: few tags, each closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen, self.open = "", []  # type: str, list[str]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {"b", "i", "a", "blockquote"}
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.seen += data


def read(text: str, markup: Markup) -> str:
    """The words of a text. Fails where the platform would refuse it, or would take words for markup."""
    return _READERS[markup](text)


def _html(text: str) -> str:
    reader = _Html()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader.seen


def _wecom(text: str) -> str:
    plain = _LABELLED.sub(r"\1", text.replace("**", ""))
    assert not re.search(r"[*`\[\]<>]|^\s*(?:#+|\+|-+|=+|\d+\.)\s", plain, re.MULTILINE)
    return _looks(plain)


def _dingtalk(text: str) -> str:
    plain = _LABELLED.sub(r"\1", text.replace("**", ""))
    assert not re.search(r"[~|]|(?<!\w)_|_(?!\w)", plain)
    return _wecom(plain)


def _feishu(text: str) -> str:
    plain = _LABELLED.sub(r"\1", text.replace("**", ""))
    assert not re.search(r"[*_~`\[\]()<>+|$\\]|&(?!#\d+;)|(?<!&)#|:[A-Za-z]\w*:", plain)
    return html.unescape(plain)


def _mrkdwn(text: str) -> str:
    bold = re.sub(r"^\*(.*)\*$", r"\1", text, flags=re.MULTILINE)
    plain = re.sub(r"<https?://[^|<>\s]+\|([^|<>]*)>", r"\1", bold)
    assert not re.search(r"[*_~`<>]|&(?!(?:amp|lt|gt);)", plain)
    return _looks(html.unescape(plain))


def _facets(text: str) -> str:
    labels = re.sub(r"(?<!\\)\[([^\[\]]*)\]\(https?://[^\s()]+\)", r"\1", text)
    return re.sub(r"\\([\[\]\\])", r"\1", labels)


def _json(text: str) -> str:
    return "\n".join(map(str, json.loads(text).values()))


def _v2(text: str) -> str:
    """Outside entities every reserved sign is escaped, entities are closed, and a backslash takes one sign."""
    said, place = "", 0
    opened: set[str] = set()
    while place < len(text):
        sign = text[place]
        if sign == "\\":
            place += 1
            said += text[place]
        elif sign in "*_":
            opened ^= {sign}
        elif sign == "[":
            label = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]\((?:[^()\\]|\\.)*\)").match(text, place)
            assert label
            said += re.sub(r"\\(.)", r"\1", label[1])
            place = label.end() - 1
        else:
            assert sign not in "[]()~`>#+-=|{}.!", f"{sign} at {place}"
            said += sign
        place += 1
    assert not opened
    return said


def _commonmark(text: str) -> str:
    said = []
    for block in MarkdownIt("commonmark").parse(text):
        assert block.type in {"paragraph_open", "paragraph_close", "inline"}
        for token in block.children or []:
            assert token.type in {
                "text", "text_special", "softbreak", "strong_open", "strong_close", "link_open", "link_close"
            }  # fmt: skip
            said.append("\n" if token.type == "softbreak" else token.content)
        said.append("\n" if block.type == "paragraph_close" else "")
    return "".join(said)


def _looks(text: str) -> str:
    return "".join(LOOKS.get(sign, sign) for sign in text).replace("．", ".")


_READERS: Mapping[Markup, Callable[[str], str]] = {
    Markup.PLAIN: str,
    Markup.SOCIAL: lambda text: text.replace("@\u200d", "@"),
    Markup.HTML: _html,
    Markup.MARKDOWN: _commonmark,
    Markup.MARKDOWN_V2: _v2,
    Markup.WECOM: _wecom,
    Markup.DINGTALK: _dingtalk,
    Markup.FEISHU: _feishu,
    Markup.MRKDWN: _mrkdwn,
    Markup.FACETS: _facets,
    Markup.JSON: _json,
}
