"""What a kind of channel brings: its settings, its facts, and how it is opened."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.model.begun import Begun
from bot.model.channel import Channel, Facts
from bot.model.token import TokenStore
from bot.settings import ChannelSettings, Newsroom
from bot.web.guard import Guard


@dataclass(frozen=True, slots=True)
class Doors:
    """What a channel may use of the house."""

    cards: Path
    """The folder that an edition's card lies in."""
    clock: Callable[[], datetime]
    root: Path = Path()
    """What a folder in the settings is relative to."""
    newsroom: Newsroom = field(default_factory=lambda: Newsroom(name="Crier"))
    tokens: TokenStore | None = None
    """Where tokens that expire are kept for all workers; None where the house has no key."""
    begun: Begun | None = None
    """Where this channel keeps what it has begun on its platform; None where only this process is to know."""
    templates: tuple[Path, ...] = ()
    """Where a look of a kind's own is kept, the newsroom's before the shipped one."""
    guard: Guard = field(default_factory=Guard)
    """Which addresses may be written to that strangers have named: the public ones, and those of the settings."""
    topics: tuple[str, ...] = ()
    """What readers are offered, in order."""


@dataclass(frozen=True, slots=True)
class ChannelKind:
    """One line of the registry."""

    settings: type[ChannelSettings]
    facts: Callable[[Any], Facts]
    """From the settings; needs no account."""
    open: Callable[[str, Any, Doors], Channel]
    """From name and settings. Raises SettingsError where a secret is missing."""
    carries: bool = False
    """Whether it reaches subscribers one by one."""
