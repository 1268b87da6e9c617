"""Link headers as sites write them."""

import pytest

from bot.web.linked import linked

BASE = "https://example.org/a/"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (None, {}),
        ("nonsense; rel=hub", {}),
        ("<https://hub.example.org/>; rel=hub", {"hub": ("https://hub.example.org/",)}),
        ('<../feed.xml>; rel="self alternate"; type="a/b"', {
            "self": ("https://example.org/feed.xml",),
            "alternate": ("https://example.org/feed.xml",),
        }),
        ('<https://a.example/x,y>; title="a, b"; rel="hub", </z>; rel=hub', {
            "hub": ("https://a.example/x,y", "https://example.org/z"),
        }),
        ("<https://a.example/>; rel='", {"'": ("https://a.example/",)}),
    ],
)  # fmt: skip
def test_relations_lead_to_whole_addresses(header: str | None, found: dict[str, tuple[str, ...]]) -> None:
    assert linked(header, BASE) == found
