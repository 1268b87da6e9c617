"""Feed: RSS, Atom or JSON Feed over HTTP, asked politely; entries that are only teasers are read from their pages."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from bot.errors import SourceUnreachable
from bot.model.arrival import Arrival
from bot.model.source import Look, Memory
from bot.model.subscription import Hub, Subscription
from bot.settings.scalars import Address
from bot.sources.asking import ask, validators
from bot.sources.kind import Tools
from bot.sources.pages import charset
from bot.sources.politeness import next_look
from bot.sources.reading.feeds import Feed, read_feed
from bot.sources.site import Listing, Site, SiteSettings, zone_of
from bot.web.fetch import Answer, Unreachable
from bot.web.linked import linked

LEASE = timedelta(days=10)
"""What a hub is asked for; it may grant less."""
_NEW = "new in the feed"
ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"
)


class FeedSettings(SiteSettings):
    """A feed on the web."""

    kind: Literal["feed"]
    url: Address = Field(description="The feed's address, not its site's.")
    websub: bool = Field(
        True,
        description="Where the feed names a hub and house.public_url is set: let the hub bring what is new, and look"
        " seldom.",
    )


def open_source(name: str, settings: FeedSettings, tools: Tools) -> "FeedSource":
    """Nothing is fetched before the first look."""
    return FeedSource(name, settings, tools)


class FeedSource(Site):
    """A feed that is looked at, and that a hub may bring."""

    def __init__(self, name: str, settings: FeedSettings, tools: Tools) -> None:
        self._feeds = FeedLister(name, settings, tools)
        super().__init__(name, settings, tools, self._feeds)
        self.subscribes = settings.websub
        self._fetcher = tools.fetcher

    async def subscribe(self, one: Subscription, callback: str) -> None:
        """Ask the hub; a form by the specification. Raises SourceUnreachable."""
        form = {
            "hub.mode": "subscribe",
            "hub.topic": one.hub.topic,
            "hub.callback": callback,
            "hub.secret": one.secret,
            "hub.lease_seconds": str(int(LEASE.total_seconds())),
        }
        try:
            answer = await self._fetcher.post(one.hub.url, form, max_bytes=100_000)
        except Unreachable as err:
            raise SourceUnreachable(self.name, f"its hub: {err.why}") from err
        if not 200 <= answer.status < 300:
            raise SourceUnreachable(self.name, f"its hub says HTTP {answer.status}")

    async def read(self, arrival: Arrival, memory: Memory, now: datetime) -> Look:
        """What the hub brought, judged as what a look brings. Raises SourceUnreadable."""
        listing = await self._feeds.brought(arrival, now)
        look = await self.judge(replace(listing, validators=memory.validators), memory, now)
        found = tuple(replace(one, why="brought by the hub") if one.why == _NEW else one for one in look.found)
        return replace(look, found=found)


class FeedLister:
    """What stands in a feed."""

    where, bare = "in the feed", False

    def __init__(self, name: str, settings: FeedSettings, tools: Tools) -> None:
        self._name, self._settings, self._fetcher = name, settings, tools.fetcher
        self._zone = zone_of(settings, tools)

    async def listing(self, memory: Memory, now: datetime) -> Listing:
        """An entry that is only half there is left to the next look."""
        url, every = self._settings.url, self._settings.every
        answer = await ask(self._name, self._fetcher, url, now, accept=ACCEPT, known=memory.validators)
        if answer.status == 304:
            return Listing(None, next_look(every, answer.headers, None, now))
        feed = await self._feed(answer.body, answer.url, answer.headers.get("content-type"), now)
        return replace(
            self._listing(feed, answer.headers, now),
            validators=validators(url, answer),
            hub=_hub(feed, answer, url),
        )

    async def brought(self, arrival: Arrival, now: datetime) -> Listing:
        """The same from a hub, which may bring no more than the new entries. Raises SourceUnreadable."""
        feed = await self._feed(arrival.body, self._settings.url, arrival.content_type, now)
        return self._listing(feed, {}, now)

    async def _feed(self, body: bytes, url: str, content_type: str | None, now: datetime) -> Feed:
        return await asyncio.to_thread(
            read_feed, self._name, body, url=url, declared=charset(content_type), zone=self._zone, now=now
        )

    def _listing(self, feed: Feed, headers: Mapping[str, str], now: datetime) -> Listing:
        return Listing(
            entries=feed.entries[:-1] if feed.cut else feed.entries,
            next_look=next_look(self._settings.every, headers, feed, now),
            problems=("the feed broke off in the middle; what was whole has been read",) if feed.cut else (),
            cut=feed.cut,
        )


def _hub(feed: Feed, answer: Answer, url: str) -> Hub | None:
    """Named in the header or in the document; without a name of its own the document is what we asked for."""
    links = linked(answer.headers.get("link"), answer.url)
    hub, topic = next(iter(links.get("hub", ())), feed.hub), next(iter(links.get("self", ())), feed.topic)
    return Hub(hub, topic or url) if hub and hub.startswith(("https://", "http://")) else None
