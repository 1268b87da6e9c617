"""The headline and what stands with it: chosen where the page shows it and a second opinion confirms it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sources.reading.boxes import Boxes
from bot.sources.reading.claims import Claims
from bot.sources.reading.furniture import Box, compact, is_bar
from bot.sources.reading.mastheads import Mastheads, sounds_so
from bot.sources.reading.tree import LARGE, Page

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_SEPARATOR = re.compile(
    r"\s*[_|｜»]\s*|\s+[-–—·•]+\s+|\s*--+\s*|(?<=[\u3000-\u9fff”」』！？])\s*[-–—]\s*(?=[\u3000-\u9fff])"
)
_NAMED = re.compile(
    r"(?:^|[\s_-])(?:headline|entry-?title|post-?title|article-?title|story-?title|news-?title|page-?title"
    r"|main-?title|arc-?title|art-?title|title|biaoti|tit|ttl|h1|rich_media_title|activity-name)\d?(?=$"
    r"|[\s_-])",
    re.IGNORECASE,
)
_SUBTITLE = re.compile(
    r"(?:^|[\s_-])(?:sub-?title|sub-?head(?:line|ing)?|sub-?hed|dek|deck|tagline|secondary-?title|fu-?biaoti"
    r"|fu-?title|second-?title|futi)\d?(?=$|[\s_-])",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:^|[\s_-])(?:lead|lede|intro|introduction|standfirst|stand-?first|excerpt|entry-?summary"
    r"|article-?summary|post-?excerpt|zhaiyao|daoyu|daodu|news-?summary|digest|abstract|summary"
    r"|post-?intro)\d?(?=$|[\s_-])",
    re.IGNORECASE,
)
_LEAD_WORDS = re.compile(
    r"^[\[【(（]?\s*(?:导语|摘要|核心提示|内容提要|内容摘要|导读|提要|编者按|核心阅读)\s*[\]】)）]?\s*[:：]?\s*"
)
_LARGE = frozenset(("b", "strong", "font", "big", "center"))
_SENTENCE = re.compile(
    r"[。.;；]$|\d{4}\s*[-/年.]\s*\d|(?:来源|编辑|作者|记者|source|editor)\s*[:：]|^by\s", re.IGNORECASE
)
_HEADINGS = ("h1", "h2", "h3", "h4")
_LEAST = 4
_MOST_WORDS = 4
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Title:
    """The headline, and the number of the piece that shows it, if one does."""

    text: str
    number: int | None


def headline(
    page: Page, boxes: Boxes, claims: Claims, mastheads: Mastheads, until: int, known: str | None
) -> Title | None:
    """The headline above piece `until`; `known` is what a list or a feed called the page."""
    sites = {compact(site) for site in claims.sites}
    if not (compact(claims.title) in sites and len(claims.title.split()) <= _MOST_WORDS):
        sites -= {compact(text) for text in claims.headlines[:1]}  # some give the headline as the site's name

    def foreign(text: str) -> bool:
        return compact(text) in sites or mastheads.hold(text) or (sounds_so(text) and _is_site(text, claims.title))

    told = [text for text in (*claims.headlines, known) if text and not foreign(text)]
    claimed = [compact(text) for text in (*told, claims.title) if text]
    shown = [pair for pair in _candidates(page, boxes, until) if not foreign(page.pieces[pair[1]].text)]
    second = _second(page, boxes, until, foreign)
    if second is not None:  # what sounds like a paper's name is one where something else may be the headline
        shown = [pair for pair in shown if not sounds_so(page.pieces[pair[1]].text)]
    shown.sort(key=lambda pair: pair[0])
    listed = compact(known or "")

    def confirmation(rank: int, number: int) -> float:
        text = compact(page.pieces[number].text)
        as_listed = len(listed) >= _LEAST and (text == listed or (len(listed) >= 10 and text.startswith(listed)))
        return _confirmation(text, rank, claimed, sites) + as_listed

    sure = {pair: confirmation(*pair) for pair in shown}
    best = max(shown, key=lambda pair: sure[pair], default=None)
    if best is not None and sure[best] > 0 and not (known and _is_short_and_other(page.pieces[best[1]].text, known)):
        return Title(_whole(page, best[1], (*told, claims.title)), best[1])
    if known in told and not known.endswith(("…", "...")):
        return Title(known, None)
    said = _by_name(page, boxes, claims, shown, bare=not told) or _by_title(told, claims, mastheads)
    short = said is not None and (len(compact(said.text)) < (15 if said.text.isascii() else 6) or sounds_so(said.text))
    if said is not None and not foreign(said.text) and not (said.number is None and short and second is not None):
        return said
    return Title(page.pieces[second].text, second) if second is not None else None


def _by_name(page: Page, boxes: Boxes, claims: Claims, shown: Sequence[tuple[int, int]], *, bare: bool) -> Title | None:
    """What stands as a headline does, though no claim confirms it; `bare`: where nothing is claimed."""
    for rank, number in shown:
        text = page.pieces[number].text
        named = rank < 4 and boxes.kinds[number] is None
        if named and not (claims.title and _is_site(text, claims.title)) and (rank == 0 or bare):
            return Title(text, number)
    return None


def _by_title(told: Sequence[str], claims: Claims, mastheads: Mastheads) -> Title | None:
    text = unsigned(told[0] if told else claims.title, claims.sites, mastheads)
    return Title(text, None) if text else None


def _is_short_and_other(text: str, known: str) -> bool:
    """A few words that have nothing in common with what a list called the page: a masthead, be it called as it may."""
    if len(text) >= len(known) or len(text.split()) > _MOST_WORDS or len(text) > (40 if text.isascii() else 8):
        return False
    size = 5 if text.isascii() else 2
    one, other = compact(text), compact(known)
    return not any(one[place : place + size] in other for place in range(max(len(one) - size + 1, 1)))


def _second(page: Page, boxes: Boxes, until: int, foreign: Callable[[str], bool]) -> int | None:
    """The piece in the largest type below the first size: a heading, or a short line in bold, large or centred type."""
    found: list[tuple[int, int]] = []
    for number, piece in enumerate(page.pieces[: max(until, 1)]):
        text = piece.text
        if boxes.kinds[number] is not None or piece.medium or is_bar(text) or piece.linked * 2 > len(text):
            continue
        if len(compact(text)) < _LEAST + 2 or len(text) > _LONGEST or foreign(text) or sounds_so(text):
            continue
        heading = piece.within(*_HEADINGS)
        if heading is not None and heading.tag != "h1":
            found.append((int(str(heading.tag)[1]), number))
        elif heading is None and _is_large(piece.element) and not _SENTENCE.search(text):
            found.append((5, number))
    return min(found, default=(0, None))[1]


def _is_large(element: "Element") -> bool:
    inner = element[0] if len(element) == 1 and not (element.text or "").strip() else element
    return inner.tag in _LARGE or element.get("align") == "center" or LARGE in element.attrib or LARGE in inner.attrib


def _candidates(page: Page, boxes: Boxes, until: int) -> Iterator[tuple[int, int]]:
    """Rank and number of each piece that may be the headline."""
    for number, piece in enumerate(page.pieces[: max(until, 1)]):
        if piece.medium or len(piece.text) > _LONGEST or boxes.kinds[number] is Box.RELATED or is_bar(piece.text):
            continue
        heading = piece.within(*_HEADINGS)
        near = (heading, piece.element, piece.element.getparent())
        named = any(one is not None and is_named(one, _NAMED, "headline") for one in near)
        foreign = 10 if boxes.kinds[number] is not None else 0
        if heading is not None and heading.tag == "h1":
            yield foreign + (0 if named or piece.within("a") is None else 1), number
        elif named:
            yield foreign + 2, number
        elif heading is not None:
            yield foreign + 3 + int(str(heading.tag)[1]), number
        elif len(compact(piece.text)) >= _LEAST + 2:
            yield foreign + 20, number


def is_named(element: "Element", pattern: re.Pattern[str], itemprop: str) -> bool:
    """Whether an element's class, id or itemprop says what it is."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"[:300]
    return pattern.search(names) is not None or itemprop in (element.get("itemprop") or "").lower().split()


