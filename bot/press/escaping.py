"""Words as each markup must write them, so that nothing an article says can become markup."""

import html
import re
from collections.abc import Callable, Mapping

from markupsafe import Markup as Safe

from bot.model.edition import Markup
from bot.rules import facets

_RESERVED_V2 = re.compile(r"([\\_*\[\]()~`>#+\-=|{}.!])")
_COMMONMARK = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&=])")
# These dialects know no escape: a sign that would be markup is written with its full-width sister.
_LOOK_ALIKES = str.maketrans({sign: chr(ord(sign) + 0xFEE0) for sign in "*_`~[]<>|"})
_LINE_SIGN = re.compile(r"^(\s*)([#>+-]|\d+\.)(?=\s)", re.MULTILINE)
_SLACK = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "*": "∗", "_": "＿", "~": "∼", "`": "ˋ"})
_FEISHU = {sign: f"&#{ord(sign)};" for sign in "&<>*_~`[]()#+-|$"}
_FEISHU_TABLE = str.maketrans(_FEISHU)


def _look_alikes(text: str) -> str:
    plain = text.translate(_LOOK_ALIKES)
    return _LINE_SIGN.sub(lambda match: match[1] + "".join(_wide(sign) for sign in match[2]), plain)


def _wide(sign: str) -> str:
    return sign if sign.isdigit() else chr(ord(sign) + 0xFEE0)


ESCAPES: Mapping[Markup, Callable[[str], str]] = {
    Markup.PLAIN: str,
    Markup.HTML: html.escape,
    Markup.MARKDOWN: lambda text: _COMMONMARK.sub(r"\\\1", text),
    Markup.MARKDOWN_V2: lambda text: _RESERVED_V2.sub(r"\\\1", text),
    Markup.WECOM: _look_alikes,
    Markup.DINGTALK: _look_alikes,
    Markup.FEISHU: lambda text: text.translate(_FEISHU_TABLE),
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
    if markup in (Markup.PLAIN, Markup.JSON, Markup.HTML):
        return Safe(html.escape(link) if markup is Markup.HTML else link)  # noqa: S704 - escaped just now
    pattern = _IN_AN_ADDRESS.get(markup, _ANYWHERE)
    safe = pattern.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), link)
    return Safe(safe.replace("&", "&amp;") if markup is Markup.MRKDWN else safe)  # noqa: S704 - encoded just now


def words(value: object, markup: Markup) -> str:
    """What a template prints: escaped, unless it is safe already."""
    if value is None:
        return ""
    return str(value) if isinstance(value, Safe) else ESCAPES[markup](str(value))
