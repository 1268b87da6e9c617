"""A feed's text made fit for an XML parser, without changing a word of it."""

import html
import re
from html.entities import html5

_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SURROGATE = re.compile(r"&#(?:[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2}|0*5(?:5[2-9]|6\d|7[0-3])\d\d);?")
_DECLARATION = re.compile(r"<\?xml\b[^>]*\?>", re.IGNORECASE)
# Entities that a document declares itself are not worth the danger: the declaration goes, and they stay as written.
_OPENS_DOCTYPE = re.compile(r"<!DOCTYPE", re.IGNORECASE)
_OPENS_DOCTYPE_HERE = re.compile(b"<!DOCTYPE", re.IGNORECASE)
_SAYS = re.compile(rb"""<\?xml\b[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})""", re.IGNORECASE)
_UTF8 = ("utf-8", "utf8", '"utf-8"')
_DOCTYPE = re.compile(r"<!DOCTYPE\b[^\[>]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
# Ampersands and entities an XML parser would stumble over; numbers from 128 to 159 are meant as in Windows' code page.
_STRANGE = (
    r"&(?!(?:amp|lt|gt|quot|apos|#(?:3[2-9]|[4-9]\d|1[01]\d|12[0-7]|1[6-9]\d|[2-9]\d\d|[1-9]\d{3}|[1-4]\d{4})"
    r"|#x(?:[2-7a-fA-F][0-9a-fA-F]|[1-9a-fA-F][0-9a-fA-F]{2}|[1-9a-cA-CeE][0-9a-fA-F]{3}));)"
    r"(?:(#\d+|#[xX][0-9a-fA-F]+|\w+);)?"
)
_UNKNOWN, _UNKNOWN_HERE = re.compile(_STRANGE), re.compile(_STRANGE.encode())


def needs_none(data: bytes, declared: str | None) -> bool:
    """Whether an XML parser may try the document as it came; `declared` is the charset of the HTTP header.

    It will say itself where it meets a character that is none.
    """
    if not data.startswith(b"<") or b"\0" in data[:200] or (declared and declared.lower() not in _UTF8):
        return False
    said = _SAYS.match(data)
    return (
        (said is None or said[1].lower().decode("ascii", "replace") in _UTF8)
        and not _OPENS_DOCTYPE_HERE.search(data, 0, 5_000)
        and not _UNKNOWN_HERE.search(data)
    )


def mended(text: str) -> bytes:
    """UTF-8 that an XML parser can take: no declarations, no characters XML forbids, no entity it does not know."""
    start = text.find("<")
    text = text[max(start, 0) :]
    if declared := _DECLARATION.search(text, 0, 5_000):
        text = text[: declared.start()] + text[declared.end() :]
    if _OPENS_DOCTYPE.search(text, 0, 5_000):
        text = _DOCTYPE.sub("", text, count=1)
    if _UNKNOWN.search(text):
        text = _SURROGATE.sub("", text)  # lxml lets them in and breaks over them later
        first, *rest = text.split("<![CDATA[")
        cut = [piece.partition("]]>") for piece in rest]  # within CDATA an ampersand stands for itself
        whole = [f"{cdata}{end}{_UNKNOWN.sub(_known, outside)}" for cdata, end, outside in cut]
        text = "<![CDATA[".join([_UNKNOWN.sub(_known, first), *whole])
    if "\ufffe" in text or "\uffff" in text:  # no characters, though UTF-8 can write them
        text = text.replace("\ufffe", "").replace("\uffff", "")
    return text.lstrip().encode("utf-8", "replace").translate(None, _CONTROLS)


def _known(match: re.Match[str]) -> str:
    name = match[1]
    if name is None:
        return "&amp;"
    if name.startswith("#"):
        return html.escape(_NO_XML.sub("", html.unescape(match[0]).replace("\ufffd", "")), quote=False)
    return html.escape(html5.get(f"{name};", match[0]), quote=False)
