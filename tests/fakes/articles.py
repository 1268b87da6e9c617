"""The sample articles of tests/press/articles, each with the key facts that an editor has marked in it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.model.story import Article
from bot.rules.fitting import first_fitting, shortenings
from bot.rules.passages import joined, split
from bot.sources.reading import read_file

FOLDER = Path(__file__).resolve().parents[1] / "press" / "articles"
NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
_FACTS = re.compile(r'^facts: "(.*)"$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Marked:
    """One article with its facts, verbatim."""

    name: str
    article: Article
    facts: tuple[str, ...]

    @property
    def size(self) -> str:
        """short, mid or long."""
        return self.name.split("-")[1]

    def told(self, text: str) -> int:
        """How many of the facts a text tells."""
        return sum(fact in text for fact in self.facts)


def read(path: Path) -> Article:
    """One file as the inbox reads it."""
    (article,) = read_file(path.name, path.read_bytes(), zone=ZONE, now=NOW)
    return article


@cache
def marked() -> tuple[Marked, ...]:
    """All of them, by name."""
    return tuple(_marked(path) for path in sorted(FOLDER.glob("*.md")))


def _marked(path: Path) -> Marked:
    found = _FACTS.search(path.read_text(encoding="utf-8"))
    assert found, f"{path.name} marks no facts"
    return Marked(path.stem, read(path), tuple(found[1].split(" | ")))


def bare_lead(article: Article, room: int) -> str:
    """What everybody does: sentences from the beginning while they fit, the first one cut if it must be."""
    told: list[str] = []
    for sentence in split(article):
        if len(joined([*told, sentence.text])) > room:
            break
        told.append(sentence.text)
    first = split(article)[0].text
    return joined(told) or first_fitting(tuple(shortenings(first)), lambda text: len(text) <= room) or ""
