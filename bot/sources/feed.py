"""Feed: RSS, Atom or JSON Feed over HTTP, asked politely; entries that are only teasers are read from their pages."""

import asyncio
from datetime import datetime
from typing import Literal

from pydantic import Field

from bot.model.source import Memory
from bot.settings.scalars import Address
from bot.sources.asking import ask, validators
from bot.sources.kind import Tools
from bot.sources.pages import charset
from bot.sources.politeness import next_look
from bot.sources.reading.feeds import read_feed
from bot.sources.site import Listing, Site, SiteSettings, zone_of

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"
)


class FeedSettings(SiteSettings):
    """A feed on the web."""

    kind: Literal["feed"]
    url: Address = Field(description="The feed's address, not its site's.")


def open_source(name: str, settings: FeedSettings, tools: Tools) -> Site:
    """Nothing is fetched before the first look."""
    return Site(name, settings, tools, FeedLister(name, settings, tools))


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
        feed = await asyncio.to_thread(
            read_feed,
            self._name,
            answer.body,
            url=answer.url,
            declared=charset(answer.headers.get("content-type")),
            zone=self._zone,
            now=now,
        )
        return Listing(
            entries=feed.entries[:-1] if feed.cut else feed.entries,
            next_look=next_look(every, answer.headers, feed, now),
            validators=validators(url, answer),
            problems=("the feed broke off in the middle; what was whole has been read",) if feed.cut else (),
            cut=feed.cut,
        )
