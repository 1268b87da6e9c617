"""LinkedIn's "little" text: what its reserved signs must look like, and what a text says without them."""

import re
import unicodedata
from collections.abc import Callable

_SIGNS = "\\|{}@[]()<>*_~"
_SISTERS = str.maketrans({sign: chr(ord(sign) + 0xFEE0) for sign in _SIGNS} | {"#": "\u266f"})  # ＃ makes a tag, too
_ADDRESS = r"https?://[^\s\u3000-\u303f\uff00-\uffef]+"
_TOKEN = re.compile(rf"(?P<address>{_ADDRESS})|(?P<tag>(?<!\S)#(?=[^\W_]+(?:\s|$)))|(?P<sign>[{re.escape(_SIGNS)}#＃])")
_TEMPLATE = re.compile(r"\{hashtag\|\\?[#＃]\|([^|}]*)\}")


def little(text: str, most: int) -> str:
    """Plain words as LinkedIn takes them; only what looks like a tag is one. Not longer than `most`, if they are not.

    LinkedIn cuts a post without a word at a reserved sign that has no backslash. Whether it counts the backslashes it
    does not say: where they would be too many, the signs' full-width sisters take their place.
    """
    escaped = _with(text, lambda sign: f"\\{sign}")
    return escaped if len(escaped) <= most else _with(text, lambda sign: sign.translate(_SISTERS))


def bare(written: str) -> str:
    """Letters and digits alone, of words as LinkedIn takes them or gives them back."""
    text = re.sub(r"\\(.)", r"\1", _TEMPLATE.sub(r"#\1", written))
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", text))


def _with(text: str, write: Callable[[str], str]) -> str:
    def written(match: re.Match[str]) -> str:
        if match["tag"]:
            return match["tag"]
        if match["address"]:  # a full-width sister would lead elsewhere
            return re.sub(rf"[{re.escape(_SIGNS)}#]", lambda sign: f"\\{sign[0]}", match["address"])
        return write(match["sign"])

    return _TOKEN.sub(written, text)
