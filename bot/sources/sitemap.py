"""Sitemap: pages that a site lists for search engines, news sitemaps first; new ones are read from their pages.

riverbend:
  kind: sitemap
  url: https://example.org/news-sitemap.xml     # or the site's address: robots.txt names its sitemaps
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urljoin, urlsplit

from pydantic import Field

from bot.errors import SourceUnreachable, SourceUnreadable
from bot.model.source import Memory
from bot.settings.scalars import Address
from bot.sources.asking import ask, validators
from bot.sources.firstsight import LATE, reach
from bot.sources.kind import Tools
from bot.sources.politeness import next_look
from bot.sources.reading import encoding
from bot.sources.reading.feedparts import Parts, moment
from bot.sources.reading.feeds import Entry, entries_of
from bot.sources.reading.sitemaps import Child, Sitemap, best_first, read_sitemap, robots_sitemaps
from bot.sources.site import Listing, Site, SiteSettings, zone_of
from bot.web.fetch import Answer, Unreachable
from bot.web.inflate import Broken, Inflating

_CHILDREN = 5
"""So many sitemaps of an index are read in one look."""
_MOST_BYTES = 52_428_800  # what the protocol allows a sitemap, unpacked
_MEMORY = timedelta(days=14)
"""What was listed as changed before that is not looked at: the ledger knows it, or the first look left it."""
_COMMON = "/sitemap.xml"
_VALIDATORS = ("etag", "last-modified")
_ACCEPT = "application/xml, text/xml, text/plain;q=0.8, */*;q=0.5"


class SitemapSettings(SiteSettings):
    """A sitemap, an index of sitemaps, or a site that names them in its robots.txt."""

    kind: Literal["sitemap"]
    url: Address = Field(description="The sitemap's address, or the site's: then its robots.txt is asked.")


def open_source(name: str, settings: SitemapSettings, tools: Tools) -> Site:
    """Nothing is fetched before the first look."""
    return Site(name, settings, tools, SitemapLister(name, settings, tools))


@dataclass
class _Harvest:
    """What the sitemaps of one look hold, and what the next look is to know of them."""

    entries: list[Parts] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    """Validators by address, and each inner sitemap's time of change: an equal one need not be fetched again."""
    problems: list[str] = field(default_factory=list)
    wait: timedelta = timedelta(0)
    read: int = 0


