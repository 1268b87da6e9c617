"""WeChat Official Account (公众号): an article as a draft, as a publication without a push, or as a mass send.

Sources, error codes and the account's token: wechat_account.py. Each article carries its key as a mark in the address
behind 阅读原文, for drafts and publications know no idempotency key; a mass send has one (clientmsgid). "Accepted" is
not yet out: a publication is reviewed first, so its receipt waits until there is an address.

    publish   who presses the button                      a repeat                  what can be taken back or changed
    draft     a person, in the account's backend          finds its draft           the draft, until it is published
    free      Crier; followers are not told               asks for its task         deleted, not changed
    mass      Crier; followers are told (few a month)     is known to the platform  deleted, in the first half hour
"""

from dataclasses import replace
from datetime import timedelta
from typing import Literal

from pydantic import Field

from bot.channels.kind import Doors
from bot.channels.unfinished import Unfinished
from bot.channels.wechat_account import Account
from bot.channels.wechat_draft import AUTHOR, Box
from bot.channels.wechat_pictures import BODY_PICTURES, Album
from bot.channels.wechat_ways import WechatDrafts, WechatMass, WechatPublications
from bot.model.channel import COVER, FOREVER, Facts, LinkStyle, Pace, Scope
from bot.model.edition import Markup
from bot.settings import ChannelSettings, Secret
from bot.settings.scalars import Address

CONTENT, PICTURE = 19_999, 2 * 1024 * 1024


class WechatSettings(ChannelSettings):
    """Which account, and who publishes."""

    kind: Literal["wechat"]
    app: str = Field(min_length=1, description="The account's AppID (wx…).")
    secret: Secret = Field(description="The account's AppSecret, as env:NAME or file:PATH.")
    publish: Literal["draft", "free", "mass"] = Field(
        "draft",
        description="draft: a person publishes it in the backend; free: published, nobody is told; mass: sent to all.",
    )
    show: Literal["summary", "whole"] = Field(
        "summary",
        description="summary: what matters most; whole: the article with its pictures, if it is not too long.",
    )
    author: str = Field("", max_length=AUTHOR, description="Who is named below the headline; 16 characters.")
    cover: str | None = Field(None, description="The media_id of a permanent picture, for stories without a card.")
    tag: int | None = Field(None, description="publish mass: only to followers with this tag; all of them without it.")
    api: Address = Field("https://api.weixin.qq.com", description="Another address, such as a proxy's.")

    def account(self, name: str) -> str:  # noqa: ARG002 - two channels of one account share its limits
        """One lane an account."""
        return f"wechat:{self.app}"

    @property
    def place(self) -> str:
        """The account, and how far an article goes by itself."""
        return f"{self.app}, {self.publish}"


def facts(settings: WechatSettings) -> Facts:
    """HTML counts, and bytes are never fewer than characters; only a draft can still be changed.

    The template of whole articles keeps the limit by itself: it tells a longer one as a summary.
    """
    whole = settings.show == "whole"
    return Facts(
        kind="wechat",
        template="wechat-whole.html.j2" if whole else "wechat.html.j2",
        markup=Markup.HTML,
        limit=None if whole else CONTENT,
        card=replace(COVER, png=False, most_bytes=PICTURE),
        pictures=BODY_PICTURES if whole else None,
        link=LinkStyle.APART,
        hashtags=0,
        raw_bytes=None if whole else CONTENT,
        pace=(Pace(10, timedelta(minutes=1), Scope.ACCOUNT),),
        key_life={"draft": FOREVER, "free": None, "mass": timedelta(hours=12)}[settings.publish],
        editable=settings.publish == "draft",
        send_within=timedelta(minutes=4),
    )


def open_channel(name: str, settings: WechatSettings, doors: Doors) -> WechatDrafts | WechatPublications | WechatMass:
    """Raises SettingsError where the secret is missing."""
    account = Account(name, settings.api, settings.app, settings.secret.reveal(), doors.clock, doors.tokens)
    begun = Unfinished(name, doors.begun)
    album = Album(account, doors.cards, begun)
    box = Box(name, account, doors.cards, doors.clock, settings.author, settings.cover, album)
    match settings.publish:
        case "draft":
            return WechatDrafts(name, facts(settings), account, box, doors.clock)
        case "free":
            return WechatPublications(name, facts(settings), account, box, doors.clock, begun)
        case _:
            return WechatMass(name, facts(settings), account, box, doors.clock, settings.tag)
