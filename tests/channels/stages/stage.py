"""A stage: one kind of channel opened against its platform's double, and how the contract's tests set it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from bot.channels import KINDS, Doors
from bot.model.begun import Begun
from bot.model.channel import Channel
from bot.model.edition import Card, Edition
from tests.fakes.faults import Faults

NOW = datetime.now(UTC).replace(microsecond=0)
TEMPLATES = (Path(__file__).resolve().parents[3] / "templates",)
NOWHERE = "http://127.0.0.1:9"
CARD = Card("card.png", "image/png", 1200, 630, 4, "大桥通车")


@dataclass
class Stage:
    """One kind, opened."""

    kind: str
    channel: Channel
    edition: Edition
    faults: Faults
    double: Any
    shown: Callable[[], Sequence[str]]
    """The words of every post that is out, in order; an event of its own is a post."""
    given: Mapping[str, Any] = field(default_factory=dict)
    """Its settings, for a test that opens it once more."""
    pinned: Callable[[], Sequence[str]] | None = None
    """What is on top, where the double has no `top`."""

    def on_top(self) -> Sequence[str]:
        told: Sequence[str] = self.double.top if self.pinned is None else self.pinned()
        return told

    def arrived(self) -> int:
        return len(self.shown())


class Opens(Protocol):
    def __call__(self, folder: Path, **more: Any) -> AbstractAsyncContextManager[Stage]:
        """`more` are settings besides those that every test needs; the folder holds the cards."""
        ...


@dataclass(frozen=True)
class Play:
    """One line of the contract's table."""

    open: Opens
    nowhere: Mapping[str, Any]
    """Settings that lead to an address where nobody listens."""
    secrets: Mapping[str, str]
    """What the settings refer to, by environment variable: CRIER_TEST_…"""
    served: bool = True
    """Whether there is a server that can fail; False where it writes into a folder."""
    throttled: timedelta | None = timedelta(seconds=7)
    """How long the double asks to be left alone; None where the platform has no way to say it."""


def running() -> datetime:
    """The real time, for kinds whose signatures grow old: a run of all the tests takes longer than they live."""
    return datetime.now(UTC)


def opened(
    given: Mapping[str, Any],
    folder: Path,
    clock: Callable[[], datetime] = lambda: NOW,
    begun: Begun | None = None,
) -> Channel:
    kind = KINDS[given["kind"]]
    doors = Doors(folder, clock, folder, begun=begun, templates=TEMPLATES)
    return kind.open("main", kind.settings.model_validate(dict(given)), doors)
