"""A site as a source: whatever lists its entries, they are judged, completed from their pages, and remembered alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from pydantic import Field

from bot.model.source import Found, Look, Memory
from bot.model.subscription import Hub
from bot.settings import SourceSettings
from bot.settings.scalars import Duration, ZoneName
from bot.sources.defaults import with_defaults
from bot.sources.firstsight import LATE, FirstLook, Sighting, remembered, sightings
from bot.sources.kind import Tools
from bot.sources.pages import Completed, Pages
from bot.sources.politeness import stretched
from bot.sources.reading.feeds import Entry

_PAGES_A_LOOK = 20
_NAMED_ALONE = 2
_AT_ONCE = timedelta(seconds=1)
_SOON = timedelta(minutes=1)
"""A page that could not be had for a moment is asked for again after this."""
_TRIES = 3
"""So often; then the entry's own words must do. A link without its page is no story, and is tried at every look."""


class SiteSettings(SourceSettings):
    """What every source on the web may be told."""

    every: Duration = Field(timedelta(minutes=5), description="How often to look; later where the site asks for it.")
    zone: ZoneName | None = Field(None, description="Its times without a zone are read in it; default: the newsroom's.")
    first_look: FirstLook = Field(
        "none",
        description="What is posted of that which stands there at the first look: none, all,"
        " {newest: 3} or {since: 6h}. The rest is remembered and not posted.",
    )


@dataclass(frozen=True)
class Listing:
    """What a site lists now."""

    entries: Sequence[Entry] | None
    """In the order of the document, newest first; None where nothing has changed."""
    next_look: timedelta
    validators: Mapping[str, str] = field(default_factory=dict)
    """What the next look is to be told, once all of the entries have been taken."""
    problems: tuple[str, ...] = ()
    cut: bool = False
    """It is not all that the site has: the next look must ask for everything again."""
    hub: Hub | None = None
    """Where changes can be subscribed to."""


class Lister(Protocol):
    """The half that differs from kind to kind."""

    where: str
    """Where its entries stand, as the ledger's reasons name it: "in the feed"."""
    bare: bool
    """Its entries are links: without their pages there is no story."""

    async def listing(self, memory: Memory, now: datetime) -> Listing:
        """Raises SourceUnreachable or SourceUnreadable."""
        ...


def zone_of(settings: SiteSettings, tools: Tools) -> ZoneInfo:
    """The source's own, else the newsroom's."""
    return ZoneInfo(settings.zone) if settings.zone else tools.zone