def _confirmation(shown: str, rank: int, claimed: Sequence[str], sites: set[str]) -> float:
    """How far the claims say that this is the headline: all of one, its beginning, a part; 0 where none does."""
    if len(shown) < _LEAST or shown in sites:
        return 0.0
    best = 0.0
    for claim in claimed:
        if claim.startswith(shown):
            best = max(best, 0.5 + len(shown) / len(claim))
        elif len(claim) >= 10 and shown.startswith(claim):  # the claim was cut short
            best = max(best, 0.5 + len(claim) / len(shown))
        elif len(shown) >= 10 and shown in claim:
            best = max(best, len(shown) / len(claim))
    return best and best + (0.3 if rank < 4 else 0.15 if rank < 10 else 0.0)


def _is_site(text: str, title: str) -> bool:
    """A masthead: the window's title ends with it and begins with something else."""
    return compact(title).endswith(compact(text)) and compact(title) != compact(text)


def _whole(page: Page, number: int, claimed: Sequence[str]) -> str:
    """A headline broken over two lines is one where a claim says so."""
    piece = page.pieces[number]
    text = piece.text
    for following in page.pieces[number + 1 : number + 3]:
        if following.element is not piece.element or following.medium:
            break
        longer = f"{text} {following.text}"
        if not any(compact(claim).startswith(compact(longer)) for claim in claimed):
            break
        closed = f"{text}{following.text}"
        text = closed if any(closed in claim for claim in claimed) else longer
    return text


