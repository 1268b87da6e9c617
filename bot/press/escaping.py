"""Words as each markup must write them, so that nothing an article says can become markup."""

import html
import re
from collections.abc import Callable, Mapping

from markupsafe import Markup as Safe

from bot.model.edition import Markup
from bot.rules import facets

_RESERVED_V2 = re.compile(r"([\\_*\[\]()~`>#+\-=|{}.!])")
_COMMONMARK = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&=])")
# WeCom and DingTalk know no escape: a sign that would be markup is written with its full-width sister. WeCom reads
# headings, **bold**, links, `code`, quotations and <tags>, mentions among them, and nothing else; DingTalk more.
_WECOM = str.maketrans({sign: chr(ord(sign) + 0xFEE0) for sign in "*`[]<>"})
_DINGTALK = str.maketrans({sign: chr(ord(sign) + 0xFEE0) for sign in "*`[]<>~|"})
_UNDERLINE = re.compile(r"(?<!\w)_+|_+(?!\w)")  # within a word, as in an address, it is no markup
_LINE_SIGN = re.compile(r"^([ \t]*)(#+|\+|-+|=+|\d+\.)(?=\s|$)", re.MULTILINE)
# A name behind a zero-width joiner is none; a mail address stays as it is. The joiner adds nothing to the graphemes.
_MENTION = re.compile(r"(?<![\w.+-])@(?=\w)")
_SLACK = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "*": "∗", "_": "＿", "~": "∼", "`": "ˋ"})
_FEISHU_TABLE = str.maketrans({sign: f"&#{ord(sign)};" for sign in "&<>*_~`[]()#+-|$\\"})
_FEISHU_EMOJI = re.compile(r":(?=[A-Za-z]\w*:)")  # :DONE: becomes a picture, 12:30:45 does not


def _wide(text: str) -> str:
    return "".join(sign if sign.isdigit() else chr(ord(sign) + 0xFEE0) for sign in text)


def _for_wecom(text: str) -> str:
    return _LINE_SIGN.sub(lambda match: match[1] + _wide(match[2]), text.translate(_WECOM))


def _for_dingtalk(text: str) -> str:
    plain = _UNDERLINE.sub(lambda match: _wide(match[0]), text.translate(_DINGTALK))
    return _LINE_SIGN.sub(lambda match: match[1] + _wide(match[2]), plain)


def _for_feishu(text: str) -> str:
    return _FEISHU_EMOJI.sub("&#58;", text.translate(_FEISHU_TABLE))


ESCAPES: Mapping[Markup, Callable[[str], str]] = {
    Markup.PLAIN: str,
    Markup.SOCIAL: lambda text: _MENTION.sub("@\u200d", text),
    Markup.HTML: html.escape,
    Markup.MARKDOWN: lambda text: _COMMONMARK.sub(r"\\\1", text),
    Markup.MARKDOWN_V2: lambda text: _RESERVED_V2.sub(r"\\\1", text),
    Markup.WECOM: _for_wecom,
    Markup.DINGTALK: _for_dingtalk,
    Markup.FEISHU: _for_feishu,
    Markup.MRKDWN: lambda text: text.translate(_SLACK),
    Markup.FACETS: facets.escape,
    Markup.JSON: str,
}
"""HTML is escaped by Jinja itself; the entry is for who writes without it."""

_IN_AN_ADDRESS: Mapping[Markup, re.Pattern[str]] = {
    Markup.MARKDOWN_V2: re.compile(r"[)\\]"),
    Markup.MRKDWN: re.compile(r"[|<>]"),
}
_ANYWHERE = re.compile(r"[\s()<>\[\]\\\"|`*]")


def address(link: str, markup: Markup) -> Safe:
    """An address as the target of a link: what would end it early is percent-encoded, for browsers read both alike."""
    if markup in (Markup.PLAIN, Markup.SOCIAL, Markup.JSON, Markup.HTML):
        return Safe(html.escape(link) if markup is Markup.HTML else link)  # noqa: S704 - escaped just now
    pattern = _IN_AN_ADDRESS.get(markup, _ANYWHERE)
    safe = pattern.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), link)
    return Safe(safe.replace("&", "&amp;") if markup is Markup.MRKDWN else safe)  # noqa: S704 - encoded just now


def words(value: object, markup: Markup) -> str:
    """What a template prints: escaped, unless it is safe already."""
    if value is None:
        return ""
    return str(value) if isinstance(value, Safe) else ESCAPES[markup](str(value))
