"""What a site offers: every kind of source it could be, each tried before it is proposed."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from pydantic import ValidationError

from bot.errors import SourceError, SourceUnreachable, SourceUnreadable
from bot.model.source import Memory
from bot.model.story import Article
from bot.settings import SourceSettings
from bot.sources.feed import ACCEPT
from bot.sources.firstsight import Newest
from bot.sources.kind import Tools
from bot.sources.pages import charset
from bot.sources.reading import encoding, tree
from bot.sources.reading.feeds import read_feed
from bot.sources.reading.links import web_address
from bot.sources.reading.sitemaps import read_sitemap
from bot.sources.registry import KINDS
from bot.web.fetch import Answer, Unreachable
from bot.web.linked import linked

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_COMMON_FEEDS = ("/feed/", "/rss.xml", "/feed.xml", "/atom.xml", "/rss/", "/index.xml")
_COMMENTS = re.compile(r"comments?(?:/|$|\s|_|-)|评论", re.IGNORECASE)
_GHOST_SCRIPT = re.compile(r"/ghost/|@tryghost/|ghost\.org/ghost", re.IGNORECASE)
_WORDPRESS = "https://api.w.org/"
_MOST_FEEDS = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """A way to pick up the site, as it would stand in the settings."""

    kind: str
    values: Mapping[str, str]
    why: str
    guess: bool = False
    """Nobody named it: where it fails, nobody is told."""
    articles: tuple[Article, ...] = ()
    """What it would bring, newest first."""
    hub: str | None = None
    """Where its changes are announced (WebSub)."""
    problem: str | None = None


async def offers(url: str, tools: Tools, now: datetime, count: int = 5) -> AsyncIterator[Offer]:
    """Each way that was named or works, best first; the first that works brings up to `count` articles, others one.

    Raises SourceUnreachable where the address cannot be had.
    """
    answer = await _get(url, tools)
    proposed = await asyncio.to_thread(lambda: list(_proposed(answer)))
    wanted, feeds = count, 0
    for offer in proposed:
        if offer.guess and offer.kind == "feed" and feeds:
            continue
        tried = await _tried(offer, tools, now, wanted)
        if tried.articles:
            feeds += tried.kind == "feed"
            wanted = 1
        if tried.articles or not tried.guess:
            yield tried


def _proposed(answer: Answer) -> Iterator[Offer]:
    """What the address itself is, or what its page names; then what stands at common addresses."""
    url = answer.url
    if _is_feed(answer):
        yield Offer("feed", {"url": url}, "the address is a feed")
        return
    if _is_sitemap(answer):
        yield Offer("sitemap", {"url": url}, "the address is a sitemap")
        return
    root = tree.parse("page", encoding.decode(answer.body, charset(answer.headers.get("content-type"))))
    site = urljoin(url, "/")
    links = list(_links(root, answer))
    named = [target for relations, _, target, _ in links if _WORDPRESS in relations]
    yield (
        Offer("wordpress", {"url": named[0]}, "the page names its REST API")
        if named
        else Offer("wordpress", {"url": site}, "a REST API answers at /wp-json/", guess=True)
    )
    if ghost := _ghost(root, site):
        yield Offer("ghost", {"url": ghost, "key": "env:CRIER_GHOST_KEY"}, "the page is made by Ghost")
    feeds = [target for relations, kind, target, title in links if _names_feed(relations, kind, target, title)]
    for feed in list(dict.fromkeys(feeds))[:_MOST_FEEDS]:
        yield Offer("feed", {"url": feed}, "the page names this feed")
    if not feeds:
        for path in _COMMON_FEEDS:
            yield Offer("feed", {"url": urljoin(url, path)}, f"a feed stands at {path}", guess=True)
    yield Offer("sitemap", {"url": site}, "robots.txt names a sitemap, or it stands at its usual place", guess=True)
    yield Offer("page", {"url": url}, "the page lists articles", guess=True)


def _links(root: "Element", answer: Answer) -> Iterator[tuple[list[str], str, str, str]]:
    """Relations, media type, address and title of every <link>, and of the Link header."""
    for relation, targets in linked(answer.headers.get("link"), answer.url).items():
        for target in targets:
            yield [relation], "", target, ""
    for link in root.iter("link"):
        address = web_address(link.get("href"), answer.url)
        if address and "://" in address:
            relations = (link.get("rel") or "").lower().split()
            yield relations, (link.get("type") or "").strip().lower(), address, link.get("title") or ""


def _names_feed(relations: list[str], kind: str, target: str, title: str) -> bool:
    return (
        "alternate" in relations and kind in _FEED_TYPES and not (_COMMENTS.search(target) or _COMMENTS.search(title))
    )


def _ghost(root: "Element", site: str) -> str | None:
    """The site's address where Ghost made the page; its scripts name the address of its API."""
    for script in root.iter("script"):
        if _GHOST_SCRIPT.search(script.get("src") or "") or script.get("data-ghost"):
            return script.get("data-ghost") or site
    for meta in root.iter("meta"):
        if (meta.get("name") or "").lower() == "generator" and (meta.get("content") or "").lower().startswith("ghost"):
            return site
    return None


