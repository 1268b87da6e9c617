"""Carrying: what is on its way to readers, read for the desk's answers; nothing of it names a reader."""

from collections.abc import Iterable

from bot.desk.answers.carrying import Reaching
from bot.desk.verb import Room
from bot.ledger.fanout_rows import CANCELLED, NEEDS
from bot.model.broadcast import Broadcast, Carried
from bot.model.subscriber import Progress


async def of_story(room: Room, story: int) -> tuple[Reaching, ...]:
    """Carrier by carrier; nothing where the newsroom has no readers. Raises LedgerError."""
    return _read(await room.broadcasting.of_story(story)) if room.broadcasting is not None else ()


async def of_broadcast(room: Room, one: Broadcast) -> tuple[Reaching, ...]:
    """The same of a message. Raises LedgerError."""
    return _read(await room.broadcasting.of_broadcast(one)) if room.broadcasting is not None else ()


async def of_fanout(room: Room, number: int) -> Reaching | None:
    """One of them; None where there is none of that number. Raises LedgerError."""
    found = await room.ledger.fanouts.get(number)
    if found is None or room.broadcasting is None:
        return None
    return reaching(await room.broadcasting.carried(found))


async def under_way(room: Room, most: int) -> tuple[Reaching, ...]:
    """What is not done, the most urgent first. Raises LedgerError."""
    if room.broadcasting is None:
        return ()
    return _read([await room.broadcasting.carried(one) for one in (await room.ledger.fanouts.open())[:most]])


def reaching(one: Carried) -> Reaching:
    """As answers show it."""
    fanout, counts = one.fanout, one.counts
    stopped = fanout.state is Progress.STOPPED
    return Reaching(
        fanout=fanout.id,
        carrier=fanout.carrier,
        title=fanout.title,
        state=fanout.state,
        total=counts.sent + counts.failed + counts.uncertain + counts.waiting + counts.cancelled,
        sent=counts.sent,
        failed=counts.failed,
        uncertain=counts.uncertain,
        waiting=counts.waiting,
        cancelled=counts.cancelled,
        lost=one.lost,
        minutes=None if one.left is None else max(1, -(-int(one.left.total_seconds()) // 60)),
        why=fanout.why if stopped or fanout.withdrawn else "",
        story=fanout.story,
        withdrawn=fanout.withdrawn,
        signing=fanout.why.startswith(NEEDS),
        over=fanout.why.startswith(CANCELLED),
    )


def _read(carried: Iterable[Carried]) -> tuple[Reaching, ...]:
    return tuple(map(reaching, carried))
