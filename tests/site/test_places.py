"""A channel's place is what the page names it by, and never a secret."""

import pytest

from bot.channels.telegram import TelegramSettings
from bot.channels.webhook import WebhookSettings
from bot.settings import ChannelSettings, Secret

HIDDEN = (Secret("env:CRIER_HOOK_SECRET"),)


def hook(url: Secret | str) -> WebhookSettings:
    return WebhookSettings(kind="webhook", url=url, secrets=HIDDEN)


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        (ChannelSettings(kind="noticeboard"), ""),
        (TelegramSettings(kind="telegram", token=HIDDEN[0], chat="@riverbend_daily"), "@riverbend_daily"),
        (TelegramSettings(kind="telegram", token=HIDDEN[0], chat=-1001234567890), "-1001234567890"),
        (hook("https://me:pass@example.org:8443/a?k=1"), "example.org:8443"),
        (hook("https://example.org?k=secret"), "example.org"),
        (hook(Secret("env:CRIER_HOOK")), "env:CRIER_HOOK"),
    ],
)
def test_it_is_named_without_giving_anything_away(settings: ChannelSettings, place: str) -> None:
    assert settings.place == place
