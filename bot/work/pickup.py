"""Pickup: look at a source, read what is brought to it, and write every article down before it may be forgotten."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_urlsafe

import structlog

from bot.errors import SourceError, SourceUnreachable
from bot.ledger import Ledger
from bot.ledger.floods import WAITS
from bot.model.arrival import Arrival, Reads, Subscribes
from bot.model.ledger import Recorded, Taking, Verdict
from bot.model.source import Found, Gone, Look, Source
from bot.model.story import Article
from bot.rules import identity
from bot.sources.politeness import spread
from bot.work.outlet import Clock

log = structlog.get_logger(__name__)

LONGEST_SILENCE = timedelta(hours=6)
"""A source that fails is still asked this often."""
SHORT = timedelta(seconds=5)
"""A source that wants to be asked again within this time is not left to the next tick."""
SELDOM = 12
"""While a hub brings what is new, a source is looked at so many times less often."""
AGAIN = timedelta(seconds=30)
"""What was brought and cannot be read yet, because what it names cannot be had, is tried again after this."""
TOGETHER = 20
"""So many articles are written down in one transaction: few enough that nobody waits long for the ledger."""
ENOUGH = timedelta(days=1)
"""And after this it is given to the editors."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What one look brought, counted."""

    new: int = 0
    revised: int = 0
    known: int = 0
    problems: tuple[str, ...] = ()
    again: timedelta | None = None

    def __add__(self, later: "Tally") -> "Tally":
        """Two looks, one after the other."""
        return Tally(
            self.new + later.new,
            self.revised + later.revised,
            self.known + later.known,
            self.problems + later.problems,
            later.again,
        )


