"""One edition a channel: the fullest version of a story that the channel's facts allow, with its card."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.errors import PressError
from bot.model.channel import WIDE, CardSize, Facts, Finding
from bot.model.edition import Card, Edition
from bot.model.story import Article, Block, BlockKind, Byline, Story
from bot.press.card import CardPress
from bot.press.drawing import Designs
from bot.press.face import Face, face_of
from bot.press.fonts import FAMILY, Fonts, weights
from bot.press.pictures import Pictures
from bot.press.templates import Templates
from bot.rules.counting import count, visible
from bot.rules.fitting import shortenings
from bot.rules.summarising import Analysis, analyse
from bot.settings import Newsroom

_TAG = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class Version:
    """How much of a story is told."""

    headline: str
    sentences: int
    headings: bool = False
    hashtags: bool = True
    byline: bool = True


class Press:
    """The composing room; knows no platform, only facts."""

    def __init__(
        self, newsroom: Newsroom, shipped: Path, own: Path | None, cards: Path, pictures: Pictures | None = None
    ) -> None:
        """`pictures` fetches what articles show; without it, cards are words alone."""
        self._newsroom, self._pictures = newsroom, pictures
        self._templates = Templates(shipped, own)
        fonts = Fonts(own / "cards" / "fonts" if own else None)
        self._cards = CardPress(Designs(shipped, own), fonts, cards)

    async def edition(self, story: Story, channel: str, facts: Facts) -> Edition:
        """Words and card of this story for a channel of these facts. Raises PressError, which names the story."""
        try:
            return await self._edition(story, channel, facts)
        except PressError as err:
            raise PressError(err.why, template=err.template, line=err.line, story=story.id) from err

    async def _edition(self, story: Story, channel: str, facts: Facts) -> Edition:
        analysis = analyse(story.article)
        version, text, size = self._fitted(story, analysis, facts)
        notes = list(_notes(version, story.article, analysis, facts))
        card: Card | None = None
        if facts.card:
            card, problems = await self._card(face_of(story, analysis, self._newsroom), facts.card)
            notes += problems
        return Edition(
            story=story.id,
            revision=story.revision,
            channel=channel,
            kind=facts.kind,
            language=story.article.language,
            headline=story.article.headline,
            text=text,
            markup=facts.markup,
            link=story.article.link,
            card=card,
            count=size,
            limit=facts.limit,
            unit=facts.unit,
            notes=tuple(notes),
        )

    async def _card(self, face: Face, size: CardSize) -> tuple[Card, list[str]]:
        """The card, with the picture if it can be had, and what an editor should know of it."""
        problems, photo = [], None
        if face.photo and self._pictures is not None:
            try:
                photo = await self._pictures.picture(face.photo)
            except PressError as err:
                problems.append(f"the card is without its picture: {err.why}")
        card, missing = await self._cards.card(face, size, photo)
        if missing:
            problems.append(f"not on the card, no font has them: {missing}")
        return card, problems

    def check(self, facts: Iterable[Facts]) -> tuple[Finding, ...]:
        """Render every template with a story in each language, and look at the fonts. Never raises PressError."""
        found = []
        lightest, boldest = weights()
        found.append(Finding("font", True, f"{FAMILY}, {lightest} to {boldest}"))
        for one in dict.fromkeys(facts):
            for story in _SAMPLES:
                subject = f"template {one.template} ({story.article.language})"
                try:
                    _, _, size = self._fitted(story, analyse(story.article), one)
                    self._cards.draw(face_of(story, analyse(story.article), self._newsroom), one.card or WIDE)
                except PressError as err:
                    found.append(Finding(subject, False, str(err)))
                else:
                    found.append(Finding(subject, True, f"renders, {size} {one.unit}"))
        return tuple(found)

    def _fitted(self, story: Story, analysis: Analysis, facts: Facts) -> tuple[Version, str, int]:
        """The fullest version that fits, its text and its length."""
        for version in _versions(story.article, analysis):
            text = self._templates.render(facts.template, facts.markup, _words(version, story, analysis))
            size = count(visible(text, facts.markup), facts.unit)
            fits = facts.limit is None or size <= facts.limit
            if fits and (facts.raw_bytes is None or len(text.encode()) <= facts.raw_bytes):
                return version, text, size
        raise PressError(f"even the bare headline does not fit {facts.limit} {facts.unit}", template=facts.template)


def _versions(article: Article, analysis: Analysis) -> Iterator[Version]:
    """From the fullest to the barest; a line is shortened only when everything else has gone."""
    most = len(analysis.ranked)
    if len(article.headings) > 2:
        yield Version(article.headline, most, headings=True)
    for sentences in range(most, -1, -1):
        yield Version(article.headline, sentences)
    yield Version(article.headline, 0, hashtags=False)
    for headline in shortenings(article.headline):
        yield Version(headline, 0, hashtags=False)
    yield Version("", 0, hashtags=False, byline=False)


def _words(version: Version, story: Story, analysis: Analysis) -> dict[str, Any]:
    """What a template may print; absent parts are empty, never undefined."""
    article, byline = story.article, story.article.byline
    tags = list(dict.fromkeys(_TAG.sub("", tag) for tag in article.tags))
    shown = byline if version.byline else Byline()
    return {
        "story": story.id,
        "revision": story.revision,
        "language": article.language,
        "headline": version.headline,
        "subtitle": article.subtitle,
        "section": article.section,
        "summary": list(analysis.paragraphs(version.sentences)),
        "headings": list(article.headings) if version.headings else [],
        "published": byline.published.isoformat() if byline.published else None,
        "credit": shown.credit,
        "editor": shown.editor,
        "author": shown.author,
        "tags": list(article.tags),
        "hashtags": [f"#{tag}" for tag in tags if tag and not tag.isdecimal()][:5] if version.hashtags else [],
        "link": article.link,
        "picture": article.picture.url if article.picture else None,
    }


def _notes(version: Version, article: Article, analysis: Analysis, facts: Facts) -> Iterator[str]:
    of_all = len(analysis.ranked)
    if version.sentences < of_all:
        yield f"{version.sentences} of {of_all} chosen sentences: the limit is {facts.limit} {facts.unit}"
    if article.tags and not version.hashtags:
        yield "no hashtags: no room"
    if version.headline != article.headline:
        yield "the headline is shortened: no room"


def _sample(language: str, headline: str, *paragraphs: str) -> Story:
    moment = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    blocks = tuple(Block(BlockKind.PARAGRAPH, text) for text in paragraphs)
    byline = Byline(published=moment, credit="Crier", editor="Crier")
    article = Article(headline, blocks, language, section="Crier", byline=byline, link="https://example.org/sample")
    return Story(0, "check", 1, replace(article, tags=("check",)), moment, moment)


_SAMPLES = (
    _sample("zh", "模板检查<样稿>", "这是一篇样稿。它有12个句子中的2个。"),
    _sample("en", "Checking the <templates>", "This is a sample. It has 2 of 12 sentences."),
)
