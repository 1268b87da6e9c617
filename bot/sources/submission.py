"""Submission (投稿): what a reader sends in, by the web form or to the bot; an editor decides what goes out.

readers:
  kind: submission
  credit: 读者投稿
"""

import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field

from bot.errors import SourceUnreadable
from bot.model.arrival import Arrival, Letter
from bot.model.source import Found, Look, Memory
from bot.model.story import Article, Block, BlockKind, Byline
from bot.settings import SourceSettings
from bot.sources.kind import Tools
from bot.sources.reading import encoding
from bot.sources.reading.cleaning import line, lines
from bot.sources.reading.feedparts import address
from bot.sources.reading.fields import document, words
from bot.sources.reading.language import language

CREDIT = {"zh": "读者投稿"}
OTHER_CREDIT = "Reader contribution"
_LONGEST_HEADLINE = 120
MOST = {"name": 60, "headline": 200, "text": 20_000, "link": 1_000, "contact": 200}
"""Characters of each part."""
_GUID = "submission "
_ENCLOSED = re.compile(r", with a picture \(submissions/([0-9a-f]{32}\.[a-z]{3,4})\): an editor decides$")


class SubmissionSettings(SourceSettings):
    """What readers may send in."""

    kind: Literal["submission"]
    web: bool = Field(True, description="The form at /submit.")
    telegram: bool = Field(True, description="/submit for everybody who writes to the desk bot.")
    per_day: int = Field(60, ge=1, description="How many are taken in a day.")
    per_sender: int = Field(5, ge=1, description="How many one person, or one address, may send in a day.")


@dataclass(frozen=True, slots=True)
class Submission:
    """As the contributor wrote it; they agreed that it may be published under this name."""

    name: str
    text: str
    headline: str = ""
    link: str = ""
    picture: str = ""
    """Its file in queue/submissions/."""
    way: str = "web form"

    @property
    def too_long(self) -> tuple[str, ...]:
        """Which parts are."""
        return tuple(part for part, most in MOST.items() if len(getattr(self, part, "")) > most)


def letter(submission: Submission, key: str, contact: str | None) -> Letter:
    """What is kept of it; the contact stands apart."""
    body = json.dumps(asdict(submission), ensure_ascii=False).encode("utf-8", "replace")
    return Letter(key, body, "application/json", contact or None)


def arrival_of(article: Article) -> str | None:
    """The key of the letter from which the article was made; None where it was none."""
    guid = article.guid or ""
    return guid.removeprefix(_GUID) if guid.startswith(_GUID) else None


def enclosed_in(held: str | None) -> str | None:
    """The file of the picture that came with it, by why its story was held; None where none came."""
    found = _ENCLOSED.search(held or "")
    return found[1] if found else None


def open_source(name: str, settings: SubmissionSettings, tools: Tools) -> "Submissions":
    """Nothing to open."""
    del tools
    return Submissions(name, settings)


class Submissions:
    """Waits for readers."""

    every = timedelta(hours=1)

    def __init__(self, name: str, settings: SubmissionSettings) -> None:
        self.name, self.settings = name, settings

    async def look(self, memory: Memory, now: datetime) -> Look:
        """Nothing is to be seen."""
        del now
        return Look(memory)

    async def read(self, arrival: Arrival, memory: Memory, now: datetime) -> Look:
        """One article, held. Raises SourceUnreadable."""
        del now
        given = document(encoding.decode(arrival.body))
        parts = {part: words(given, part) for part in ("name", "text", "headline", "link", "picture", "way")}
        if not parts["text"] and not parts["headline"] and not parts["link"]:
            raise SourceUnreadable(self.name, "neither text nor link")
        submission = Submission(**parts)
        article = replace(self._article(submission), guid=f"{_GUID}{arrival.key}")
        name = article.byline.author or "somebody without a name"
        picture = f", with a picture (submissions/{submission.picture})" if submission.picture else ""
        held = f"submitted by {name}{picture}: an editor decides"
        why = f"submitted by {name} ({submission.way}), who agreed to its publication"
        return Look(memory, (Found(article, arrival.key, why=why, held=held),))

    async def taken(self, found: Found) -> None:
        """The house keeps the letters."""

    async def close(self) -> None:
        """Nothing is open."""

    def _article(self, given: Submission) -> Article:
        """Plain text throughout: what looks like markup is text. A link stays a link: nobody fetches it."""
        link = address(line(given.link), None)
        rows = lines(given.text).split("\n") if given.text and given.text != given.link else []
        headline = line(given.headline)
        if not headline and rows:
            headline = rows[0] if len(rows[0]) <= _LONGEST_HEADLINE else rows[0][: _LONGEST_HEADLINE - 1] + "…"
            rows = rows[1:] if len(rows) > 1 and headline == rows[0] else rows
        said = " ".join([headline, *rows])
        spoken = language(said) if said else "und"
        if spoken == "und":
            spoken = self.settings.language or language(given.name)
        return Article(
            headline=headline or urlsplit(link or "").hostname or line(given.link),
            blocks=tuple(Block(BlockKind.PARAGRAPH, row) for row in rows),
            language=spoken,
            section=self.settings.section,
            byline=Byline(
                author=line(given.name) or None,
                credit=self.settings.credit or CREDIT.get(spoken, OTHER_CREDIT),
            ),
            link=link,
        )
