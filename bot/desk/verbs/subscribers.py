"""The verbs about readers: how many there are and how they grew, how one stands, and who must not come back."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from bot.desk.answer import Answer
from bot.desk.answers.broadcasting import NoReaders
from bot.desk.answers.subscribers import Barred, CarrierFigures, Moved, OneReader, Readers, WhichReader
from bot.desk.subject import NO_REASON, reason
from bot.desk.verb import Asked, Room, Spec
from bot.errors import PressError
from bot.ledger.subscribers import Subscribers
from bot.model.desk import Role
from bot.model.membership import CarrierDay, Standing
from bot.model.subscriber import Membership
from bot.rules.growth import growth
from bot.sources.submission import arrival_of

_WHO = re.compile(r"(?:[\w.-]+~)?[#＃]?(?P<number>\d{1,9})(?:\s+(?P<why>.*))?", re.DOTALL)
_TOPICS = 10
_SPANS = (1, 7, 30)


async def subscribers(room: Room, asked: Asked) -> Answer:
    """/subscribers, or one of them by its number."""
    readers = room.subscribers
    if readers is None:
        return NoReaders()
    if (who := _WHO.fullmatch(asked.rest.strip())) is not None:
        return await _one(readers, asked, int(who["number"]))
    today = asked.now.date()
    standings, days = await readers.counts(), await readers.days(today - timedelta(days=_SPANS[-1]))
    topics: Counter[str] = Counter()
    for one in await readers.topics():
        topics[one.topic] += one.count
    moved = tuple(_moved(days, span, asked) for span in _SPANS)
    return Readers(
        _carriers(standings),
        moved,
        tuple(topics.most_common(_TOPICS)),
        await room.ledger.circulation.ways(),
        await room.ledger.circulation.unreached(),
        await _chart(room, asked, standings, days),
    )


def _carriers(standings: Sequence[Standing]) -> tuple[CarrierFigures, ...]:
    known = Counter({(one.carrier, one.state): one.count for one in standings})
    order = (
        Membership.ACTIVE, Membership.ASKED, Membership.PAUSED, Membership.LOST, Membership.LEFT, Membership.BANNED
    )  # fmt: skip
    carriers = dict.fromkeys(one.carrier for one in standings)
    return tuple(CarrierFigures(name, *(known[name, state] for state in order)) for name in carriers)


def _moved(days: Sequence[CarrierDay], span: int, asked: Asked) -> Moved:
    """In the last so many days, today among them."""
    since = asked.now.date() - timedelta(days=span - 1)
    some = [one for one in days if one.day >= since]
    return Moved(span, sum(one.joined for one in some), sum(one.left + one.lost for one in some))


async def _chart(room: Room, asked: Asked, standings: Sequence[Standing], days: Sequence[CarrierDay]) -> Path | None:
    """How they grew; the figures stand without it where it cannot be drawn."""
    lines = growth(standings, days, asked.now.date(), _SPANS[-1])
    if room.chart is None or not lines:
        return None
    try:
        return await room.chart(lines, asked.person.language or "zh", asked.now)
    except PressError:
        return None


async def _one(readers: Subscribers, asked: Asked, number: int) -> Answer:
    found = await readers.get(number)
    if found is None:
        return WhichReader("subscribers", str(number))
    return OneReader(
        found.id, found.carrier, found.state.value, found.why, found.since, found.choices, found.timing, found.reading,
        asked.person.may(Role.ADMIN),
    )  # fmt: skip


async def ban(room: Room, asked: Asked) -> Answer:
    """/ban NUMBER [reason], or in reply to what somebody sent in: they do not come back."""
    return await _barred(room, asked, "ban")


async def unban(room: Room, asked: Asked) -> Answer:
    """/unban NUMBER, or in reply to what they sent in: they may subscribe again, by themselves."""
    return await _barred(room, asked, "unban")


async def _barred(room: Room, asked: Asked, verb: str) -> Answer:
    readers, who, now = room.subscribers, asked.person.name, asked.now
    if readers is None:
        return NoReaders()
    named = _WHO.fullmatch(asked.rest.strip())
    if named is None:
        return await _sender(room, readers, asked, verb)
    number, why = int(named["number"]), reason(named["why"] or "") or NO_REASON
    known = await readers.get(number)
    if known is None:
        return WhichReader(verb, str(number))
    done = await (readers.ban if verb == "ban" else readers.unban)(number, who, why, now)
    already = verb == "ban" and known.state is Membership.BANNED
    return Barred(verb, known.channel, done and not already)


async def _sender(room: Room, readers: Subscribers, asked: Asked, verb: str) -> Answer:
    """Whoever sent in the story of the message that this one replies to, wherever they might read."""
    number = asked.replied.story if asked.replied is not None else None
    story = await room.ledger.stories.get(number) if number is not None else None
    key = arrival_of(story.article) if story is not None else None
    if story is None or key is None:
        return WhichReader(verb, asked.rest)
    way, _, rest = key.partition(" ")
    chat = rest.partition(" ")[0]
    to = chat if way == "telegram" else (await room.ledger.arrivals.contact(story.source, key) or "")
    carriers = room.broadcasting.carriers if room.broadcasting is not None else ()
    if not to or not carriers:
        return WhichReader(verb, asked.rest)
    who, why, now = asked.person.name, reason(asked.rest) or NO_REASON, asked.now
    before = [await readers.barred(carrier, to) for carrier in carriers]
    for carrier in carriers:
        await (readers.ban_address if verb == "ban" else readers.unban_address)(carrier, to, who, why, now)
    changed = not all(before) if verb == "ban" else any(before)
    return Barred(verb, f"#{story.id}", changed)


VERBS = (
    Spec("subscribers", subscribers, looks=True, slow=True),
    Spec("ban", ban, Role.ADMIN),
    Spec("unban", unban, Role.ADMIN),
)
