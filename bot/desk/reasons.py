"""The house's own reasons, kept in English in the ledger, in the reader's words: one reasons.yaml a language.

What the rules, dispatch and the ledger write down is known by its shape; what a platform or an editor wrote stays.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from bot.errors import SettingsError
from bot.settings.wordfile import read_lines

SHIPPED = Path(__file__).resolve().parents[2] / "templates"
FILE = "reasons.yaml"

Known = tuple[tuple[re.Pattern[str], str], ...]
"""Shapes of reasons with what is said instead: the groups' own words stand for each {}."""


def worded(reason: str, language: str, folders: Sequence[Path] = (SHIPPED,)) -> str:
    """The reason in the reader's language, as far as the house wrote it. Raises SettingsError for a broken file."""
    reason = reason.removesuffix(": ")  # an order without a reason, such as “skipped by Ana: ”
    known = _catalogue(language, tuple(folders))
    return _in_words(reason, known) if known else reason


@cache
def _catalogue(language: str, folders: tuple[Path, ...]) -> Known:
    """The newsroom's own lines come first."""
    return tuple(
        line for folder in folders if (path := folder / "desk" / language / FILE).is_file() for line in _read(path)
    )


def _read(path: Path) -> Known:
    try:
        return tuple((re.compile(str(shape), re.DOTALL), str(words)) for shape, words in read_lines(path).items())
    except re.error as err:
        raise SettingsError("house.templates", str(path), f"mend the shape {err.pattern!r}: {err}") from err


def _in_words(text: str, known: Known) -> str:
    if (said := _said(text, known)) is not None:
        return said
    # "#12 some headline: the reason": the longest end of the text that is a reason of the house.
    for colon in re.finditer(": ", text):
        if (said := _said(text[colon.end() :], known)) is not None:
            return f"{text[: colon.start()]}：{said}" if _wide(said) else f"{text[: colon.end()]}{said}"
    return text


def _said(text: str, known: Known) -> str | None:
    for shape, words in known:
        if match := shape.fullmatch(text):
            return words.format(*(_in_words(group, known) for group in match.groups("")))
    return None


def _wide(said: str) -> bool:
    """Chinese stands behind a colon of its own width."""
    return any("\u4e00" <= letter <= "\u9fff" for letter in said)
