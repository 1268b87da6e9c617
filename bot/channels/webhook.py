"""Webhook: a story as signed JSON for a partner's machine, by the Standard Webhooks specification.

Source of the rules: the specification of standard-webhooks, "Webhook Metadata" and "Operational considerations".
The receiver recognises a repeat by `webhook-id`, so a repeat is harmless as long as it keeps the id. A lost answer
is a doubt all the same: what may have been taken is seen through under its id, and no newer event takes its place.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

import httpx
from pydantic import Field

from bot.channels.kind import Doors
from bot.errors import Refused, SettingsError
from bot.model.channel import FOREVER, Facts, Finding, WhenUnsure
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup, Unit
from bot.settings import ChannelSettings, Secret
from bot.web import outcomes
from bot.web.sending import Sending

_PREFIX = "whsec_"
_GONE = 410  # the receiver asks for nothing more: the endpoint is off, not this post
_TIMEOUT = httpx.Timeout(20, connect=10)


class WebhookSettings(ChannelSettings):
    """A receiver and the secrets it knows."""

    kind: Literal["webhook"]
    url: Secret | str = Field(description="The receiver's address; env:NAME or file:PATH where it must stay secret.")
    secrets: tuple[Secret, ...] = Field(
        min_length=1, description="Signing secrets (whsec_ and base64); several while they are being exchanged."
    )

    @property
    def place(self) -> str:
        """The receiver's host, or where its address is kept."""
        if isinstance(self.url, Secret):
            return self.url.reference
        return re.split(r"[/?#\\]", self.url.partition("://")[2])[0].rpartition("@")[2]


def facts(settings: WebhookSettings) -> Facts:  # noqa: ARG001 - every kind is asked in the same way
    """No limit but good manners."""
    return Facts(
        kind="webhook",
        template="webhook.json.j2",
        markup=Markup.JSON,
        limit=None,
        unit=Unit.BYTES,
        card=None,
        key_life=FOREVER,
        when_unsure=WhenUnsure.RESEND,
        editable=True,
        send_within=timedelta(seconds=40),
    )


def open_channel(name: str, settings: WebhookSettings, doors: Doors) -> "Webhook":
    """Raises SettingsError where a secret is missing or is none."""
    url = settings.url.reveal() if isinstance(settings.url, Secret) else settings.url
    secrets = [_key(secret) for secret in settings.secrets]
    return Webhook(name, facts(settings), url, secrets, doors.clock)


class Webhook:
    """Posts events: story.published for a post, story.updated for an edit, story.withdrawn for a deletion."""

    def __init__(
        self, name: str, known: Facts, url: str, secrets: Sequence[bytes], clock: Callable[[], datetime]
    ) -> None:
        self.name, self.facts = name, known
        self._url, self._secrets, self._clock = url, secrets, clock
        self._client = httpx.AsyncClient(
            timeout=_TIMEOUT,
            transport=Sending(),
            trust_env=False,
            follow_redirects=False,
            headers={"User-Agent": "Crier/0.1"},
        )

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Tell that the story is out."""
        return await self._post("story.published", edition, key)

    async def edit(self, receipt: Receipt, edition: Edition, key: str) -> Receipt:
        """Tell that the story has changed; the receiver finds it by the story's number."""
        told = await self._post("story.updated", edition, key)
        return replace(told, platform_id=receipt.platform_id)

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Tell that the story is to be taken back; `data` has what was sent."""
        return await self._tell("story.withdrawn", json.loads(receipt.sent)["data"], key)

    async def check(self) -> tuple[Finding, ...]:
        """Ask for the head of the address, which is no event: whatever is answered, somebody is there."""
        try:
            response = await self._client.head(self._url)
        except (httpx.HTTPError, httpx.InvalidURL) as err:
            return (Finding("receiver", False, outcomes.of_exception(self.name, err, idempotent=True).why),)
        detail = f"HTTP {response.status_code}; whether it knows our signature, only an event can tell"
        return (Finding("receiver", response.status_code != _GONE, detail),)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    async def _post(self, event: str, edition: Edition, key: str) -> Receipt:
        return await self._tell(event, json.loads(edition.text), key)

    async def _tell(self, event: str, data: object, key: str) -> Receipt:
        now = self._clock()
        body = json.dumps({"type": event, "timestamp": now.isoformat(), "data": data}, ensure_ascii=False).encode()
        stamp = str(int(now.timestamp()))
        headers = {
            "content-type": "application/json",
            "webhook-id": key,
            "webhook-timestamp": stamp,
            "webhook-signature": " ".join(sign(secret, key, stamp, body) for secret in self._secrets),
        }
        try:
            response = await self._client.post(self._url, content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as err:
            raise outcomes.of_exception(self.name, err, idempotent=False) from err
        if not response.is_success:
            self._refuse(response, now)
        return Receipt(key, now, sent=body.decode())

    def _refuse(self, response: httpx.Response, now: datetime) -> None:
        if response.status_code == _GONE:
            raise Refused(self.name, "HTTP 410: the receiver wants nothing more", account=True)
        raise outcomes.of_status(self.name, response.status_code, response.headers, now, idempotent=False)


def sign(secret: bytes, key: str, stamp: str, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over id, timestamp and the exact bytes sent."""
    digest = hmac.new(secret, f"{key}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def _key(secret: Secret) -> bytes:
    try:
        return base64.b64decode(secret.reveal().removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise SettingsError(
            secret.reference, "***", "a webhook secret is whsec_ and base64 of 24 to 64 bytes"
        ) from None
