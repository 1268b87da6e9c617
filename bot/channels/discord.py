"""Discord: a server's channel or thread through its webhook; discord_bot.py is the same through a bot of ours.

Source: Discord's developer documentation of August 2026 (webhook, message, rate limits, JSON error codes). A webhook
tells the number of what it posted only with wait=true, knows no repeat and cannot be looked through.

    what comes back                                   what it means
    401; 10003 10004 10015 50001 50008 50013 50024    Refused, the account: gone, revoked, not let in, or a channel of
      50027 40001 40002 40058 40067 50083 40333;      another sort
      403 and 404 without a code
    10008 unknown message                             gone: an edit is Refused, a deletion is done
    429; 20016 20028 20029 40062 30046 130000; 503    Unavailable, with the platform's own time
    500 502 504, a broken answer, none                Uncertain; Unavailable where a repeat does no harm
    10003 10004 50001 50008 50013 50024 50083 of a     Refused; gone: whoever let us in has let us go
      subscriber's channel
    anything else                                     Refused, this post
"""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import httpx
from pydantic import Field

from bot.channels.kind import Doors
from bot.channels.wire import WITHOUT_PICTURE, card_of, client, exchange, fields
from bot.errors import DeliveryError, Refused, SettingsError, Unavailable, Uncertain
from bot.model.channel import CardSize, Facts, Finding, Long, Pace
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup, Unit
from bot.settings import ChannelSettings, Secret
from bot.web import outcomes

TEXT, ALT, FILE = 2000, 1024, 10 * 1024 * 1024
_ACCOUNT = frozenset({10003, 10004, 10015, 50001, 50008, 50013, 50024, 50027, 40001, 40002, 40058, 40067, 50083, 40333})
_ROOM = frozenset({10003, 10004, 50001, 50008, 50013, 50024, 50083})
"""What says of a subscriber's channel that nothing can be posted there: it is gone, closed, or we were not let in."""
_LATER = frozenset({20016, 20028, 20029, 40062, 30046, 130000})
_NO_MESSAGE, _NO_RIGHT = 10008, 50013
_HOOK = re.compile(r"(https?://[^/?#]+/api)/(?:v\d+/)?(webhooks/\d+/[\w-]+)/?")
_QUIET, _NO_EMBEDS = 1 << 12, 1 << 2


class DiscordPost(ChannelSettings):
    """What a webhook and a bot have in common."""

    card: bool = Field(True, description="Attach the share card.")
    silent: bool = Field(False, description="Without a notification.")
    long: Long = Field(Long.FIT, description="A long story: fit it into one post, link only, a thread, or messages.")


class DiscordSettings(DiscordPost):
    """A channel's webhook."""

    kind: Literal["discord"]
    webhook: Secret = Field(description="The webhook's address, as env:NAME or file:PATH.")
    thread: str | None = Field(None, pattern=r"^\d+$", description="The number of a thread of its channel.")

    @property
    def place(self) -> str:
        """Where its address is kept."""
        return self.webhook.reference


def facts(settings: DiscordPost) -> Facts:
    """What is counted is all that is written, markup included; UTF-16 units are a safe bound of it."""
    return Facts(
        kind=settings.kind,
        template="discord.md.j2",
        markup=Markup.MARKDOWN,
        limit=TEXT,
        unit=Unit.UTF16,
        card=CardSize(most_bytes=FILE, alt=ALT) if settings.card else None,
        hashtags=0,
        pace=(Pace(5, timedelta(seconds=5)), Pace(30, timedelta(minutes=1))),
        editable=True,
        long=settings.long,
        send_within=timedelta(seconds=110),
    )


def open_channel(name: str, settings: DiscordSettings, doors: Doors) -> "Discord":
    """Raises SettingsError where the webhook's address is missing or is none."""
    hook = _HOOK.fullmatch(settings.webhook.reveal())
    if hook is None:
        remedy = "a webhook's address is https://discord.com/api/webhooks/NUMBER/TOKEN"
        raise SettingsError(settings.webhook.reference, "***", remedy)
    # Where no version is named, Discord takes an old one.
    return Discord(name, settings, f"{hook[1]}/v10/{hook[2]}", doors, thread=settings.thread)


class Gone(Refused):
    """The message is not there."""


