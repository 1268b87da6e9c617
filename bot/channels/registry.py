"""Every kind of channel, one line each."""

from collections.abc import Mapping

from bot.channels import (
    apprise,
    bluesky,
    dingtalk,
    discord,
    discord_bot,
    email,
    facebook,
    feed,
    feishu,
    feishu_app,
    line,
    linkedin,
    mastodon,
    matrix,
    matrix_settings,
    nostr,
    ntfy,
    slack,
    slack_webhook,
    static,
    telegram,
    threads,
    webhook,
    wechat,
    wecom,
    wecom_app,
    weibo,
    whatsapp,
    x,
    x_premium,
)
from bot.channels.kind import ChannelKind, Doors

KINDS: Mapping[str, ChannelKind] = {
    "apprise": ChannelKind(apprise.AppriseSettings, apprise.facts, apprise.open_channel),
    "discord": ChannelKind(discord.DiscordSettings, discord.facts, discord.open_channel),
    "discord_bot": ChannelKind(
        discord_bot.DiscordBotSettings, discord_bot.facts, discord_bot.open_channel, carries=True
    ),
    "bluesky": ChannelKind(bluesky.BlueskySettings, bluesky.facts, bluesky.open_channel),
    "mastodon": ChannelKind(mastodon.MastodonSettings, mastodon.facts, mastodon.open_channel),
    "dingtalk": ChannelKind(dingtalk.DingtalkSettings, dingtalk.facts, dingtalk.open_channel),
    "email": ChannelKind(email.EmailSettings, email.facts, email.open_channel, carries=True),
    "feed": ChannelKind(feed.FeedSettings, feed.facts, feed.open_channel),
    "feishu": ChannelKind(feishu.FeishuSettings, feishu.facts, feishu.open_channel),
    "feishu_app": ChannelKind(feishu_app.FeishuAppSettings, feishu_app.facts, feishu_app.open_channel),
    "matrix": ChannelKind(matrix_settings.MatrixSettings, matrix_settings.facts, matrix.open_channel, carries=True),
    "nostr": ChannelKind(nostr.NostrSettings, nostr.facts, nostr.open_channel),
    "ntfy": ChannelKind(ntfy.NtfySettings, ntfy.facts, ntfy.open_channel),
    "slack": ChannelKind(slack.SlackSettings, slack.facts, slack.open_channel, carries=True),
    "slack_webhook": ChannelKind(slack_webhook.SlackWebhookSettings, slack_webhook.facts, slack_webhook.open_channel),
    "telegram": ChannelKind(telegram.TelegramSettings, telegram.facts, telegram.open_channel, carries=True),
    "webhook": ChannelKind(webhook.WebhookSettings, webhook.facts, webhook.open_channel, carries=True),
    "wechat": ChannelKind(wechat.WechatSettings, wechat.facts, wechat.open_channel),
    "wecom": ChannelKind(wecom.WecomSettings, wecom.facts, wecom.open_channel),
    "wecom_app": ChannelKind(wecom_app.WecomAppSettings, wecom_app.facts, wecom_app.open_channel),
    "x": ChannelKind(x.XSettings, x.facts, x_premium.open_channel),
    "facebook": ChannelKind(facebook.FacebookSettings, facebook.facts, facebook.open_channel),
    "static": ChannelKind(static.StaticSettings, static.facts, static.open_channel),
    "weibo": ChannelKind(weibo.WeiboSettings, weibo.facts, weibo.open_channel),
    "threads": ChannelKind(threads.ThreadsSettings, threads.facts, threads.open_channel),
    "line": ChannelKind(line.LineSettings, line.facts, line.open_channel),
    "linkedin": ChannelKind(linkedin.LinkedinSettings, linkedin.facts, linkedin.open_channel),
    "whatsapp": ChannelKind(whatsapp.WhatsappSettings, whatsapp.facts, whatsapp.open_channel),
}

__all__ = ["KINDS", "ChannelKind", "Doors"]
