"""Pickup: look at a source, and write every article into the ledger before the source may forget it."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.errors import SourceError, SourceUnreachable
from bot.ledger import Ledger
from bot.model.ledger import Verdict
from bot.model.source import Found, Look, Source
from bot.rules import identity
from bot.work.outlet import Clock

log = structlog.get_logger(__name__)

LONGEST_SILENCE = timedelta(hours=6)
"""A source that fails is still asked this often."""
SHORT = timedelta(seconds=5)
"""A source that wants to be asked again within this time is not left to the next tick."""


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
        self, ledger: Ledger, sources: Mapping[str, Source], clock: Clock, on_fresh: Callable[[int], None]
    ) -> None:
        self._ledger, self._sources, self._clock, self._on_fresh = ledger, sources, clock, on_fresh

    async def look(self, name: str) -> Tally:
        """Look once at the source of that name. A source that fails is put off and named to the desk, once."""
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
        await self._ledger.notes.looked(name, look.memory, now + next_look, now, look.problems)
        for problem in look.problems:
            log.warning("not read", source=name, problem=problem)
            await self._ledger.notices.add(f"source {name}: {problem}", f"{name}: {problem}", now)
        return Tally(
            new=verdicts[Verdict.NEW],
            revised=verdicts[Verdict.REVISED],
            known=verdicts[Verdict.KNOWN],
            problems=look.problems,
            again=next_look if next_look <= SHORT else None,
        )

    async def _record(self, name: str, source: Source, look: Look) -> Counter[Verdict]:
        links = Counter(found.article.link for found in look.found if found.article.link)
        shared = {link for link, times in links.items() if times > 1}
        names = Counter(found.article.guid for found in look.found if found.article.guid)
        shared_guids = {guid for guid, times in names.items() if times > 1}
        verdicts: Counter[Verdict] = Counter()
        for found in look.found:
            verdicts[await self._take(name, found, shared, shared_guids)] += 1
            await source.taken(found)
        return verdicts

    async def _take(self, name: str, found: Found, shared: set[str], shared_guids: set[str]) -> Verdict:
        article = found.article
        recorded = await self._ledger.stories.record(
            name,
            article,
            identity.keys(name, article, shared_links=shared, shared_guids=shared_guids),
            identity.fingerprint(article),
            self._clock(),
            fresh=found.fresh,
            why=found.why,
        )
        if recorded.verdict is not Verdict.KNOWN:
            log.info(
                str(recorded.verdict),
                story=recorded.story,
                revision=recorded.revision,
                source=name,
                headline=article.headline,
            )
            self._on_fresh(recorded.story)
        return recorded.verdict

    async def _failed(self, source: Source, err: SourceError) -> None:
        now = self._clock()
        note = await self._ledger.notes.get(source.name)
        failures = note.failures if note else 0
        named = err.retry_after if isinstance(err, SourceUnreachable) else None
        await self._ledger.notes.failed(source.name, err.why, _next(now, source.every, failures, named), now)
        log.warning("source failed", source=source.name, error=err.why)
        await self._ledger.notices.add(f"source {source.name}", f"{source.name}: {err.why}", now)


def _next(now: datetime, every: timedelta, failures: int, named: timedelta | None) -> datetime:
    """Put it off, longer with each failure in a row, and at least as long as the source asked for."""
    waited = min(every * (1 << min(failures, 10)), max(LONGEST_SILENCE, every))
    return now + max(waited, named or timedelta(0))
