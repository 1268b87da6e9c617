"""Sources: the doors in, one file a kind."""

from bot.sources.registry import KINDS, SourceKind, Tools

__all__ = ["KINDS", "SourceKind", "Tools"]
