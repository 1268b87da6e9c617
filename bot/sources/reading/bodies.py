"""Where the body of a page is: a library's opinion, the names sites give to it, and our own search, compared."""

import copy
import importlib
import logging
import re
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from lxml import etree, html

from bot.sources.reading.boxes import Boxes, weight
from bot.sources.reading.tree import Page, Piece, drop, words

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# Both talk of pages they cannot read; we say it in our own words.
for _library in ("trafilatura", "readability", "readability.readability", "htmldate", "courlan", "justext"):
    logging.getLogger(_library).addHandler(logging.NullHandler())
    logging.getLogger(_library).propagate = False
    logging.getLogger(_library).setLevel(logging.CRITICAL + 1)

_NAMED = re.compile(
    r"(?:^|\s)(?:entry-content|article-content|article_content|articlecontent|article-body|articlebody|article__body|article__content|post-content|post-body|post_body|post__content|story-body|storybody|story-content"
    r"|td-post-content|gh-content|wp-block-post-content|field--name-body|js_content|rich_media_content|artibody|rm_txt_con|trs_editor|trs_paper_default|trs_ueditor|view|pages_content|article-text|articletext"
    r"|text_con|zwnr|news_content|newscontent|content_area|con_text|article_con|detail-content|detail_content|newsdetail|mp-editor|show_text|ucapcontent|zoom|fontzoom|bt_content|content-article|main-aticle|main-article-body"
    r"|e-content|c-entry-content|caas-body|contentbody|body-content|single-content|page-content|news-text|news_txt|left_zw|cnt_bd|endtext|articlecontents|text-content)(?=\s|$)"
)
_COMPACT = re.compile(r"\s+")
_SHORT = 120
_LARGEST = 6_000  # pieces: beyond, only our own search, which is linear
_FAR_MORE = 3
"""Where the libraries found next to nothing, our own search is believed if it found so many times as much."""
_WHOLE = 0.9
_AGREED = 0.85


@dataclass(frozen=True, slots=True)
class Body:
    """The pieces from the body's first to before its last, and what the library thinks of each piece."""

    start: int
    end: int
    votes: tuple[int, ...]
    """Characters of a piece that the library took for the body."""


@cache
def _trafilatura() -> Any:
    """12 MB that a newsroom of feeds does not need."""
    return importlib.import_module("trafilatura")


@cache
def _readability() -> Any:
    """Likewise, 4 MB."""
    return importlib.import_module("readability")


def find_body(page: Page, boxes: Boxes, language: str) -> Body | None:
    """Where the body is; None where there is no running text."""
    votes = _votes(page, boxes, language)
    sums = tuple(accumulate(votes, initial=0))
    span = _named(page, boxes, sums)
    if span is None and sums[-1] < _SHORT:
        span = _densest(page, boxes)
        if span is not None and sums[-1] and boxes.sentences(span) < _FAR_MORE * sums[-1]:
            span = None
    if span is None and sums[-1] > 0:
        span = _container(page, sums)
        voted = [number for number in range(*span) if votes[number]]
        span = _widened(page, boxes, span, voted[0], voted[-1] + 1)
    return Body(*span, tuple(votes)) if span is not None else None


def _votes(page: Page, boxes: Boxes, language: str) -> list[int]:
    """Characters of each piece that the library of this language takes for the body."""
    if len(page.pieces) > _LARGEST:
        return [0] * len(page.pieces)
    source = _without(page.root, boxes.elements)
    order = (_by_readability, _by_trafilatura) if language == "zh" else (_by_trafilatura, _by_readability)
    best = [0] * len(page.pieces)
    for library in order:
        text = _COMPACT.sub("", library(source))
        votes = [
            len(compact) if boxes.kinds[number] is None and (compact := _COMPACT.sub("", piece.text)) in text else 0
            for number, piece in enumerate(page.pieces)
        ]
        if sum(votes) >= _SHORT:
            return votes
        best = max(best, votes, key=sum)
    return best


def _without(root: "Element", furniture: frozenset["Element"]) -> str:
    bare = copy.deepcopy(root)
    for original, twin in list(zip(root.iter(), bare.iter(), strict=True)):
        if original in furniture:
            drop(twin)
    return etree.tostring(bare, encoding="unicode", method="html")


def _by_trafilatura(source: str) -> str:
    try:
        found = _trafilatura().bare_extraction(
            source, favor_precision=True, include_comments=False, include_tables=True
        )
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError, etree.LxmlError):
        return ""  # hostile markup: the other opinions remain
    return str(getattr(found, "text", "") or "")


