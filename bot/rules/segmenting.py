"""Chinese text into words; the dictionary (30 MB) is loaded when the first text is to be cut, not at the start."""

import importlib
from functools import cache
from typing import Any


@cache
def _jieba() -> Any:
    return importlib.import_module("rjieba")


def cut(text: str) -> list[str]:
    """The words of the text, in order."""
    found: list[str] = _jieba().cut(text)
    return found


def tag(text: str) -> list[tuple[str, str]]:
    """The words, each with its part of speech as jieba's dictionary calls it, such as n or v."""
    found: list[tuple[str, str]] = _jieba().tag(text)
    return found
