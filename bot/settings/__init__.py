"""The newsroom's one file, parsed once into frozen values; a mistake names path, value, remedy and line."""

from bot.settings.desk import Desk, Editor
from bot.settings.load import load, parse
from bot.settings.secret import Secret
from bot.settings.sections import (
    ChannelSettings,
    House,
    Model,
    Newsroom,
    Route,
    Settings,
    SourceSettings,
)
from bot.settings.subscribers import Subscribers

__all__ = [
    "ChannelSettings",
    "Desk",
    "Editor",
    "House",
    "Model",
    "Newsroom",
    "Route",
    "Secret",
    "Settings",
    "SourceSettings",
    "Subscribers",
    "load",
    "parse",
]
