"""A trial of a template: it must render sample stories of every language, on every occasion."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.model.channel import Facts
from bot.model.edition import Markup
from bot.model.story import Article, Block, BlockKind, Byline, Story
from bot.press.job import Job, Occasion
from bot.press.shelf import Shelf, markup_of
from bot.press.telling import Teller
from bot.rules.summarising import analyse


class Only:
    """Prints with one template, whatever is wanted."""

    def __init__(self, shelf: Shelf, name: str) -> None:
        self._shelf, self._name = shelf, name

    def render(self, wanted: Sequence[str], markup: Markup, words: Mapping[str, Any]) -> str:
        del wanted
        return self._shelf.render(self._name, markup, words)


def passes(shelf: Shelf, name: str, zone: ZoneInfo) -> None:
    """Tell every sample with this template. Raises PressError, which names template and line."""
    facts = Facts(kind="check", template=name, markup=markup_of(name), limit=None, card=None)
    teller = Teller(Only(shelf, name), zone)
    for story in SAMPLES:
        for occasion in Occasion:
            changed = ("12 → 13",) if occasion in (Occasion.EDIT, Occasion.CORRECTION) else ()
            teller.tell(story, analyse(story.article), facts, Job("check", occasion, changed=changed))


def _sample(language: str, headline: str, *paragraphs: str) -> Story:
    moment = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    blocks = tuple(Block(BlockKind.PARAGRAPH, text) for text in paragraphs)
    byline = Byline(published=moment, credit="Crier", editor="Crier")
    article = Article(headline, blocks, language, section="Crier", byline=byline, link="https://example.org/sample")
    return Story(0, "check", 1, replace(article, tags=("check",)), moment, moment)


SAMPLES = (
    _sample("zh", "模板检查<样稿>", "这是一篇样稿。它有12个句子中的2个。"),
    _sample("en", "Checking the <templates>", "This is a sample. It has 2 of 12 sentences."),
)
