"""Summaries without a model: sentences of the article, verbatim and in its order, with its figures and quotations."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.model.story import Article
from bot.rules.figures import Figure, figures
from bot.rules.passages import Passage, Sentence, joined, passages, split
from bot.rules.quotations import Quotation, quotations
from bot.rules.ranking import Ranking

_CORRECTION = re.compile(r"(?:更正|勘误|编者注|Corrections?|Clarification|Editor['’]s note)\s*[:：]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences of one paragraph; `quoted` where the whole of it is a quotation without marks of its own."""

    text: str
    quoted: bool = False
    rows: tuple[tuple[str, ...], ...] = ()
    """Where it is a table or a list, whose `text` is its lines: the cells, or one entry a row."""


@dataclass(frozen=True, slots=True)
class Part:
    """A section as it is told: its heading, "" at the beginning, and its paragraphs."""

    heading: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """One reading of an article, good for every length."""

    passages: tuple[Passage, ...]
    """Most important first; the first is the lead. They may share sentences."""
    headings: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    """The lead's first."""
    quotation: Quotation | None = None
    """The lead quotation, or the first that stands for itself."""
    lists: tuple[Passage, ...] = ()
    """Lists and tables that carry facts, each with the sentence that leads up to it; no passage has one."""
    correction: Passage | None = None
    """What the newsroom says it has corrected; told wherever there is room."""

    @property
    def ranked(self) -> tuple[Sentence, ...]:
        """The sentences, most important first."""
        return tuple(
            dict.fromkeys(sentence for passage in self.passages for sentence in (passage.main, *passage.sentences))
        )

    @property
    def figure(self) -> Figure | None:
        """The key figure."""
        return self.figures[0] if self.figures else None

    def parts(self, chosen: Iterable[Passage]) -> tuple[Part, ...]:
        """The passages in the article's order, section by section; sentences of a paragraph stay together."""
        sentences = {one.order: one for passage in chosen for one in passage.sentences}
        told: dict[int, dict[int, list[Sentence]]] = {}
        for _, one in sorted(sentences.items()):
            told.setdefault(one.section, {}).setdefault(one.paragraph, []).append(one)
        return tuple(
            Part(self.headings[section - 1] if section else "", tuple(map(_paragraph, paragraphs.values())))
            for section, paragraphs in told.items()
        )

    def told(self, chosen: Iterable[Passage]) -> tuple[str, ...]:
        """The passages as paragraphs, in the article's order."""
        return tuple(paragraph.text for part in self.parts(chosen) for paragraph in part.paragraphs)

    def paragraphs(self, number: int) -> tuple[str, ...]:
        """The `number` most important passages as paragraphs."""
        return self.told(self.passages[:number])


@lru_cache(maxsize=64)
def analyse(article: Article) -> Analysis:
    """Read an article once. Deterministic; takes some milliseconds, and nothing the second time."""
    found = split(article)
    made = passages(found)
    whole = tuple(one for one in made if not any(sentence.rows for sentence in one.sentences))
    lists = tuple(one for one in made if one.main.rows)
    if not whole:
        return Analysis((), article.headings, lists=lists)
    correction = next((one for one in whole if _CORRECTION.match(one.main.text)), None)
    said = quotations(whole)
    opening = next((one for one in said if one.passage.main.quoted and one.passage.main.section == 0), None)
    ranked = Ranking(article, found, whole).ranked(opening.passage if opening else None)
    named = [one for one in said if one.speaker]
    return Analysis(
        ranked,
        article.headings,
        figures(passage.main.text for passage in ranked),
        opening or (named[0] if named else said[0] if said else None),
        lists,
        correction,
    )


def _paragraph(sentences: Sequence[Sentence]) -> Paragraph:
    return Paragraph(joined([one.text for one in sentences]), sentences[0].quoted, sentences[0].rows)
