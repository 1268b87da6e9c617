"""How long a text is, as each platform counts it, and what remains of it when its markup is parsed."""

import html
import re

import regex

from bot.model.edition import Markup, Unit

_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_CLUSTER = regex.compile(r"\X")


def count(text: str, unit: Unit) -> int:
    """The length of visible text in the unit."""
    match unit:
        case Unit.CODE_POINTS:
            return len(text)
        case Unit.UTF16:
            return len(text.encode("utf-16-le", "surrogatepass")) // 2
        case Unit.GRAPHEMES:
            return len(_CLUSTER.findall(text))
        case Unit.BYTES:
            return len(text.encode("utf-8", "surrogatepass"))


def visible(text: str, markup: Markup) -> str:
    """What readers see of a marked-up text; only HTML hides anything from the count."""
    if markup is Markup.HTML:
        return html.unescape(_TAG.sub("", text))
    return text


def clusters(text: str) -> list[str]:
    """The text as its user-perceived characters (UAX #29)."""
    return _CLUSTER.findall(text)
