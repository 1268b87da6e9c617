"""Fitting: the fullest version that fits, and if a line must be shortened, never inside what belongs together."""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from bot.rules.counting import clusters
from bot.rules.sentences import clause_ends

Version = TypeVar("Version")

ELLIPSIS = "…"
_WORTH_A_CLAUSE = 0.6
"""A cut at a clause's end is preferred while it keeps this share of what would fit."""

# What must not be torn: a number with its unit, a Latin word, a name in book-title marks, a quotation, a link.
_WHOLE = re.compile(
    r"https?://\S+"
    r"|《[^《》]{0,40}》|“[^“”]{0,60}”|「[^「」]{0,60}」"
    r"|\d[\d,.:]*\s?[%‰]?\s?(?:[万亿千百]?[\u4e00-\u9fff]|[A-Za-z]+)?"
    r"|[A-Za-zÀ-ɏ0-9]+(?:['’.@#-][A-Za-zÀ-ɏ0-9]+)*"
)
_NEVER_FIRST = set("，。、；：！？,.;:!?”’」』》）)】%…—")
_DROPPED_AT_THE_END = " \t\n，,、；;：:—-"
_NEVER_LAST = set("“‘「『《（(【#@")


def fullest(versions: Iterable[Version], fits: Callable[[Version], bool]) -> Version | None:
    """The first version that fits; give the fullest first."""
    return next((version for version in versions if fits(version)), None)


def shortenings(text: str) -> Iterable[str]:
    """The text, then every shorter form of it with an ellipsis, longest first.

    A form ends where nothing is torn; only when no such place is left are single characters (grapheme clusters)
    taken away, so that something always fits.
    """
    yield text
    safe = _safe_places(text)
    clauses = [end for end in clause_ends(text) if end < len(text)]
    last = ""
    for place in reversed(safe):
        near = [end for end in clauses if place * _WORTH_A_CLAUSE <= end <= place]
        shorter = _closed(text[: near[-1] if near else place])
        if shorter != last:
            yield shorter
        last = shorter
    shortest = text[: safe[0]] if safe else text
    characters = clusters(shortest)
    for length in range(len(characters) - 1, 0, -1):
        yield _closed("".join(characters[:length]))
    yield ""


def _safe_places(text: str) -> list[int]:
    """Places between two characters where a cut tears nothing, in order."""
    whole = [match.span() for match in _WHOLE.finditer(text)]
    places = []
    place, span = 0, 0
    for cluster in clusters(text):
        place += len(cluster)
        while span < len(whole) and whole[span][1] <= place:
            span += 1
        torn = span < len(whole) and whole[span][0] < place < whole[span][1]
        if torn or place >= len(text) or text[place] in _NEVER_FIRST or text[place - 1] in _NEVER_LAST:
            continue
        places.append(place)
    return places


def _closed(text: str) -> str:
    return text.rstrip(_DROPPED_AT_THE_END) + ELLIPSIS
