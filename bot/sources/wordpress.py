"""WordPress: a site's posts by its own REST API, whole and with the time of every change.

riverbend:
  kind: wordpress
  url: https://example.org/         # the site's address, not a feed's
"""

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from urllib.parse import urlencode

from pydantic import AfterValidator, Field

from bot.errors import SourceUnreachable, SourceUnreadable
from bot.model.source import Memory
from bot.settings.scalars import Address
from bot.sources.asking import GONE, refusal
from bot.sources.firstsight import LATE, reach
from bot.sources.kind import Tools
from bot.sources.politeness import next_look
from bot.sources.reading.feedparts import Parts
from bot.sources.reading.feeds import entries_of
from bot.sources.reading.fields import moment
from bot.sources.reading.wordpress import FIELDS, read_posts
from bot.sources.site import Listing, Site, SiteSettings, zone_of
from bot.web.fetch import Answer, Unreachable

_PER_PAGE = 20
_MOST_PAGES = 25
_PLAIN, _PRETTY = "?rest_route=/wp/v2/posts&", "wp-json/wp/v2/posts?"
_OVERLAP = timedelta(minutes=2)
_API = re.compile(r"/(?:wp-json|index\.php|wp-admin)(?:/.*)?$")


def _site(url: str) -> str:
    """The site's address with a slash at its end, also where somebody wrote the address of its API."""
    return _API.sub("", re.split(r"[?#]", url)[0]).rstrip("/") + "/"


class WordPressSettings(SiteSettings):
    """A WordPress site."""

    kind: Literal["wordpress"]
    url: Annotated[Address, AfterValidator(_site)] = Field(
        description="The site's address, such as https://example.org/ or …/blog/."
    )


def open_source(name: str, settings: WordPressSettings, tools: Tools) -> Site:
    """Nothing is fetched before the first look."""
    return Site(name, settings, tools, WordPressLister(name, settings, tools))


@dataclass(frozen=True)
class _Read:
    posts: list[Parts]
    last: Answer
    more: bool
    """There were more pages than are read."""


class WordPressLister:
    """Posts by date, and those that were changed since.

    Both are asked for: a post that was scheduled keeps the time of its last change when it is published.
    """

    where, bare = "on the site", False

    def __init__(self, name: str, settings: WordPressSettings, tools: Tools) -> None:
        self._name, self._settings, self._fetcher = name, settings, tools.fetcher
        self._zone = zone_of(settings, tools)

    async def listing(self, memory: Memory, now: datetime) -> Listing:
        """Raises SourceUnreadable where the site has no REST API."""
        known = memory.validators
        looked = moment(known.get("looked"))
        api = known.get("api") or await self._api(now)
        asked = {"orderby": "date", "order": "desc"}
        after, pages = self._window(looked, memory, now)
        read = await self._pages(api, asked | ({"after": _iso(after)} if after else {}), pages, now)
        posts, more = read.posts, read.more and pages == _MOST_PAGES
        if changed := moment(known.get("changed")):
            since = changed - _OVERLAP
            asked = {"orderby": "modified", "order": "desc", "modified_after": _iso(since)}
            again = await self._pages(api, asked, _MOST_PAGES, now, since=since)
            posts, more = _each_once(posts + again.posts), more or again.more
        changes = [at for post in posts if (at := moment(post.updated))]
        newest = max([*changes, *([changed] if changed else [])], default=now)
        return Listing(
            entries=entries_of(posts, self._zone, now),
            next_look=next_look(self._settings.every, read.last.headers, None, now),
            validators={"api": api, "looked": _iso(now), "changed": _iso(newest)},
            problems=(f"has more than {_PER_PAGE * _MOST_PAGES} new posts: the oldest are left out",) if more else (),
        )

    def _window(self, looked: datetime | None, memory: Memory, now: datetime) -> tuple[datetime | None, int]:
        """From when on posts are asked for, and how many pages of them at most."""
        if looked or memory.first_look:
            return (looked or now) - LATE, _MOST_PAGES
        since, count = reach(self._settings.first_look, now)
        return since, min(-(-count // _PER_PAGE), _MOST_PAGES) if count else _MOST_PAGES

    async def _api(self, now: datetime) -> str:
        """Where the API is: sites without pretty permalinks have it behind ?rest_route=."""
        answers = []
        for way in (_PRETTY, _PLAIN):
            answer = await self._get(f"{self._settings.url}{way}per_page=1&_fields=id")
            if answer.status == 200 and answer.body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"["):
                return way
            answers.append(answer)
        refused = next((answer for answer in answers if answer.status != 200 and answer.status not in GONE), None)
        if refused is not None:
            raise refusal(self._name, refused, now, "REST API", "use kind feed")
        why = f"no WordPress REST API at {self._settings.url}; correct sources.{self._name}.url or use kind feed"
        raise SourceUnreadable(self._name, why)

    async def _pages(
        self, api: str, asked: dict[str, str], most: int, now: datetime, since: datetime | None = None
    ) -> _Read:
        """`since` ends the reading where an older WordPress does not know modified_after."""
        posts: list[Parts] = []
        total, number = 1, 0
        while number < min(total, most):
            number += 1
            fixed = {"per_page": str(_PER_PAGE), "page": str(number), "_fields": FIELDS, "_embed": "1"}
            answer = await self._get(self._settings.url + api + urlencode(asked | fixed))
            if answer.status == 400 and number > 1:
                break  # posts went away meanwhile, and their page with them
            if answer.status != 200:
                raise refusal(self._name, answer, now, "REST API", f"correct sources.{self._name}.url or use kind feed")
            given = await asyncio.to_thread(read_posts, self._name, answer.body, self._settings.url)
            fresh = [post for post in given if not since or (moment(post.updated) or now) >= since]
            posts += fresh
            pages = answer.headers.get("x-wp-totalpages", "1")
            total = int(pages) if pages.isascii() and pages.isdigit() else 1
            if len(fresh) < len(given):
                return _Read(posts, answer, more=False)
        return _Read(posts, answer, more=total > number)

    async def _get(self, url: str) -> Answer:
        try:
            return await self._fetcher.get(url, {"Accept": "application/json"})
        except Unreachable as err:
            raise SourceUnreachable(self._name, err.why) from err


def _each_once(posts: list[Parts]) -> list[Parts]:
    """Newest first; the second reading is the newer one."""
    once = {post.guid: post for post in posts}
    return sorted(once.values(), key=lambda post: post.published, reverse=True)


def _iso(at: datetime) -> str:
    """As WordPress compares it right: with its zone."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