def unsigned(title: str, sites: Sequence[str], mastheads: Mastheads) -> str:
    """A window's title without the names of site and section behind it."""
    parts = [part for part in _SEPARATOR.split(title) if part]
    known = {compact(site) for site in sites}
    kept = [part for part in parts if compact(part) not in known and not mastheads.hold(part)]
    if len(kept) <= 1:
        return "".join(kept)
    first = kept[0]
    enough = 6 if not first.isascii() else 15
    return first if len(first) >= enough else max(kept, key=len)


def subtitle(page: Page, boxes: Boxes, claims: Claims, start: int, until: int) -> int | None:
    """The piece that is the subtitle: named so, or a line behind a dash below the headline."""
    claimed = {compact(text) for text in claims.subtitles}
    for number in range(max(start - 3, 0), min(until + 2, len(page.pieces))):
        piece = page.pieces[number]
        if (
            number == start
            or piece.medium
            or len(piece.text) > _LONGEST
            or boxes.kinds[number] in (Box.RELATED, Box.FOREIGN)
        ):
            continue
        near = (piece.element, piece.within(*_HEADINGS))
        if any(one is not None and is_named(one, _SUBTITLE, "alternativeheadline") for one in near):
            return number
        if compact(piece.text) in claimed:
            return number
        if number == start + 1 and number < until and piece.text.startswith(("——", "--", "—")):
            return number
    return None


def lead(page: Page, boxes: Boxes, start: int, end: int) -> tuple[list[int], str] | None:
    """The pieces that are the lead, and its words without 摘要 or 导语 before them; named so, or labelled."""
    for number in range(start, end):
        piece = page.pieces[number]
        if piece.medium or boxes.kinds[number] in (Box.RELATED, Box.FOREIGN) or len(piece.text) > 600:
            continue
        labelled = _LEAD_WORDS.match(piece.text)
        parent = piece.element.getparent()
        near = (piece.element, parent if parent is not None and _small(page, parent) else None)
        named = any(one is not None and is_named(one, _LEAD, "abstract") for one in near)
        if not labelled and not named:
            continue
        text = piece.text[labelled.end() :] if labelled else piece.text
        if text and len(text) >= 10:
            return [number], text
        following = number + 1
        if labelled and following < end and not page.pieces[following].medium:
            return [number, following], page.pieces[following].text
    return None


def _small(page: Page, element: "Element") -> bool:
    start, end = page.spans.get(element, (0, 0))
    return end - start <= 3