class SitemapLister:
    """The pages of one site's sitemaps that changed lately."""

    where, bare = "in the sitemap", True

    def __init__(self, name: str, settings: SitemapSettings, tools: Tools) -> None:
        self._name, self._settings, self._fetcher = name, settings, tools.fetcher
        self._zone = zone_of(settings, tools)

    async def listing(self, memory: Memory, now: datetime) -> Listing:
        """Raises SourceUnreadable where the site has no sitemap."""
        harvest, known = _Harvest(), memory.validators
        for top in await self._tops():
            sitemap = await self._read(top, known, now, harvest)
            for child in self._worth(sitemap.children, known, harvest):
                try:
                    await self._read(child.url, {}, now, harvest)
                except (SourceUnreachable, SourceUnreadable) as err:
                    told, failed = f"{urlsplit(child.url).path}: {err.why}", f"failed {child.url}"
                    harvest.problems += [told] if known.get(failed) != told else []  # once is enough
                    harvest.known[failed] = told
                else:
                    harvest.known |= {child.url: child.changed} if child.changed else {}
        wait = max(harvest.wait, self._settings.every)
        if not harvest.read and not harvest.problems:
            return Listing(None, wait)
        entries = await asyncio.to_thread(self._lately, harvest.entries, memory, now)
        return Listing(entries, wait, harvest.known, tuple(harvest.problems))

    async def _tops(self) -> list[str]:
        """The sitemap of the settings, or those that the site's robots.txt names."""
        url = self._settings.url
        if urlsplit(url).path not in ("", "/", "/robots.txt"):
            return [url]
        try:
            answer = await self._fetcher.get(urljoin(url, "/robots.txt"))
        except Unreachable as err:
            raise SourceUnreachable(self._name, err.why) from err
        named = robots_sitemaps(encoding.decode(answer.body), answer.url) if answer.status == 200 else ()
        best = best_first([Child(one) for one in named])[:_CHILDREN]
        return [child.url for child in best] or [urljoin(url, _COMMON)]

    def _worth(self, children: Iterable[Child], known: Mapping[str, str], harvest: _Harvest) -> list[Child]:
        """The newest few; of these, what has not changed is only remembered."""
        newest = best_first(list(children))[:_CHILDREN]
        same = {child.url: child.changed for child in newest if child.changed and known.get(child.url) == child.changed}
        harvest.known |= same
        return [child for child in newest if child.url not in same]

    async def _read(self, url: str, known: Mapping[str, str], now: datetime, harvest: _Harvest) -> Sitemap:
        """Its entries go into the harvest; an unchanged one brings nothing, and all that was known of it stays."""
        mine = {"url": url, **{name: known[f"{name} {url}"] for name in _VALIDATORS if f"{name} {url}" in known}}
        answer = await ask(
            self._name, self._fetcher, url, now, accept=_ACCEPT, known=mine, what="sitemap", max_bytes=_MOST_BYTES
        )
        harvest.wait = max(harvest.wait, next_look(self._settings.every, answer.headers, None, now))
        if answer.status == 304:
            harvest.known |= known
            return Sitemap()
        sitemap = await asyncio.to_thread(self._parsed, answer)
        harvest.read += bool(sitemap.entries) or not sitemap.children
        harvest.entries += sitemap.entries
        # An index that names no times stays the same while what it names changes.
        given = validators(url, answer) if all(child.changed for child in sitemap.children) else {}
        harvest.known |= {f"{name} {url}": given[name] for name in _VALIDATORS if name in given}
        return sitemap

    def _parsed(self, answer: Answer) -> Sitemap:
        return read_sitemap(self._name, self._unpacked(answer.body), answer.url)

    def _unpacked(self, body: bytes) -> bytes:
        """A file that is packed itself, such as sitemap.xml.gz; never by more than a sitemap may have."""
        if not body.startswith(b"\x1f\x8b"):
            return body
        unpacked = bytearray()
        try:
            for piece in Inflating().feed(body):
                unpacked += piece
                if len(unpacked) > _MOST_BYTES:
                    raise SourceUnreadable(self._name, f"a sitemap of at most {_MOST_BYTES:,} bytes: this is larger")
        except Broken as err:
            raise SourceUnreadable(self._name, "a sitemap: the packed file is damaged") from err
        return bytes(unpacked)

    def _lately(self, entries: list[Parts], memory: Memory, now: datetime) -> tuple[Entry, ...]:
        """Entries that may be news, newest first; a site lists all of its pages, and most are old."""
        timed = [(self._last_named(entry, now), number, entry) for number, entry in enumerate(entries)]
        if any(at is not None for at, _, _ in timed):
            # Where others name their time, those that name none are the site's standing pages.
            oldest = self._oldest(memory, now)
            named = [
                (at, -number, entry) for at, number, entry in timed if at is not None and (not oldest or at >= oldest)
            ]
            named.sort(key=lambda one: one[:2], reverse=True)
            return entries_of([entry for _, _, entry in named], self._zone, now)
        return entries_of(entries, self._zone, now)

    def _oldest(self, memory: Memory, now: datetime) -> datetime | None:
        if memory.first_look is not None:
            return max(memory.first_look - LATE, now - _MEMORY)
        return reach(self._settings.first_look, now)[0]

    def _last_named(self, entry: Parts, now: datetime) -> datetime | None:
        """The later of the times it names."""
        times = (self._moment(written, now) for written in (entry.published, entry.updated) if written)
        return max((at for at in times if at is not None), default=None)

    def _moment(self, written: str, now: datetime) -> datetime | None:
        try:  # nearly all are written so, and a sitemap may have 50,000
            at = datetime.fromisoformat(written)
        except ValueError:
            return moment(written, self._zone, now)
        return at if at.tzinfo else at.replace(tzinfo=self._zone)
