"""Channels: the doors out, one file a kind; all that dispatch knows of a platform are its facts."""

from bot.channels.registry import KINDS, ChannelKind, Doors

__all__ = ["KINDS", "ChannelKind", "Doors"]
