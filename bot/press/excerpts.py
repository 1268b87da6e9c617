"""Excerpts that stand large on a card: a figure in its parts, and a quotation that is short enough."""

import re
from dataclasses import dataclass

from bot.rules.summarising import Analysis

_LONGEST_QUOTATION = 110
_VALUE = re.compile(r"[$€£¥]?\s?\d[\d,]*(?:\.\d+)?(?: (?:million|billion))?")
_UNIT = re.compile(
    r"\s?[%‰℃]|[万亿千百]*[余多]?(?:平方公里|平方米|立方米|公里|千米|公斤|千克|人次|美元|分钟|小时|个月|[\u4e00-\u9fff])"
)
_LISTED = re.compile(r"[\s,]*(?:and|or|to|is|are|was|were)\b")


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


def figures(analysis: Analysis) -> tuple[Figure, ...]:
    """The story's key figures. A Chinese unit stands beside its number; an English one is a word of the caption."""
    found: dict[str, Figure] = {}
    for one in analysis.figures:
        value = _VALUE.match(one.number)
        if value is None:
            continue
        rest = one.clause[one.clause.index(one.number) + value.end() :]
        unit = _UNIT.match(rest)
        if not _LISTED.match(rest):
            found.setdefault(value[0], Figure(value[0], unit[0].strip() if unit else "", one.clause))
    return tuple(found.values())


def quotation(analysis: Analysis) -> Quotation | None:
    """The story's quotation, if a card has room for it."""
    said = analysis.quotation
    return Quotation(said.words, said.speaker) if said and len(said.words) <= _LONGEST_QUOTATION else None
