"""From bytes to text, whatever the page says of itself: marks first, then proof, then what was declared."""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"""(?:<\?xml[^>]{0,200}?encoding|<meta[^>]{0,300}?charset)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE
)
# What browsers read under these names (WHATWG Encoding Standard); Chinese sites say gb2312 and mean GB18030.
_MEANT = {
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "big5": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "utf8": "utf-8",
}
# Python knows rot13 and zlib as codecs, too, and some that fail whatever they are told.
_FOR_PAGES = re.compile(
    r"utf-8|gb|big5|cp\d|windows|iso8859|koi8|shift_jis|euc_|iso2022|hz|mac-|tis-620|johab|ptcp154|latin"
)
_FALLBACKS = ("utf-8", "gb18030", "big5hkscs")
_HEAD = 4096
_TOLERATED = 0.01  # share of characters that may be broken before the declaration is disbelieved
_SAMPLE = 100_000


def decode(data: bytes, declared: str | None = None) -> str:
    """`declared` is the charset of the Content-Type header, if there was one. Never fails."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    if unmarked := _utf16_without_mark(data):
        return data.decode(unmarked, "replace")
    named = _known(declared) or _known(_in_document(data))
    if not (named and _stateful(named)) and (proven := _utf8(data)) is not None:
        return proven
    text, broken = _best(data, [named, *_FALLBACKS] if named else list(_FALLBACKS))
    if broken > _TOLERATED:
        return _guessed(data) or text
    return text


def _in_document(data: bytes) -> str | None:
    match = _DECLARED.search(data[:_HEAD])
    return match[1].decode("ascii", "replace") if match else None


def _known(name: str | None) -> str | None:
    if not name:
        return None
    name = name.strip().strip("\"'").lower()
    name = _MEANT.get(name, name)
    if name.startswith(("utf-16", "utf-32")):
        return None  # it could be read as ASCII so far, so it is not
    try:
        known = codecs.lookup(name).name
    except LookupError:
        return None
    return known if _FOR_PAGES.match(known) else None


def _utf8(data: bytes) -> str | None:
    """The text, if this is proof enough: a few letters in another encoding may look like UTF-8, more never do."""
    try:
        text, read = codecs.utf_8_decode(data, "strict", False)  # the end may be cut off
    except UnicodeDecodeError:
        return None
    beyond = len(data) - len(text)
    if beyond == 0 or beyond > 8 or _known(_in_document(data)) in (None, "utf-8"):
        return text if read == len(data) else data.decode("utf-8", "replace")
    return None


def _stateful(encoding: str) -> bool:
    return encoding.startswith("iso2022") or encoding == "hz"


def _utf16_without_mark(data: bytes) -> str | None:
    """Markup in UTF-16 without a mark shows as ASCII letters with a NUL on one side."""
    head = data[:200]
    if len(head) < 8:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > len(head) // 5 and even == 0:
        return "utf-16-le"
    if even > len(head) // 5 and odd == 0:
        return "utf-16-be"
    return None


def _best(data: bytes, encodings: list[str]) -> tuple[str, float]:
    """The reading with the fewest broken characters, and their share; the earlier one where two are equal."""
    readings = [data.decode(encoding, "replace") for encoding in dict.fromkeys(encodings)]
    text = min(readings, key=lambda reading: reading.count("\ufffd"))
    return text, text.count("\ufffd") / max(len(text), 1)


def _guessed(data: bytes) -> str | None:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - seldom needed, and slow to import

    best = from_bytes(data[:_SAMPLE]).best()
    return data.decode(best.encoding, "replace") if best else None
