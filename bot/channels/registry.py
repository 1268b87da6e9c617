"""Every kind of channel, one line each."""

from collections.abc import Mapping

from bot.channels import telegram, webhook
from bot.channels.kind import ChannelKind, Doors

KINDS: Mapping[str, ChannelKind] = {
    "telegram": ChannelKind(telegram.TelegramSettings, telegram.facts, telegram.open_channel),
    "webhook": ChannelKind(webhook.WebhookSettings, webhook.facts, webhook.open_channel),
}

__all__ = ["KINDS", "ChannelKind", "Doors"]
