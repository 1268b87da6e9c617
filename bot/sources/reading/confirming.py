"""What a page claims to machines, set against what it shows: a claim makes a time exact or confirms a name."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from bot.model.story import Byline
from bot.sources.reading import moments
from bot.sources.reading.agreement import exact
from bot.sources.reading.boxes import Boxes
from bot.sources.reading.claims import Claims
from bot.sources.reading.furniture import Box, plain
from bot.sources.reading.tree import Page

_BY = re.compile(r"^(?:by|analysis by|words by|written by|story by|posted by|作者|记者|文)\s*[:/]?\s+", re.IGNORECASE)
_CREDIT_LABEL = re.compile(r"^(?:(?:稿件|信息|文章|新闻)?来源|转自|稿源)\s*[:：]?\s*")
_EDITOR_LABEL = re.compile(r"^(?:责任编辑|责编|编辑)\s*[:：]?\s*")
_RECENT = timedelta(hours=36)
_MINUTE = timedelta(minutes=1)


def confirmed(page: Page, boxes: Boxes, byline: Byline, claims: Claims, zone: tzinfo, now: datetime) -> Byline:
    """What is shown goes first; a name that is only claimed counts where a short line of the page shows it."""
    byline = _timed(byline, _time(claims.published, zone, now), _time(claims.updated, zone, now), zone, now)
    lines = [plain(piece.text) for number, piece in enumerate(page.pieces) if boxes.kinds[number] in (None, Box.BAR)]
    for part, label, values in (
        ("credit", _CREDIT_LABEL, claims.credits),
        ("editor", _EDITOR_LABEL, claims.editors),
        ("author", _BY, claims.authors),
    ):
        shown = [value for said in values if (value := label.sub("", plain(said)).strip(" ,")) and _shows(lines, value)]
        if part == "author":
            shown = [
                one for one in shown if one != byline.credit and not one.endswith(" by") and not _is_site(one, claims)
            ]
        if getattr(byline, part) is None and shown:
            byline = with_part(byline, part, ", ".join(dict.fromkeys(shown)) if part == "author" else shown[0])
    return byline


def with_part(byline: Byline, part: str, value: object) -> Byline:
    """The byline with one part set."""
    return replace(byline, **{part: value})  # type: ignore[arg-type] # the parts are the fields' names


_Claim = tuple[datetime, str]
"""A time, and how it was written."""


def _timed(byline: Byline, published: _Claim | None, updated: _Claim | None, zone: tzinfo, now: datetime) -> Byline:
    shown = byline.published
    if published and shown and now - shown < _RECENT < shown - published[0]:
        shown = None  # "2 hours ago" on an old page is somebody else's
    later = byline.updated
    if published and updated and shown == updated[0] and later is None and updated[0] - published[0] > _MINUTE:
        shown, later = None, shown  # the one time that is shown is that of the update
    if published:
        shown = exact(shown, published[0], published[1], zone)
    if updated and later:
        later = exact(later, updated[0], updated[1], zone)
    elif updated and published and shown and updated[0] - shown > _MINUTE:
        later = updated[0]
    return replace(byline, published=shown, updated=later if later != shown else None)


def _time(values: Sequence[str], zone: tzinfo, now: datetime) -> _Claim | None:
    for value in values:
        at = moments.read(plain(value), zone, now)
        if at is not None and at <= now + timedelta(days=1):
            return at, value
    return None


def _is_site(value: str, claims: Claims) -> bool:
    """Whether a name is the site's own: one of its claims, or the end of the window's title."""
    end = re.split(r"[-_|–—]", plain(claims.title))[-1].strip()
    return value in claims.sites or (value in end and end != plain(claims.title))


def _shows(lines: Sequence[str], value: str) -> bool:
    """Whether a short line of the page, no sentence, holds the name."""
    return 2 <= len(value) <= 60 and any(value in text and len(text) <= len(value) + 60 for text in lines)
