"""WeChat Official Account (公众号): an article as a draft, as a publication without a push, or as a mass send.

Sources, error codes and the account's token: wechat_account.py. Each article carries its key as a mark in the address
behind 阅读原文, for drafts and publications know no idempotency key; a mass send has one (clientmsgid). "Accepted" is
not yet out: a publication is reviewed first, so its receipt waits until there is an address.

    publish   who presses the button                      a repeat                  what can be taken back or changed
    draft     a person, in the account's backend          finds its draft           the draft, until it is published
    free      Crier; followers are not told               asks for its task         deleted, not changed
    mass      Crier; followers are told (few a month)     is known to the platform  deleted, in the first half hour
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import Field

from bot.channels.kind import Doors
from bot.channels.wechat_account import GONE, SENT_BEFORE, Account
from bot.channels.wechat_draft import AUTHOR, BACK, Box, Draft, article
from bot.errors import DeliveryError, Refused, Unavailable, Uncertain
from bot.model.channel import COVER, FOREVER, Facts, Finding, LinkStyle, Pace, Scope
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup
from bot.settings import ChannelSettings, Secret
from bot.settings.scalars import Address

CONTENT, PICTURE = 19_999, 2 * 1024 * 1024
_REVIEW, _SENDING = timedelta(seconds=20), timedelta(minutes=1)
_FAILED = {
    2: "its claim to be original failed",
    3: "publishing failed",
    4: "the platform's review did not pass it",
    5: "it was published, and somebody has deleted it",
    6: "it was published, and the platform has banned it",
}


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
        description="summary: what matters most; whole: the article without its pictures, if it is not too long.",
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
        link=LinkStyle.APART,
        hashtags=0,
        raw_bytes=None if whole else CONTENT,
        pace=(Pace(10, timedelta(minutes=1), Scope.ACCOUNT),),
        key_life={"draft": FOREVER, "free": None, "mass": timedelta(hours=12)}[settings.publish],
        editable=settings.publish == "draft",
        send_within=timedelta(minutes=4),
    )


def open_channel(name: str, settings: WechatSettings, doors: Doors) -> "WechatDrafts | WechatPublications | WechatMass":
    """Raises SettingsError where the secret is missing."""
    account = Account(name, settings.api, settings.app, settings.secret.reveal(), doors.clock, doors.tokens)
    match settings.publish:
        case "draft":
            return WechatDrafts(name, settings, account, doors)
        case "free":
            return WechatPublications(name, settings, account, doors)
        case _:
            return WechatMass(name, settings, account, doors)


class Wechat:
    """What the three ways have in common."""

    right: tuple[str, Mapping[str, Any] | None] = ("/cgi-bin/draft/count", None)
    """A call that only an account may make that may publish in this way, and that changes nothing."""

    def __init__(self, name: str, settings: WechatSettings, account: Account, doors: Doors) -> None:
        self.name, self.facts = name, facts(settings)
        self._settings, self._account, self._clock = settings, account, doors.clock
        self.token = account.token
        self._box = Box(name, account, doors.cards, doors.clock, settings.author, settings.cover)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    async def check(self) -> tuple[Finding, ...]:
        """Get a token, and make a call that needs the right to publish in this way."""
        path, body = self.right
        try:
            await self._account.ask("/cgi-bin/draft/count", method="GET")
        except DeliveryError as err:
            return (Finding("account", False, err.why),)
        found = Finding("account", True, f"{self._settings.app} answers")
        try:
            await self._account.ask(path, body, method="GET" if body is None else "POST")
        except DeliveryError as err:
            return (found, Finding("right", False, f"publish {self._settings.publish}: {err.why}"))
        return (found, Finding("right", True, f"publish {self._settings.publish}"))

    async def close(self) -> None:
        """Let go of connections."""
        await self._account.close()

    async def _delete(self, path: str, body: Mapping[str, Any], receipt: Receipt) -> Receipt:
        answer = await self._account.call(path, body, idempotent=True)
        if answer.code and answer.code not in GONE:
            raise self._account.error(answer)
        return Receipt(receipt.platform_id, self._clock(), sent="it was gone" if answer.code else "")


class WechatDrafts(Wechat):
    """Drafts, for an account that is not verified or a newsroom where a person presses the button."""

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Put it into the box, once for one key."""
        draft = await self._box.find(edition, key) or await self._box.add(edition, key)
        return self._receipt(draft, edition)

    async def edit(self, receipt: Receipt, edition: Edition, key: str) -> Receipt:
        """Write the draft anew. Raises Refused where it was published or deleted by hand."""
        return self._receipt(await self._box.change(_number(receipt), edition, key), edition)

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Delete the draft; what a person has published from it stays out, and no call tells whether one has."""
        del key
        gone = await self._delete("/cgi-bin/draft/delete", {"media_id": _number(receipt)}, receipt)
        return replace(gone, sent="the draft; if it was published by hand, delete it in the account's backend")

    def _receipt(self, draft: Draft, edition: Edition) -> Receipt:
        sent = f"a draft, to be published by hand in the account's backend: {draft.said}{edition.text}"
        return Receipt(f"draft/{draft.media}", self._clock(), None, sent)


@dataclass(frozen=True, slots=True)
class _Task:
    """A publication that was accepted."""

    number: str
    said: str


class WechatPublications(Wechat):
    """Publications: in the account's list and by their address, but pushed to nobody."""

    right = ("/cgi-bin/freepublish/batchget", {"offset": 0, "count": 1, "no_content": 1})

    def __init__(self, name: str, settings: WechatSettings, account: Account, doors: Doors) -> None:
        super().__init__(name, settings, account, doors)
        self._begun: dict[str, _Task | None] = {}
        """Keys that this process has begun with, and the task once it is submitted."""

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Submit it once, and ask what became of it. Raises Unavailable while it is under review."""
        if not (task := self._begun.get(key)):
            # The box first: what is published moves from there into the list, and is never in neither.
            draft = await self._box.find(edition, key)
            if draft is not None and key not in self._begun:
                raise Uncertain(self.name, "a draft of it lies there from before a restart, perhaps under review")
            if draft is None and (out := await self._published(edition, key, self._clock() - BACK)):
                return out
            self._begun[key] = None
            task = await self._submit(draft or await self._box.add(edition, key), key)
        return await self._outcome(task, edition, key)

    async def find(self, edition: Edition, key: str, since: datetime) -> Receipt | None:
        """Look through what is published. Raises Uncertain where it is not there: it may be under review."""
        if task := self._begun.get(key):
            return await self._outcome(task, edition, key)
        if out := await self._published(edition, key, since - timedelta(hours=1)):
            return out
        raise Uncertain(self.name, "not among what is published, but perhaps under review: look at the drafts")

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Delete the publication; it cannot be brought back."""
        del key
        body = {"article_id": _number(receipt), "index": 1}
        return await self._delete("/cgi-bin/freepublish/delete", body, receipt)

    async def _submit(self, draft: Draft, key: str) -> _Task:
        del self._begun[key]  # until there is an answer nobody knows, and no repeat may submit this draft again
        try:
            said = await self._account.ask("/cgi-bin/freepublish/submit", {"media_id": draft.media})
        except (Refused, Unavailable):
            self._begun[key] = None
            raise
        task = self._begun[key] = _Task(self._account.told(said, "publish_id"), draft.said)
        return task

    async def _outcome(self, task: _Task, edition: Edition, key: str) -> Receipt:
        said = await self._account.ask("/cgi-bin/freepublish/get", {"publish_id": task.number}, idempotent=True)
        status = said.get("publish_status")
        if status == 0:
            articles = (said.get("article_detail") or {}).get("item") or [{}]
            number, url = self._account.told(said, "article_id"), articles[0].get("article_url")
            del self._begun[key]
            return Receipt(f"article/{number}", self._clock(), url, f"{task.said}{edition.text}")
        if status in _FAILED:
            self._begun[key] = None  # an editor may try the same draft again
            raise Refused(self.name, f"publication {task.number}: {_FAILED[status]}; look at it in the backend")
        raise Unavailable(self.name, f"publication {task.number} is under review", retry_after=_REVIEW)

    async def _published(self, edition: Edition, key: str, since: datetime) -> Receipt | None:
        known = article(edition, key).known
        out = await self._account.find("/cgi-bin/freepublish/batchget", "article_id", known, since)
        return Receipt(f"article/{out.id}", self._clock(), out.url, edition.text) if out else None


