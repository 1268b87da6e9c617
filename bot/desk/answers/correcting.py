"""What a correction asks and tells: what each channel will do before it counts, and what readers still see wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from bot.desk.answer import Button, Rows, Topic
from bot.model.desk import Shows
from bot.model.order import Correction, Effect, Kind, Unreached, Way


@dataclass(frozen=True, slots=True)
class WhatCorrect:
    """A question: what is corrected; `why` the words given so far do not do."""

    template: ClassVar[str] = "what_correct"
    asks: ClassVar[bool] = True
    number: int
    headline: str
    why: str = ""

    @property
    def topic(self) -> Topic:
        """The story."""
        return Topic(Shows.ANSWER, self.number)


@dataclass(frozen=True, slots=True)
class HowCorrect:
    """A correction as it was understood; with its kind also what each channel would do. Nothing is changed yet."""

    template: ClassVar[str] = "how_correct"
    number: int
    headline: str
    correction: Correction
    chosen: bool
    """Its kind was named."""
    effects: tuple[Effect, ...] = ()

    @property
    def rows(self) -> Rows:
        """The kinds; of a chosen one first the yes."""
        kinds = [kind for kind in Kind if not (self.chosen and kind is self.correction.kind)]
        if not self.correction.old:
            kinds = [kind for kind in kinds if kind is not Kind.TYPO]
        row = tuple(Button(f"as_{kind}", f"correct {self.number} as {kind}") for kind in kinds)
        yes = ((Button("correct_yes", f"correct {self.number} as {self.correction.kind} yes"),),) if self.chosen else ()
        return (*yes, row)

    @property
    def topic(self) -> Topic:
        """The story."""
        return Topic(Shows.ANSWER, self.number)


@dataclass(frozen=True, slots=True)
class Corrected:
    """It counts; what each channel does now."""

    template: ClassVar[str] = "corrected"
    number: int
    headline: str
    revision: int
    correction: Correction
    effects: tuple[Effect, ...]

    @property
    def rows(self) -> Rows:
        """Where something stays wrong, the list of that."""
        stays = any(effect.way is Way.NOTHING and effect.permalink for effect in self.effects)
        return ((Button("unseen", "unseen"),),) if stays else ()

    @property
    def topic(self) -> Topic:
        """The story."""
        return Topic(Shows.ANSWER, self.number)


@dataclass(frozen=True, slots=True)
class Unseen:
    """What is out and says something else than its story, until an editor has seen it; `seen` left just now."""

    template: ClassVar[str] = "unseen"
    entries: tuple[Unreached, ...]
    more: int = 0
    seen: int = 0

    @property
    def rows(self) -> Rows:
        """One tap a story."""
        return tuple((Button("seen_one", f"seen {one}", f"#{one}"),) for one in _stories(self.entries))


def _stories(entries: Sequence[Unreached]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(entry.story for entry in entries))
