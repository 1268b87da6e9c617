"""Revisit: ask now and then whether the pages of posted stories are still there, and tell the desk where one is not."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

import structlog

from bot.ledger import Ledger
from bot.model.source import Paged
from bot.model.story import Story
from bot.work.outlet import Clock

log = structlog.get_logger(__name__)

LATELY = timedelta(days=3)
"""Pages vanish in the first days, when a mistake is found; later it is housekeeping."""
EVERY = timedelta(hours=2)
"""So often a page is asked for."""
SURELY = timedelta(hours=1)
"""Gone at two askings so far apart is gone: a site that is being worked on answers anything."""
A_ROUND = 10
MANY = 3
"""More pages of one source than this, gone at once, are a site that moved: one notice tells of all."""
_GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Missing:
    """A posted story without its page."""

    story: Story
    status: int
    since: datetime


class Revisit:
    """Nothing is withdrawn by it: what leaves a feed says nothing, and what a page's end means, people know."""

    def __init__(self, ledger: Ledger, sources: Mapping[str, Paged], clock: Clock, zone: tzinfo) -> None:
        self._ledger, self._sources, self._clock, self._zone = ledger, sources, clock, zone

    async def round(self) -> int:
        """Ask for a few pages, one after the other; how many are surely gone."""
        now = self._clock()
        due = await self._ledger.pages.due(list(self._sources), now - LATELY, now - EVERY, now - SURELY, A_ROUND)
        missing = [one for story in due if (one := await self._ask(story)) is not None]
        by_source = defaultdict(list)
        for one in missing:
            by_source[one.story.source].append(one)
        for source, gone in by_source.items():
            if len(gone) > MANY:
                await self._tell_of_a_site(source, gone)
            else:
                for one in gone:
                    await self._tell(one)
            await self._ledger.pages.told([one.story.id for one in gone])
        return len(missing)

    async def _ask(self, story: Story) -> Missing | None:
        """None where the page is there, or may be."""
        link = story.article.link
        status = await self._sources[story.source].page_status(link) if link else None
        now = self._clock()
        if status not in _GONE:
            there = status is not None and status < 400
            await (self._ledger.pages.there if there else self._ledger.pages.unknown)(story.id, now)
            return None
        since = await self._ledger.pages.gone(story.id, now)
        log.info("no such page", story=story.id, source=story.source, status=status, since=since)
        return Missing(story, status, since) if now - since >= SURELY else None

    async def _tell(self, one: Missing) -> None:
        """What still waits is held, as when a site takes an article back by itself."""
        now, story = self._clock(), one.story
        why = f"its page is gone (HTTP {one.status} since {self._time(one.since)})"
        held = await self._ledger.deliveries.hold(story.id, "revisit", f"{why}: an editor decides", now)
        waits = "what was waiting is held; " if held else ""
        text = f"#{story.id} {story.article.headline}: {why}; {waits}withdraw what is out?"
        await self._ledger.notices.add(f"story {story.id} gone", text, now)

    async def _tell_of_a_site(self, source: str, gone: Sequence[Missing]) -> None:
        stories = ", ".join(f"#{one.story.id}" for one in gone)
        since = self._time(min(one.since for one in gone))
        why = f"the pages of {len(gone)} posted stories are gone since {since} ({stories})"
        text = f"{source}: {why}; has the site moved? Nothing was held or withdrawn"
        await self._ledger.notices.add(f"source {source} gone", text, self._clock())

    def _time(self, moment: datetime) -> str:
        return moment.astimezone(self._zone).strftime("%Y-%m-%d %H:%M")
