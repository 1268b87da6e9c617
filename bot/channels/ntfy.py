"""ntfy: a push notification to everybody who subscribes to a topic, on ntfy.sh or a server of one's own.

Source: the server's code of July 2025 (limits, headers, codes) and its documentation since 2.16 (sequences: what has
the same one takes the place of what was shown before, on Android and in browsers). The first line is the title, the
link is what a touch opens. There is no key; what the server has cached can be looked through, which proves a post but
never its absence: the cache may be off.

    code, as said in the answer                            what it means
    401.. 403.. 404..                                      Refused, the account: no such token, right or server
    40009 40010                                            Refused, the account: this topic is not to be had
    40013 40014 41301 42905, of an attachment              the words go alone
    42908 the day's messages are used up                   Unavailable, an hour
    other 429.., 503                                       Unavailable
    500 502 504, a broken answer, none                     Uncertain; Unavailable where a repeat does no harm
    404 of a deletion                                      Refused: the server is older than 2.16
    anything else                                          Refused, this post
"""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import httpx
from pydantic import Field

from bot.channels.kind import Doors
from bot.channels.wire import WITHOUT_PICTURE, card_of, client, exchange, fields
from bot.errors import DeliveryError, Refused, SettingsError, Unavailable, Uncertain
from bot.model.channel import CardSize, Facts, Finding, LinkStyle, Pace, Scope
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup, Unit
from bot.settings import ChannelSettings, Secret
from bot.settings.scalars import Address
from bot.web import outcomes

TEXT = 4000
"""Bytes: at 4096 a message becomes a file, and a proxy may take a header of 8 KB at most."""
_ATTACHMENT = ("40013", "40014", "41301", "42905")
_NO_TOPIC, _DAY = ("40009", "40010"), "42908"
_HOUR = timedelta(hours=1)


class NtfySettings(ChannelSettings):
    """A topic of a server."""

    kind: Literal["ntfy"]
    server: Address = Field("https://ntfy.sh", description="The server's address.")
    topic: Secret | str = Field(
        description="The topic; env:NAME or file:PATH where its name is all that protects it, as on a public server."
    )
    token: Secret | None = Field(None, description="An access token (tk_…), as env:NAME or file:PATH.")
    priority: int = Field(3, ge=1, le=5, description="1 makes no sound, 3 is usual, 5 rings for long.")
    tags: tuple[str, ...] = Field((), description="Shown with the title; names of emojis become these.")
    card: bool = Field(True, description="Attach the share card.")
    cards_url: Address | None = Field(
        None, description="Where readers can fetch the files of queue/cards; none: the card is uploaded to the server."
    )

    def account(self, name: str) -> str:
        """One lane an account; without a token, the server counts by our address."""
        del name
        return f"ntfy:{self.server}:{self.token.reference if self.token else ''}"

    @property
    def place(self) -> str:
        """The topic, or where its name is kept."""
        return self.topic.reference if isinstance(self.topic, Secret) else self.topic


def facts(settings: NtfySettings) -> Facts:
    """Sixty messages at once, and then one every five seconds."""
    return Facts(
        kind="ntfy",
        template="ntfy.txt.j2",
        markup=Markup.PLAIN,
        limit=TEXT,
        unit=Unit.BYTES,
        card=CardSize(most_bytes=15 * 1024 * 1024) if settings.card else None,
        link=LinkStyle.APART,
        hashtags=0,
        pace=(Pace(60, timedelta(minutes=5), Scope.ACCOUNT),),
        editable=True,
        edit_is_heard=True,
        send_within=timedelta(seconds=90),
    )


def open_channel(name: str, settings: NtfySettings, doors: Doors) -> "Ntfy":
    """Raises SettingsError where a secret is missing, or the topic's name cannot be one."""
    secret = isinstance(settings.topic, Secret)
    topic = settings.topic.reveal() if isinstance(settings.topic, Secret) else settings.topic
    if not topic.isascii() or not topic.replace("-", "").replace("_", "").isalnum() or len(topic) > 64:
        raise SettingsError(settings.place, "***" if secret else topic, "a topic is 1 to 64 of A-Z a-z 0-9 _ -")
    return Ntfy(name, settings, topic, settings.token.reveal() if settings.token else None, doors)