class Site:
    """A source on the web, looked at from time to time."""

    def __init__(self, name: str, settings: SiteSettings, tools: Tools, lister: Lister) -> None:
        self.name, self.every = name, settings.every
        self._settings, self._lister = settings, lister
        self._pages = Pages(tools.fetcher, zone_of(settings, tools))

    async def look(self, memory: Memory, now: datetime) -> Look:
        """Raises SourceUnreachable where the site cannot be had, SourceUnreadable where it lists nothing."""
        look = await self.judge(await self._lister.listing(memory, now), memory, now)
        asked = look.next_look
        if asked is None or asked <= _AT_ONCE or (look.memory.tries and not self._lister.bare):
            return look
        silent_since = look.memory.news_at or look.memory.first_look or now
        return replace(look, next_look=max(asked, stretched(self.every, now - silent_since)))

    async def judge(self, listing: Listing, memory: Memory, now: datetime) -> Look:
        """What is new in it, read and remembered."""
        if listing.entries is None:
            return Look(memory, next_look=listing.next_look)
        entries = _each_once(listing.entries)
        seen, left = self._one_helping(sightings(entries, memory, self._settings.first_look, now, self._lister.where))
        found, problems, later = await self._read(seen, memory, now)
        whole = not left and not later and not listing.cut
        marks = remembered(entries, memory, but=left | later.keys())
        unread = [one.entry.mark for one in seen if one.flood and (self._lister.bare or not one.entry.whole)]
        soon = later and not self._lister.bare
        return Look(
            memory=Memory(
                validators=listing.validators if whole else {},
                marks=marks,
                first_look=memory.first_look or (None if left else now),
                news_at=now if any(one.fresh for one in found) else memory.news_at,
                unread=tuple(mark for mark in dict.fromkeys((*memory.unread, *unread)) if mark in marks),
                tries=later,
            ),
            found=found,
            problems=(*_few(problems), *listing.problems),
            next_look=_AT_ONCE if left else min(listing.next_look, _SOON) if soon else listing.next_look,
            hub=listing.hub,
        )

    async def taken(self, found: Found) -> None:
        """Nothing is to be moved away."""

    async def close(self) -> None:
        """The fetcher is the house's."""

    async def page_status(self, link: str) -> int | None:
        """What the site answers to somebody who asks for that page; None where it does not answer."""
        return await self._pages.status(link)

    async def _read(
        self, seen: Sequence[Sighting], memory: Memory, now: datetime
    ) -> tuple[tuple[Found, ...], list[str], dict[str, int]]:
        """Articles in order, what is to be told, and how often each page that is to be asked for again has failed."""
        completed = await self._pages.complete([one.entry for one in seen if self._needs_page(one)], now)
        found, problems, later = [], list[str](), dict[str, int]()
        for one in seen:
            mark = one.entry.mark
            if self._lister.bare and not one.fresh and memory.first_look is None:
                continue  # a link that was there before us: its mark says all
            read = completed.get(mark) or Completed(one.entry.article)
            tries = memory.tries.get(mark, 0) + 1
            again = read.later and (self._lister.bare or tries < _TRIES)
            if again:
                later[mark] = tries
            if read.problem:
                # A link is named when its page fails first, an entry when it goes without its page.
                problems += [read.problem] if (tries == 1 if self._lister.bare else not again) else []
                if self._lister.bare or again:
                    continue
            article = with_defaults(read.article, self._settings)
            if one.flood and self._lister.bare and article.link:  # an address must do until somebody wants the page
                article = replace(article, headline=article.headline or article.link)
            if article.headline:
                one = self._not_old(one, article.byline.published, memory)  # noqa: PLW2901 - the same, judged again
                found.append(Found(article, mark, fresh=one.fresh, why=one.why, flood=one.flood))
            elif one.fresh or not self._lister.bare:
                problems.append(f"the entry {mark} has neither headline nor text")
        return tuple(found), problems, later

    def _not_old(self, one: Sighting, published: datetime | None, memory: Memory) -> Sighting:
        """A list may show an old page as new: then the page's own time counts, where it is known only now."""
        if not self._lister.bare or not one.fresh or one.entry.mark in memory.marks:
            return one
        begun = memory.first_look
        if begun and published and published < begun - LATE and self._settings.first_look != "all":
            return Sighting(one.entry, fresh=False, why="older than the first look: remembered, not posted")
        return one

    def _needs_page(self, one: Sighting) -> bool:
        """What is only remembered is not worth a request."""
        return one.fresh and not one.entry.whole

    def _one_helping(self, seen: Sequence[Sighting]) -> tuple[list[Sighting], frozenset[str]]:
        """As many as one look may fetch pages for, oldest first; the rest stays unknown until the next look."""
        pages = 0
        for number, one in enumerate(seen):
            pages += self._needs_page(one)
            if pages > _PAGES_A_LOOK:
                return list(seen[:number]), frozenset(rest.entry.mark for rest in seen[number:])
        return list(seen), frozenset()


def _few(problems: Sequence[str]) -> Sequence[str]:
    """A site that shuts us out of all its pages is one problem, not twenty."""
    if len(problems) <= _NAMED_ALONE:
        return problems
    return [f"{problems[0]}; and {len(problems) - 1} more like it in this look"]


def _each_once(entries: Sequence[Entry]) -> list[Entry]:
    """An entry that is listed twice counts as it stands first: that is its newest state."""
    return list({entry.mark: entry for entry in reversed(entries)}.values())[::-1]
