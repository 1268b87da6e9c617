"""WordPress's way: whatever a plugin sends is a hint that a post has changed; the post itself is fetched.

WordPress signs nothing and every plugin sends another form, so a payload is believed only as far as it names a post
of the site in the settings: what is published there is read over its own REST API.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

from bot.errors import SourceUnreachable, SourceUnreadable
from bot.model.arrival import Arrival, Knock, Letter
from bot.model.source import Gone
from bot.settings import Secret
from bot.sources.asking import refusal
from bot.sources.push.scheme import Brought
from bot.sources.push.signatures import Unsigned, check_word
from bot.sources.reading import encoding
from bot.sources.reading.feedparts import Parts, article_of
from bot.sources.reading.fields import at, document, words
from bot.sources.reading.wordpress import FIELDS, read_posts
from bot.web.fetch import Fetcher, Unreachable

_NUMBERS = ("id", "ID", "post_id", "post_ID")
_LINKS = ("link", "permalink", "post_permalink", "post_url", "url")
_INSIDE = ("post", "data", "payload", "body")
_ID_IN_LINK = re.compile(r"[?&]p=(\d{1,12})(?:&|$)")


@dataclass(frozen=True, slots=True)
class Hint:
    """Which post a payload means."""

    number: str = ""
    link: str = ""

    @property
    def slug(self) -> str:
        """The last part of the address, which WordPress can be asked for."""
        return urlsplit(self.link).path.rstrip("/").rpartition("/")[2]


class WordPressPush:
    """Let in by a shared word; nothing in the payload is taken but the post's number or address."""

    def __init__(self, name: str, secrets: Sequence[Secret], url: str, fetcher: Fetcher, zone: tzinfo) -> None:
        self._name, self._secrets, self._zone = name, secrets, zone
        self._site, self._fetcher = url.rstrip("/") + "/", fetcher

    def admit(self, knock: Knock, now: datetime) -> Letter:
        """A hint is never a repeat: the post may have changed in between."""
        del now
        check_word([secret.reveal() for secret in self._secrets], knock.headers, knock.query)
        if urlsplit(self._site).hostname is None:
            raise Unsigned("this source has no url")
        return Letter(uuid4().hex, knock.body, knock.headers.get("content-type", ""))

    async def brought(self, arrival: Arrival, now: datetime) -> Brought:
        """The post as the site has it now; that it is gone, where the site has it no more."""
        hint = read_hint(encoding.decode(arrival.body), arrival.content_type)
        asked = {"include": hint.number} if hint.number else {"slug": hint.slug} if self._own(hint.link) else None
        if asked is None:
            raise SourceUnreadable(self._name, f"a post of {self._site}: the payload names neither id nor link of one")
        posts = await self._posts(asked, now)
        if not posts:
            guid = f"{self._site}?p={hint.number}" if hint.number else None
            link = hint.link if self._own(hint.link) else None
            return Brought(gone=(Gone(guid, link, "no longer published in WordPress"),))
        return Brought(tuple(article_of(post, self._zone, now) for post in posts), why="pushed by WordPress")

    async def _posts(self, asked: Mapping[str, str], now: datetime) -> list[Parts]:
        query = urlencode({"rest_route": "/wp/v2/posts", "_fields": FIELDS, "_embed": "1", **asked})
        try:
            answer = await self._fetcher.get(f"{self._site}?{query}", {"Accept": "application/json"})
        except Unreachable as err:
            raise SourceUnreachable(self._name, err.why) from err
        if answer.status != 200:
            raise refusal(self._name, answer, now, "REST API", f"correct sources.{self._name}.url")
        return await asyncio.to_thread(read_posts, self._name, answer.body, self._site)

    def _own(self, link: str) -> bool:
        """A link elsewhere is never fetched, whoever names it."""
        try:
            return bool(link) and urlsplit(link).hostname == urlsplit(self._site).hostname
        except ValueError:
            return False


def read_hint(text: str, content_type: str) -> Hint:
    """From JSON or from a form, with the post at the top or one step inside."""
    given: Any = document(text)
    if not isinstance(given, dict) or "form" in content_type.lower():
        given = {name: values[0] for name, values in parse_qs(text.strip(), max_num_fields=500).items()} or given
    places = [given, *(at(given, name) for name in _INSIDE), at(given, "data", "post"), at(given, "post", "current")]
    number = next((found for place in places for name in _NUMBERS if (found := words(place, name)).isdigit()), "")
    link = next((found for place in places for name in _LINKS if (found := words(place, name)).startswith("http")), "")
    if not number and (named := _ID_IN_LINK.search(link)):
        number = named[1]
    return Hint(number[:12], link)
