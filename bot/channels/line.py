"""LINE: a message to everybody who follows an official account, or to one user, group or room.

Sources: developers.line.biz (Messaging API reference; "Retry failed API requests"; "Character counting in a text").
A retry key makes a repeat harmless for 24 hours; after that, and without the key, nobody can look. What is out can be
neither changed nor deleted. Pictures are fetched by LINE's apps from a public HTTPS address.

    what comes back                               what it means
    200                                           accepted
    409 with x-line-accepted-request-id           accepted at an earlier try: success
    400, with a picture in the message            the words go alone; refused again: Refused, this post
    401 403                                       Refused, the account: token, plan or right
    429 "You have reached your monthly limit."    Refused, the account: until next month, or another plan
    other 429                                     Unavailable, five minutes: the answer names no time
    500 502 504, a broken answer, none            Uncertain, which the key settles by a repeat
    other 4xx                                     Refused, this post
"""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote

import httpx
from pydantic import Field

from bot.channels.kind import Doors
from bot.channels.wire import WITHOUT_PICTURE, client, exchange, fields
from bot.errors import DeliveryError, Refused, Unavailable, Uncertain
from bot.model.channel import CardSize, Facts, Finding, LinkStyle, Pace, Scope
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup, Unit
from bot.settings import ChannelSettings, Secret
from bot.settings.scalars import Address
from bot.web import outcomes

TEXT, PREVIEW, URL = 5000, 1_000_000, 2000
KEY_LIFE = timedelta(hours=24)
_KEYS = uuid.UUID("7a1f0c9e-3a55-5d0b-9c43-5f6f1d1c2b10")
"""The name space of our retry keys: the same delivery has the same key after any restart."""
_BREATH = timedelta(minutes=5)
_ACCEPTED = "x-line-accepted-request-id"
_MONTHLY = "monthly limit"


class LineSettings(ChannelSettings):
    """Which account, and whom it tells."""

    kind: Literal["line"]
    token: Secret = Field(description="The channel access token of the Messaging API, as env:NAME or file:PATH.")
    to: str | None = Field(
        None, pattern=r"^[UCR][0-9a-f]{32}$", description="One user, group or room; without it, everybody who follows."
    )
    silent: bool = Field(False, description="Without a notification.")
    cards_url: Address | None = Field(
        None, pattern=r"^https://", description="Where the folder of share cards is published: with it, posts have one."
    )
    api: Address = Field("https://api.line.me", description="Another address, for tests.")

    def account(self, name: str) -> str:  # noqa: ARG002 - two channels of one account share its limits
        """One lane an account."""
        return f"line:{self.token.reference}"

    @property
    def place(self) -> str:
        """Whom it tells."""
        return self.to or "all followers"


def facts(settings: LineSettings) -> Facts:
    """One address serves as picture and as preview, so the preview's limit counts."""
    hourly, often = Pace(60, timedelta(hours=1), Scope.ACCOUNT), Pace(20, timedelta(seconds=1), Scope.ACCOUNT)
    return Facts(
        kind="line",
        template="line.txt.j2",
        markup=Markup.PLAIN,
        limit=TEXT,
        unit=Unit.UTF16,
        card=CardSize(most_bytes=PREVIEW) if settings.cards_url else None,
        link=LinkStyle.BARE,
        hashtags=0,
        pace=(often if settings.to else hourly,),
        key_life=KEY_LIFE,
        send_within=timedelta(seconds=100),
    )


def open_channel(name: str, settings: LineSettings, doors: Doors) -> "Line":
    """Raises SettingsError where the token is missing."""
    return Line(name, settings, settings.token.reveal(), doors.clock)


