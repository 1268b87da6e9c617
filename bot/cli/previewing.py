"""A look at what each channel would get of a story, a file or a page, before anything is recorded or sent."""

import asyncio
import contextlib
import difflib
import json
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.progress import Progress

from bot.app import Premises, now
from bot.errors import CrierError, LedgerError, PressError
from bot.model.channel import Facts
from bot.model.edition import Edition, Markup
from bot.model.story import Article, Story
from bot.press import Press
from bot.press.job import Job, Occasion
from bot.rules.routing import Verdict, route
from bot.sources.pages import charset
from bot.sources.reading import read_file, read_page
from bot.web.fetch import Fetcher, Unreachable

LAST = 50
"""Stories that templates are compared by."""
_ACCEPT = {"Accept": "text/html, application/xhtml+xml, */*;q=0.5"}


@dataclass(frozen=True, slots=True)
class Preview:
    """One channel's look, or why it gets none; `problem` where its template is at fault."""

    channel: str
    why: str
    headline: str
    edition: Edition | None = None
    card: Path | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One edition with the templates in force and with those of another folder."""

    story: int
    headline: str
    channel: str
    count: int | None
    """Length with the templates in force; None where they fail."""
    then: int | None
    """Length with the other ones."""
    difference: tuple[str, ...] = ()
    """Lines of a unified diff; none where both are the same."""
    problem: str = ""
    """What is wrong with the other templates."""


async def previews(
    premises: Premises, what: str, only: Collection[str], occasion: Occasion = Occasion.POST, *, quiet: bool
) -> tuple[Preview, ...]:
    """Compose for every channel, as the daemon would but without a model; articles' pictures are fetched, too.

    Raises CrierError where nothing is found.
    """
    names = _channels(premises, only)
    stories = await _stories(premises, what)
    shown = []
    async with _fetcher(premises) as fetcher:
        press = premises.press(fetcher)
        with Progress(transient=True, disable=quiet) as progress:
            task = progress.add_task("composing", total=len(stories) * len(names))
            for story in stories:
                for verdict in route(story, premises.settings.routes, names):
                    shown.append(await _preview(premises, press, story, verdict, occasion))
                    progress.advance(task)
    return tuple(shown)


async def comparisons(
    premises: Premises, against: Path, what: str | None, last: int, only: Collection[str], *, quiet: bool
) -> tuple[Comparison, ...]:
    """Every edition of the last stories, or of one, with the templates of that folder as the newsroom's own.

    Cards are not drawn. Raises CrierError.
    """
    other_house = _with_templates(premises, against)
    names = _channels(premises, only)
    stories = await (_stories(premises, what) if what else _last(premises, last))
    with Progress(transient=True, disable=quiet) as progress:
        task = progress.add_task("comparing", total=len(stories) * len(names))
        press, other = premises.press(), other_house.press()
        found = []
        for story in stories:
            for verdict in route(story, premises.settings.routes, names):
                if verdict.yes:
                    found.append(await _compared(premises, press, other, story, verdict))
                progress.advance(task)
    return tuple(found)


async def _preview(premises: Premises, press: Press, story: Story, verdict: Verdict, occasion: Occasion) -> Preview:
    channel, why, headline = verdict.channel, verdict.why, story.article.headline
    if not verdict.yes:
        return Preview(channel, why, headline)
    try:
        edition = await press.edition(
            story, channel, premises.facts(channel), Job(occasion=occasion, route=verdict.route)
        )
    except PressError as err:
        return Preview(channel, why, headline, problem=str(err))
    card = premises.queue / "cards" / edition.card.file if edition.card else None
    return Preview(channel, why, headline, edition, card)


async def _compared(premises: Premises, press: Press, other: Press, story: Story, verdict: Verdict) -> Comparison:
    facts = replace(premises.facts(verdict.channel), card=None)
    before, _ = await _edition(press, story, facts, verdict)
    after, problem = await _edition(other, story, facts, verdict)
    return Comparison(
        story.id,
        story.article.headline,
        verdict.channel,
        before.count if before else None,
        after.count if after else None,
        () if problem else _difference(before, after),
        problem,
    )


async def _edition(press: Press, story: Story, facts: Facts, verdict: Verdict) -> tuple[Edition | None, str]:
    try:
        return await press.edition(story, verdict.channel, facts, Job(route=verdict.route)), ""
    except PressError as err:
        return None, str(err)


def _with_templates(premises: Premises, folder: Path) -> Premises:
    if not folder.is_dir():
        raise CrierError(f"{folder}: no such folder; give one that holds posts/")
    return premises.with_templates(folder)


def _difference(before: Edition | None, after: Edition | None) -> tuple[str, ...]:
    old, new = _lines(before), _lines(after)
    return tuple(difflib.unified_diff(old, new, "in force", "other", lineterm="", n=2))


def _lines(edition: Edition | None) -> list[str]:
    if edition is None:
        return []
    if edition.markup is Markup.JSON:
        return json.dumps(json.loads(edition.text), ensure_ascii=False, indent=1).splitlines()
    return "\n\n".join((edition.text, *edition.more)).splitlines()


def _channels(premises: Premises, only: Collection[str]) -> Sequence[str]:
    known = list(premises.settings.channels)
    if unknown := set(only) - set(known):
        raise CrierError(f"no channel {', '.join(sorted(unknown))}: known are {', '.join(known)}")
    return [name for name in known if not only or name in only]


async def _last(premises: Premises, number: int) -> Sequence[Story]:
    async with premises.ledger() as ledger:
        stories = await ledger.stories.recent(number)
    if not stories:
        raise LedgerError("the ledger has no story yet: run `pickup`, or name a file or a page")
    return stories


async def _stories(premises: Premises, what: str) -> Sequence[Story]:
    if what.startswith(("http://", "https://")):
        articles: tuple[Article, ...] | None = (await _page(premises, what),)
    else:
        articles = await asyncio.to_thread(_read, Path(what), premises)
    if articles is not None:
        return [Story(0, "preview", 1, article, now(), now()) for article in articles]
    if not what.isdecimal():
        raise CrierError(f"{what}: neither a file nor a story's number, nor an address with http:// or https://")
    async with premises.ledger() as ledger:
        story = await ledger.stories.get(int(what))
    if story is None:
        raise LedgerError(f"no story {what}: `queue` and the page show the numbers")
    return [story]


def _read(file: Path, premises: Premises) -> tuple[Article, ...] | None:
    """The articles of a file; None where there is no such file."""
    if not file.is_file():
        return None
    return read_file(file.name, file.read_bytes(), zone=premises.settings.newsroom.tz, now=now())


@contextlib.asynccontextmanager
async def _fetcher(premises: Premises) -> AsyncIterator[Fetcher]:
    """The guarded way to the web that the daemon takes."""
    fetcher = Fetcher(private=premises.settings.house.private_addresses)
    try:
        yield fetcher
    finally:
        await fetcher.close()


async def _page(premises: Premises, url: str) -> Article:
    """The article of a page, fetched as politely and as guarded as a source fetches it."""
    async with _fetcher(premises) as fetcher:
        try:
            answer = await fetcher.get(url, _ACCEPT)
        except Unreachable as err:
            raise CrierError(f"{url}: {err.why}") from err
    if answer.status != 200:
        raise CrierError(f"{url}: HTTP {answer.status}")
    declared = charset(answer.headers.get("content-type"))
    zone = premises.settings.newsroom.tz
    return await asyncio.to_thread(read_page, url, answer.body, url=answer.url, declared=declared, zone=zone, now=now())
