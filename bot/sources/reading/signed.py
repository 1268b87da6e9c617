"""Who signed a page and when: its lines between headline and body, then the claims that what it shows confirms."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from bot.model.story import Byline
from bot.sources.reading import bylines, moments
from bot.sources.reading.agreement import exact
from bot.sources.reading.boxes import Boxes, weight
from bot.sources.reading.claims import Claims
from bot.sources.reading.cleaning import line
from bot.sources.reading.confirming import confirmed, with_part
from bot.sources.reading.furniture import Box, plain
from bot.sources.reading.names import english_names, reporters
from bot.sources.reading.tree import Page, words

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_AUTHOR = re.compile(
    r"(?:^|[\s_-])(?:author-?name|byline-?name|p-author|fn|author|byline__name|byline-author)(?=$|[\s_-])",
    re.IGNORECASE,
)
_AUTHOR_PAGE = re.compile(r"/(?:authors?|staff|journalists?|contributors?|reporters?|bylines?)/[^/]", re.IGNORECASE)
_AND = re.compile(r",\s*|\s+and\s+")
_INTRODUCED = re.compile(
    r" (?:is (?:a|an|the) [^.]{0,60}\b(?:reporter|writer|editor|columnist|journalist|correspondent|photographer)\b"
    r"|covers |writes about |reports on ).{0,200}$",
    re.IGNORECASE,
)
_BY = re.compile(r"^(?:by|words by|written by|story by|posted by|submitted by|作者|记者|文)\s*[:/]?\s+", re.IGNORECASE)
_BY_ALONE = re.compile(r"^(?:by|作者|记者|文|author|written by)\s*[:/]?$", re.IGNORECASE)
_BY_LINE = re.compile(r"(?:by|words by|written by)\s(?!the\b)[^.!?,;]{2,50}", re.IGNORECASE)
_CREDIT = re.compile(
    r"(?:^|[\s_-])(?:source|sources|article-?source|data-?source|ent-?source|post-?source|news-?source|laiyuan"
    r"|media-?name|origin)(?=$|[\s_-])",
    re.IGNORECASE,
)
_NO_CREDIT = re.compile(r"[:/|@。！？!?]|\d{4}|来源|作者|编辑|记者")
_ROLE = re.compile(r"\s*(?:,|\||·)\s.*$")
_UPDATED = re.compile(r"updat|modif", re.IGNORECASE)
_ABOVE, _BELOW, _INSIDE = 8, 14, 6


@dataclass(frozen=True, slots=True)
class Signed:
    """The byline, and the pieces that are nothing but byline."""

    byline: Byline
    lines: frozenset[int]


def sign(
    page: Page, boxes: Boxes, claims: Claims, title: int | None, body: tuple[int, int], zone: tzinfo, now: datetime
) -> Signed:
    """Read the lines around the body; `title` is the headline's piece."""
    start, end = body
    top = title if title is not None and title < end else start - 1
    head = [*range(top + 1, min(start + _INSIDE, end)), *range(top - 1, max(top - 1 - _ABOVE, -1), -1)]
    tail = [*range(max(end - _INSIDE, start), end), *range(end, min(end + _BELOW, len(page.pieces)))]
    byline, lines = Byline(), set[int]()
    for number in head:
        near = number > top
        if number < top and (
            boxes.kinds[number] in (Box.FOREIGN, Box.RELATED) or page.pieces[number].element.tag == "nav"
        ):
            continue
        parts, only = _line(page, boxes, number, zone, now)
        if not near:
            parts = [pair for pair in parts if only]
        byline = bylines.completed(byline, parts)
        if only or (near and _says_by(page, number)):
            lines.add(number)
    last = max((number for number in lines if start <= number < start + _INSIDE), default=start)
    lines.update(number for number in range(start, last) if _is_stray(page, number))
    byline = _by_time_elements(page, byline, range(max(top - _ABOVE, 0), min(start + _INSIDE, end)), zone, now)
    byline = _by_author_elements(page, boxes, byline, [*head, *tail])
    byline = _by_credit_elements(page, boxes, byline, head)
    for number in tail:
        parts, only = _line(page, boxes, number, zone, now)
        if only:
            lines.add(number)
        piece = page.pieces[number]
        timed = byline.published is None and bylines.labelled(bylines.normal(piece.spaced)) and not piece.linked
        times = () if timed else ("published", "updated")
        only = only and (piece.linked * 2 <= len(piece.text) or bool(set(dict(parts)) - {"published", "updated"}))
        byline = bylines.completed(
            byline, [pair for pair in parts if pair[0] not in times and (only or pair[0] == "author")]
        )
    byline = _by_responsible(page, boxes, byline, [*head, *tail], zone, now)
    for number in range(start, end):  # only a reporter's name in brackets stands in the middle
        if (
            byline.author is None
            and "记者" in page.pieces[number].text
            and (author := reporters(bylines.normal(page.pieces[number].text)))
        ):
            byline = replace(byline, author=author)
    byline = confirmed(page, boxes, byline, claims, zone, now)
    lines.update(number for number in tail if _is_about(page.pieces[number].text, byline.author))
    return Signed(byline, frozenset(lines))


def _says_by(page: Page, number: int) -> bool:
    """A short line such as `By Gazette staff`: it names nobody, and is no body."""
    piece = page.pieces[number]
    return piece.within("h1", "h2", "h3", "h4", "li") is None and _BY_LINE.fullmatch(piece.text) is not None


