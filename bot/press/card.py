"""The share card: a story's words as data in a Typst template, drawn once and named by its content."""

import asyncio
import hashlib
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from zoneinfo import ZoneInfo

import segno
import typst

from bot.errors import PressError
from bot.model.edition import Card
from bot.model.story import Story
from bot.press.fonts import drawable, fonts
from bot.rules.fitting import fullest, shortenings
from bot.rules.summarising import Analysis
from bot.settings import Newsroom

WIDTH, HEIGHT = 1200, 630
_HEADLINE = 110
_LINE = 64
_WORDS = {"zh": ("来源", "责任编辑"), "en": ("Source", "Editor")}


@dataclass(frozen=True, slots=True)
class Face:
    """Everything that stands on a card; no markup, whatever it looks like."""

    masthead: str
    section: str
    headline: str
    figure: str
    caption: str
    foot: str
    language: str
    colour: str
    link: str


def face_of(story: Story, analysis: Analysis, newsroom: Newsroom) -> tuple[Face, str]:
    """What the card of this story says, and the characters that no font of ours has."""
    article, byline = story.article, story.article.byline
    source, editor = _WORDS["zh" if article.language == "zh" else "en"]
    colon = "\uff1a" if article.language == "zh" else ": "
    foot = [_time(story, newsroom.tz)]
    foot += [f"{source}{colon}{byline.credit}"] if byline.credit else []
    foot += [f"{editor}{colon}{byline.editor}"] if byline.editor else []
    figure = analysis.figure
    caption = figure.clause if figure and len(figure.clause) <= _LINE else (article.subtitle or "")
    face = Face(
        masthead=newsroom.name,
        section=article.section or "",
        headline=_short(article.headline, _HEADLINE),
        figure=figure.number if figure and caption == figure.clause else "",
        caption=_short(caption, _LINE),
        foot=" · ".join(foot),
        language=article.language if article.language in _WORDS else "en",
        colour=newsroom.colour,
        link=article.link or "",
    )
    missing = ""
    for name in ("masthead", "section", "headline", "figure", "caption", "foot"):
        text, lost = drawable(getattr(face, name))
        face = replace(face, **{name: text})
        missing += lost
    return face, missing


class CardPress:
    """Draws cards into a folder."""

    def __init__(self, template: Path, folder: Path) -> None:
        self._template, self._folder = template, folder

    async def card(self, face: Face) -> Card:
        """The card of this face; drawn in a thread, and only if it is not there yet. Raises PressError."""
        return await asyncio.to_thread(self._card, face)

    def draw(self, face: Face) -> bytes:
        """The picture alone, kept nowhere. Raises PressError."""
        return draw(self._template, _data(face))

    def _card(self, face: Face) -> Card:
        template = self._template.read_bytes()
        data = _data(face)
        file = hashlib.sha256(template + json.dumps(data, sort_keys=True).encode()).hexdigest()[:32] + ".png"
        path = self._folder / file
        if not path.is_file():
            self._write(path, draw(self._template, data))
        alt = ". ".join(part for part in (face.headline, face.caption, face.masthead) if part)
        return Card(file, "image/png", WIDTH, HEIGHT, path.stat().st_size, alt)

    def _write(self, path: Path, png: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self._folder, suffix=".part", delete=False) as part:
            part.write(png)
        os.chmod(part.name, 0o644)  # noqa: PTH101 - a temporary file is private, a card is not
        os.replace(part.name, path)  # noqa: PTH105 - the name is a str here


def draw(template: Path, data: dict[str, str]) -> bytes:
    """The PNG. Any warning of Typst's is an error: it means a missing font or a broken template. Raises PressError."""
    try:
        png, warnings = typst.compile_with_warnings(
            str(template),
            root=str(template.parent),
            font_paths=fonts(),
            format="png",
            ppi=72,
            sys_inputs={"card": json.dumps(data, ensure_ascii=False)},
        )
    except (typst.TypstError, RuntimeError) as err:
        raise PressError(str(err).splitlines()[0], template=template.name) from err
    if warnings:
        raise PressError(str(warnings[0]), template=template.name)
    if not isinstance(png, bytes):
        raise PressError("the card does not fit on one page", template=template.name)
    return png


def _data(face: Face) -> dict[str, str]:
    qr = ""
    if face.link:
        qr = segno.make(face.link, error="m", micro=False).svg_inline(border=0, dark="#1a1a1a", omitsize=True)
        qr = qr.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    fields = ("masthead", "section", "headline", "figure", "caption", "foot", "language", "colour")
    return {"qr": qr, **{name: getattr(face, name) for name in fields}}


def _short(text: str, size: int) -> str:
    return fullest(shortenings(text), lambda shorter: len(shorter) <= size) or ""


def _time(story: Story, zone: ZoneInfo) -> str:
    published = (story.article.byline.published or story.first_seen).astimezone(zone)
    if story.article.language == "zh":
        return f"{published.year}年{published.month}月{published.day}日 {published:%H:%M}"
    return f"{published.day} {published:%B %Y, %H:%M}"
