"""The contract's table: every kind of channel, one line each."""

from collections.abc import Mapping

from tests.channels.stages import dingtalk, discord, feed, mastodon, telegram, webhook, wecom
from tests.channels.stages.stage import Play

PLAYS: Mapping[str, Play] = {
    "discord": discord.HOOK_PLAY,
    "discord_bot": discord.BOT_PLAY,
    "mastodon": mastodon.PLAY,
    "dingtalk": dingtalk.PLAY,
    "feed": feed.PLAY,
    "telegram": telegram.PLAY,
    "webhook": webhook.PLAY,
    "wecom": wecom.PLAY,
}