class Line:
    """One official account."""

    def __init__(self, name: str, settings: LineSettings, token: str, clock: Callable[[], datetime]) -> None:
        self.name, self.facts = name, facts(settings)
        self._settings, self._clock = settings, clock
        self._api = f"{settings.api.rstrip('/')}/v2/bot"
        self._http = client({"Authorization": f"Bearer {token}"})

    def __repr__(self) -> str:
        return f"Line({self.name!r})"

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Words and card in one request; within a day, the same key tells nobody twice."""
        picture = self._picture(edition)
        try:
            return await self._tell(edition, key, picture)
        except Refused as err:
            if err.account or picture is None:
                raise
            # Nothing was accepted, so the key is free. It may be the picture: the words go alone.
            receipt = await self._tell(edition, key, None)
            return replace(receipt, sent=f"{WITHOUT_PICTURE} ({err.why}): {receipt.sent}")

    async def check(self) -> tuple[Finding, ...]:
        """Ask who we are, and how much of the month's messages is left; tells nobody anything."""
        try:
            me = await self._get("info")
            quota, used = await self._get("message/quota"), await self._get("message/quota/consumption")
        except DeliveryError as err:
            return (Finding("account", False, err.why),)
        found = Finding("account", True, f"{me.get('displayName')} ({me.get('basicId')})")
        if quota.get("type") != "limited":
            return (found, Finding("messages", True, "no limit this month"))
        most, told = int(quota.get("value", 0)), int(used.get("totalUsage", 0))
        return (found, Finding("messages", told < most, f"{told} of {most} used this month, one for each receiver"))

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()

    def _picture(self, edition: Edition) -> str | None:
        if edition.card is None or self._settings.cards_url is None:
            return None
        address = f"{self._settings.cards_url.rstrip('/')}/{quote(edition.card.file)}"
        return address if len(address) <= URL else None

    async def _tell(self, edition: Edition, key: str, picture: str | None) -> Receipt:
        messages: list[dict[str, str]] = [{"type": "text", "text": edition.text}]
        if picture:
            messages.append({"type": "image", "originalContentUrl": picture, "previewImageUrl": picture})
        body: dict[str, Any] = {"messages": messages, "notificationDisabled": self._settings.silent}
        if self._settings.to:
            body["to"] = self._settings.to
        response = await exchange(
            self.name,
            self._http,
            "POST",
            f"{self._api}/message/{'push' if self._settings.to else 'broadcast'}",
            idempotent=False,
            json=body,
            headers={"X-Line-Retry-Key": str(uuid.uuid5(_KEYS, key))},
        )
        repeated = response.status_code == httpx.codes.CONFLICT and _ACCEPTED in response.headers
        if not response.is_success and not repeated:
            raise self._ours(response)
        sent = (fields(response).get("sentMessages") or [{}])[0].get("id")
        number = sent or response.headers.get(_ACCEPTED) or response.headers.get("x-line-request-id")
        if not number:
            raise Uncertain(self.name, "the answer is none of LINE's")
        return Receipt(str(number), self._clock(), None, edition.text)

    async def _get(self, path: str) -> dict[str, Any]:
        response = await exchange(self.name, self._http, "GET", f"{self._api}/{path}", idempotent=True)
        if not response.is_success:
            raise self._ours(response)
        return fields(response)

    def _ours(self, response: httpx.Response) -> DeliveryError:
        """One of the three, by the table above."""
        status, said = response.status_code, fields(response)
        details = "; ".join(f"{one.get('property')}: {one.get('message')}" for one in said.get("details") or [])
        why = " — ".join(filter(None, (str(said.get("message") or ""), details)))
        if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            return Refused(self.name, f"HTTP {status}: {why}: look at the token and the account's plan", account=True)
        if status == httpx.codes.TOO_MANY_REQUESTS and _MONTHLY in why.lower():
            return Refused(self.name, f"{why} Resume next month, or choose a larger plan", account=True)
        found = outcomes.of_status(self.name, status, response.headers, self._clock(), idempotent=False, said=why)
        if isinstance(found, Unavailable) and found.retry_after is None:
            return Unavailable(self.name, found.why, retry_after=_BREATH, throttled=True)
        return found
