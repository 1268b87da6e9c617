"""Ghost's way: its webhooks for post.published, post.published.edited, post.unpublished and post.deleted."""

import json
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from bot.errors import SourceUnreadable
from bot.model.arrival import Arrival, Knock, Letter
from bot.model.source import Gone
from bot.settings import Secret
from bot.sources.push.scheme import Brought, digest
from bot.sources.push.signatures import check_ghost
from bot.sources.reading import encoding
from bot.sources.reading.feedparts import address, article_of
from bot.sources.reading.fields import at, document, words
from bot.sources.reading.ghost import read_posts


class GhostPush:
    """Signed, so the post in it is taken as it is; what only members may read is left alone."""

    def __init__(self, name: str, secrets: Sequence[Secret], zone: tzinfo) -> None:
        self._name, self._secrets, self._zone = name, secrets, zone

    def admit(self, knock: Knock, now: datetime) -> Letter:
        """Ghost names no delivery: an equal body is a repeat."""
        secrets = [secret.reveal() for secret in self._secrets]
        check_ghost(secrets, knock.headers.get("x-ghost-signature", ""), knock.body, now)
        return Letter(digest(knock.body), knock.body, knock.headers.get("content-type", ""))

    async def brought(self, arrival: Arrival, now: datetime) -> Brought:
        """A post that is published; or, where it was and is no more, that it is gone."""
        post = at(document(encoding.decode(arrival.body)), "post")
        current, previous = at(post, "current"), at(post, "previous")
        if not isinstance(current, dict) or not isinstance(previous, dict):
            raise SourceUnreadable(self._name, "post.current: choose a post's event in Ghost's webhook")
        if words(current, "status") != "published":
            return Brought(gone=tuple(self._gone(current, previous)))
        known = json.dumps({"posts": [current]}).encode()
        posts = read_posts(self._name, known, words(current, "url")).posts
        articles = tuple(article_of(parts, self._zone, now) for parts in posts)
        if any(not article.headline for article in articles):
            raise SourceUnreadable(self._name, "headline")
        return Brought(articles, why="pushed again by Ghost" if previous.get("status") is None else "pushed by Ghost")

    def _gone(self, current: dict[str, Any], previous: dict[str, Any]) -> list[Gone]:
        """A deleted post has nothing left of it but what it was; a draft that was never out is nobody's matter."""
        deleted = not words(current, "id")
        if words(previous, "status") != "published":
            return []
        guid = words(previous, "id") or words(current, "id") or None
        link = address(words(previous, "url") or words(current, "url"), None)
        return [Gone(guid, link, "deleted in Ghost" if deleted else "unpublished in Ghost")]
