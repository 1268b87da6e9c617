"""A thread: the first post tells the story, the others what had no room in it, in the article's order."""

from collections.abc import Callable, Sequence

from bot.press.fitted import Fitting
from bot.press.version import Extra, Version
from bot.rules.particulars import TELLS_SOMETHING, worth
from bot.rules.passages import Passage
from bot.rules.summarising import Analysis

LONGEST = 8
"""Posts of a thread; what has no room then is left out, the least important first."""

Fit = Callable[[int, int], Fitting]
"""The fitting of post `number` of `of`."""
Post = tuple[str, int]
"""Text and length."""


def thread(fit: Fit, analysis: Analysis) -> list[Post]:
    """As few posts as tell it all, at most LONGEST; a single one is no thread. Raises PressError."""
    for of in range(1, LONGEST + 1):
        head = fit(1, of)
        version = head.fullest()
        left = _left(analysis, version)
        groups = _packed(sorted(left, key=_order), fit, of)
        if len(groups) <= of - 1:
            posts = 1 + len(groups)
            return [fit(1, posts).render(version), *_printed(groups, fit, posts)]
    return [head.render(version), *_printed(_most_important(left, fit), fit, LONGEST)]


def _left(analysis: Analysis, version: Version) -> list[Passage]:
    """What the first post does not tell, most important first; no sentence twice."""
    told = {order for passage in version.passages for order in passage.orders}
    left = []
    for passage in analysis.passages:
        if not passage.orders & told and worth(passage.text) >= TELLS_SOMETHING:
            left.append(passage)
            told |= passage.orders
    return left


def _packed(passages: Sequence[Passage], fit: Fit, of: int) -> list[list[Passage]]:
    """In order, as many whole passages a post as fit; one that fits nowhere is left out."""
    groups: list[list[Passage]] = []
    for passage in passages:
        if groups and fit(len(groups) + 1, of).fits(_continued([*groups[-1], passage])):
            groups[-1].append(passage)
        elif fit(len(groups) + 2, of).fits(_continued([passage])):
            groups.append([passage])
    return groups


def _most_important(left: Sequence[Passage], fit: Fit) -> list[list[Passage]]:
    for number in range(len(left), 0, -1):
        groups = _packed(sorted(left[:number], key=_order), fit, LONGEST)
        if len(groups) < LONGEST:
            return groups
    return []


def _printed(groups: Sequence[Sequence[Passage]], fit: Fit, of: int) -> list[Post]:
    return [fit(number, of).render(_continued(group)) for number, group in enumerate(groups, start=2)]


def _continued(passages: Sequence[Passage]) -> Version:
    return Version("", tuple(passages), frozenset({Extra.HEADINGS}))


def _order(passage: Passage) -> int:
    return passage.main.order