def _by_readability(source: str) -> str:
    try:
        summary = _readability().Document(source).summary(html_partial=True)
        return words(html.fromstring(summary))
    except (_readability().readability.Unparseable, ValueError, etree.LxmlError):
        return ""


def _named(page: Page, boxes: Boxes, sums: tuple[int, ...]) -> tuple[int, int] | None:
    """The container that the site itself calls the body, where the library's opinion lies in it: the smallest such."""
    found: list[tuple[int, tuple[int, int], Element]] = []
    parts: list[tuple[int, int]] = []
    for element, span in page.spans.items():
        names = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
        if "articlebody" in (element.get("itemprop") or "").lower() or _NAMED.search(names):
            inside, agreed = boxes.sentences(span), sums[span[1]] - sums[span[0]]
            # a short body may be all its site has: then no library finds it
            alone = sums[-1] < 2 * _SHORT and inside >= boxes.sums[-1] * 0.6
            if inside >= _SHORT // 2 and (agreed >= sums[-1] * _AGREED or alone):
                found.append((span[1] - span[0], span, element))
            elif inside >= _SHORT // 2 and agreed > 0:
                parts.append(span)
    if not found:
        return _first_of_many(page, parts)
    _, span, element = min(found, key=lambda one: one[0])
    return _with_sisters(page, boxes, span, element)


def _first_of_many(page: Page, parts: list[tuple[int, int]]) -> tuple[int, int] | None:
    """The first of several bodies, where the headline of another story stands before the second."""
    for one, other in pairwise(sorted(parts)):
        if one[1] <= other[0] and any(_is_headline(piece) for piece in page.pieces[one[1] : other[0]]):
            return one
    return None


def _with_sisters(page: Page, boxes: Boxes, span: tuple[int, int], element: "Element") -> tuple[int, int]:
    """A body that advertisements cut in pieces is one: containers of the same name in the same place."""
    above = element.getparent()
    above = above.getparent() if above is not None else None
    start, end = span
    for sister, (first, last) in page.spans.items():
        same = element.get("class") and sister.get("class") == element.get("class") and sister.tag == element.tag
        if not same or above is None or above not in sister.iterancestors() or boxes.sentences((first, last)) < _SHORT:
            continue
        low, high = min(start, first), max(end, last)
        between = page.pieces[low:high]
        if not any(_is_headline(piece) for piece in between):
            start, end = low, high  # no other story's headline stands between them
    return start, end


def _is_headline(piece: Piece) -> bool:
    """The headline of a story, perhaps of another one: then it is a link."""
    return piece.within("h1") is not None or (piece.within("h2", "h3") is not None and piece.linked > 0)


def _container(page: Page, sums: tuple[int, ...]) -> tuple[int, int]:
    """The smallest element that holds nearly all votes."""
    enough = sums[-1] * _WHOLE
    spans = [span for span in page.spans.values() if sums[span[1]] - sums[span[0]] >= enough]
    return min(spans, key=lambda span: span[1] - span[0], default=(0, len(page.pieces)))


def _widened(page: Page, boxes: Boxes, span: tuple[int, int], first: int, last: int) -> tuple[int, int]:
    """The votes' range, with the paragraphs of the container that a library left out at its edges."""

    def near(number: int) -> bool:
        piece = page.pieces[number]
        return boxes.kinds[number] is None and (
            weight(piece) > 0
            or (piece.medium and piece.within("a") is None)
            or piece.within("h2", "h3", "li") is not None
        )

    while first > span[0] and near(first - 1) and weight(page.pieces[first - 1]):
        first -= 1
    reach = last
    while reach < span[1] and near(reach):
        reach += 1
        if weight(page.pieces[reach - 1]) or page.pieces[reach - 1].medium:
            last = reach
    return first, last


def _densest(page: Page, boxes: Boxes) -> tuple[int, int] | None:
    """Our own search: each sentence votes for its block's parents, the near ones more."""
    scores: dict[Element, float] = {}
    for number, piece in enumerate(page.pieces):
        score = float(weight(piece)) if boxes.kinds[number] is None else 0.0
        element: Element | None = piece.element
        for share in (0.5, 1.0, 0.6, 0.3):
            if element is None or not score:
                break
            scores[element] = scores.get(element, 0.0) + score * share
            element = element.getparent()
    best = max(scores, key=lambda element: scores[element], default=None)
    return page.spans.get(best) if best is not None else None
