"""Summaries without a model: sentences of the article, verbatim and in its order.

The lead is hard to beat, so it comes first; what is added covers the sections of a long piece and prefers sentences
with figures and quotations that say something the others do not.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import rjieba

from bot.model.story import Article, BlockKind
from bot.rules.sentences import clause_ends, sentences

MOST = 7
# A number with its unit, verbatim: 183起, 61.67%, 1.2万人, 340 trees. Dates and times are no figures.
_FIGURE = re.compile(
    r"(?<![\d.])\d[\d,]*(?:\.\d+)?(?:\s?[%‰]|[万亿]?(?![年月日号时点分])[\u4e00-\u9fff]| (?!a\.m|p\.m)[a-z]{3,})"
)
_QUOTE = re.compile(r"[“「\"].{6,}[”」\"]")
_WORD = re.compile(r"[a-z0-9]{3,}")
_EDGES = " ，,、；;：:。.！!？?"
_INTRODUCES = ("：", ":", "—")
_ALIKE = 0.55
_COMFORTABLE = 150


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with its place."""

    text: str
    paragraph: int
    section: int
    order: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure: the number with its unit, and the clause that says what is counted; both verbatim."""

    number: str
    clause: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """One reading of an article, good for every length."""

    ranked: tuple[Sentence, ...]
    """Most important first."""
    figure: Figure | None

    def paragraphs(self, number: int) -> tuple[str, ...]:
        """The `number` most important sentences in the article's order; neighbours stay one paragraph."""
        chosen = sorted(self.ranked[:number], key=lambda sentence: sentence.order)
        found: list[tuple[int, str]] = []
        for sentence in chosen:
            if found and found[-1][0] == sentence.paragraph:
                found[-1] = (sentence.paragraph, _join(found[-1][1], sentence.text))
            else:
                found.append((sentence.paragraph, sentence.text))
        return tuple(text for _, text in found)


def analyse(article: Article) -> Analysis:
    """Read an article once. Deterministic; takes some milliseconds."""
    found = list(_sentences(article))
    words = [_words(sentence.text) for sentence in found]
    ranked = _rank(article, found, words)
    return Analysis(tuple(ranked), _figure(ranked))


def _sentences(article: Article) -> Iterator[Sentence]:
    section = order = 0
    for number, block in enumerate(article.blocks):
        if block.kind is BlockKind.HEADING:
            section += 1
        if block.kind not in (BlockKind.PARAGRAPH, BlockKind.QUOTE):
            continue
        for line in block.text.splitlines():
            for text in sentences(line):
                if len(text.strip()) > 1:
                    yield Sentence(text.strip(), number, section, order)
                    order += 1


def _words(text: str) -> frozenset[str]:
    lower = text.lower()
    chinese = {word for word in rjieba.cut(lower) if len(word) > 1 and "\u4e00" <= word[0] <= "\u9fff"}
    return frozenset(chinese | set(_WORD.findall(lower)))


def _rank(article: Article, found: list[Sentence], words: list[frozenset[str]]) -> list[Sentence]:
    if not found:
        return []
    common = Counter(word for one in words for word in one)
    headline = _words(article.headline)
    opening = {sentence.section: sentence.order for sentence in reversed(found)}
    scores = {
        sentence.order: _score(sentence, own, common, headline, opens=opening[sentence.section] == sentence.order)
        for sentence, own in zip(found, words, strict=True)
    }
    lead = _lead(found)
    chosen = [lead]
    rest = sorted((one for one in found if one is not lead), key=lambda one: (-scores[one.order], one.order))
    covered = {lead.section}
    while rest and len(chosen) < MOST:
        fresh = [one for one in rest if not _said(words, one, chosen)]
        if not fresh:
            break
        uncovered = [one for one in fresh if one.section not in covered]
        best = (uncovered or fresh)[0]
        chosen.append(best)
        covered.add(best.section)
        rest.remove(best)
    return chosen


def _lead(found: list[Sentence]) -> Sentence:
    """The first whole sentence: one that only introduces a quotation says nothing yet."""
    for sentence in found[:3]:
        if not sentence.text.endswith(_INTRODUCES):
            return sentence
    return found[0]


def _score(
    sentence: Sentence, own: frozenset[str], common: Counter[str], headline: frozenset[str], *, opens: bool
) -> float:
    if sentence.text.endswith(_INTRODUCES) or len(sentence.text) < 8:
        return -1.0
    central = sum(math.log1p(common[word]) for word in own) / math.sqrt(len(own) + 4)
    score = central + 1.5 * len(own & headline) / (len(headline) + 1)
    score += 0.8 if opens else 0.0
    score += min(len(_FIGURE.findall(sentence.text)), 3) * 0.35
    score += 0.4 if _QUOTE.search(sentence.text) else 0.0
    score += 1.2 / (1 + sentence.order)
    return score - max(0.0, (len(sentence.text) - _COMFORTABLE) / 80)


def _said(words: list[frozenset[str]], one: Sentence, chosen: list[Sentence]) -> bool:
    own = words[one.order]
    return any(len(own & words[other.order]) > _ALIKE * max(len(own), 1) for other in chosen)


def _figure(ranked: list[Sentence]) -> Figure | None:
    for sentence in ranked[:4]:
        places = [0, *clause_ends(sentence.text), len(sentence.text)]
        for start, end in pairwise(places):
            clause = sentence.text[start:end].strip(_EDGES)
            if (match := _FIGURE.search(clause)) and len(clause) <= 60:
                return Figure(match[0].strip(), clause)
    return None


def _join(first: str, second: str) -> str:
    return first + second if first[-1] >= "\u2018" else f"{first} {second}"