class Pickup:
    """The half of the house that takes in."""

    def __init__(
        self,
        ledger: Ledger,
        sources: Mapping[str, Source],
        clock: Clock,
        on_fresh: Callable[[int], None],
        *,
        reachable: bool = False,
    ) -> None:
        """`reachable`: the world can come to our doors, so that hubs can bring what is new."""
        self._reachable = reachable
        self._ledger, self._sources, self._clock, self._on_fresh = ledger, sources, clock, on_fresh
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """A source has one memory: what is looked for and what is brought take turns with it."""

    async def left_behind(self) -> None:
        """Name to the desk the floods of sources that are no longer in the settings: nothing else would."""
        for flood in await self._ledger.floods.waiting():
            if flood.source not in self._sources:
                why = (
                    f"{flood.stories} old entries of it are held, and it is no longer in the settings;"
                    " an editor lets them all go or drops them"
                )
                notice = f"source {flood.source} flood", f"{flood.source}: {why}"
                await self._ledger.notices.add(*notice, self._clock())

    async def look(self, name: str) -> Tally:
        """Look once at the source of that name. A source that fails is put off and named to the desk, once."""
        async with self._turns[name]:
            return await self._look(name)

    async def receive(self, name: str) -> Tally:
        """Read everything that was brought to the source of that name and is due."""
        source, tally = self._sources[name], Tally()
        while isinstance(source, Reads) and (arrivals := await self._ledger.arrivals.waiting(name, self._clock())):
            for arrival in arrivals:
                async with self._turns[name]:
                    tally += await self._read(source, arrival)
        return tally

    async def _read(self, source: Reads, arrival: Arrival) -> Tally:
        """A letter is done with only once the ledger has what it says; what cannot be read is kept for the editors."""
        name, memory = source.name, await self._ledger.notes.memory(source.name)
        try:
            look = await source.read(arrival, memory, self._clock())
        except SourceUnreachable as err:
            now = self._clock()
            if now - arrival.received_at < ENOUGH:
                await self._ledger.arrivals.later(arrival.id, err.why, now + (err.retry_after or AGAIN))
                log.warning("not read yet", source=name, arrival=arrival.id, problem=err.why)
                return Tally(problems=(err.why,))
            return await self._kept(name, arrival, err)
        except SourceError as err:
            return await self._kept(name, arrival, err)
        verdicts = await self._record(name, source, look)
        await self._flooded(name, look)
        for gone in look.gone:
            await self._gone(name, gone)
        if look.memory != memory:
            await self._ledger.notes.remember(name, look.memory)
        await self._ledger.arrivals.done(arrival.id)
        if look.memory.tries and look.next_look is not None:  # a page could not be had for a moment
            await self._ledger.notes.wake(name, self._clock() + look.next_look)
        await self._tell(name, look.problems)
        return _tally(verdicts, look.problems)

    async def _kept(self, name: str, arrival: Arrival, err: SourceError) -> Tally:
        await self._ledger.arrivals.unreadable(arrival.id, err.why)
        why = f"what was brought (arrival {arrival.id}) is kept and not read: {err.why}"
        await self._tell(name, (why,))
        return Tally(problems=(err.why,))

    async def _gone(self, name: str, gone: Gone) -> None:
        """What still waits is held, what is out is an editor's decision: nothing is withdrawn by a machine's word."""
        now = self._clock()
        named = Article("", (), "und", guid=gone.guid, link=gone.link)
        keys = identity.keys(name, named) if gone.guid or gone.link else ()
        numbers = [await self._ledger.stories.keyed(key) for key in keys]
        number = next((one for one in numbers if one is not None), None)
        story = await self._ledger.stories.get(number) if number is not None else None
        if story is None:
            log.info("taken back, and never known here", source=name, why=gone.why)
            return
        why = f"{gone.why}: an editor decides"
        fresh = await self._ledger.stories.hold(story.id, why)
        held = await self._ledger.deliveries.hold(story.id, "pickup", why, now) or fresh
        waits = "what was waiting is held; " if held else ""
        text = f"#{story.id} {story.article.headline}: {gone.why}; {waits}withdraw what is out?"
        log.warning("taken back", story=story.id, source=name, why=gone.why, held=bool(held))
        await self._ledger.notices.add(f"story {story.id} gone", text, now)

    async def _look(self, name: str) -> Tally:
        source = self._sources[name]
        memory = await self._ledger.notes.memory(name)
        try:
            look = await source.look(memory, self._clock())
        except SourceError as err:
            await self._failed(source, err)
            return Tally(problems=(err.why,))
        verdicts = await self._record(name, source, look)
        now = self._clock()
        next_look = look.next_look or source.every
        problems = (*look.problems, *await self._flooded(name, look))
        remembers = look.memory
        if "" in memory.marks.values() and next_look > SHORT and not look.memory.tries:
            problems = (*problems, *await self._left_unread(name, now))
            remembers = replace(remembers, marks={mark: print_ or "?" for mark, print_ in remembers.marks.items()})
        if isinstance(source, Subscribes) and source.subscribes and not look.memory.tries:
            next_look = await self._subscribed(source, look, next_look, now)
        await self._ledger.notes.looked(name, remembers, now + spread(next_look, name), now, problems)
        await self._tell(name, look.problems)
        return _tally(verdicts, problems, again=next_look if next_look <= SHORT else None)

    async def _flooded(self, name: str, look: Look) -> tuple[str, ...]:
        """One notice for all that a site brings again; none where it is all known by its words."""
        flood = await self._ledger.floods.of(name) if any(found.flood for found in look.found) else None
        if flood is None:
            return ()
        oldest, newest = map(_dated, (flood.oldest, flood.newest))
        why = (
            f"{flood.stories} old or undated entries came at once, as from a site that moved, and are held;"
            f" the oldest is {oldest}, the newest {newest}; an editor lets them all go or drops them"
        )
        log.warning("a flood", source=name, stories=flood.stories)
        await self._ledger.notices.add(f"source {name} flood", f"{name}: {why}", self._clock())
        return (why,)

    async def _left_unread(self, name: str, now: datetime) -> tuple[str, ...]:
        """What an editor let go before its page was read waits no longer."""
        bare = await self._ledger.floods.unread(name, now)
        problems = tuple(f"“{one.article.headline}” was let go, and its page could not be read" for one in bare)
        await self._tell(name, problems)
        return problems

    async def _subscribed(self, source: Subscribes, look: Look, next_look: timedelta, now: datetime) -> timedelta:
        """Take the hub's offer, if the world can reach us; while a hub brings what is new, looking is a safety net."""
        if look.hub is not None and self._reachable:
            word, secret = token_urlsafe(24), token_urlsafe(32)
            await self._ledger.subscriptions.offered(source.name, look.hub, word, secret, now)
        subscription = await self._ledger.subscriptions.of(source.name)
        if subscription is None or not subscription.active(now) or next_look <= SHORT:
            return next_look
        return max(next_look, min(source.every * SELDOM, LONGEST_SILENCE))

    async def _tell(self, name: str, problems: Sequence[str]) -> None:
        for problem in problems:
            log.warning("not read", source=name, problem=problem)
            await self._ledger.notices.add(f"source {name}: {problem}", f"{name}: {problem}", self._clock())

    async def _record(self, name: str, source: Source | Reads, look: Look) -> Counter[Verdict]:
        articles = [found.article for found in look.found]
        shared, shared_guids = _shared(articles, lambda one: one.link), _shared(articles, lambda one: one.guid)
        verdicts: Counter[Verdict] = Counter()
        for begin in range(0, len(look.found), TOGETHER):
            some = look.found[begin : begin + TOGETHER]
            takings = [_taking(name, found, shared, shared_guids) for found in some]
            done = await self._ledger.stories.record_all(name, takings, self._clock())
            for found, recorded in zip(some, done, strict=True):
                self._tell_of(name, found, recorded)
                verdicts[recorded.verdict] += 1
                await source.taken(found)
        return verdicts

    def _tell_of(self, name: str, found: Found, recorded: Recorded) -> None:
        if recorded.verdict is not Verdict.KNOWN:
            log.info(
                str(recorded.verdict),
                story=recorded.story,
                revision=recorded.revision,
                source=name,
                headline=found.article.headline,
            )
            self._on_fresh(recorded.story)

    async def _failed(self, source: Source, err: SourceError) -> None:
        now = self._clock()
        note = await self._ledger.notes.get(source.name)
        failures = note.failures if note else 0
        named = err.retry_after if isinstance(err, SourceUnreachable) else None
        again = now + spread(_wait(source.every, failures, named), source.name)
        await self._ledger.notes.failed(source.name, err.why, again, now)
        log.warning("source failed", source=source.name, error=err.why)
        await self._ledger.notices.add(f"source {source.name}", f"{source.name}: {err.why}", now)


