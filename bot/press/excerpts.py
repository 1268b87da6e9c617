"""Excerpts for a card: key figures and a quotation, verbatim from the story."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bot.model.story import Article
from bot.rules.sentences import clause_ends, sentences
from bot.rules.summarising import Analysis

_CLAUSE = 40
_WORDS = 100
_FIGURE = re.compile(
    r"(?<![\d.:第])(\d[\d,]*(?:\.\d+)?)"
    r"(\s?[%‰℃]|\s?[万亿千百]?(?![年月日号时点分路楼岁第届])[\u4e00-\u9fff](?:方米|里|米|克|斤|元|次)?|(?= [a-z]{3,}))"
)
_JOINING_WORD = re.compile(r"[\d,.]+ (?:and|or|to|from|of|in|on|at|per|the|with|am|pm|a\.m|p\.m)\b")
_QUOTED = re.compile(r"“([^“”]{8,110})”|「([^「」]{8,110})」")
_SPEAKER = re.compile(
    r"[，,。”」]?\s*(?:said\s+)?(?P<before>[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)+)"
    r"|(?P<after>[\u4e00-\u9fff·]{2,12}?)(?:说|表示|介绍|回忆|坦言)"
)
_PAIRS = tuple(zip("“「（(《", "”」）)》", strict=True))
_EDGES = " ，,、；;：:。.！!？?"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number to show large, its unit, and the clause that says what it counts; all verbatim from the story."""

    value: str
    unit: str
    caption: str


@dataclass(frozen=True, slots=True)
class Quotation:
    """Somebody's words without their marks, and the name the story gives beside them; "" where it gives none."""

    words: str
    speaker: str


def figures(analysis: Analysis, language: str) -> tuple[Figure, ...]:
    """Key figures in the order of the sentences' weight, one a clause. A unit stands beside its number in Chinese."""
    found: dict[str, Figure] = {}
    for sentence in analysis.ranked:
        for clause in _clauses(sentence.text, _CLAUSE if language == "zh" else _WORDS):
            match = _FIGURE.search(clause)
            if match is None or _JOINING_WORD.match(clause, match.start(1)) or len(clause) < len(match[0]) + 3:
                continue
            found.setdefault(match[1], Figure(match[1], match[2].strip(), clause))
    return tuple(found.values())


def quotation(article: Article) -> Quotation | None:
    """The first whole quotation that can stand alone, with its speaker."""
    for paragraph in article.paragraphs:
        for match in _QUOTED.finditer(paragraph):
            words = (match[1] or match[2]).strip()
            if words[-1] in "。！？.!?,，":
                return Quotation(words.rstrip("，,"), _speaker(paragraph, match.start(), match.end()))
    return None


def _speaker(paragraph: str, start: int, end: int) -> str:
    """The name right after the quotation, else the one in the sentence before it."""
    near = paragraph[end:][:60]
    if (match := _SPEAKER.match(near)) is not None:
        return (match["before"] or match["after"] or "").strip()
    before = list(sentences(paragraph[:start]))
    match = _SPEAKER.search(before[-1]) if before else None
    return (match["before"] or match["after"] or "").strip() if match else ""


def _clauses(sentence: str, longest: int) -> Iterator[str]:
    places = [0, *clause_ends(sentence), len(sentence)]
    for start, end in pairwise(places):
        clause = _closed(sentence[start:end].strip(_EDGES))
        if 0 < len(clause) <= longest:
            yield clause


def _closed(clause: str) -> str:
    """Without a quotation mark whose partner stands in another clause."""
    for opening, closing in _PAIRS:
        if clause.count(opening) != clause.count(closing):
            clause = clause.replace(opening, "").replace(closing, "")
    return clause