async def _tried(offer: Offer, tools: Tools, now: datetime, count: int) -> Offer:
    """Look at it once, as a new source that posts what is newest."""
    kind = KINDS[offer.kind]
    try:
        read = kind.settings.model_validate({"kind": offer.kind, **offer.values})
        articles = await newest("new", read, tools, now, count)
        values = {**offer.values, "url": str(getattr(read, "url", offer.values.get("url")))}
        hub = await _hub(values["url"], tools, now) if offer.kind == "feed" else None
    except SourceError as err:
        return replace(offer, problem=err.why.replace("sources.new", "its entry"))
    except ValidationError:
        return replace(offer, problem="the address it names is none")
    if not articles:
        return replace(offer, values=values, problem="it lists nothing that could be read")
    return replace(offer, values=values, articles=articles, hub=hub)


async def newest(name: str, settings: SourceSettings, tools: Tools, now: datetime, count: int) -> tuple[Article, ...]:
    """The newest articles of a source that lists more than one look may post, newest first. Raises SourceError."""
    wanted = settings.model_copy(update={"first_look": Newest(newest=count)})
    opened = KINDS[settings.kind].open(name, wanted, tools)
    try:
        look = await opened.look(Memory(), now)
    finally:
        await opened.close()
    found = [one.article for one in look.found if one.fresh]
    if not found and look.problems:
        raise SourceUnreadable(name, look.problems[0])
    return tuple(reversed(found))


async def _hub(url: str, tools: Tools, now: datetime) -> str | None:
    """Where the feed says that its changes are announced: in the header of its answer, or in itself."""
    answer = await _get(url, tools)
    named = linked(answer.headers.get("link"), answer.url).get("hub")
    if named:
        return named[0]
    feed = await asyncio.to_thread(
        read_feed,
        "new",
        answer.body,
        url=answer.url,
        declared=charset(answer.headers.get("content-type")),
        zone=tools.zone,
        now=now,
    )
    return feed.hub


async def _get(url: str, tools: Tools) -> Answer:
    try:
        answer = await tools.fetcher.get(url, {"Accept": f"text/html, {ACCEPT}"})
    except Unreachable as err:
        raise SourceUnreachable(urlsplit(url).hostname or url, f"{err.why}: is the address right?") from err
    if answer.status != 200:
        raise SourceUnreachable(urlsplit(url).hostname or url, f"HTTP {answer.status}: is the address right?")
    return answer


def _is_feed(answer: Answer) -> bool:
    head = answer.body[:2_000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith(b"{"):
        return b"jsonfeed.org" in head or b'"items"' in head
    return not head.startswith(b"<!doctype html") and any(mark in head for mark in (b"<rss", b"<feed", b"<rdf:rdf"))


def _is_sitemap(answer: Answer) -> bool:
    if not any(mark in answer.body[:2_000].lower() for mark in (b"<urlset", b"<sitemapindex")):
        return False
    try:
        read_sitemap("new", answer.body, answer.url)
    except SourceUnreadable:
        return False
    return True
