"""Fitting: the fullest version that fits, and if a line must be shortened, never inside what belongs together."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from bot.rules.counting import clusters
from bot.rules.sentences import clause_ends

Version = TypeVar("Version")
Piece = TypeVar("Piece")

ELLIPSIS = "…"
_WORTH_A_CLAUSE = 0.6
"""A cut at a clause's end is preferred while it keeps this share of what would fit."""

_WORTH_A_CUT = 0.5
_PAIRS = ("“”", "「」", "『』", "《》", "（）", "()", "【】")

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


def first_fitting(versions: Sequence[Version], fits: Callable[[Version], bool]) -> Version | None:
    """As `fullest`, with few questions: for versions of which each is shorter than the one before it.

    The first one, which is whole, is asked for by itself: an ellipsis may be wider than what it stands for.
    """
    if versions and fits(versions[0]):
        return versions[0]
    low, high = 1, len(versions)
    while low < high:
        middle = (low + high) // 2
        if fits(versions[middle]):
            high = middle
        else:
            low = middle + 1
    return versions[low] if low < len(versions) else None


def most(
    pieces: Sequence[Piece],
    fits: Callable[[Sequence[Piece]], bool],
    hopeless: Callable[[Piece], bool] = lambda _: False,
) -> list[Piece]:
    """As many pieces as fit, taken in their order; one that does not fit is passed over, not the end.

    Asks seldom: first for how many from the beginning fit, then for each of the others that is not hopeless.
    More pieces are taken to be longer.
    """
    if fits(pieces):
        return list(pieces)
    low, high = 0, len(pieces) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(pieces[:middle]) else (low, middle - 1)
    taken = list(pieces[:low])
    for piece in pieces[low + 1 :]:
        if not hopeless(piece) and fits([*taken, piece]):
            taken.append(piece)
    return taken


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


def cuts(text: str) -> tuple[str, ...]:
    """The text cut at the ends of its clauses, longest first, while half of it is kept and no pair of marks is torn."""
    ends = [end for end in reversed(clause_ends(text)) if len(text) * _WORTH_A_CUT <= end < len(text)]
    return tuple(_closed(text[:end]) for end in ends if _paired(text[:end]))


def _paired(text: str) -> bool:
    return all(text.count(pair[0]) == text.count(pair[1]) for pair in _PAIRS) and text.count('"') % 2 == 0


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
