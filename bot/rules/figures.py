"""Key figures: a number with its unit and the clause that says what is counted, both verbatim."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from bot.rules.sentences import clause_ends

# 183起, 61.67%, 1.2万人, 340 trees, $3.5 million. Dates and times are no figures.
_FIGURE = re.compile(
    r"[$€£¥]\s?\d[\d,]*(?:\.\d+)?(?: (?:million|billion))?"
    r"|(?<![\d.:第])\d[\d,]*(?:\.\d+)?(?:\s?[%‰℃]|[万亿千百]?[余多]?(?![年月日号时点分路楼])[\u4e00-\u9fff]"
    r"|(?: (?:million|billion|thousand))? (?!a\.m|p\.m|(?:am|pm|of|to|and|or|in|on|at|from|per|the|with)\b)[a-z]{3,})"
)
_EDGES = " ，,、；;：:。.！!？?"
_LONGEST_CLAUSE = 60
_PAIRS = ("“”", "「」", "（）", "()", "《》")


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure: the number with its unit, and the clause that says what is counted; both verbatim."""

    number: str
    clause: str


def figures(texts: Iterable[str]) -> tuple[Figure, ...]:
    """The figures of the texts in their order, each number once."""
    found: dict[str, Figure] = {}
    for text in texts:
        for figure in _figures(text):
            found.setdefault(figure.number, figure)
    return tuple(found.values())


def _figures(text: str) -> Iterator[Figure]:
    for start, end in pairwise([0, *clause_ends(text), len(text)]):
        clause = text[start:end].strip(_EDGES)
        if any(clause.count(pair[0]) != clause.count(pair[1]) for pair in _PAIRS):
            continue
        if (match := _FIGURE.search(clause)) and match[0] != clause and len(clause) <= _LONGEST_CLAUSE:
            yield Figure(match[0].strip(), clause)
