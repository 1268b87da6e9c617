"""An entry that is only a teaser: its page is fetched, and the entry fills what the page leaves open."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from email.message import Message

from bot.errors import SourceUnreachable, SourceUnreadable
from bot.model.story import Article
from bot.sources.reading import read_page
from bot.sources.reading.feeds import Entry
from bot.web.fetch import Answer, Fetcher, Unreachable

_ACCEPT = {"Accept": "text/html, application/xhtml+xml, */*;q=0.5"}
_LATER = frozenset({408, 425, 429})
_LONGEST_MASTHEAD, _OFTEN = 40, 3
_WAITED_FOR = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Completed:
    """The article of an entry, and why it is less than it could be."""

    article: Article
    problem: str | None = None
    later: bool = False
    """The page may be had another time."""
    answer: Answer | None = None
    """Kept while its headline may yet prove to be a masthead."""


class Pages:
    """Fetches the pages that entries point to, side by side."""

    def __init__(self, fetcher: Fetcher, zone: tzinfo) -> None:
        self._fetcher, self._zone = fetcher, zone

    async def complete(self, entries: Sequence[Entry], now: datetime) -> dict[str, Completed]:
        """By mark. An entry whose page cannot be had or read keeps its own words."""
        async with asyncio.TaskGroup() as asking:  # the fetcher asks each host one thing at a time
            asked = {entry.mark: asking.create_task(self._complete(entry, now)) for entry in entries}
        done = {mark: task.result() for mark, task in asked.items()}
        for name in _mastheads(done.values()):
            for mark, one in done.items():
                if one.answer and one.article.headline == name:
                    done[mark] = await self._again(one, one.answer, name, now)
        return done

    async def status(self, link: str) -> int | None:
        """What a page's address answers now; None where nothing does. Only a whole request's word counts for bad."""
        try:
            asked = (await self._fetcher.get(link, _ACCEPT, method="HEAD")).status
            return asked if asked < 400 else (await self._fetcher.get(link, _ACCEPT)).status
        except Unreachable:
            return None

    async def read(self, source: str, link: str, now: datetime) -> Article:
        """The article of that page, for somebody who waits. Raises SourceUnreachable and SourceUnreadable."""
        try:
            answer = await self._fetcher.get(link, _ACCEPT, within=_WAITED_FOR)
        except Unreachable as err:
            raise SourceUnreachable(source, err.why) from err
        if answer.status != 200:
            raise SourceUnreachable(source, f"HTTP {answer.status}")
        page = await self._page(source, answer, now)
        return page if page.link else replace(page, link=answer.url)

    async def _page(
        self, name: str, answer: Answer, now: datetime, known: str | None = None, mastheads: Sequence[str] = ()
    ) -> Article:
        return await asyncio.to_thread(
            read_page,
            name,
            answer.body,
            url=answer.url,
            declared=charset(answer.headers.get("content-type")),
            zone=self._zone,
            now=now,
            known=known,
            mastheads=mastheads,
        )

    async def _again(self, done: Completed, answer: Answer, masthead: str, now: datetime) -> Completed:
        """What heads several pages was taken for a headline; where a page has no other, it is left so."""
        try:
            page = await self._page(answer.url, answer, now, mastheads=[masthead])
        except SourceUnreadable:
            return replace(done, answer=None)
        return Completed(merged(page, replace(done.article, headline="")))

    async def _complete(self, entry: Entry, now: datetime) -> Completed:
        own = entry.article
        if own.link is None:
            return Completed(own)
        try:
            answer = await self._fetcher.get(own.link, _ACCEPT)
        except Unreachable as err:
            return Completed(own, f"the page of {_named(own)} could not be had: {err.why}", later=True)
        if answer.status != 200:
            later = answer.status >= 500 or answer.status in _LATER
            return Completed(own, f"the page of {_named(own)} could not be had: HTTP {answer.status}", later=later)
        try:
            page = await self._page(own.link, answer, now, own.headline or None)
        except SourceUnreadable as err:
            return Completed(own, f"the page of {_named(own)} could not be read: {err.missing}")
        doubtful = not own.headline and len(page.headline) <= _LONGEST_MASTHEAD
        return Completed(merged(page, own), answer=answer if doubtful else None)


def _mastheads(done: Iterable[Completed]) -> list[str]:
    """What several pages of one look have as headline, where no list named them."""
    seen = Counter(one.article.headline for one in done if one.answer)
    return [name for name, times in seen.items() if times >= _OFTEN]


def merged(page: Article, entry: Article) -> Article:
    """The page's word counts, the entry fills the gaps; a page that says less than its teaser is no article."""
    if len("".join(page.paragraphs)) < len("".join(entry.paragraphs)):
        return entry
    theirs, ours = page.byline, entry.byline
    byline = replace(
        theirs,
        published=theirs.published or ours.published,
        updated=theirs.updated or ours.updated,
        credit=theirs.credit or ours.credit,
        author=theirs.author or ours.author,
    )
    return replace(
        page,
        headline=page.headline or entry.headline,
        section=page.section or entry.section,
        language=entry.language if page.language == "und" else page.language,
        lead=page.lead or entry.lead,
        byline=byline,
        tags=page.tags or entry.tags,
        link=page.link or entry.link,
        guid=entry.guid,
        picture=page.picture or entry.picture,
    )


def charset(content_type: str | None) -> str | None:
    """What a Content-Type header says of the encoding."""
    message = Message()
    message["content-type"] = content_type or ""
    return message.get_content_charset()


def _named(article: Article) -> str:
    return f"“{article.headline}”" if article.headline else article.link or "an entry"
