"""The templates in force: a changed one is taken when it passes, and until then the last good one stays."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.errors import PressError
from bot.model.edition import Markup
from bot.press.shelf import SHIPPED, Shelf, stamp_of

Passes = Callable[[Shelf, str], None]
"""Tries one template of a shelf on sample stories. Raises PressError."""


class Templates:
    """Renders templates/posts/<name>.<suffix>.j2, the newsroom's own before the shipped ones."""

    def __init__(self, shipped: Path, own: Path | None, room: str = "posts") -> None:
        """Whatever stands there at the beginning is in force: `check` tries it."""
        self._shipped, self._own = shipped / room, own / room if own else None
        self._shelf = Shelf.read(self._shipped, self._own)
        self._good = dict.fromkeys(self._shelf.names, self._shelf)

    @property
    def shelf(self) -> Shelf:
        """The newest state of the folders."""
        return self._shelf

    def render(self, wanted: Sequence[str], markup: Markup, words: Mapping[str, Any]) -> str:
        """The first of these templates that is in force, as text. Raises PressError with template and line."""
        name = self._found(wanted)
        return self._good.get(name, self._shelf).render(name, markup, words)

    def renew(self, passes: Passes) -> tuple[PressError, ...]:
        """Look whether a file has changed; take each template that passes, and say what is wrong with the others.

        A template stays in force as it last passed, its macros too. One that is new and does not pass is not taken.
        """
        if stamp_of(self._shipped, self._own) == self._shelf.stamp:
            return ()
        shelf = Shelf.read(self._shipped, self._own)
        # Trying all of them takes half a second, in which nothing else is done.
        spared = set(shelf.names) - set(shelf.at_stake) if shelf.shipped == self._shelf.shipped else set()
        good, problems = dict.fromkeys(spared, shelf), []
        for name in shelf.names:
            if name in spared:
                continue
            try:
                passes(shelf, name)
            except PressError as err:
                problems.append(err)
                if name in self._good:
                    good[name] = self._good[name]
            else:
                good[name] = shelf
        self._shelf, self._good = shelf, good
        return tuple(problems)

    def _found(self, wanted: Sequence[str]) -> str:
        """In force; else there at all, so that its mistake is named; else the last, which is then missed."""
        own = self._shelf.own
        order = [name for name in wanted if name in own]
        order += [SHIPPED + name if name in own else name for name in wanted]
        there = [name for name in order if name in self._good] or [name for name in order if name in self._shelf.files]
        return there[0] if there else wanted[-1]
