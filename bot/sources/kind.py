"""What a kind of source brings: its settings, and how it is opened."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.model.source import Source
from bot.settings import SourceSettings
from bot.web.fetch import Fetcher


@dataclass(frozen=True, slots=True)
class Tools:
    """What a source may use of the house."""

    fetcher: Fetcher
    zone: ZoneInfo
    """A time without a zone is read in it."""
    root: Path
    """Where relative folders begin."""


@dataclass(frozen=True, slots=True)
class SourceKind:
    """One line of the registry."""

    settings: type[SourceSettings]
    open: Callable[[str, Any, Tools], Source]
