"""Push: a newsroom's own system calls us when it publishes, in one of three ways."""

from bot.sources.push.source import Push, PushSettings, open_source

__all__ = ["Push", "PushSettings", "open_source"]
