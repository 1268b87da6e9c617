"""A look at what each channel would get of a story or a file, before anything is recorded."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from rich.progress import Progress

from bot.app import Premises, now
from bot.errors import CrierError, LedgerError
from bot.model.edition import Edition
from bot.model.story import Article, Story
from bot.rules.routing import route
from bot.sources.reading import read_file


@dataclass(frozen=True, slots=True)
class Preview:
    """One channel's look, or why it gets none."""

    channel: str
    why: str
    headline: str
    edition: Edition | None = None
    card: Path | None = None


async def previews(premises: Premises, what: str, only: Collection[str], *, quiet: bool) -> tuple[Preview, ...]:
    """Compose for every channel, as the daemon would. Raises SourceUnreadable, LedgerError or PressError."""
    stories = await _stories(premises, what)
    press = premises.press()
    names = [name for name in premises.settings.channels if not only or name in only]
    shown = []
    with Progress(transient=True, disable=quiet) as progress:
        task = progress.add_task("composing", total=len(stories) * len(names))
        for story in stories:
            for verdict in route(story, premises.settings.routes, names):
                edition = None
                if verdict.yes:
                    edition = await press.edition(story, verdict.channel, premises.facts(verdict.channel))
                card = premises.queue / "cards" / edition.card.file if edition and edition.card else None
                shown.append(Preview(verdict.channel, verdict.why, story.article.headline, edition, card))
                progress.advance(task)
    return tuple(shown)


async def _stories(premises: Premises, what: str) -> list[Story]:
    articles = await asyncio.to_thread(_read, Path(what), premises)
    if articles is not None:
        return [Story(0, "preview", 1, article, now(), now()) for article in articles]
    if not what.isdecimal():
        raise CrierError(f"{what}: neither a file nor a story's number")
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
