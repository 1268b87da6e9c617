"""What every verb of the desk gets: the room it works in, and who asks for what, when."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.desk.answers import Answer
from bot.ledger import Ledger
from bot.settings import Editor


@dataclass(frozen=True, slots=True)
class Room:
    """What a verb may look at and change."""

    ledger: Ledger
    channels: tuple[str, ...]
    """Every channel of the newsroom."""
    able: tuple[str, ...] = ()
    """Those that can delete what is out."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One command of an editor's."""

    editor: Editor
    rest: str
    """What stood behind the verb."""
    now: datetime


Verb = Callable[[Room, Asked], Awaitable[Answer]]
"""Raises LedgerError."""
