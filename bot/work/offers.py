"""Offers: the topics and sources that readers can choose from, as the settings name them or stories had them lately."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.ledger import Ledger
from bot.work.outlet import Clock

LOOKED_AT = 300
"""So many stories, the newest, tell which topics there are."""
FRESH = timedelta(minutes=5)
MOST = 200
_SECTION = 3
"""How many tags a section counts for."""


class Offers:
    """Asked of the ledger once in a while, however often its pages are."""

    def __init__(self, ledger: Ledger, topics: Sequence[str], clock: Clock) -> None:
        """`topics` of the settings come alone; without any, whatever stories had lately."""
        self._ledger, self._given, self._clock = ledger, tuple(topics), clock
        self._topics: tuple[str, ...] = ()
        self._sources: tuple[str, ...] = ()
        self._known: datetime | None = None

    async def topics(self) -> tuple[str, ...]:
        """The settings' own in their order, else the most frequent first. Raises LedgerError."""
        if not self._given:
            await self._look()
        return self._given or self._topics

    async def sources(self) -> tuple[str, ...]:
        """Source credits (来源), the most frequent first. Raises LedgerError."""
        await self._look()
        return self._sources

    async def _look(self) -> None:
        now = self._clock()
        if self._known is not None and now - self._known < FRESH:
            return
        topics: Counter[str] = Counter()
        sources: Counter[str] = Counter()
        for story in await self._ledger.stories.recent(LOOKED_AT):
            if story.held and not story.released:
                continue  # it may have come from outside: nobody here has read it yet
            article = story.article
            topics.update(dict.fromkeys(article.tags, 1))
            topics.update({article.section: _SECTION} if article.section else {})
            sources.update([article.byline.credit] if article.byline.credit else [])
        self._topics, self._sources, self._known = _ordered(topics), _ordered(sources), now


def _ordered(counted: Counter[str]) -> tuple[str, ...]:
    return tuple(name for name, _ in sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:MOST])
