"""The face of a card: everything that stands on it, chosen from the story's own words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model.story import Article, Picture, Story
from bot.press.excerpts import Figure, Quotation, figures, quotation
from bot.rules.fitting import fullest, shortenings
from bot.rules.summarising import Analysis
from bot.settings import Newsroom

_NOTE = 120
_ITEMS = 6


class Design(StrEnum):
    """The shipped designs: each is a file of this name under templates/cards/."""

    STORY = "story"
    QUOTE = "quote"
    FIGURES = "figures"
    BREAKING = "breaking"
    PINNED = "pinned"
    CORRECTION = "correction"
    DIGEST = "digest"


_WITHOUT_PICTURE = frozenset({Design.FIGURES, Design.CORRECTION, Design.DIGEST})


@dataclass(frozen=True, slots=True)
class _Words:
    """What the card says of itself, in one language."""

    source: str
    editor: str
    author: str
    photo: str
    colon: str
    scan: str
    headline: int
    line: int
    """Longest headline, and longest line below it, in characters."""
    labels: dict[str, str]


_WORDS = {
    "zh": _Words(
        "来源", "责任编辑", "作者", "图片", "：", "扫码读全文", 100, 64,
        {Design.BREAKING: "突发", Design.PINNED: "置顶", Design.CORRECTION: "更正", Design.DIGEST: "要闻"},
    ),
    "en": _Words(
        "Source", "Editor", "Words", "Photo", ": ", "Read on", 150, 110,
        {
            Design.BREAKING: "Breaking", Design.PINNED: "Pinned",
            Design.CORRECTION: "Correction", Design.DIGEST: "Digest",
        },
    ),
}  # fmt: skip
_PHOTOGRAPHER = re.compile(
    r"(?:摄影|供图|图片|图|Photo(?:graph)?(?: by)?)\s*[:：/]\s*([^，。,.;；()（）\n]{2,24})"
    r"|([\u4e00-\u9fff]{2,4})\s?摄(?!影)"
)


@dataclass(frozen=True, slots=True)
class Face:
    """Everything that stands on a card; no markup, whatever it looks like."""

    masthead: str
    headline: str
    language: str
    accent: str
    design: str = Design.STORY
    tone: str = "light"
    logo: str = ""
    label: str = ""
    section: str = ""
    time: str = ""
    deck: str = ""
    """The line below the headline: the subtitle, or the lead, or what was corrected."""
    figures: tuple[Figure, ...] = ()
    quotation: Quotation | None = None
    items: tuple[str, ...] = ()
    """The headlines of a digest."""
    credit: str = ""
    scan: str = ""
    link: str = ""
    photo: str = ""
    """Address of the article's picture; not drawn itself."""
    photo_credit: str = ""
    photo_alt: str = ""


def face_of(story: Story, analysis: Analysis, newsroom: Newsroom, design: str | None = None, note: str = "") -> Face:
    """What the card of this story says.

    The design is the one asked for, else the section's, else the story card; a story without a quotation or without
    two figures gets the story card as well. `note` says what was corrected.
    """
    article = story.article
    words = _words(article.language)
    section = newsroom.cards.sections.get(article.section or "")
    design = design or (section.design if section else None) or Design.STORY
    found = figures(analysis)
    said = quotation(analysis) if design == Design.QUOTE else None
    if (design == Design.QUOTE and said is None) or (design == Design.FIGURES and len(found) < 2):
        design = Design.STORY
    picture = article.picture if design not in _WITHOUT_PICTURE else None
    lead = analysis.ranked[0].text if analysis.ranked else ""
    return Face(
        masthead=newsroom.name,
        headline=_short(article.headline, words.headline),
        language=article.language,
        accent=(section.colour if section else None) or newsroom.colour,
        design=design,
        tone="accent" if design == Design.BREAKING else newsroom.cards.tone,
        logo=newsroom.cards.logo or "",
        label=words.labels.get(design, ""),
        section=article.section or "",
        time=_time(story.article.byline.published or story.first_seen, newsroom, article.language),
        deck=_short(note, _NOTE) if note else _short(article.subtitle or lead, words.line),
        figures=found[:4] if design == Design.FIGURES else found[:1],
        quotation=said,
        credit=_credit(article, words),
        scan=words.scan if article.link else "",
        link=article.link or "",
        photo=picture.url if picture else "",
        photo_credit=_photo_credit(picture, article.byline.credit, words),
        photo_alt=(picture.alt or picture.caption) if picture else "",
    )


def face_of_digest(
    title: str, items: Sequence[str], moment: datetime, language: str, newsroom: Newsroom, link: str = ""
) -> Face:
    """The cover of a digest: its title and the headlines of its stories."""
    words = _words(language)
    return Face(
        masthead=newsroom.name,
        headline=_short(title, words.headline),
        language=language,
        accent=newsroom.colour,
        design=Design.DIGEST,
        tone=newsroom.cards.tone,
        logo=newsroom.cards.logo or "",
        label=words.labels[Design.DIGEST],
        time=_time(moment, newsroom, language),
        items=tuple(_short(item, words.line) for item in items[:_ITEMS]),
        scan=words.scan if link else "",
        link=link,
    )


def _words(language: str) -> _Words:
    return _WORDS["zh" if language == "zh" else "en"]


def _credit(article: Article, words: _Words) -> str:
    byline = article.byline
    author = None if byline.credit or byline.editor else byline.author
    named = ((words.source, byline.credit), (words.editor, byline.editor), (words.author, author))
    return "  ·  ".join(f"{word}{words.colon}{name}" for word, name in named if name)


def _photo_credit(picture: Picture | None, source: str | None, words: _Words) -> str:
    """The photographer whom the caption names, else the article's source."""
    named = _PHOTOGRAPHER.search(picture.caption) if picture else None
    name = (named[1] or named[2]).strip() if named else source
    return f"{words.photo}{words.colon}{name}" if picture and name else ""


def _short(text: str, size: int) -> str:
    return fullest(shortenings(text), lambda shorter: len(shorter) <= size) or ""


def _time(moment: datetime, newsroom: Newsroom, language: str) -> str:
    local = moment.astimezone(newsroom.tz)
    if language == "zh":
        return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
    return f"{local.day} {local:%B %Y, %H:%M}"
