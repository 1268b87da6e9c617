"""Webhook: a story as signed JSON for a partner's machine, by the Standard Webhooks specification.

Source of the rules: the specification of standard-webhooks, "Webhook Metadata" and "Operational considerations".
The receiver recognises a repeat by `webhook-id`, so a repeat is harmless as long as it keeps the id. A lost answer
is a doubt all the same: what may have been taken is seen through under its id, and no newer event takes its place.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal, Self

import httpx
from pydantic import Field, model_validator

from bot.channels.kind import Doors
from bot.channels.standard_webhooks import beginning, gives_back, signed
from bot.errors import DeliveryError, Refused, SettingsError, Unavailable
from bot.model.channel import FOREVER, Facts, Finding, WhenUnsure
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup, Unit
from bot.model.subscriber import Addressee, Form
from bot.rules.rotation import key_of, signing
from bot.settings import ChannelSettings, Secret
from bot.web import outcomes
from bot.web.sending import Sending

_GONE = 410  # the receiver asks for nothing more: the endpoint is off, not this post
_TIMEOUT = httpx.Timeout(20, connect=10)


class WebhookSettings(ChannelSettings):
    """A receiver and the secrets it knows; without them it only carries to machines that subscribe."""

    kind: Literal["webhook"]
    url: Secret | str | None = Field(
        None,
        description="The receiver's address; env:NAME or file:PATH where it must stay secret. None: it carries posts to"
        " subscribers.",
    )
    secrets: tuple[Secret, ...] = Field(
        (), description="Signing secrets (whsec_ and base64); several while they are being exchanged."
    )

    @model_validator(mode="after")
    def _signs_what_it_sends(self) -> Self:
        if bool(self.url) is not bool(self.secrets):
            raise ValueError("write url and secrets, or neither: then it carries posts to subscribers")
        return self

    @property
    def place(self) -> str:
        """The receiver's host, or where its address is kept."""
        if isinstance(self.url, Secret):
            return self.url.reference
        return re.split(r"[/?#\\]", (self.url or "").partition("://")[2])[0].rpartition("@")[2]

    @property
    def placed(self) -> bool:
        """Whether it has a receiver of its own."""
        return bool(self.url)


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
        apart=True,
        send_within=timedelta(seconds=40),
    )


def open_channel(name: str, settings: WebhookSettings, doors: Doors) -> "Webhook":
    """Raises SettingsError where a secret is missing or is none."""
    url = settings.url.reveal() if isinstance(settings.url, Secret) else settings.url
    secrets = [_key(secret) for secret in settings.secrets]
    return Webhook(name, facts(settings), url, secrets, doors)


class Webhook:
    """Posts events: story.published for a post, story.updated for an edit, story.withdrawn for a deletion."""

    def __init__(
        self,
        name: str,
        known: Facts,
        url: str | None,
        secrets: Sequence[bytes],
        doors: Doors,
        *,
        outside: httpx.AsyncClient | None = None,
    ) -> None:
        """`outside` is the guarded way to a subscriber's machine, whose address then stands in no error."""
        self.name, self.facts = name, known
        self._url, self._secrets, self._doors, self._sealed = url, secrets, doors, outside is not None
        self._clock: Callable[[], datetime] = doors.clock
        self._outside = outside or _client(Sending(guard=doors.guard))
        self._client = self._outside if self._sealed else _client(Sending())

    def __repr__(self) -> str:
        return f"Webhook({self.name!r})"

    def told(self, form: Form) -> Facts:  # noqa: ARG002 - a machine takes what it wants of the JSON
        """Every form is the same event."""
        return self.facts

    def at(self, addressee: Addressee) -> "Webhook":
        """To one subscriber's machine: only where the guard allows its address, and no error says where that is."""
        keys = [key for one in signing(addressee.address.secrets, self._clock()) if (key := key_of(one)) is not None]
        return Webhook(addressee.channel, self.facts, addressee.address.to, keys, self._doors, outside=self._outside)

    @property
    def plain(self) -> bool:
        """Whether machines may do without TLS: in a house that opens addresses inside it."""
        return self._doors.guard.opens

    async def proves(self, url: str, secret: str, state: str) -> bool:
        """Whether the machine there gives back what is asked of it, so that nobody subscribes somebody else's."""
        return await gives_back(self._outside, url, secret, state, self._clock())

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Tell that the story is out."""
        return await self._post("story.published", edition, key)

    async def edit(self, receipt: Receipt, edition: Edition, key: str) -> Receipt:
        """Tell that the story has changed; the receiver finds it by the story's number."""
        told = await self._post("story.updated", edition, key)
        return replace(told, platform_id=receipt.platform_id)

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Tell that the story is to be taken back; `data` has what was sent."""
        return await self.tell("story.withdrawn", json.loads(receipt.sent)["data"], key)

    async def check(self) -> tuple[Finding, ...]:
        """Ask for the head of the address, which is no event: whatever is answered, somebody is there."""
        if self._url is None:
            return (Finding("receiver", True, "none of its own: it carries posts to subscribers"),)
        try:
            response = await self._client.head(self._url)
        except (httpx.HTTPError, httpx.InvalidURL) as err:
            return (Finding("receiver", False, outcomes.of_exception(self.name, err, idempotent=True).why),)
        detail = f"HTTP {response.status_code}; whether it knows our signature, only an event can tell"
        return (Finding("receiver", response.status_code != _GONE, detail),)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()
        await self._outside.aclose()

    async def tell(self, event: str, data: object, key: str) -> Receipt:
        """Any event, signed. Raises like send."""
        moment = self._clock().isoformat()
        body = json.dumps({"type": event, "timestamp": moment, "data": data}, ensure_ascii=False)
        return await self.again(body, key)

    async def again(self, body: str, key: str) -> Receipt:
        """These very bytes, with the signature of this moment. Raises like send."""
        if self._url is None:
            raise Refused(self.name, "it has no receiver of its own: it carries posts to subscribers", account=True)
        now = self._clock()
        headers = signed(self._secrets, key, now, body.encode())
        try:
            async with self._client.stream("POST", self._url, content=body.encode(), headers=headers) as response:
                await beginning(response)
        except (httpx.HTTPError, httpx.InvalidURL) as err:
            raise self._ours(err) from (None if self._sealed else err)
        if not response.is_success:
            self._refuse(response, now)
        return Receipt(key, now, sent=body)

    async def _post(self, event: str, edition: Edition, key: str) -> Receipt:
        return await self.tell(event, json.loads(edition.text), key)

    def _ours(self, err: Exception) -> DeliveryError:
        """An error of the wire likes to name the host: of a subscriber's it only says what it was."""
        found = outcomes.of_exception(self.name, err, idempotent=False)
        if not self._sealed:
            return found
        never = "not sent: " if isinstance(found, Unavailable) else ""
        return type(found)(self.name, f"{never}{type(err).__name__}")

    def _refuse(self, response: httpx.Response, now: datetime) -> None:
        if response.status_code == _GONE:
            why = "HTTP 410: the receiver wants nothing more"
            raise Refused(self.name, why, account=not self._sealed, gone=self._sealed)
        raise outcomes.of_status(self.name, response.status_code, response.headers, now, idempotent=False)


def _client(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        timeout=_TIMEOUT,
        transport=transport,
        trust_env=False,
        follow_redirects=False,
        headers={"User-Agent": "Crier/0.1"},
    )


def _key(secret: Secret) -> bytes:
    key = key_of(secret.reveal())
    if key is None:
        raise SettingsError(secret.reference, "***", "a webhook secret is whsec_ and base64 of 24 to 64 bytes")
    return key
