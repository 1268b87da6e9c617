"""Check: whether the house is in order, asked from the phone: the templates' mistakes by line, and the disk."""

import asyncio
import shutil
from pathlib import Path

from bot.desk.answer import Answer
from bot.desk.answers.checking import Broken, Checked
from bot.desk.verb import Asked, Room, Spec
from bot.work.alarms import ROOM

MOST = 5
_MB = 1 << 20


async def check(room: Room, asked: Asked) -> Answer:
    """/check: what is wrong with the templates now, and how much room the disk has left."""
    del asked
    found = await room.ordering.broken()
    waiting = len(await room.ledger.stories.waiting()) + len(await room.ledger.orders.to_renew())
    free, folders = await asyncio.to_thread(_disk, room.cards)
    broken = tuple(Broken(one.template, one.line, one.text, one.why) for one in found[:MOST])
    return Checked(broken, len(found) - len(broken), waiting, free // _MB, free < ROOM, folders)


def _disk(cards: Path | None) -> tuple[int, tuple[tuple[str, int], ...]]:
    """Bytes that are free, and megabytes by folder."""
    queue = cards.parent if cards is not None else Path()
    sizes = {
        one.name: sum(file.stat().st_size for file in one.rglob("*") if file.is_file()) // _MB
        for one in (queue.iterdir() if queue.is_dir() else ())
        if one.is_dir()
    }
    largest = sorted(((name, size) for name, size in sizes.items() if size), key=lambda pair: -pair[1])
    there = next((one for one in (queue, *queue.parents) if one.is_dir()), Path())
    return shutil.disk_usage(there).free, tuple(largest)


VERBS = (Spec("check", check, looks=True, slow=True),)
