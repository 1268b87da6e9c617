"""Page: a portal's list page; its new links are read from their pages.

city-news:
  kind: page
  url: https://example.org/news/
  items: ul.news li                 # only where Crier does not find the list by itself
"""

import asyncio
from datetime import datetime
from typing import Annotated, Literal

from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from pydantic import AfterValidator, Field

from bot.model.source import Memory
from bot.settings.scalars import Address
from bot.sources.asking import ask, validators
from bot.sources.kind import Tools
from bot.sources.pages import charset
from bot.sources.politeness import next_look
from bot.sources.reading import encoding
from bot.sources.reading.feedparts import Parts
from bot.sources.reading.feeds import entries_of
from bot.sources.reading.lists import read_list
from bot.sources.site import Listing, Site, SiteSettings, zone_of
from bot.web.fetch import Answer


def _selector(value: str) -> str:
    try:
        CSSSelector(value)
    except SelectorError as err:
        raise ValueError(f"write a CSS selector, such as ul.news li ({err})") from err
    return value


Selector = Annotated[str, AfterValidator(_selector)]


class PageSettings(SiteSettings):
    """A page that lists articles."""

    kind: Literal["page"]
    url: Address = Field(description="The list page: a section's front page, a page of the latest news.")
    items: Selector | None = Field(
        None, description="CSS selector of each article's place in the list; none: the list is found by itself."
    )
    link: Selector | None = Field(
        None, description="CSS selector of the headline's link within an item; none: the link with the most words."
    )


def open_source(name: str, settings: PageSettings, tools: Tools) -> Site:
    """Nothing is fetched before the first look."""
    return Site(name, settings, tools, PageLister(name, settings, tools))


class PageLister:
    """The links of a page that lead to articles."""

    where, bare = "on the page", True

    def __init__(self, name: str, settings: PageSettings, tools: Tools) -> None:
        self._name, self._settings, self._fetcher = name, settings, tools.fetcher
        self._zone = zone_of(settings, tools)

    async def listing(self, memory: Memory, now: datetime) -> Listing:
        """Raises SourceUnreadable where no list is found."""
        url, every = self._settings.url, self._settings.every
        answer = await ask(
            self._name,
            self._fetcher,
            url,
            now,
            accept="text/html, application/xhtml+xml, */*;q=0.5",
            known=memory.validators,
            what="page",
        )
        wait = next_look(every, answer.headers, None, now)
        if answer.status == 304:
            return Listing(None, wait)
        listed = await asyncio.to_thread(self._listed, answer, now)
        return Listing(entries_of(listed, self._zone, now), wait, validators(url, answer))

    def _listed(self, answer: Answer, now: datetime) -> list[Parts]:
        return read_list(
            self._name,
            encoding.decode(answer.body, charset(answer.headers.get("content-type"))),
            url=answer.url,
            zone=self._zone,
            now=now,
            items=self._settings.items,
            link=self._settings.link,
        )
