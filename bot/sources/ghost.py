"""Ghost: a site's public posts by its Content API, whole and with the time of every change.

riverbend:
  kind: ghost
  url: https://example.org/
  key: env:CRIER_GHOST_KEY          # Ghost Admin, Settings, Integrations: the Content API key
"""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from urllib.parse import urlencode

from pydantic import AfterValidator, Field

from bot.errors import SettingsError, SourceUnreachable, SourceUnreadable
from bot.model.source import Memory
from bot.settings import Secret
from bot.settings.scalars import Address
from bot.sources.asking import refusal
from bot.sources.firstsight import LATE, reach
from bot.sources.kind import Tools
from bot.sources.politeness import next_look
from bot.sources.reading.feedparts import Parts
from bot.sources.reading.feeds import entries_of
from bot.sources.reading.fields import moment
from bot.sources.reading.ghost import read_posts
from bot.sources.site import Listing, Site, SiteSettings, zone_of
from bot.web.fetch import Answer, Unreachable

_VERSION = "v5.0"
_PER_PAGE = 20
_MOST_PAGES = 25
_OVERLAP = timedelta(minutes=2)
_API = re.compile(r"/ghost(?:/.*)?$")


def _site(url: str) -> str:
    """The site's address with a slash at its end, also where somebody wrote the address of its admin pages."""
    return _API.sub("", re.split(r"[?#]", url)[0]).rstrip("/") + "/"


class GhostSettings(SiteSettings):
    """A Ghost site."""

    kind: Literal["ghost"]
    url: Annotated[Address, AfterValidator(_site)] = Field(
        description="The site's address; where Ghost Admin has another one, that of Ghost Admin."
    )
    key: Secret = Field(description="The Content API key of an integration, as env:NAME or file:PATH.")


def open_source(name: str, settings: GhostSettings, tools: Tools) -> Site:
    """Nothing is fetched, and no key revealed, before the first look."""
    return Site(name, settings, tools, GhostLister(name, settings, tools))


class GhostLister:
    """Posts by the time of their last change, which publishing is one of."""

    where, bare = "on the site", False

    def __init__(self, name: str, settings: GhostSettings, tools: Tools) -> None:
        self._name, self._settings, self._fetcher = name, settings, tools.fetcher
        self._zone = zone_of(settings, tools)

    async def listing(self, memory: Memory, now: datetime) -> Listing:
        """The key goes into the address, as Ghost wants it; no address of it is remembered or told."""
        changed = moment(memory.validators.get("changed"))
        wanted, order, pages = self._window(changed, memory, now)
        posts: list[Parts] = []
        number, more = 0, True
        while more and number < pages:
            number += 1
            answer = await self._get({
                "include": "authors,tags",
                "formats": "html",
                "filter": "+".join(["visibility:public", *wanted]),
                "order": order,
                "limit": str(_PER_PAGE),
                "page": str(number),
            }, now)  # fmt: skip
            read = await asyncio.to_thread(read_posts, self._name, answer.body, self._settings.url)
            posts += read.posts
            more = read.more
        posts.sort(key=lambda post: post.published, reverse=True)
        changes = [at for post in posts if (at := moment(post.updated))]
        newest = max([*changes, *([changed] if changed else [])], default=now)
        left_out = more and pages == _MOST_PAGES
        told = f"has more than {_PER_PAGE * _MOST_PAGES} new posts: the oldest are left out"
        return Listing(
            entries=entries_of(posts, self._zone, now),
            next_look=next_look(self._settings.every, answer.headers, None, now),
            validators={"changed": _iso(newest)},
            problems=(told,) if left_out else (),
        )

    def _window(self, changed: datetime | None, memory: Memory, now: datetime) -> tuple[list[str], str, int]:
        """What to ask for, in which order, and how many pages of it at most."""
        if changed or memory.first_look:
            since = changed - _OVERLAP if changed else now - LATE
            return [f"updated_at:>'{_iso(since)}'"], "updated_at desc", _MOST_PAGES
        first, count = reach(self._settings.first_look, now)
        pages = min(-(-count // _PER_PAGE), _MOST_PAGES) if count else _MOST_PAGES
        return [f"published_at:>'{_iso(first)}'"] if first else [], "published_at desc", pages

    async def _get(self, asked: dict[str, str], now: datetime) -> Answer:
        try:
            key = self._settings.key.reveal()
        except SettingsError as err:
            raise SourceUnreachable(self._name, f"sources.{self._name}.key: {err.remedy}") from err
        url = f"{self._settings.url}ghost/api/content/posts/?{urlencode(asked | {'key': key})}"
        try:
            answer = await self._fetcher.get(url, {"Accept": "application/json", "Accept-Version": _VERSION})
        except Unreachable as err:
            raise SourceUnreachable(self._name, err.why) from err
        if answer.status in (401, 403):
            why = f"HTTP {answer.status}: Ghost does not know the key; correct sources.{self._name}.key"
            raise SourceUnreachable(self._name, why)
        if answer.status == 406:
            raise SourceUnreadable(self._name, f"a Ghost that speaks {_VERSION} of its Content API: it is too old")
        if answer.status != 200:
            remedy = f"correct sources.{self._name}.url"
            raise refusal(self._name, answer, now, "Ghost Content API", remedy)
        return answer


def _iso(at: datetime) -> str:
    """As Ghost's filters read a time: UTC, without a zone."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
