"""The contract's table: every kind of channel, one line each."""

from collections.abc import Mapping

from tests.channels.stages import (
    bluesky,
    dingtalk,
    discord,
    email,
    facebook,
    feed,
    feishu,
    feishu_app,
    mastodon,
    matrix,
    ntfy,
    slack,
    static,
    telegram,
    threads,
    webhook,
    wechat,
    wecom,
    wecom_app,
    weibo,
    x,
)
from tests.channels.stages.stage import Play

PLAYS: Mapping[str, Play] = {
    "discord": discord.HOOK_PLAY,
    "discord_bot": discord.BOT_PLAY,
    "bluesky": bluesky.PLAY,
    "mastodon": mastodon.PLAY,
    "dingtalk": dingtalk.PLAY,
    "email": email.PLAY,
    "feed": feed.PLAY,
    "feishu": feishu.PLAY,
    "feishu_app": feishu_app.PLAY,
    "matrix": matrix.PLAY,
    "ntfy": ntfy.PLAY,
    "slack": slack.BOT_PLAY,
    "slack_webhook": slack.HOOK_PLAY,
    "telegram": telegram.PLAY,
    "webhook": webhook.PLAY,
    "wechat": wechat.PLAY,
    "wecom": wecom.PLAY,
    "wecom_app": wecom_app.PLAY,
    "x": x.PLAY,
    "facebook": facebook.PLAY,
    "static": static.PLAY,
    "weibo": weibo.PLAY,
    "threads": threads.PLAY,
}
