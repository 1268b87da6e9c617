"""Slack through a bot of ours: posts that can be changed, deleted, answered in a thread, and looked up.

Source and errors: as in slack_webhook.py. The Web API knows no repeat, but keeps metadata with a message: there we look
for the delivery's key. A card is uploaded, or fetched by Slack where `cards_url` is set.

    invalid_blocks about the picture                      the words alone; if it was uploaded just now, Unavailable once
    message_not_found                                     gone: an edit is Refused, a deletion is done
    of a subscriber's channel: channel_not_found …        Refused; gone: whoever let us in has let us go
      team_access_not_granted
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import httpx
from pydantic import Field

from bot.channels import slack_webhook
from bot.channels.kind import Doors
from bot.channels.rooms import SLACK, shape
from bot.channels.slack_webhook import ALT, ROOM, SlackPost, body, meaning, sent
from bot.channels.wire import WITHOUT_PICTURE, card_of, client, exchange, fields
from bot.errors import DeliveryError, Refused, Unavailable, Uncertain
from bot.model.channel import CardSize, Facts, Finding, Long
from bot.model.delivery import Receipt
from bot.model.edition import Edition
from bot.model.subscriber import Addressee, Form
from bot.settings import Secret
from bot.web import outcomes

_EVENT = "crier_delivery"
_SCOPES = ("chat:write", "files:write", "channels:history")
_SOON = timedelta(seconds=5)
_PAGES, _KEPT = 10, 20
_NO_THREAD = ("thread_not_found", "cannot_reply_to_message", "message_not_found")


class SlackSettings(SlackPost):
    """A bot, and the channel that it posts in."""

    kind: Literal["slack"]
    token: Secret = Field(description="The bot's token (xoxb-…), as env:NAME or file:PATH.")
    channel: str | None = Field(
        None,
        pattern=SLACK,
        description="The channel's ID, such as C0123456789. None: it carries posts to channels that subscribe.",
    )
    long: Long = Field(Long.FIT, description="A long story: fit it into one post, link only, a thread, or messages.")
    api: str = Field("https://slack.com/api", description="Another address, for tests.")

    @property
    def place(self) -> str:
        """The channel's ID."""
        return self.channel or ""

    @property
    def placed(self) -> bool:
        """Whether it has a channel of its own."""
        return self.channel is not None


def facts(settings: SlackSettings) -> Facts:
    """As a webhook's, but a card can be uploaded and a post edited."""
    return replace(
        slack_webhook.facts(settings),
        card=CardSize(alt=ALT) if settings.card else None,
        editable=True,
        long=settings.long,
        send_within=timedelta(seconds=160),
    )


def open_channel(name: str, settings: SlackSettings, doors: Doors) -> "Slack":
    """Raises SettingsError where the token is missing."""
    return Slack(name, settings, Workspace({"Authorization": f"Bearer {settings.token.reveal()}"}), doors)


@dataclass
class Workspace:
    """One bot, for all its channels."""

    key: dict[str, str] = field(repr=False)
    http: httpx.AsyncClient = field(default_factory=client)
    uploaded: dict[str, str] = field(default_factory=dict)
    """The files of the cards that were uploaded last."""