def _shared(articles: Sequence[Article], name: Callable[[Article], str | None]) -> set[str]:
    """Names that several carry; versions of one article, under one headline and of one time, are not several."""
    named = {(name(one), one.headline, one.byline.published) for one in articles}
    times = Counter(given for given, _, _ in named if given)
    return {given for given, often in times.items() if often > 1}


def _taking(name: str, found: Found, shared: set[str], shared_guids: set[str]) -> Taking:
    article = found.article
    # Anybody can write down anybody's address: what an editor must let go is known by its own name alone.
    named = replace(article, link=None) if found.held else article
    return Taking(
        article,
        identity.keys(name, named, shared_links=shared, shared_guids=shared_guids),
        identity.fingerprint(article),
        fresh=found.fresh,
        why=found.why,
        held=WAITS if found.flood else found.held,
    )


def _dated(named: tuple[str, datetime | None]) -> str:
    headline, published = named
    return f"“{headline}”" + (f" ({published:%Y-%m-%d})" if published else "")


def _tally(verdicts: Mapping[Verdict, int], problems: tuple[str, ...], again: timedelta | None = None) -> Tally:
    return Tally(verdicts[Verdict.NEW], verdicts[Verdict.REVISED], verdicts[Verdict.KNOWN], problems, again)


def _wait(every: timedelta, failures: int, named: timedelta | None) -> timedelta:
    """Put it off, longer with each failure in a row, and at least as long as the source asked for."""
    waited = min(every * (1 << min(failures, 10)), max(LONGEST_SILENCE, every))
    return max(waited, named or timedelta(0))
