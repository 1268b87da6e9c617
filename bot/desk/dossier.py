"""Dossier: the pages of one story that /story turns to, read from the ledger."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import TypeVar

from bot.desk.answer import Answer
from bot.desk.answers.dossier import Deliveries, Outline, Piece, Revision, Revisions, Sent
from bot.desk.answers.looking import Standing
from bot.desk.standing import standing
from bot.desk.verb import Room
from bot.model.decision import Decision
from bot.model.delivery import Delivery
from bot.model.story import Story
from bot.rules.difference import Difference, difference
from bot.rules.identity import lines

_T = TypeVar("_T")
_PARTS, _REVISIONS, _DELIVERIES = "parts", "revisions", "deliveries"
_NAMES = {
    _PARTS: _PARTS, "正文": _PARTS, "部分": _PARTS, _REVISIONS: _REVISIONS, "改版": _REVISIONS, "版本": _REVISIONS,
    _DELIVERIES: _DELIVERIES, "发稿": _DELIVERIES,
}  # fmt: skip
_ASKED = re.compile(rf"[#＃]?\s*(\d{{1,9}})[\s，,]+({'|'.join(_NAMES)})(?:[\s，,]+(\d{{1,4}}))?", re.IGNORECASE)
_BLOCKS, _CHANGED, _SENT = 12, 3, 8
"""So many on a page."""


def view(words: str) -> tuple[int, str, int] | None:
    """A story, what is wanted of it, and the page: "12 revisions 2"."""
    found = _ASKED.fullmatch(words.strip())
    return (int(found[1]), _NAMES[found[2].casefold()], int(found[3] or 1)) if found else None


async def shown(room: Room, story: Story, what: str, page: int) -> Answer:
    """That page, or the nearest there is. Raises LedgerError."""
    if what == _PARTS:
        return _outline(story, page)
    if what == _REVISIONS:
        return _revisions(story, await room.ledger.stories.revisions(story.id), page)
    rows = await room.ledger.deliveries.of_story(story.id)
    return _deliveries(story, rows, await room.ledger.history.of_story(story.id), page)


def timed(row: Delivery, history: Sequence[Decision], story: Story) -> Standing:
    """Where it stands, with the minutes from publication (or pick-up) until it was out."""
    since, at = story.article.byline.published or story.first_seen, row.receipt.at if row.receipt else None
    return replace(standing(row, history), minutes=_minutes(since, at))


def _minutes(since: datetime, at: datetime | None) -> int | None:
    return int((at - since).total_seconds() // 60) if at is not None and at >= since else None


def _outline(story: Story, page: int) -> Outline:
    article, byline = story.article, story.article.byline
    pieces = [Piece(block.kind.value, " / ".join(said)) for block in article.blocks if (said := lines(block))]
    page, pages, body = _page(pieces, page, _BLOCKS)
    own = {article.picture, *(block.picture for block in article.blocks)} - {None}
    return Outline(
        number=story.id,
        headline=article.headline,
        subtitle=article.subtitle,
        lead=article.lead,
        section=article.section,
        language=article.language,
        credit=byline.credit,
        editor=byline.editor,
        author=byline.author,
        published=byline.published,
        updated=byline.updated,
        tags=article.tags,
        link=article.link,
        pictures=len(own),
        related=len(article.related),
        body=body,
        page=page,
        pages=pages,
    )


def _revisions(story: Story, known: Sequence[Story], page: int) -> Revisions:
    changed = [Difference(), *(difference(old.article, new.article) for old, new in pairwise(known))]
    made = [
        Revision(one.revision, one.revised_at, one.article.headline, found.changes)
        for one, found in zip(known, changed, strict=True)
    ]
    page, pages, some = _page(made[::-1], page, _CHANGED)
    return Revisions(story.id, story.article.headline, some, page, pages)


def _deliveries(story: Story, rows: Sequence[Delivery], history: Sequence[Decision], page: int) -> Deliveries:
    page, pages, some = _page(rows, page, _SENT)
    sent = tuple(Sent(timed(row, history, story), row.revision, row.attempts) for row in some)
    return Deliveries(story.id, story.article.headline, sent, len(rows), page, pages)


def _page(items: Sequence[_T], page: int, size: int) -> tuple[int, int, tuple[_T, ...]]:
    pages = max(1, -(-len(items) // size))
    page = min(max(page, 1), pages)
    return page, pages, tuple(items[(page - 1) * size : page * size])
