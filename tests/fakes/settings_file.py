"""A settings file with one source in it, as somebody new to Crier might write it."""

import pytest

from bot.app import channel_settings, source_settings
from bot.errors import SettingsError
from bot.settings import Settings, parse

_TEXT = """
newsroom: {{name: Riverbend}}
sources:
  river: {{{source}}}
channels:
  partner: {{kind: webhook, url: "https://example.org/hook", secrets: ["env:NOT_THERE"]}}
routes: [{{channels: [partner]}}]
"""


def settings(source: str) -> Settings:
    """`source` is what stands between the braces of sources.river."""
    return parse(_TEXT.format(source=source), source_settings(), channel_settings())


def mistake(source: str) -> SettingsError:
    """What is said of it."""
    with pytest.raises(SettingsError) as caught:
        settings(source)
    return caught.value