class Ntfy:
    """One topic."""

    def __init__(self, name: str, settings: NtfySettings, topic: str, token: str | None, doors: Doors) -> None:
        self.name, self.facts = name, facts(settings)
        self._settings, self._topic, self._server = settings, topic, settings.server.rstrip("/")
        self._cards: Path = doors.cards
        self._clock: Callable[[], datetime] = doors.clock
        self._http = client({"Authorization": f"Bearer {token}"} if token else None)

    def __repr__(self) -> str:
        return f"Ntfy({self.name!r})"

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Notify everybody. The key begins a sequence, where the server knows of such."""
        said, sent = await self._publish(edition, key, alone=False)
        return self._receipt(said, sent)

    async def edit(self, receipt: Receipt, edition: Edition, key: str) -> Receipt:
        """Notify again in the place of what was shown; phones that know no sequences show both."""
        del key
        alone = receipt.sent.startswith(WITHOUT_PICTURE)
        _, sent = await self._publish(edition, receipt.platform_id, alone=alone)
        return Receipt(receipt.platform_id, receipt.at, sent=sent)

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Take the notification away from the phones that know of it."""
        del key
        url = f"{self._server}/{self._topic}/{receipt.platform_id}"
        response = await exchange(self.name, self._http, "DELETE", url, idempotent=True)
        if response.status_code in (httpx.codes.NOT_FOUND, httpx.codes.METHOD_NOT_ALLOWED):
            raise Refused(self.name, "this server is older than 2.16 and cannot take a notification back")
        self._read(response, idempotent=True)
        return Receipt(receipt.platform_id, self._clock())

    async def find(self, edition: Edition, key: str, since: datetime) -> Receipt | None:
        """Look through what the server has cached since then; what is not there may still be out."""
        asked = {"poll": "1", "since": str(int(since.timestamp()) - 60)}
        url = f"{self._server}/{self._topic}/json"
        response = await exchange(self.name, self._http, "GET", url, idempotent=True, params=asked)
        if not response.is_success:
            raise self._ours(response, idempotent=True)
        title, message = _parts(edition)
        for line in response.text.splitlines():
            said = _object(line)
            same = (said.get("title", ""), said.get("message")) == (title, message)
            if said.get("event") == "message" and (said.get("sequence_id") == key or same):
                return self._receipt(said, edition.text)
        raise Uncertain(self.name, "it is not in the server's cache, which may have forgotten it or be off")

    async def check(self) -> tuple[Finding, ...]:
        """Ask for the account and its day, and whether it may read the topic. Writing cannot be tried in silence."""
        try:
            account = await self._get("v1/account")
            left = account.get("stats", {}).get("messages_remaining")
            today = f", {left} messages left today" if left is not None else ""
            found = (Finding("account", True, f"{account.get('username') or 'nobody'}{today}"),)
        except DeliveryError as err:
            return (Finding("account", False, err.why),)
        try:
            await self._get(f"{self._topic}/auth")
        except DeliveryError as err:
            why = f"give the account read and write, so that lost posts can be looked up: {err.why}"
            return (*found, Finding("topic", False, why))
        return (*found, Finding("topic", True, "may read it"))

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()

    async def _publish(self, edition: Edition, sequence: str, *, alone: bool) -> tuple[dict[str, Any], str]:
        """What the server said, and what the receipt says."""
        if alone or edition.card is None:
            why = "as before" if edition.card is not None else ""
            return await self._as_json(edition, sequence, None), _sent(edition, why)
        if self._settings.cards_url:
            address = f"{self._settings.cards_url.rstrip('/')}/{edition.card.file}"
            return await self._as_json(edition, sequence, address), edition.text
        content, why = await card_of(edition, self._cards), "its file is gone"
        if content is not None:
            try:
                return await self._as_file(edition, sequence, content), edition.text
            except (Refused, Unavailable) as err:
                if not err.why.startswith(_ATTACHMENT):
                    raise
                why = err.why
        return await self._as_json(edition, sequence, None), _sent(edition, why)

    async def _as_json(self, edition: Edition, sequence: str, picture: str | None) -> dict[str, Any]:
        title, message = _parts(edition)
        named = {"topic": self._topic, "title": title, "message": message, "sequence_id": sequence}
        named |= {"click": edition.link} if edition.link else {}
        named |= {"attach": picture} if picture else {}
        body = {**named, "priority": self._settings.priority, "tags": list(self._settings.tags)}
        content = json.dumps(body, ensure_ascii=False).encode()  # the server counts bytes
        response = await exchange(self.name, self._http, "POST", f"{self._server}/", idempotent=False, content=content)
        return self._read(response, idempotent=False)

    async def _as_file(self, edition: Edition, sequence: str, content: bytes) -> dict[str, Any]:
        """The picture is the body, so everything else stands in headers, where a newline is written as two signs."""
        title, message = _parts(edition)
        said = {
            "X-Title": title,
            "X-Message": message.replace("\n", "\\n"),
            "X-Click": edition.link or "",
            "X-Filename": edition.card.file if edition.card else "",
            "X-Tags": ",".join(self._settings.tags),
            "X-Priority": str(self._settings.priority),
            "X-Sequence-ID": sequence,
        }
        headers = {name: _header(value) for name, value in said.items() if value}
        url = f"{self._server}/{self._topic}"
        response = await exchange(self.name, self._http, "PUT", url, idempotent=False, headers=headers, content=content)
        return self._read(response, idempotent=False)

    async def _get(self, place: str) -> dict[str, Any]:
        response = await exchange(self.name, self._http, "GET", f"{self._server}/{place}", idempotent=True)
        return self._read(response, idempotent=True)

    def _receipt(self, said: dict[str, Any], sent: str) -> Receipt:
        at = datetime.fromtimestamp(said["time"], UTC) if isinstance(said.get("time"), int) else self._clock()
        return Receipt(said.get("sequence_id") or said["id"], at, sent=sent)

    def _read(self, response: httpx.Response, *, idempotent: bool) -> dict[str, Any]:
        said = fields(response)
        if not response.is_success:
            raise self._ours(response, idempotent=idempotent)
        if not idempotent and not isinstance(said.get("id"), str):
            raise Uncertain(self.name, "the answer is no message")
        return said

    def _ours(self, response: httpx.Response, *, idempotent: bool) -> DeliveryError:
        """One of the three, by the table above."""
        said, status, now = fields(response), response.status_code, self._clock()
        why = f"{said.get('code') or f'HTTP {status}'} {said.get('error', '')}".strip()
        if status == httpx.codes.TOO_MANY_REQUESTS:
            wait = outcomes.retry_after(response.headers.get("retry-after"), now)
            return Unavailable(self.name, why, retry_after=_HOUR if why.startswith(_DAY) else wait, throttled=True)
        if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND) or why.startswith(
            _NO_TOPIC
        ):
            return Refused(self.name, why, account=True)
        found = outcomes.of_status(self.name, status, response.headers, now, idempotent=idempotent, said=why)
        return Refused(self.name, why) if isinstance(found, Refused) else found


def _parts(edition: Edition) -> tuple[str, str]:
    """Title and message; a headline that stands alone is the message."""
    title, _, message = edition.text.partition("\n")
    return (title.strip(), message.strip()) if message.strip() else ("", title.strip())


def _sent(edition: Edition, why: str) -> str:
    return f"{WITHOUT_PICTURE} ({why}): {edition.text}" if why else edition.text


def _header(value: str) -> str:
    """As it is, or as a word of RFC 2047, which the server decodes in every header."""
    if value.isascii() and value.isprintable() and "=?" not in value:
        return value
    return f"=?UTF-8?B?{base64.b64encode(value.encode()).decode()}?="


def _object(line: str) -> dict[str, Any]:
    try:
        read = json.loads(line)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
