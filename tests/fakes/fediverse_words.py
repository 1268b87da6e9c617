"""A plain text as the HTML that Mastodon makes of it."""

import html
import re

ADDRESS = re.compile(r"https?://[^\s<>，。]+")


def written(text: str) -> str:
    """HTML as Mastodon makes it of plain words: paragraphs, shortened addresses, tags."""
    said = ADDRESS.sub(lambda found: _anchor(found[0]), html.escape(text, quote=False))
    said = re.sub(r"(?<![\w/&])#(\w+)", r'<a href="https://riverbend.example/tags/\1">#<span>\1</span></a>', said)
    return "".join(f"<p>{part.replace(chr(10), '<br />')}</p>" for part in said.split("\n\n"))


def _anchor(address: str) -> str:
    scheme, _, rest = address.partition("://")
    seen, hidden = rest[:30], rest[30:]
    return (
        f'<a href="{address}" rel="nofollow"><span class="invisible">{scheme}://</span>'
        f'<span class="ellipsis">{seen}</span><span class="invisible">{hidden}</span></a>'
    )
