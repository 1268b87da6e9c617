"""One edition a channel: the fullest version of a story that the channel's facts allow, with its card."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import PressError
from bot.model.channel import WIDE, CardSize, Facts, Finding
from bot.model.edition import Card, Edition
from bot.model.story import Article, Block, BlockKind, Byline, Story
from bot.press.card import CardPress
from bot.press.drawing import Designs
from bot.press.face import Face, face_of
from bot.press.fonts import FAMILY, Fonts, weights
from bot.press.pictures import Pictures
from bot.press.telling import Teller
from bot.press.templates import Templates
from bot.rules.summarising import analyse
from bot.settings import Newsroom


class Press:
    """The composing room; knows no platform, only facts."""

    def __init__(
        self, newsroom: Newsroom, shipped: Path, own: Path | None, cards: Path, pictures: Pictures | None = None
    ) -> None:
        """`pictures` fetches what articles show; without it, cards are words alone."""
        self._newsroom, self._pictures = newsroom, pictures
        self._teller = Teller(Templates(shipped, own), newsroom.tz)
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
        told = self._teller.tell(story, analysis, facts)
        notes = list(told.notes)
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
            text=told.text,
            markup=facts.markup,
            link=story.article.link,
            card=card,
            count=told.size,
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
                    told = self._teller.tell(story, analyse(story.article), one)
                    self._cards.draw(face_of(story, analyse(story.article), self._newsroom), one.card or WIDE)
                except PressError as err:
                    found.append(Finding(subject, False, str(err)))
                else:
                    found.append(Finding(subject, True, f"renders, {told.size} {one.unit}"))
        return tuple(found)


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