def _is_about(text: str, author: str | None) -> bool:
    """A line below the article that introduces one of its authors."""
    people = [name for name in _AND.split(author or "") if " " in name]
    return any(text.startswith(name) and _INTRODUCED.match(text[len(name) :]) is not None for name in people)


def _is_stray(page: Page, number: int) -> bool:
    """A word between two lines of the byline, such as the paper's own name."""
    piece = page.pieces[number]
    heading = piece.within("h1", "h2", "h3", "h4", "li", "blockquote") is not None
    return not piece.medium and not heading and not weight(piece) and len(piece.text) <= 40


def _line(page: Page, boxes: Boxes, number: int, zone: tzinfo, now: datetime) -> tuple[list[tuple[str, object]], bool]:
    piece = page.pieces[number]
    if piece.medium or boxes.kinds[number] is Box.RELATED:
        return [], False
    reading = bylines.read([piece.spaced], zone, now)
    said = list(bylines.said(reading.byline))
    if [part for part, _ in said] == ["published"] and number and _ends_updated(page.pieces[number - 1].text):
        said = [("updated", said[0][1])]  # the label stands in a cell of its own
    return said, bool(reading.lines)


def _ends_updated(text: str) -> bool:
    return len(text) <= 20 and bylines.UPDATED.search(text) is not None


def _by_responsible(
    page: Page, boxes: Boxes, byline: Byline, numbers: Sequence[int], zone: tzinfo, now: datetime
) -> Byline:
    """Of several editors the one who is called responsible, even on a later line."""
    for number in numbers:
        text = bylines.normal(page.pieces[number].spaced[: bylines.LONGEST_LINE])
        if byline.editor is not None and "责" in text:
            parts, only = _line(page, boxes, number, zone, now)
            found = [value for part, value in parts if part == "editor"]
            if only and found:
                return replace(byline, editor=str(found[0]))
    return byline


def _by_time_elements(page: Page, byline: Byline, numbers: range, zone: tzinfo, now: datetime) -> Byline:
    """`<time datetime>` near the headline: shown, and written for machines as well."""
    for element in _elements(page, numbers, "time"):
        at = moments.read(element.get("datetime"), zone, now)
        shown = moments.read(plain(words(element)), zone, now)
        if at is None or at > now + timedelta(days=1):
            continue
        names = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
        part = "updated" if _UPDATED.search(names) or _UPDATED.search(_before(element)[-20:]) else "published"
        known = getattr(byline, part)
        if known is None or shown == known:
            byline = with_part(byline, part, exact(known, at, element.get("datetime") or "", zone))
    return byline


def _before(element: "Element") -> str:
    """What stands before an element in the same line."""
    before = element.getprevious()
    if before is not None:
        return f"{words(before)}{before.tail or ''}"
    parent = element.getparent()
    return (parent.text or "") if parent is not None else ""


def _by_author_elements(page: Page, boxes: Boxes, byline: Byline, numbers: Sequence[int]) -> Byline:
    """rel=author, itemprop=author, hentry's classes: what they show is a name."""
    if byline.author is not None:
        return byline
    for number in numbers:
        piece = page.pieces[number]
        if piece.medium or boxes.kinds[number] is Box.RELATED:
            continue
        for element in piece.element.iter("a", "span", "strong", "b", "address", "p", "div"):
            signs = (
                "author" in (element.get("rel") or "").split() or "author" in (element.get("itemprop") or "").split()
            )
            signs = signs or _AUTHOR.search(element.get("class") or "") is not None
            if not signs and not _leads_to_author(element):
                continue
            said = [
                text
                for node in element.itertext()
                if (text := _BY.sub("", plain(line(str(node)) + " ")).strip()) and not _BY_ALONE.match(text)
            ]
            text = _ROLE.sub("", said[0]) if said else ""
            if (
                2 <= len(text) <= 60
                and not moments.find(text, UTC, datetime(2000, 1, 1, tzinfo=UTC))
                and not re.search(r"[@:/]", text)
            ):
                return replace(byline, author=text)
    return byline


def _leads_to_author(element: "Element") -> bool:
    """A name, as a link to the page of one of the paper's own people."""
    text = line(words(element))
    return _AUTHOR_PAGE.search(element.get("href") or "") is not None and english_names(text) == (text, len(text))


def _by_credit_elements(page: Page, boxes: Boxes, byline: Byline, numbers: Sequence[int]) -> Byline:
    """A house that the page shows in an element named after what it is, without a label."""
    for number in numbers:
        piece = page.pieces[number]
        if byline.credit is not None or piece.medium or boxes.kinds[number] is Box.RELATED:
            continue
        for element in piece.element.iter("span", "a", "em", "i", "div", "p"):
            text = plain(line(words(element)))
            if _CREDIT.search(element.get("class") or "") and 2 <= len(text) <= 20 and not _NO_CREDIT.search(text):
                return replace(byline, credit=text)
    return byline


def _elements(page: Page, numbers: range, tag: str) -> Iterator["Element"]:
    seen: set[Element] = set()
    for number in numbers:
        for element in page.pieces[number].element.iter(tag):
            if element not in seen:
                seen.add(element)
                yield element
