"""Offers: the topics and sources that readers can choose from, as the settings name them or stories had them lately."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.ledger import Ledger
from bot.rules.matching import fold

LOOKED_AT = 300
"""So many stories, the newest, tell which topics there are."""
FRESH = timedelta(minutes=5)
MOST = 200


def mark(name: str) -> str:
    """A name in eight characters, for a button."""
    return hashlib.sha256(name.encode()).hexdigest()[:8]


def marked(names: Iterable[str]) -> Mapping[str, str]:
    """Names by their marks."""
    return {mark(name): name for name in names}


def named(text: str, names: Iterable[str]) -> str | None:
    """The one of them that is meant, however it is written; None for none."""
    wanted = fold(text.strip("#＃ "))
    return next((name for name in names if fold(name) == wanted), None)


def matching(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """Those that the text is part of."""
    wanted = fold(text)
    return tuple(name for name in names if wanted in fold(name))


class Offers:
    """Asked of the ledger once in a while."""

    def __init__(self, ledger: Ledger, topics: Sequence[str], clock: Callable[[], datetime]) -> None:
        """`topics` of the settings come alone; without any, whatever stories had lately."""
        self._ledger, self._given, self._clock = ledger, tuple(topics), clock
        self._topics: tuple[str, ...] = ()
        self._sources: tuple[str, ...] = ()
        self._known: datetime | None = None

    async def topics(self) -> tuple[str, ...]:
        """The settings' own in their order, else the most frequent first. Raises LedgerError."""
        if self._given:
            return self._given
        await self._look()
        return self._topics

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
                continue  # somebody from outside sent it in: nobody has read it yet
            article = story.article
            topics.update({name: weight for name, weight in ((article.section, 3),) if name})
            topics.update(dict.fromkeys(article.tags, 1))
            sources.update([article.byline.credit] if article.byline.credit else [])
        self._topics, self._sources = _first(topics), _first(sources)
        self._known = now


def _first(counted: Counter[str]) -> tuple[str, ...]:
    return tuple(name for name, _ in sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:MOST])
