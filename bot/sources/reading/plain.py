"""A portal page as plain text: what was copied from a browser, or printed from one."""

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo

from bot.errors import SourceUnreadable
from bot.model.story import Article, Block, BlockKind, Related
from bot.sources.reading import bylines
from bot.sources.reading.cleaning import line, visible
from bot.sources.reading.furniture import is_bar, is_tail, opens_related
from bot.sources.reading.language import language

_INDENT = re.compile(r"^(?: {2,}|\t|\u3000)")
_ENDS_A_SENTENCE = re.compile(r"[。!?！？…;；.:：”\"]$")
_INTRODUCES = re.compile(r"(?:——|—|：|:)$")
_TRAILING_DOTS = re.compile(r"\s*(?:\.{3,}|…+)$")
_HEAD = 25
_LONGEST_HEADING = 30
_LONGEST_ENGLISH_HEADING = 80


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    indented: bool


def read_plain(name: str, text: str, zone: tzinfo, now: datetime) -> Article:
    """Above the byline stands the headline, below it the body; unindented lines after an indented body are teasers.

    Raises SourceUnreadable.
    """
    rows = [_Line(line(raw), bool(_INDENT.match(raw))) for raw in visible(text).splitlines() if raw.strip()]
    head = bylines.read([row.text if not row.indented else "" for row in rows[:_HEAD]], zone, now)
    named = [number for number in sorted(head.lines) if number > 0]
    above = [row.text for row in rows[: named[0]]] if named else [rows[0].text] if rows else []
    headlines = [text for text in above if not is_bar(text)]
    if not headlines:
        raise SourceUnreadable(name, "no headline")
    rest = [row for number, row in enumerate(rows) if number >= len(above) and number not in head.lines]
    body, after = _parted([row for row in rest if not is_bar(row.text)])
    tail = bylines.read(["" for _ in body[:-3]] + [row.text for row in body[-3:]], zone, now)
    body = [row for number, row in enumerate(body) if number not in tail.lines and not is_tail(row.text)]
    if not body:
        raise SourceUnreadable(name, "no body")
    byline = head.byline
    if tail.lines:
        byline = bylines.completed(
            byline, [pair for pair in bylines.said(tail.byline) if pair[0] not in ("published", "updated")]
        )
    blocks, lead = _blocks(body)
    return Article(
        headline=headlines[-1],
        blocks=blocks,
        language=language(" ".join([headlines[-1], *(block.text for block in blocks)])),
        lead=lead,
        byline=byline,
        related=_related([row.text for row in after]),
    )


def _parted(rows: list[_Line]) -> tuple[list[_Line], list[_Line]]:
    """Body and what stands below it."""
    for number, row in enumerate(rows):
        if opens_related(row.text):
            return rows[:number], rows[number + 1 :]
    indented = [number for number, row in enumerate(rows) if row.indented]
    if len(indented) * 2 > len(rows):
        last = indented[-1] + 1
        return rows[:last], rows[last:]
    return rows, []


def _blocks(rows: list[_Line]) -> tuple[tuple[Block, ...], str | None]:
    """Paragraphs and headings; what an opening line introduces with a dash or colon is the lead quotation."""
    blocks = []
    lead = None
    for number, row in enumerate(rows):
        followed = number + 1 < len(rows)
        if followed and is_heading(row.text) and not is_heading(rows[number + 1].text):
            blocks.append(Block(BlockKind.HEADING, row.text, level=2))
        elif number == 1 and lead is None and _INTRODUCES.search(rows[0].text):
            lead = row.text
            blocks.append(Block(BlockKind.QUOTE, row.text))
        else:
            blocks.append(Block(BlockKind.PARAGRAPH, row.text))
    return tuple(blocks), lead


def is_heading(text: str) -> bool:
    """A short line that is no sentence."""
    longest = _LONGEST_ENGLISH_HEADING if text.isascii() else _LONGEST_HEADING
    return len(text) <= longest and not _ENDS_A_SENTENCE.search(text) and not _INTRODUCES.search(text)


def _related(rows: list[str]) -> tuple[Related, ...]:
    """Headlines, each perhaps with a teaser: the first whole sentence below it."""
    found: list[Related] = []
    for text in rows:
        if is_bar(text) or is_tail(text):
            continue
        waits = bool(found) and not found[-1].teaser
        if waits and _ENDS_A_SENTENCE.search(text) and not _TRAILING_DOTS.search(text):
            found[-1] = Related(found[-1].headline, text)
        else:
            found.append(Related(_TRAILING_DOTS.sub("", text)))
    return tuple(found)
