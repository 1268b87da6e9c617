"""What is on offer, by a button's mark or by what somebody writes."""

import hashlib
from collections.abc import Iterable, Mapping

from bot.rules.matching import fold


def mark(name: str) -> str:
    """A name in eight characters, for a button."""
    return hashlib.sha256(name.encode()).hexdigest()[:8]


def marked(names: Iterable[str]) -> Mapping[str, str]:
    """Names by their marks."""
    return {mark(name): name for name in names}


def named(text: str, names: Iterable[str]) -> str | None:
    """The one of them that is meant, however it is written; None for none."""
    wanted = fold(text.strip("#＃ "))
    return next((name for name in names if fold(name) == wanted), None)


def matching(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """Those that the text is part of."""
    wanted = fold(text)
    return tuple(name for name in names if wanted in fold(name))
