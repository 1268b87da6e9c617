"""The verbs that run the house: channels and sources as they do, pause, look, and panic."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TypeVar

from bot.desk import command
from bot.desk.answer import Answer
from bot.desk.answers.running import (
    ChannelLine,
    ChannelsShown,
    FloodDone,
    FloodLine,
    FloodsShown,
    Panicked,
    Paused,
    SourceLine,
    SourcesShown,
    Woken,
)
from bot.desk.answers.settling import NoChannel, Resumed
from bot.desk.answers.talk import NotYours
from bot.desk.subject import NO_REASON, reason
from bot.desk.verb import Asked, Room, Spec
from bot.model.delivery import Delivery, State
from bot.model.desk import Role

PANIC = "everything was stopped"
PAGE = 8
ALL = ("all", "全部")
"""Every channel, unless one is called so."""
T = TypeVar("T")


async def channels(room: Room, asked: Asked) -> Answer:
    """/channels [page]: how each does."""
    paused = await room.ledger.lanes.paused()
    closed = await room.ledger.lanes.closed(asked.now)
    failing = {one.channel: one for one in await room.ledger.breakers.all() if one.opened_at is not None}
    rows = await room.ledger.deliveries.queue(500)
    sent: dict[str, Delivery] = {}
    for row in await room.ledger.deliveries.recent(500):
        if row.receipt is not None:
            sent.setdefault(row.channel, row)
    shown, page, pages = _page(asked, room.channels)
    lines = []
    for name in shown:
        own = [row for row in rows if row.channel == name]
        last = sent.get(name)
        lines.append(
            ChannelLine(
                name,
                paused.get(name),
                next((closed[row.lane] for row in own if row.lane in closed), None),
                sum(row.state is State.PLANNED for row in own),
                sum(row.state is State.HELD for row in own),
                last.receipt.at if last and last.receipt else None,
                last.receipt.permalink if last and last.receipt else None,
                await room.ordering.pace(name),
                failing.get(name),
            )
        )
    return ChannelsShown(tuple(lines), page, pages, asked.person.may(Role.EDITOR), len(paused), len(room.channels))


async def pause(room: Room, asked: Asked) -> Answer:
    """/pause CHANNEL | all [reason]: nothing goes out there until somebody resumes it. A source is paused likewise."""
    first = command.word(asked.rest)
    name = first[0].casefold() if first else ""
    why = reason(first[1] if first else "") or NO_REASON
    if first and first[0] in room.sources and name not in room.channels:
        quiet = await room.ledger.notes.pause(first[0], asked.person.name, why, asked.now)
        return Paused((first[0],), why, quiet, source=True)
    mine = _channels(room, asked, name)
    if not mine and name not in room.channels:
        near = get_close_matches(name, (*room.channels, *room.sources), 1)
        return NoChannel("pause", name, near[0] if near else None, room.channels)
    if not mine:
        return NotYours(0, "", (), asked.person.channels)
    done = [one for one in mine if await room.ledger.lanes.pause(one, why, asked.now, asked.person.name)]
    return Paused(tuple(done) or mine, why, bool(done))


async def resume(room: Room, asked: Asked) -> Answer:
    """/resume CHANNEL | all: what its pause had held is planned again. A source is resumed likewise."""
    first = command.word(asked.rest)
    name = first[0].casefold() if first else ""
    if first and first[0] in room.sources and name not in room.channels:
        was = await room.ledger.notes.resume(first[0], asked.person.name, asked.now)
        room.wake(first[0])
        return Resumed((first[0],), was, 0, source=True)
    paused = await room.ledger.lanes.paused()
    mine = _channels(room, asked, name)
    if not mine and name not in room.channels:
        near = get_close_matches(name, (*room.channels, *room.sources), 1)
        return NoChannel("resume", name, near[0] if near else None, tuple(paused))
    if not mine:
        return NotYours(0, "", (), asked.person.channels)
    stood = tuple(one for one in mine if one in paused)
    moved = [await room.ledger.lanes.resume(one, asked.person.name, asked.now) for one in stood]
    return Resumed(stood or mine, bool(stood), sum(moved))


def _channels(room: Room, asked: Asked, name: str) -> tuple[str, ...]:
    """Those that are meant and theirs; none where there is no such channel, or it is not theirs."""
    meant = (name,) if name in room.channels else room.channels if name in ALL else ()
    return tuple(filter(asked.person.may_channel, meant))


def _page(asked: Asked, names: Sequence[T]) -> tuple[Sequence[T], int, int]:
    """What stands on the page asked for, its number, and how many there are."""
    pages = max(1, -(-len(names) // PAGE))
    wanted = command.number(asked.rest)
    page = min(max(wanted[0] if wanted else 1, 1), pages)
    return names[(page - 1) * PAGE : page * PAGE], page, pages


async def panic(room: Room, asked: Asked) -> Answer:
    """/panic [reason]: everything stops; one button resumes what this stopped. /panic over does the same."""
    if command.word(asked.rest) == ("over", ""):
        mine = [name for name, why in (await room.ledger.lanes.paused()).items() if why.startswith(PANIC)]
        for name in mine:
            await room.ledger.lanes.resume(name, asked.person.name, asked.now)
        return Panicked(tuple(mine), over=True)
    why = f"{PANIC}: {asked.person.name}" + (f", {reason(asked.rest)}" if asked.rest else "")
    stopped = [name for name in room.channels if await room.ledger.lanes.pause(name, why, asked.now, asked.person.name)]
    return Panicked(tuple(stopped), over=False)


async def sources(room: Room, asked: Asked) -> Answer:
    """/sources [page]: how each does, in trouble first."""
    notes = sorted(await room.ledger.notes.all(), key=lambda one: (not one.problem, one.name))
    known = [one for one in notes if one.name in room.sources]
    shown, page, pages = _page(asked, known)
    paused = await room.ledger.notes.paused()
    lines = tuple(
        SourceLine(one.name, one.last_look, one.next_look, one.failures, one.problem, paused.get(one.name))
        for one in shown
    )
    return SourcesShown(lines, page, pages, asked.person.may(Role.EDITOR))


async def look(room: Room, asked: Asked) -> Answer:
    """/look SOURCE: now."""
    name = asked.rest.strip()
    if name not in room.sources:
        near = get_close_matches(name, room.sources, 1)
        return Woken(name, known=False, near=near[0] if near else None)
    await room.ledger.notes.wake(name, asked.now)
    room.wake(name)
    return Woken(name, known=True)


async def flood(room: Room, asked: Asked) -> Answer:
    """/flood SOURCE release | drop: many old stories that came at once."""
    first = command.word(asked.rest)
    name, what = (first[0], first[1].casefold()) if first else ("", "")
    found = await room.ledger.floods.waiting()
    kept = name in room.sources  # one that was taken out of the settings may have left a flood behind
    if what not in ("release", "drop") or not (kept or name in {one.source for one in found}):
        return FloodsShown(tuple(FloodLine(one.source, one.stories) for one in found))
    step = room.ledger.floods.release if what == "release" else room.ledger.floods.drop
    done = await step(name, asked.person.name, NO_REASON, asked.now)
    if kept:
        room.wake(name)
    else:
        await room.ledger.floods.unread(name, asked.now)
    return FloodDone(name, done, released=what == "release")


VERBS = (
    Spec("channels", channels, Role.READER, looks=True),
    Spec("pause", pause),
    Spec("resume", resume),
    Spec("sources", sources, Role.READER, looks=True),
    Spec("look", look),
    Spec("flood", flood),
    Spec("panic", panic),
)
