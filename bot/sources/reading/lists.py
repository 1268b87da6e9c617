"""A portal's list page: which of its links lead to articles, with the headline and the day that stand beside them."""

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urlsplit

from bot.errors import SourceUnreadable
from bot.sources.reading import moments, tree
from bot.sources.reading.cleaning import line
from bot.sources.reading.feedparts import Parts
from bot.sources.reading.furniture import plain
from bot.sources.reading.links import web_address
from bot.sources.reading.paths import never_article, one_site, path_of_article, shape

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_LEAST = 12
"""A headline is at least so wide: a Han letter counts for two."""
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LEADS_ON = re.compile(
    r"^\W*(?:更多|查看|阅读|点击|下一页|上一页|首页|尾页|末页|返回|more\b|next\b|prev|older|newer|read more"
    r"|see all|view all|page \d)"
    r"|(?:更多|more)\W*$",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar|igation)?|menu|foot(?:er)?|pager?|pages|pagination|bread-?crumbs?|crumbs?|copyright"
    r"|friend-?links?|flinks?|site-?map|tool-?bar|login|search)(?=$|[\s_-])",
    re.IGNORECASE,
)
_DAY = re.compile(r"(?<![\d.:/-])(1[0-2]|0?[1-9])(?:-|/|月)(3[01]|[12]\d|0?[1-9])日?(?![\d.:/-])")
_PASSES = re.compile(r"前(?:\W|$)|\bago\b|刚刚|just now", re.IGNORECASE)
_HIGHEST = 6
_MOST = 3_000
_TIMES = 8
"""So often one address is looked at: by its picture, its headline, its teaser."""
_GROUP = 3
_ENOUGH = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class _Link:
    element: "Element"
    address: str
    text: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    address: str
    text: str
    date: str
    place: tuple[str, ...]
    """The way through the page on which it stands: members of one list have the same."""
    score: float


def read_list(
    name: str, text: str, *, url: str, zone: tzinfo, now: datetime, items: str | None = None, link: str | None = None
) -> list[Parts]:
    """What the page lists, in its order; `items` and `link` are CSS selectors, where somebody named them.

    Raises SourceUnreadable where nothing is listed.
    """
    root = tree.parse(name, text)
    base = next((found for one in root.iter("base") if (found := web_address(one.get("href"), url))), url)
    if items is None:
        listed = _found(root, base, url, zone, now)
        missing = f"a list of links that look like articles; name it by sources.{name}.items, such as ul.news li"
    else:
        listed = list(_selected(root, items, link, base, zone, now))
        missing = f"links: the selector {items!r} of sources.{name}.items finds none; correct it"
    if not listed:
        raise SourceUnreadable(name, missing)
    return _each_once(listed)


def _selected(root: "Element", items: str, link: str | None, base: str, zone: tzinfo, now: datetime) -> Iterator[Parts]:
    for item in root.cssselect(items):
        links = item.cssselect(link) if link else [item] if item.tag == "a" else list(item.iter("a"))
        named = [one for one in links if (address := web_address(one.get("href"), base)) and "://" in address]
        if named:
            best = max(named, key=lambda one: _width(_text(one)))
            address = web_address(best.get("href"), base) or ""
            yield Parts(title=_text(best), link=urldefrag(address)[0], published=_date(item, _text(best), zone, now))


def _found(root: "Element", base: str, url: str, zone: tzinfo, now: datetime) -> list[Parts]:
    """Groups of links that are built alike and look like articles; then whatever has an address like theirs."""
    links = list(itertools.islice(_links(root, base, url), _MOST))
    around = _around(links)
    candidates = [_judged(link, around, zone, now) for link in links]
    groups: defaultdict[tuple[str, ...], dict[str, _Candidate]] = defaultdict(dict)
    for one in candidates:
        groups[one.place].setdefault(one.address, one)
    lists = [
        group
        for group in groups.values()
        if len(group) >= _GROUP and sum(one.score for one in group.values()) / len(group) >= _ENOUGH
    ]
    taken = {address for group in lists for address in group}
    shapes = {shape(address) for address in taken if path_of_article(address)}
    return [
        Parts(title=one.text, link=one.address, published=one.date)
        for one in candidates
        if one.address in taken or shape(one.address) in shapes
    ]