class Discord:
    """One webhook."""

    def __init__(
        self,
        name: str,
        settings: DiscordPost,
        base: str,
        doors: Doors,
        *,
        thread: str | None = None,
        headers: dict[str, str] | None = None,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        """`base` is the address under which messages are; with `http` it is a subscriber's, and named nowhere."""
        self.name, self.facts = name, facts(settings)
        self._base, self._in = base, {"thread_id": thread} if thread else {}
        self._flags = _QUIET if settings.silent else 0
        self._cards: Path = doors.cards
        self._clock: Callable[[], datetime] = doors.clock
        self._guild: str | None = ""
        self._sealed = http is not None
        self._http = http or client({"User-Agent": "DiscordBot (https://example.org/crier, 0.1)", **(headers or {})})

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Post words and card; a card that is refused does not keep the words back. A webhook knows no key."""
        del key
        return await self._new(edition, self._base, {})

    async def edit(self, receipt: Receipt, edition: Edition, key: str) -> Receipt:
        """Change words and card in place; a post without a picture stays so."""
        del key
        alone = receipt.sent.startswith(WITHOUT_PICTURE)
        card = None if alone else await card_of(edition, self._cards)
        sent = f"{WITHOUT_PICTURE} (as before): {edition.text}" if alone else edition.text
        url = self._of(receipt)
        try:
            await self._call("PATCH", url, params=self._in, **_body(edition, card, {}))
        except Refused as err:
            if not self._for_the_picture(err, card):
                raise
            await self._call("PATCH", url, params=self._in, **_body(edition, None, {}))
            sent = f"with the picture as it was ({err.why}): {edition.text}"
        return Receipt(receipt.platform_id, receipt.at, receipt.permalink, sent)

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Delete it; one that is gone already is a success."""
        del key
        try:
            await self._call("DELETE", self._of(receipt), params=self._in)
        except Gone as err:
            return Receipt(receipt.platform_id, self._clock(), sent=f"it was gone: {err.why}")
        return Receipt(receipt.platform_id, self._clock())

    async def check(self) -> tuple[Finding, ...]:
        """Ask for the webhook: whoever knows its address may post."""
        try:
            hook = await self._call("GET", self._base)
        except DeliveryError as err:
            return (Finding("account", False, err.why),)
        return (Finding("webhook", True, f"{hook.get('name')}, channel {hook.get('channel_id')}"),)

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()

    async def _new(self, edition: Edition, url: str, more: dict[str, Any]) -> Receipt:
        card, sent = await card_of(edition, self._cards), edition.text
        if edition.card is not None and card is None:
            sent = f"{WITHOUT_PICTURE} (its file is gone): {edition.text}"
        await self._find_guild()
        try:
            message = await self._send(edition, card, url, more)
        except Refused as err:
            if not self._for_the_picture(err, card):
                raise
            # Nothing is out: the words go alone.
            message = await self._send(edition, None, url, more)
            sent = f"{WITHOUT_PICTURE} ({err.why}): {edition.text}"
        return self._receipt(message, sent)

    def _for_the_picture(self, err: Refused, card: bytes | None) -> bool:
        """Whether it may be the picture that was refused, or the right to attach one."""
        post = not err.account and not isinstance(err, Gone)
        return card is not None and (post or err.why.startswith(str(_NO_RIGHT)))

    async def _send(self, edition: Edition, card: bytes | None, url: str, more: dict[str, Any]) -> Any:
        flags = self._flags | (_NO_EMBEDS if card is not None else 0)  # one picture is enough
        body = _body(edition, card, {"flags": flags, **more})
        return await self._call("POST", url, params={"wait": "true", **self._in}, idempotent=False, **body)

    def _of(self, receipt: Receipt) -> str:
        return f"{self._base}/messages/{receipt.platform_id.rpartition('/')[2]}"

    def _receipt(self, message: Any, sent: str) -> Receipt:
        try:
            place, number = str(message["channel_id"]), str(message["id"])
            at = datetime.fromisoformat(message["timestamp"])
        except (KeyError, TypeError, ValueError) as err:
            raise Uncertain(self.name, f"the answer is no message: {type(err).__name__}") from err
        if self._sealed:
            return Receipt(f"/{number}", at, sent=sent)
        link = f"https://discord.com/channels/{self._guild}/{place}/{number}" if self._guild else None
        return Receipt(f"{place}/{number}", at, link, sent)

    async def _find_guild(self) -> None:
        """Permalinks name the server, which no message does; a post does not fail for want of it."""
        if self._guild == "" and not self._sealed:
            try:
                self._guild = (await self._call("GET", self._base)).get("guild_id")
            except DeliveryError:
                self._guild = ""

    async def _call(self, method: str, url: str, *, idempotent: bool = True, **request: Any) -> Any:
        response = await exchange(self.name, self._http, method, url, idempotent=idempotent, **request)
        if not response.is_success:
            raise self._ours(response, idempotent=idempotent)
        if response.status_code == httpx.codes.NO_CONTENT:
            return {}
        try:
            return response.json()
        except ValueError as err:
            raise Uncertain(self.name, "the answer is no JSON") from err

    def _ours(self, response: httpx.Response, *, idempotent: bool) -> DeliveryError:
        """One of the three, by the table above."""
        said, status, now = fields(response), response.status_code, self._clock()
        code, why = said.get("code"), f"{said.get('code') or f'HTTP {status}'} {said.get('message', '')}".strip()
        if code in _LATER or status == httpx.codes.TOO_MANY_REQUESTS:
            named = said.get("retry_after", response.headers.get("retry-after"))
            wait = outcomes.retry_after(str(named or ""), now)
            return Unavailable(self.name, why, retry_after=wait, throttled=status == httpx.codes.TOO_MANY_REQUESTS)
        if code == _NO_MESSAGE:
            return Gone(self.name, why)
        if self._sealed and code in _ROOM:
            return Refused(self.name, why, gone=True)
        # Without a code it is not Discord that speaks, but what stands before it.
        nameless = code is None and status in (httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND)
        if status == httpx.codes.UNAUTHORIZED or nameless or code in _ACCOUNT:
            return Refused(self.name, why, account=True)
        return outcomes.of_status(self.name, status, response.headers, now, idempotent=idempotent, said=why)


def _body(edition: Edition, card: bytes | None, more: dict[str, Any]) -> dict[str, Any]:
    """The request's body: JSON, or a form with the JSON and the picture. Nobody is ever mentioned."""
    words = {"content": edition.text, "allowed_mentions": {"parse": [], "replied_user": False}, **more}
    if card is None or edition.card is None:
        return {"json": words}
    file = edition.card.file
    words["attachments"] = [{"id": 0, "filename": file, "description": edition.card.alt[:ALT]}]
    return {
        "data": {"payload_json": json.dumps(words, ensure_ascii=False)},
        "files": {"files[0]": (file, card, edition.card.media_type)},
    }