class Slack:
    """One channel of one workspace; of a subscriber's no receipt and no error names the ID."""

    def __init__(
        self, name: str, settings: SlackSettings, workspace: Workspace, doors: Doors, *, sealed: bool = False
    ) -> None:
        self.name, self.facts, self._settings, self._sealed = name, facts(settings), settings, sealed
        self._doors, self._cards = doors, doors.cards
        self._clock: Callable[[], datetime] = doors.clock
        self._home = ""
        self._workspace, self._http = workspace, workspace.http

    def __repr__(self) -> str:
        return f"Slack({self.name!r})"

    def told(self, form: Form) -> Facts:
        """Words alone have no card; a whole article goes as several messages."""
        return facts(self._settings.model_copy(update=shape(form, self._settings.long)))

    def at(self, addressee: Addressee) -> "Slack":
        """The same bot, in one subscriber's channel."""
        own = self._settings.model_copy(update={"channel": addressee.address.to})
        return Slack(addressee.channel, own, self._workspace, self._doors, sealed=True)

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Post it; the key goes along, to be found by."""
        return await self._new(edition, key, {})

    async def reply(self, to: Receipt, edition: Edition, key: str) -> Receipt:
        """Post it in the thread of the first post; should that be gone, it stands by itself."""
        try:
            return await self._new(edition, key, {"thread_ts": to.platform_id.split("/")[1]})
        except Refused as err:
            if not err.why.startswith(_NO_THREAD):
                raise
            return await self._new(edition, key, {})

    async def edit(self, receipt: Receipt, edition: Edition, key: str) -> Receipt:
        """Change words and card in place; a post without a picture stays so."""
        del key
        where = {"channel": self._settings.channel, "ts": receipt.platform_id.rpartition("/")[2]}
        alone = receipt.sent.startswith(WITHOUT_PICTURE)
        _, why = await self._posted("chat.update", edition, where, alone=alone)
        return Receipt(receipt.platform_id, receipt.at, receipt.permalink, sent(edition, why))

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Delete it; one that is gone already is a success."""
        del key
        where = {"channel": self._settings.channel, "ts": receipt.platform_id.rpartition("/")[2]}
        try:
            await self._call("chat.delete", idempotent=True, json=where)
        except Refused as err:
            if err.why != "message_not_found":
                raise
            return Receipt(receipt.platform_id, self._clock(), sent="it was gone")
        return Receipt(receipt.platform_id, self._clock())

    async def pin(self, receipt: Receipt) -> None:
        """Pin it to the channel; the app needs the scope pins:write."""
        await self._pinned("pins.add", receipt, ("already_pinned",))

    async def unpin(self, receipt: Receipt) -> None:
        """Take it down; one that is gone or was not pinned is a success."""
        await self._pinned("pins.remove", receipt, ("no_pin", "not_pinned", "message_not_found"))

    async def _pinned(self, method: str, receipt: Receipt, as_wanted: tuple[str, ...]) -> None:
        where = {"channel": self._settings.channel, "timestamp": receipt.platform_id.rpartition("/")[2]}
        try:
            await self._call(method, idempotent=True, json=where)
        except Refused as err:
            if not err.why.startswith(as_wanted):
                raise

    async def find(self, edition: Edition, key: str, since: datetime) -> Receipt | None:
        """Look through the channel's history, back to `since`, for a message with the key."""
        oldest, cursor = since.timestamp() - 60, ""  # their clock may differ from ours
        await self._find_home()
        for _ in range(_PAGES):
            asked = {"channel": self._settings.channel, "oldest": f"{oldest:.6f}", "include_all_metadata": "true"}
            page = await self._call(
                "conversations.history", "GET", idempotent=True, params={**asked, "limit": "100", "cursor": cursor}
            )
            for message in page["messages"]:
                if message.get("metadata", {}).get("event_payload", {}).get("key") == key:
                    return self._receipt(message, edition.text)
            cursor = page.get("response_metadata", {}).get("next_cursor", "")
            if not page.get("has_more") or not cursor:
                if self.facts.long is Long.THREAD:
                    raise Uncertain(self.name, "not in the channel, but answers in a thread are not in its history")
                return None
        raise Uncertain(self.name, "too much was posted since to look through")

    async def check(self) -> tuple[Finding, ...]:
        """Ask who we are, which scopes the token has, and whether we are in the channel."""
        try:
            response = await self._ask("auth.test", idempotent=True)
            me = self._read(response, idempotent=True)
            found = [Finding("bot", True, f"{me['user']} in {me['team']}")]
            given = {one.strip() for one in response.headers.get("x-oauth-scopes", "").split(",")}
            given |= {"channels:history"} & {one.replace("groups", "channels") for one in given}  # a private channel's
            missing = [scope for scope in _SCOPES if scope not in given]
            if missing and given != {""}:
                detail = f"add {', '.join(missing)} and install the app again"
                found.append(Finding("scopes", False, detail))
            if self._settings.channel is None:
                return tuple(found)
            where = {"channel": self._settings.channel}
            named = (await self._call("conversations.info", "GET", idempotent=True, params=where))["channel"]
        except DeliveryError as err:
            return (Finding("account", False, err.why),)
        inside = bool(named.get("is_member"))
        remedy = named.get("name", "") if inside else f"invite the bot: /invite @{me['user']} in the channel"
        return (*found, Finding("channel", inside, remedy))

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()

    async def _new(self, edition: Edition, key: str, more: dict[str, Any]) -> Receipt:
        await self._find_home()
        metadata = {"event_type": _EVENT, "event_payload": {"key": key}}
        message, why = await self._posted(
            "chat.postMessage", edition, {"channel": self._settings.channel, "metadata": metadata, **more}
        )
        return self._receipt(message, sent(edition, why), more.get("thread_ts"))

    async def _posted(
        self, method: str, edition: Edition, where: dict[str, Any], *, alone: bool = False
    ) -> tuple[dict[str, Any], str]:
        """The answer, and why the picture is not there."""
        picture, why, fresh = (None, "as before", False) if alone else await self._picture(edition)
        again = method == "chat.update"
        try:
            return await self._call(method, idempotent=again, json={**where, **body(edition, picture)}), why
        except Refused as err:
            if picture is None or not err.why.startswith("invalid_blocks"):
                raise
            if fresh:  # Slack takes a moment over what was uploaded; the same file is used next time
                raise Unavailable(
                    self.name, "Slack is not done with the picture", retry_after=_SOON, alone=True
                ) from err
            return await self._call(method, idempotent=again, json={**where, **body(edition, None)}), err.why

    async def _picture(self, edition: Edition) -> tuple[dict[str, Any] | None, str, bool]:
        """The picture's block, why there is none, and whether it was uploaded just now."""
        card = edition.card
        if card is None or self._settings.cards_url:
            return self._settings.picture(edition), "", False
        uploaded = self._workspace.uploaded
        fresh = card.file not in uploaded
        if fresh:
            content = await card_of(edition, self._cards)
            if content is None:
                return None, "its file is gone", False
            try:
                file = await self._upload(card.file, card.alt, content)
            except Refused as err:
                return None, err.why, False
            uploaded[card.file] = file
            for old in list(uploaded)[:-_KEPT]:
                del uploaded[old]
        file_id = {"id": uploaded[card.file]}
        return {"type": "image", "slack_file": file_id, "alt_text": card.alt[:ALT]}, "", fresh

    async def _upload(self, name: str, alt: str, content: bytes) -> str:
        """The file's ID; nothing is shown by it yet, so a repeat does no harm."""
        about = {"filename": name, "length": str(len(content)), "alt_txt": alt[:1000]}
        place = await self._call("files.getUploadURLExternal", idempotent=True, data=about)
        put = await exchange(self.name, self._http, "POST", place["upload_url"], idempotent=True, content=content)
        if not put.is_success:
            raise outcomes.of_status(self.name, put.status_code, put.headers, self._clock(), idempotent=True)
        named = {"files": [{"id": place["file_id"], "title": name}]}
        await self._call("files.completeUploadExternal", idempotent=True, json=named)
        return str(place["file_id"])

    async def _find_home(self) -> None:
        """Permalinks begin with the workspace's address; a post does not fail for want of it."""
        if not self._home and not self._sealed:
            with contextlib.suppress(DeliveryError):
                self._home = (await self._call("auth.test", idempotent=True)).get("url", "")

    def _receipt(self, message: dict[str, Any], said: str, above: str | None = None) -> Receipt:
        channel, ts = "" if self._sealed else self._settings.channel, str(message["ts"])
        link = f"{self._home}archives/{channel}/p{ts.replace('.', '')}" if self._home else None
        if above:
            link = link and f"{link}?thread_ts={above}&cid={channel}"
            ts = f"{above}/{ts}"
        return Receipt(f"{channel}/{ts}", datetime.fromtimestamp(float(message["ts"]), UTC), link, said)

    async def _call(self, method: str, verb: str = "POST", *, idempotent: bool = False, **request: Any) -> Any:
        return self._read(await self._ask(method, verb, idempotent=idempotent, **request), idempotent=idempotent)

    async def _ask(self, method: str, verb: str = "POST", *, idempotent: bool, **request: Any) -> httpx.Response:
        url = f"{self._settings.api}/{method}"
        return await exchange(
            self.name, self._http, verb, url, idempotent=idempotent, headers=self._workspace.key, **request
        )

    def _read(self, response: httpx.Response, *, idempotent: bool) -> dict[str, Any]:
        said = fields(response)
        if response.is_success and said.get("ok"):
            return said
        if response.is_success and "error" not in said:
            raise Uncertain(self.name, "the answer is none of Slack's")
        notes = [said.get("error", ""), *said.get("response_metadata", {}).get("messages", [])]
        why = " ".join(filter(None, notes))
        if self._sealed and said.get("error") in ROOM:
            raise Refused(self.name, why, gone=True)
        raise meaning(self.name, why, response, self._clock(), idempotent=idempotent)
