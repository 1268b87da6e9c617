"""From bytes to text: what is declared, what is meant, and what is proved."""

import codecs

import pytest

from bot.sources.reading import encoding

TEXT = "河湾市图书馆延长夜间开放时间，二楼阅览区增设六十个座位。" * 3
TRADITIONAL = "河灣市圖書館延長夜間開放時間，二樓閱覽區增設六十個座位。" * 3


def page(text: str, meta: str) -> str:
    return f'<html><head><meta charset="{meta}"><title>{text}</title></head>'


CASES = [
    ("declared UTF-8", page(TEXT, "utf-8").encode(), "utf-8", TEXT),
    ("nothing declared, UTF-8", TEXT.encode(), None, TEXT),
    ("nothing declared, GB18030", TEXT.encode("gb18030"), None, TEXT),
    ("declared gb2312, GBK letters", page("堃" + TEXT, "gb2312").encode("gbk"), None, TEXT),
    ("meta gbk", page(TEXT, "gbk").encode("gbk"), None, TEXT),
    ("header gbk, no meta", TEXT.encode("gbk"), "gbk", TEXT),
    ("header wrong: latin1 over UTF-8", page(TEXT, "utf-8").encode(), "iso-8859-1", TEXT),
    ("meta wrong: utf-8 over GBK", page(TEXT, "utf-8").encode("gbk"), None, TEXT),
    ("header wrong: utf-8 over GB18030", TEXT.encode("gb18030"), "utf-8", TEXT),
    ("meta wrong: gbk over UTF-8", page(TEXT, "gbk").encode(), None, TEXT),
    ("meta big5", page(TRADITIONAL, "big5").encode("big5"), None, TRADITIONAL),
    ("header big5", TRADITIONAL.encode("big5"), "Big5", TRADITIONAL),
    ("UTF-8 with a mark", codecs.BOM_UTF8 + TEXT.encode(), None, TEXT),
    ("a mark against the header", codecs.BOM_UTF8 + TEXT.encode(), "gbk", TEXT),
    ("UTF-16 with a mark", TEXT.encode("utf-16"), None, TEXT),
    ("UTF-16 LE with a mark", codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-8", TEXT),
    ("UTF-16 BE with a mark", codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), None, TEXT),
    ("UTF-16 LE without a mark", (page("A", "utf-16") + " " * 200 + TEXT).encode("utf-16-le"), None, TEXT),
    ("UTF-32 with a mark", TEXT.encode("utf-32"), None, TEXT),
    ("an unknown charset", TEXT.encode(), "x-riverbend", TEXT),
    ("a codec that is no charset", TEXT.encode(), "rot13", TEXT),
    ("another codec that is no charset", TEXT.encode(), "idna", TEXT),
    ("quotes around the charset", TEXT.encode("gbk"), '"GBK"', TEXT),
    ("a cut end", TEXT.encode()[:-1], "utf-8", TEXT[:-1]),
    ("curly quotes of Windows", "“Café”".encode("cp1252"), "iso-8859-1", "“Café”"),
    ("an XML declaration", f'<?xml version="1.0" encoding="gb2312"?><rss>{TEXT}'.encode("gbk"), None, TEXT),
    ("nothing", b"", None, ""),
]


@pytest.mark.parametrize(
    ("data", "declared", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_bytes_become_the_text_that_was_meant(data: bytes, declared: str | None, expected: str) -> None:
    assert expected in encoding.decode(data, declared)