def _links(root: "Element", base: str, url: str) -> Iterator[_Link]:
    own = urldefrag(url)[0]
    times: Counter[str] = Counter()
    for element in root.iter("a"):
        address = urldefrag(web_address(element.get("href"), base) or "")[0]
        if "://" not in address or address == own or not one_site(address, url) or never_article(address):
            continue
        if not urlsplit(address).path.strip("/") and not urlsplit(address).query:
            continue
        times[address] += 1
        if times[address] > _TIMES:
            continue
        text = _text(element)
        if _width(text) >= _LEAST and not _LEADS_ON.search(text) and not _in_furniture(element):
            yield _Link(element, address, text)


def _around(links: Sequence[_Link]) -> dict["Element", str | None]:
    """Elements around links → the one article that is linked in them, or None where there are several."""
    found: dict[Element, str | None] = {}
    for link in links:
        for parent in itertools.islice(link.element.iterancestors(), _HIGHEST):
            found[parent] = link.address if found.get(parent, link.address) == link.address else None
    return found


def _judged(link: _Link, around: dict["Element", str | None], zone: tzinfo, now: datetime) -> _Candidate:
    box = _box(link, around)
    date = _date(box, link.text, zone, now)
    way = [link.element, *_between(link.element, box)]
    headed = any(str(one.tag) in ("h1", "h2", "h3", "h4", "h5", "article") for one in way)
    headed = headed or any(one.tag in ("h2", "h3", "h4") for one in link.element.iter())
    score = 3.0 * bool(date) + 2.0 * path_of_article(link.address) + (_width(link.text) >= 20) + headed
    above = list(box.iterancestors())[:2]
    place = (*(str(one.tag) for one in way), *(f"{one.tag}.{one.get('class') or ''}" for one in above))
    return _Candidate(link.address, link.text, date, place, score)


def _box(link: _Link, around: dict["Element", str | None]) -> "Element":
    """The largest element around the link in which no other article is linked."""
    box = link.element
    for parent in itertools.islice(link.element.iterancestors(), _HIGHEST):
        if parent.tag in ("body", "html") or around[parent] != link.address:
            break
        box = parent
    return box


def _between(element: "Element", box: "Element") -> list["Element"]:
    found: list[Element] = []
    for parent in element.iterancestors() if element is not box else ():
        found.append(parent)
        if parent is box:
            break
    return found


def _date(box: "Element", title: str, zone: tzinfo, now: datetime) -> str:
    """The day, or the time, that stands beside the headline; one that moves on with the clock says nothing lasting."""
    said = plain(line(tree.words(box)).replace(title, " "))[:400]
    for element in box.iter("time"):
        said = f"{element.get('datetime') or ''}  {said}"
    if _PASSES.search(said):
        return ""
    moment = moments.find(said, zone, now)
    if moment is None and (day := _DAY.search(said)):
        moment = moments.find(f"{day[1]}-{day[2]} 00:00", zone, now)
    return moment.at.astimezone(zone).isoformat() if moment else ""


def _text(link: "Element") -> str:
    """Its heading where it has one: a link may hold a whole teaser. The title attribute where the text is cut short."""
    heading = next(link.iter("h1", "h2", "h3", "h4", "h5"), None)
    shown = line(tree.words(link if heading is None else heading))
    whole = line(link.get("title"))
    return whole if not shown or (shown.endswith(("…", "...")) and whole.startswith(shown.rstrip("….")[:6])) else shown


def _in_furniture(element: "Element") -> bool:
    return any(
        parent.tag in ("nav", "footer") or _FURNITURE.search(f"{parent.get('class') or ''} {parent.get('id') or ''}")
        for parent in element.iterancestors()
        if parent.tag not in ("body", "html")
    )


def _width(text: str) -> int:
    return len(text) + len(_HAN.findall(text))


def _each_once(found: Sequence[Parts]) -> list[Parts]:
    """One article may be linked by its picture, its headline and its teaser: the first headline, the first day."""
    once: dict[str, Parts] = {}
    for one in found:
        first = once.setdefault(one.link, one)
        once[one.link] = replace(first, title=first.title or one.title, published=first.published or one.published)
    return list(once.values())
