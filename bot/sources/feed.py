"""Feed: RSS, Atom or JSON Feed over HTTP, asked politely; entries that are only teasers are read from their pages."""

import asyncio
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from bot.errors import SourceUnreachable
from bot.model.source import Found, Look, Memory
from bot.settings import SourceSettings
from bot.settings.scalars import Duration, ZoneName
from bot.sources.defaults import with_defaults
from bot.sources.firstsight import FirstLook, Sighting, remembered, sightings
from bot.sources.kind import Tools
from bot.sources.pages import Completed, Pages, charset
from bot.sources.politeness import next_look
from bot.sources.reading.feeds import Entry, read_feed
from bot.web.fetch import Answer, Unreachable
from bot.web.outcomes import retry_after

_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"
)
_GONE = frozenset({404, 410})
_FORBIDDEN = frozenset({401, 403})
_LATER = frozenset({429, 503})
_PAGES_A_LOOK = 20
_AT_ONCE = timedelta(seconds=1)


class FeedSettings(SourceSettings):
    """A feed on the web."""

    kind: Literal["feed"]
    url: str = Field(pattern=r"^https?://\S+$", description="The feed's address, not its site's.")
    every: Duration = Field(timedelta(minutes=5), description="How often to look; later where the feed asks for it.")
    zone: ZoneName | None = Field(None, description="Its times without a zone are read in it; default: the newsroom's.")
    first_look: FirstLook = Field(
        "none",
        description="What is posted of that which stands in the feed at the first look: none, all,"
        " {newest: 3} or {since: 6h}. The rest is remembered and not posted.",
    )


def open_source(name: str, settings: FeedSettings, tools: Tools) -> "FeedSource":
    """Nothing is fetched before the first look."""
    return FeedSource(name, settings, tools)


class FeedSource:
    """A feed, looked at from time to time."""

    def __init__(self, name: str, settings: FeedSettings, tools: Tools) -> None:
        self.name, self.every = name, settings.every
        self._settings, self._fetcher = settings, tools.fetcher
        self._zone = ZoneInfo(settings.zone) if settings.zone else tools.zone
        self._pages = Pages(tools.fetcher, self._zone)

    async def look(self, memory: Memory, now: datetime) -> Look:
        """Raises SourceUnreachable where the feed cannot be had, SourceUnreadable where it is none."""
        answer = await self._ask(memory, now)
        if answer.status == 304:
            return Look(memory, next_look=next_look(self.every, answer.headers, None, now))
        feed = await asyncio.to_thread(
            read_feed,
            self.name,
            answer.body,
            url=answer.url,
            declared=charset(answer.headers.get("content-type")),
            zone=self._zone,
            now=now,
        )
        # An entry that is only half there is left to the next look.
        entries = _each_once(feed.entries[:-1] if feed.cut else feed.entries)
        judged = sightings(entries, memory, self._settings.first_look, now)
        seen, left = _one_helping(judged.seen)
        found, problems = await self._read(seen, now)
        if feed.cut:
            problems.append("the feed broke off in the middle; what was whole has been read")
        if judged.problem:
            problems.append(judged.problem)
        whole = not left and not feed.cut
        return Look(
            memory=Memory(
                validators=self._validators(answer) if whole else {},
                marks=remembered(entries, memory, but=left),
                first_look=memory.first_look or (None if left else now),
            ),
            found=found,
            problems=tuple(problems),
            next_look=_AT_ONCE if left else next_look(self.every, answer.headers, feed, now),
        )

    async def taken(self, found: Found) -> None:
        """Nothing is to be moved away."""

    async def close(self) -> None:
        """The fetcher is the house's."""

    async def _ask(self, memory: Memory, now: datetime) -> Answer:
        try:
            answer = await self._fetcher.get(self._settings.url, {"Accept": _ACCEPT, **self._conditions(memory)})
        except Unreachable as err:
            raise SourceUnreachable(self.name, err.why) from err
        status = answer.status
        if status in (200, 304):
            return answer
        if status in _LATER:
            wait = retry_after(answer.headers.get("retry-after"), now)
            raise SourceUnreachable(self.name, f"HTTP {status}: it asks us to come back later", retry_after=wait)
        if status in _GONE:
            why = f"HTTP {status}: there is no feed at this address; correct sources.{self.name}.url"
            raise SourceUnreachable(self.name, why)
        if status in _FORBIDDEN:
            raise SourceUnreachable(self.name, f"HTTP {status}: it does not let us in")
        raise SourceUnreachable(self.name, f"HTTP {status}")

    def _conditions(self, memory: Memory) -> dict[str, str]:
        known = memory.validators
        if known.get("url") != self._settings.url:
            return {}  # another feed's validators would hide this one
        names = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
        return {header: known[name] for name, header in names.items() if name in known}

    def _validators(self, answer: Answer) -> dict[str, str]:
        found = {name: answer.headers[name] for name in ("etag", "last-modified") if answer.headers.get(name)}
        return {"url": self._settings.url, **found} if found else {}

    async def _read(self, seen: list[Sighting], now: datetime) -> tuple[tuple[Found, ...], list[str]]:
        """Articles in order; one without a headline is named instead."""
        completed = await self._pages.complete([one.entry for one in seen if _needs_page(one)], now)
        found, problems = [], []
        for one in seen:
            read = completed.get(one.entry.mark) or Completed(one.entry.article)
            if read.problem:
                problems.append(read.problem)
            article = with_defaults(read.article, self._settings)
            if article.headline:
                found.append(Found(article, one.entry.mark, fresh=one.fresh, why=one.why))
            else:
                problems.append(f"the entry {one.entry.mark} has neither headline nor text")
        return tuple(found), problems


def _needs_page(one: Sighting) -> bool:
    """What is only remembered is not worth a request."""
    return one.fresh and not one.entry.whole


def _one_helping(seen: tuple[Sighting, ...]) -> tuple[list[Sighting], frozenset[str]]:
    """As many as one look may fetch pages for, oldest first; the marks of the rest stay unknown until the next look."""
    pages = 0
    for number, one in enumerate(seen):
        pages += _needs_page(one)
        if pages > _PAGES_A_LOOK:
            return list(seen[:number]), frozenset(rest.entry.mark for rest in seen[number:])
    return list(seen), frozenset()


def _each_once(entries: tuple[Entry, ...]) -> list[Entry]:
    """An entry that stands in the feed twice counts as it stands first: that is its newest state."""
    return list({entry.mark: entry for entry in reversed(entries)}.values())[::-1]
