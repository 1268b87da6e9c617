"""Offers: the topics and sources that readers can choose from, as the settings name them or stories had them lately."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from bot.ledger import Ledger
from bot.rules.matching import fold
from bot.work.offers import FRESH, LOOKED_AT, MOST
from bot.work.offers import Offers as Topics


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
        self._ledger, self._clock, self._topics = ledger, clock, Topics(ledger, topics, clock)
        self._sources: tuple[str, ...] = ()
        self._known: datetime | None = None

    async def topics(self) -> tuple[str, ...]:
        """The settings' own in their order, else the most frequent first. Raises LedgerError."""
        return await self._topics.topics()

    async def sources(self) -> tuple[str, ...]:
        """Source credits (来源), the most frequent first. Raises LedgerError."""
        now = self._clock()
        if self._known is None or now - self._known >= FRESH:
            # What somebody from outside sent in has been read by nobody yet.
            lately = [one for one in await self._ledger.stories.recent(LOOKED_AT) if not one.held or one.released]
            counted = Counter(credit for one in lately if (credit := one.article.byline.credit))
            self._sources = tuple(name for name, _ in counted.most_common(MOST))
            self._known = now
        return self._sources
