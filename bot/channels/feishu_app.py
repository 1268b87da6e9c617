"""Feishu (飞书) and Lark: an application's bot in a group, with a picture, editing and recall.

Sources: open.feishu.cn im-v1 (message create, patch, update, delete; pin create, delete; image create), auth-v3, "rate
limits"; larksuite's node-sdk; codes also as integrations handle them. A repeat with the same `uuid` within an hour
posts nothing new.

    code                      what the platform says                      what it means
    0                         success                                     out
    99991400, 230020          frequency limits                            Unavailable, by x-ogw-ratelimit-reset
    230049                    the message with this uuid is being sent    Uncertain: soon again with the same uuid
    2200, HTTP 5xx            internal error                              Uncertain
    99991663, …664, …668, …671, …661   the token is none (any more)       asked for again, once; then the account
    10003, 10014              app_id or app_secret are wrong              Refused, the account
    99991672, 230027          a permission is missing                     Refused, the account
    230002, 230006, 230013, 230018   not in the group, no bot, not allowed to speak   Refused, the account
    230011, 230110            recalled, deleted                           recall: done already; edit: Refused
    230025, 230028, 230099    too long, not through the audit, no card    Refused, this post
    other                     whatever                                    Refused, this post
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import Field

from bot.channels.answers import Answer, Caller, Code, Meaning, encoded
from bot.channels.feishu import FORMS, card, post
from bot.channels.kind import Doors
from bot.channels.tokens import Kept, Pocket
from bot.channels.wire import WITHOUT_PICTURE, card_of
from bot.errors import DeliveryError, Refused, Unavailable, Uncertain
from bot.model.channel import CardSize, Facts, Finding, Long, Pace, Scope
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Unit
from bot.model.token import Grant
from bot.settings import ChannelSettings, Secret
from bot.settings.scalars import Address
from bot.web import outcomes

REQUEST, TEXT, PICTURE = 30_000, 18_000, 10 * 1024 * 1024
_GONE = (230011, 230110)
_NO_TOKEN = (99991661, 99991663, 99991664, 99991668, 99991671)
_LIMITS = (99991400, 230020)
_CODES: Mapping[int, Code] = {
    **dict.fromkeys(_LIMITS, Code(Meaning.LATER, wait=timedelta(seconds=10))),
    **dict.fromkeys(_NO_TOKEN, Code(Meaning.ACCOUNT, "the application's token is not taken")),
    230049: Code(Meaning.DOUBT),
    2200: Code(Meaning.DOUBT),
    10003: Code(Meaning.ACCOUNT, "compare `app`"),
    10014: Code(Meaning.ACCOUNT, "compare `secret`"),
    99991672: Code(Meaning.ACCOUNT, "give the application the permission and publish a version of it"),
    230027: Code(Meaning.ACCOUNT, "give the application the permission and publish a version of it"),
    230002: Code(Meaning.ACCOUNT, "add the bot to the group"),
    230006: Code(Meaning.ACCOUNT, "switch the bot on in the developer console and publish a version"),
    230013: Code(Meaning.ACCOUNT, "widen the availability of the application"),
    230018: Code(Meaning.ACCOUNT, "let the bot speak in the group's settings"),
}


class FeishuAppSettings(ChannelSettings):
    """Which application, which group, and how its messages look."""

    kind: Literal["feishu_app"]
    app: str = Field(pattern="^cli_", description="The application's App ID (cli_…).")
    secret: Secret = Field(description="The App Secret, as env:NAME or file:PATH.")
    chat: str = Field(pattern="^oc_", description="The group's chat id (oc_…), from the group's settings.")
    group: str = Field("", description="What the group is called, for people.")
    form: Literal["card", "post"] = Field(
        "card", description="card: picture and Markdown below a head; post: rich text."
    )
    picture: bool = Field(True, description="The share card above the words.")
    long: Long = Field(Long.FIT, description="A long story: fit it into one post, link only, a thread, or messages.")
    api: Address = Field("https://open.feishu.cn", description="https://open.larksuite.com for Lark.")

    def account(self, name: str) -> str:  # noqa: ARG002 - the channels of one application share its limits
        """One lane an application."""
        return f"feishu_app:{self.app}"

    @property
    def place(self) -> str:
        """The group."""
        return self.group or self.chat


def facts(settings: FeishuAppSettings) -> Facts:
    """What is left of 30 KB when headline, frame and the escapes of a text within a text are in."""
    template, markup, link = FORMS[settings.form]
    return Facts(
        kind="feishu_app",
        template=template,
        markup=markup,
        limit=TEXT,
        unit=Unit.BYTES,
        card=CardSize(most_bytes=PICTURE) if settings.picture else None,
        link=link,
        hashtags=0,
        long=settings.long,
        pace=(
            Pace(5, timedelta(seconds=1)),
            Pace(50, timedelta(seconds=1), Scope.ACCOUNT),
            Pace(1000, timedelta(minutes=1), Scope.ACCOUNT),
        ),
        key_life=timedelta(minutes=55),
        editable=True,
        send_within=timedelta(seconds=120),
    )


def open_channel(name: str, settings: FeishuAppSettings, doors: Doors) -> "FeishuApp":
    """Raises SettingsError where the secret is missing."""
    return FeishuApp(name, settings, settings.secret.reveal(), doors)


class FeishuApp:
    """One group, through one application's bot."""

    def __init__(self, name: str, settings: FeishuAppSettings, secret: str, doors: Doors) -> None:
        self.name, self.facts = name, facts(settings)
        self._settings, self._secret, self._cards, self._clock = settings, secret, doors.cards, doors.clock
        self._caller = Caller(name, _CODES, (secret,), doors.clock)
        self.token = Kept(name, settings.account(name), self._lend, doors.tokens or Pocket(), doors.clock)

    def __repr__(self) -> str:
        return f"FeishuApp({self.name!r})"

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Post it, under a uuid made of the key: within an hour the platform posts it once, however often we try."""
        body, sent = await self._new(edition, key)
        where = {"receive_id": self._settings.chat}
        answer = await self._call("POST", "messages", where | body, params={"receive_id_type": "chat_id"})
        return self._receipt(answer, sent)

    async def reply(self, to: Receipt, edition: Edition, key: str) -> Receipt:
        """Post it as an answer; should the post above be gone, it stands by itself."""
        body, sent = await self._new(edition, key)
        answer = await self._call("POST", f"messages/{to.platform_id}/reply", body, done=_GONE)
        return await self.send(edition, key) if answer.code in _GONE else self._receipt(answer, sent)

    async def edit(self, receipt: Receipt, edition: Edition, key: str) -> Receipt:
        """Put these words and this card in its place; the same once more changes nothing, so no key is needed."""
        del key
        content, sent = await self._content(edition)
        if self._settings.form == "card":
            method, body = "PATCH", {"content": content}
        else:
            method, body = "PUT", {"msg_type": "post", "content": content}
        self._measure(body)
        await self._call(method, f"messages/{receipt.platform_id}", body)
        return Receipt(receipt.platform_id, receipt.at, receipt.permalink, sent)

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Recall it, as long as the organisation's own rule allows; recalled already is a success."""
        del key
        await self._call("DELETE", f"messages/{receipt.platform_id}", done=_GONE)
        return receipt

    async def pin(self, receipt: Receipt) -> None:
        """Pin it in the group; the platform takes it as done where it is already."""
        await self._call("POST", "pins", {"message_id": receipt.platform_id})

    async def unpin(self, receipt: Receipt) -> None:
        """Take it down; so for one that is recalled or was not pinned."""
        await self._call("DELETE", f"pins/{receipt.platform_id}", done=_GONE)

    async def check(self) -> tuple[Finding, ...]:
        """Ask for a token, and whether the bot is in the group."""
        try:
            await self.token.value()
        except DeliveryError as err:
            return (Finding("application", False, err.why),)
        found = [Finding("application", True, self._settings.app)]
        try:
            answer = await self._call("GET", f"chats/{self._settings.chat}")
        except DeliveryError as err:
            return (*found, Finding("group", False, err.why))
        return (*found, Finding("group", True, str((answer.body.get("data") or {}).get("name", ""))))

    async def close(self) -> None:
        """Let go of connections."""
        await self._caller.close()

    async def _new(self, edition: Edition, key: str) -> tuple[dict[str, Any], str]:
        content, sent = await self._content(edition)
        body = {
            "msg_type": "interactive" if self._settings.form == "card" else "post",
            "content": content,
            "uuid": hashlib.sha256(key.encode()).hexdigest()[:40],
        }
        self._measure(body)
        return body, sent

    def _receipt(self, answer: Answer, sent: str) -> Receipt:
        data = answer.body.get("data") or {}
        if not data.get("message_id"):
            raise Uncertain(self.name, "the answer names no message")
        return Receipt(str(data["message_id"]), self._moment(data), sent=sent)

    async def _content(self, edition: Edition) -> tuple[str, str]:
        """The message as a JSON text, and what is said of it; a picture that does not go up leaves the words alone."""
        picture, why = None, ""
        if self._settings.picture and edition.card is not None:
            try:
                picture = await self._upload(edition)
            except Refused as err:
                if err.account:
                    raise
                why = err.why
            why = why or ("" if picture else "its file is gone")
        if self._settings.form == "card":
            alt = edition.card.alt if edition.card else ""
            shown = {"tag": "img", "img_key": picture, "alt": {"tag": "plain_text", "content": alt}}
            message = card(edition.headline, edition.text, shown if picture else None)
        else:
            message = post(edition.headline, edition.text)
            if picture:
                message["zh_cn"]["content"].insert(0, [{"tag": "img", "image_key": picture}])
        said = f"{WITHOUT_PICTURE} ({why}): {edition.text}" if why else edition.text
        return json.dumps(message, ensure_ascii=False, separators=(",", ":")), said

    async def _upload(self, edition: Edition) -> str | None:
        content = await card_of(edition, self._cards)
        if content is None or edition.card is None:
            return None
        files = {"image": (edition.card.file, content, edition.card.media_type)}
        try:
            answer = await self._call("POST", "images", files=files, form={"image_type": "message"})
        except DeliveryError as err:
            if isinstance(err, Refused):
                raise
            raise Unavailable(self.name, f"the picture did not go up, nothing was posted: {err.why}") from err
        return str((answer.body.get("data") or {}).get("image_key", "")) or None

    async def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, done: tuple[int, ...] = (), **how: Any
    ) -> Answer:
        """One call with the token. `done` are codes that are as good as success."""

        async def call(token: str) -> Answer:
            self._caller.keep(token)
            url = f"{self._base}/im/v1/{path}"
            return await self._caller.call(
                url, body, method=method, headers={"Authorization": f"Bearer {token}"}, **how
            )

        answer = await self.token.use(call, _NO_TOKEN)
        if not answer.code or answer.code in done:
            return answer
        err = self._caller.error(answer)
        if isinstance(err, Unavailable):
            told = outcomes.retry_after(answer.headers.get("x-ogw-ratelimit-reset"), self._clock())
            raise Unavailable(self.name, err.why, retry_after=told or err.retry_after, throttled=err.throttled)
        raise err

    async def _lend(self, old: Grant | None, *, refused: bool) -> Grant:
        del old, refused
        body = {"app_id": self._settings.app, "app_secret": self._secret}
        try:
            given = await self._caller.ask(f"{self._base}/auth/v3/tenant_access_token/internal", body)
        except DeliveryError as err:
            if isinstance(err, Refused):
                raise Refused(self.name, err.why, account=True) from err
            raise Unavailable(self.name, f"no token, so nothing was sent: {err.why}") from err
        self._caller.keep(str(given["tenant_access_token"]))
        now = self._clock()
        return Grant(str(given["tenant_access_token"]), now, now + timedelta(seconds=int(given["expire"])))

    @property
    def _base(self) -> str:
        return f"{self._settings.api.rstrip('/')}/open-apis"

    def _measure(self, body: Mapping[str, Any]) -> None:
        if (size := len(encoded(body))) > REQUEST:
            raise Refused(self.name, f"the message has {size} bytes, the platform takes {REQUEST}")

    def _moment(self, data: Mapping[str, Any]) -> datetime:
        stamp = str(data.get("create_time", ""))
        return datetime.fromtimestamp(int(stamp) / 1000, UTC) if stamp.isdigit() else self._clock()
