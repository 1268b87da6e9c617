"""The plain way: our own documented JSON, signed by the Standard Webhooks specification (docs/push.md)."""

import html
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any

from bot.errors import SettingsError, SourceUnreadable
from bot.model.arrival import Arrival, Knock, Letter
from bot.model.source import Gone
from bot.model.story import Article, Picture
from bot.settings import Secret
from bot.sources.push.scheme import Brought
from bot.sources.push.signatures import check_standard, standard_key
from bot.sources.reading import encoding
from bot.sources.reading.cleaning import line, title
from bot.sources.reading.feedparts import Parts, address, article_of
from bot.sources.reading.fields import at, document, words

WITHDRAWN = "story.withdrawn"
_EVENTS = {"story.published": "pushed", "story.updated": "pushed again", WITHDRAWN: ""}


class Plain:
    """Signed, so its words are taken as they are."""

    def __init__(self, name: str, secrets: Sequence[Secret], zone: tzinfo) -> None:
        self._name, self._secrets, self._zone = name, secrets, zone

    def admit(self, knock: Knock, now: datetime) -> Letter:
        """Its webhook-id makes a repeat known."""
        keys = [_key(secret) for secret in self._secrets]
        name = check_standard(keys, knock.headers, knock.body, now)
        return Letter(name[:300], knock.body, knock.headers.get("content-type", ""))

    async def brought(self, arrival: Arrival, now: datetime) -> Brought:
        """One article, or that one was withdrawn."""
        given = document(encoding.decode(arrival.body))
        if not isinstance(given, dict):
            raise SourceUnreadable(self._name, "a JSON object: see docs/push.md")
        event, story = words(given, "type") or "story.published", at(given, "data")
        if event not in _EVENTS:
            raise SourceUnreadable(self._name, f"an event of ours: type is {event!r}, known are {', '.join(_EVENTS)}")
        if not isinstance(story, dict):
            story = given
        if event == WITHDRAWN:
            return Brought(gone=(self._gone(story),))
        return Brought((self._article(story, now),), why=_EVENTS[event])

    def _gone(self, story: dict[str, Any]) -> Gone:
        guid, link = line(words(story, "guid")) or None, address(words(story, "link"), None)
        if guid is None and link is None:
            raise SourceUnreadable(self._name, "guid or link: without them nobody knows which story is withdrawn")
        reason = line(words(story, "reason"))
        return Gone(guid, link, f"withdrawn by its newsroom{': ' if reason else ''}{reason}")

    def _article(self, story: dict[str, Any], now: datetime) -> Article:
        if not words(story, "headline"):
            raise SourceUnreadable(self._name, "headline")
        content = words(story, "html") or _paragraphs(words(story, "text"))
        if not content and not words(story, "lead"):
            raise SourceUnreadable(self._name, "text or html (or at least a lead)")
        link = words(story, "link")
        article = article_of(
            Parts(
                title=html.escape(words(story, "headline"), quote=False),
                link=link,
                guid=words(story, "guid"),
                published=words(story, "published"),
                updated=words(story, "updated"),
                author=html.escape(words(story, "author"), quote=False),
                credit=html.escape(words(story, "credit"), quote=False),
                tags=tuple(html.escape(tag, quote=False) for tag in _texts(at(story, "tags"))),
                teaser=html.escape(words(story, "lead"), quote=False),
                content=content,
                pictures=tuple(_pictures(at(story, "picture"))),
                base=link or None,
                language=words(story, "language"),
                section=html.escape(words(story, "section"), quote=False),
                complete=bool(content),
            ),
            self._zone,
            now,
        )
        editor = title(html.escape(words(story, "editor"), quote=False)) or None
        subtitle = title(html.escape(words(story, "subtitle"), quote=False)) or None
        return replace(article, subtitle=subtitle, byline=replace(article.byline, editor=editor))


def _key(secret: Secret) -> bytes:
    try:
        return standard_key(secret.reveal())
    except ValueError as err:
        raise SettingsError(secret.reference, "***", str(err)) from None


def _paragraphs(text: str) -> str:
    """Lines of plain text as HTML: what looks like markup in it is text."""
    return "".join(f"<p>{html.escape(row, quote=False)}</p>" for row in text.splitlines() if row.strip())


def _texts(value: Any) -> Iterable[str]:
    """A list of texts, or one text with commas."""
    if isinstance(value, str):
        value = value.replace("，", ",").split(",")
    return [one.strip() for one in value if isinstance(one, str) and one.strip()] if isinstance(value, list) else []


def _pictures(value: Any) -> Iterable[Picture]:
    if isinstance(value, str):
        yield Picture(value.strip())
    elif words(value, "url"):
        alt, caption = (html.escape(words(value, part), quote=False) for part in ("alt", "caption"))
        yield Picture(words(value, "url"), alt, caption)
