"""A channel's place is what the page names it by, and never a secret."""

import pytest

from bot.channels.telegram import TelegramSettings
from bot.channels.webhook import WebhookSettings
from bot.settings import ChannelSettings, Secret

HIDDEN = (Secret("env:CRIER_HOOK_SECRET"),)


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        (ChannelSettings(kind="noticeboard"), ""),
        (TelegramSettings(kind="telegram", token=HIDDEN[0], chat="@riverbend_daily"), "@riverbend_daily"),
        (TelegramSettings(kind="telegram", token=HIDDEN[0], chat=-1001234567890), "-1001234567890"),
        (WebhookSettings(kind="webhook", url="https://me:pass@example.org:8443/a?k=1", secrets=HIDDEN), "example.org:8443"),
        (WebhookSettings(kind="webhook", url="https://example.org?k=secret", secrets=HIDDEN), "example.org"),
        (WebhookSettings(kind="webhook", url=Secret("env:CRIER_HOOK"), secrets=HIDDEN), "env:CRIER_HOOK"),
    ],
)  # fmt: skip
def test_it_is_named_without_giving_anything_away(settings: ChannelSettings, place: str) -> None:
    assert settings.place == place
