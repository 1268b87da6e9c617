"""The language model's section, and what a channel may ask of it."""

import pytest

from bot.app import channel_settings, source_settings
from bot.errors import SettingsError
from bot.settings import Settings, parse

TEXT = """
newsroom: {{name: Riverbend}}
sources: {{inbox: {{kind: inbox, folder: inbox}}}}
channels:
  partner: {{kind: webhook, url: "https://example.org/hook", secrets: ["env:NOT_THERE"]{channel}}}
routes: [{{channels: [partner]{route}}}]
{model}
"""


def read(model: str = "", channel: str = "", route: str = "") -> Settings:
    text = TEXT.format(model=f"model: {{{model}}}" if model else "", channel=channel, route=route)
    return parse(text, source_settings(), channel_settings())


def test_there_is_no_model_and_nobody_asks_for_one_unless_it_is_written() -> None:
    settings = read()
    assert settings.model is None
    assert not settings.channels["partner"].rewrite
    assert settings.channels["partner"].script == "as written"


def test_a_channel_asks_for_script_rewriting_and_translation_and_a_route_has_a_name() -> None:
    settings = read(channel=", script: traditional, rewrite: true, translate: en", route=", name: evening")
    asked = settings.channels["partner"]
    assert (asked.script, asked.rewrite, asked.translate) == ("traditional", True, "en")
    assert settings.routes[0].name == "evening"


@pytest.mark.parametrize(
    ("model", "path", "remedy"),
    [
        ("url: 'http://m.example.org/v1', name: tiny, key: 'env:K'", "model.url", "the key would travel in clear"),
        ("url: 'https://m.example.org/v1', name: tiny, key: sk-123", "model.key", "write env:NAME or file:PATH"),
        ("url: 'm.example.org', name: tiny", "model.url", "write a whole address"),
        ("name: tiny", "model.url", "is needed"),
        ("url: 'https://m.example.org/v1', name: tiny, within: soon", "model.within", "write a number with s, m"),
        ("url: 'https://m.example.org/v1', name: tiny, budget: 3", "model.budget", "no such setting here"),
    ],
)
def test_a_mistake_is_named_with_its_remedy(model: str, path: str, remedy: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(model)
    assert (caught.value.path, remedy in caught.value.remedy) == (path, True)
    assert "sk-123" not in str(caught.value)


@pytest.mark.parametrize(
    "model",
    [
        "url: 'https://m.example.org/v1', name: tiny, key: 'env:K'",
        "url: 'http://10.0.0.7/v1', name: tiny, private: true",
    ],
)
def test_an_address_outside_by_https_or_inside_by_either(model: str) -> None:
    assert read(model).model is not None
