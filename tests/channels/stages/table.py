"""The contract's table: every kind of channel, one line each."""

from collections.abc import Mapping

from tests.channels.stages import discord, telegram, webhook, wecom
from tests.channels.stages.stage import Play

PLAYS: Mapping[str, Play] = {
    "discord": discord.HOOK_PLAY,
    "discord_bot": discord.BOT_PLAY,
    "telegram": telegram.PLAY,
    "webhook": webhook.PLAY,
    "wecom": wecom.PLAY,
}