class WechatMass(Wechat):
    """Mass sends: every follower is told, and each may be told only a few times a month."""

    right = ("/cgi-bin/message/mass/speed/get", {})

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Send it once for one key, and ask what became of it. Raises Unavailable while it goes out."""
        found = await self._box.find(edition, key)
        draft = found or await self._box.add(edition, key)
        body = {
            "filter": {"is_to_all": self._settings.tag is None, "tag_id": self._settings.tag or 0},
            "mpnews": {"media_id": draft.media},
            "msgtype": "mpnews",
            "send_ignore_reprint": 0,
            "clientmsgid": hashlib.sha256(key.encode()).hexdigest(),
        }
        answer = await self._account.call("/cgi-bin/message/mass/sendall", body)
        if answer.code and answer.code != SENT_BEFORE:
            raise self._account.error(answer)
        if answer.code and not found:  # it went out with the draft of an earlier try: this one is not needed
            await self._account.call("/cgi-bin/draft/delete", {"media_id": draft.media}, idempotent=True)
        number = self._account.told(answer.body, "msg_id")
        return await self._outcome(number, draft, edition)

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Delete the message, which the platform allows for a short while."""
        del key
        body = {"msg_id": int(_number(receipt)), "article_idx": 1}
        return await self._delete("/cgi-bin/message/mass/delete", body, receipt)

    async def _outcome(self, number: str, draft: Draft, edition: Edition) -> Receipt:
        said = await self._account.ask("/cgi-bin/message/mass/get", {"msg_id": number}, idempotent=True)
        match said.get("msg_status"):
            case "SEND_SUCCESS":
                return Receipt(f"mass/{number}", self._clock(), None, f"{draft.said}{edition.text}")
            case "SEND_FAIL" | "DELETE" as status:
                raise Refused(self.name, f"mass send {number}: {status}; look at it in the account's backend")
            case _:
                why = f"mass send {number} goes out, or waits for an administrator's confirmation (30 minutes)"
                raise Unavailable(self.name, why, retry_after=_SENDING)


def _number(receipt: Receipt) -> str:
    return receipt.platform_id.partition("/")[2]
