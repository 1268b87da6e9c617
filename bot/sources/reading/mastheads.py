"""A masthead is no headline: the names by which a page calls its own site and its sections."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from bot.sources.reading.furniture import compact, in_navigation, plain
from bot.sources.reading.paths import path_of_article
from bot.sources.reading.tree import words

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_FRONT = re.compile(r"^/?(?:(?:index|default|home)\.\w{2,5})?$", re.IGNORECASE)
_FOOT = re.compile(r"©|\(c\)\s*(?:19|20)\d\d|copyright|版权所有|主办|all rights reserved", re.IGNORECASE)
_THE = re.compile(r"^the(?=\w{5})")
_NAME = re.compile(
    r"^(?:\w{2,10}(?:日报|晚报|晨报|早报|时报|商报|都市报|周刊|新闻网|新闻中心|信息网|信息港|门户网站?|政府网站?"
    r"|人民政府|融媒体?(?:中心)?|广播电视台|电视台|热线|之窗|在线)"
    r"|(?:the\s+)?(?:[\w.'&-]+\s+){1,2}(?:gazette|herald|tribune|chronicle|courier|examiner|observer|telegraph"
    r"|advertiser|sentinel|dispatch|bugle|times|news|daily|weekly))$",
    re.IGNORECASE,
)
_LONGEST, _MOST_LINKS, _LONGEST_FOOT = 40, 3_000, 300


@dataclass(frozen=True, slots=True)
class Mastheads:
    """What the page shows to be names of its site: compact, that is letters and digits only."""

    names: frozenset[str] = frozenset()
    """Words that lead to the front page, and to sections."""
    foot: str = ""
    """The line that says whose the site is."""
    host: str = ""

    def hold(self, text: str) -> bool:
        """Whether that text is the site's name and no headline."""
        short = compact(text)
        if not short or len(text) > _LONGEST:
            return False
        whole = short in self.names or (len(short) >= 4 and short in self.foot)
        return whole or _THE.sub("", short) == _THE.sub("", self.host)


def sounds_so(text: str) -> bool:
    """Whether a text is built as names of papers are; a headline may be, too."""
    return _NAME.match(plain(text).strip()) is not None


def read(root: "Element", url: str | None, also: Iterable[str] = ()) -> Mastheads:
    """Read them of the whole tree; `also` are names that are known otherwise."""
    names = {compact(name) for name in also}
    for count, link in enumerate(root.iter("a")):
        if count > _MOST_LINKS:
            break
        said = words(link)[:200].strip() or " ".join(image.get("alt") or "" for image in link.iter("img"))
        short = compact(said)
        if short and len(said) <= _LONGEST and (_to_front(link, url) or _of_bar(link, url)):
            names.add(short)
    return Mastheads(frozenset(names), _foot(root), _host(url))


def _to_front(link: "Element", url: str | None) -> bool:
    try:
        to = urlsplit(urljoin(url or "", (link.get("href") or "#").strip()))
        own = urlsplit(url or "")
    except ValueError:
        return False
    same = not own.hostname or to.hostname in (None, own.hostname) or _label(to.hostname or "") == _label(own.hostname)
    return (
        same and not to.query and not to.fragment and link.get("href") not in ("#", "") and bool(_FRONT.match(to.path))
    )


def _of_bar(link: "Element", url: str | None) -> bool:
    """A word of the navigation is the name of a section."""
    try:
        if path_of_article(urljoin(url or "", link.get("href") or "")):
            return False
    except ValueError:
        return False
    return in_navigation(link)


def _foot(root: "Element") -> str:
    said = [
        compact(text)
        for node in root.iter("p", "div", "span", "td", "small", "li", "footer", "center")
        if len(node) <= 12
        and _FOOT.search((node.text or "")[:200] + "".join((one.tail or "")[:200] for one in node))
        and len(text := words(node)) <= _LONGEST_FOOT
    ]
    return " ".join(said[:10])


def _host(url: str | None) -> str:
    try:
        return _label(urlsplit(url or "").hostname or "")
    except ValueError:
        return ""


def _label(host: str) -> str:
    """The longest part of a host's name is the one that somebody chose."""
    return max((part.replace("-", "") for part in host.lower().split(".")), key=len, default="")
