"""The verbs that look over everything: status, today, log."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from itertools import groupby

from bot.desk import carrying, command
from bot.desk.answer import Answer
from bot.desk.answers.surveying import Cell, Done, Log, OutToday, Row, Status, Today
from bot.desk.standing import ROOMS, telling
from bot.desk.verb import Asked, Room, Spec
from bot.model.decision import Decision
from bot.model.delivery import Delivery, State
from bot.model.desk import Role
from bot.model.story import Story

PAGE = 8
LOG_PAGE = 12
CHUNK = 200
"""Decisions read at once for the log: one act may have written hundreds."""
LOOKED_BACK = 64
"""Stories in the matrix."""
LATE = timedelta(minutes=30)


async def status(room: Room, asked: Asked) -> Answer:
    """/status [page]: stories and channels, what is late or uncertain, which sources and channels are in trouble."""
    stories = await room.ledger.stories.recent(LOOKED_BACK)
    page, pages = _page(asked, len(stories), PAGE)
    shown = []
    for one in stories[(page - 1) * PAGE : page * PAGE]:
        rows = telling(await room.ledger.deliveries.of_story(one.id))
        cells = tuple(Cell(row.channel, row.state, _late(row, asked.now)) for row in rows)
        shown.append(Row(one.id, one.article.headline, cells, await carrying.of_story(room, one.id)))
    counts = await room.ledger.deliveries.counts()
    ill = [one.name for one in await room.ledger.notes.all() if one.problem and one.name in room.sources]
    return Status(
        tuple(shown),
        counts[State.PLANNED],
        counts[State.HELD],
        counts[State.UNCERTAIN],
        counts[State.FAILED],
        tuple(await room.ledger.lanes.paused()),
        tuple(ill),
        page,
        pages,
    )


async def today(room: Room, asked: Asked) -> Answer:
    """/today [page]: what went out since midnight in the newsroom's zone."""
    here = asked.now.astimezone(room.zone)
    midnight = datetime.combine(here.date(), time(), room.zone)
    rows = [
        row
        for row in await room.ledger.deliveries.recent(500)
        if row.receipt is not None and row.receipt.at >= midnight
    ]
    rows.sort(key=lambda row: row.receipt.at if row.receipt else row.changed_at, reverse=True)
    page, pages = _page(asked, len(rows), PAGE)
    stories = await room.ledger.stories.recent(500)
    known = {one.id: one for one in stories}
    out = tuple([await _out(room, row, known) for row in rows[(page - 1) * PAGE : page * PAGE]])
    counts = await room.ledger.deliveries.counts()
    came = sum(one.first_seen >= midnight for one in stories)
    return Today(out, len(rows), came, counts[State.PLANNED], page, pages)


async def log(room: Room, asked: Asked) -> Answer:
    """/log [page]: who did what, the house itself left out."""
    wanted = command.number(asked.rest)
    page = max(wanted[0] if wanted else 1, 1)
    rows: list[Decision] = []
    while len(acts := list(_acts(rows))) <= page * LOG_PAGE:
        found = await room.ledger.history.lately(CHUNK, len(rows), besides=ROOMS)
        if not found:
            break
        rows += found
    done = tuple(map(_done, acts[(page - 1) * LOG_PAGE : page * LOG_PAGE]))
    return Log(done, page, len(acts) > page * LOG_PAGE)


def _acts(found: Sequence[Decision]) -> Iterator[tuple[Decision, ...]]:
    """What one act wrote down, such as a digest for each of its stories and channels."""
    for _, alike in groupby(found, lambda one: (one.who, one.verb, one.why, one.at)):
        yield tuple(alike)


def _done(alike: Sequence[Decision]) -> Done:
    first = alike[0]
    stories = tuple(sorted({one.story for one in alike if one.story is not None}))
    channels = tuple(dict.fromkeys(one.channel for one in alike if one.channel is not None))
    return Done(first.who, first.verb.value, first.why, first.at, stories, channels)


async def _out(room: Room, row: Delivery, known: dict[int, Story]) -> OutToday:
    story = known.get(row.story) or await room.ledger.stories.get(row.story)
    at = row.receipt.at if row.receipt else row.changed_at
    published = story.article.byline.published if story else None
    minutes = int((at - published).total_seconds() // 60) if published else None
    link = row.receipt.permalink if row.receipt else None
    return OutToday(row.story, row.edition.headline, row.channel, row.act, at, link, minutes)


def _late(row: Delivery, now: datetime) -> bool:
    return row.state is State.PLANNED and now - row.due_at > LATE


def _page(asked: Asked, entries: int, size: int) -> tuple[int, int]:
    """The page asked for, and how many there are."""
    pages = max(1, -(-entries // size))
    wanted = command.number(asked.rest)
    return min(max(wanted[0] if wanted else 1, 1), pages), pages


VERBS = (
    Spec("status", status, Role.READER, looks=True),
    Spec("today", today, Role.READER, looks=True),
    Spec("log", log, Role.EDITOR, looks=True),
)
