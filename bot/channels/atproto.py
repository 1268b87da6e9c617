"""The AT Protocol under Bluesky: calls to an account's server, in a session that is opened once, kept and renewed."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from bot.channels import wire
from bot.errors import DeliveryError, Refused, Unavailable, Uncertain
from bot.web import outcomes

_STALE = frozenset({"ExpiredToken", "InvalidToken"})
_ACCOUNT = _STALE | {"AccountDeactivated", "AccountNotFound", "AccountSuspended", "AccountTakedown"}
_SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"
_SINCE = datetime(2024, 1, 1, tzinfo=UTC)
_WITHIN = timedelta(days=366) // timedelta(microseconds=1)


def tid(key: str) -> str:
    """A record key of the form that posts must have: a time in microseconds and ten bits, here drawn from our key.

    The time lies in 2024, so that no server takes it for one in the future; nothing is ordered by it.
    """
    drawn = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
    moment = int(_SINCE.timestamp()) * 1_000_000 + (drawn >> 10) % _WITHIN
    number = moment << 10 | drawn % 1024
    return "".join(_SORTABLE[number >> place & 31] for place in range(60, -5, -5))


def named(response: httpx.Response) -> str:
    """The error's name; "" where there is none."""
    return str(wire.fields(response).get("error", ""))


class Session:
    """One account on one server."""

    def __init__(self, channel: str, server: str, handle: str, password: str, clock: Callable[[], datetime]) -> None:
        self._channel, self._base, self._clock = channel, f"{server.rstrip('/')}/xrpc", clock
        self._handle, self._password = handle, password
        self._http = wire.client()
        self._opening = asyncio.Lock()
        self._access = self._refresh = ""
        self._did = ""

    async def open(self) -> dict[str, Any]:
        """Open a session, whether there is one or not; what the server says of the account."""
        body = {"identifier": self._handle, "password": self._password}
        response = await self._request("POST", "com.atproto.server.createSession", "", json=body)
        return self._taken(response)

    async def name(self) -> str:
        """The account's lasting name, did:…. Raises like `ask`."""
        await self._renewed("")
        return self._did

    async def ask(self, name: str, **params: str) -> httpx.Response:
        """A question. Raises Unavailable or Refused where there is no session to be had."""
        return await self._call("GET", name, params=params)

    async def do(self, name: str, *, idempotent: bool = True, **request: Any) -> httpx.Response:
        """A procedure; `request` as httpx takes it. Raises likewise, or Uncertain where it is not idempotent."""
        return await self._call("POST", name, idempotent=idempotent, **request)

    def told(self, response: httpx.Response, needs: str, *, idempotent: bool = True) -> dict[str, Any]:
        """The object that was answered, with the field it needs. Raises one of the three."""
        if not response.is_success:
            raise self.error(response, idempotent=idempotent)
        told = wire.fields(response)
        if not told.get(needs):
            kind = Unavailable if idempotent else Uncertain
            raise kind(self._channel, f"HTTP {response.status_code}: a broken answer")
        return told

    def error(self, response: httpx.Response, *, idempotent: bool = True) -> DeliveryError:
        """One of the three, by the table of bluesky.py."""
        status, headers, now = response.status_code, response.headers, self._clock()
        name, said = named(response), str(wire.fields(response).get("message", ""))
        if status in (401, 403) or name in _ACCOUNT:
            return Refused(self._channel, f"HTTP {status}: {name} {said[:200]}".rstrip(), account=True)
        if status in (404, 501):
            return Refused(self._channel, "no AT Protocol at this address: correct server", account=True)
        if status == httpx.codes.TOO_MANY_REQUESTS and "retry-after" not in headers:
            return Unavailable(
                self._channel, f"HTTP 429: {said[:200]}", retry_after=_until(headers, now), throttled=True
            )
        return outcomes.of_status(self._channel, status, headers, now, idempotent=idempotent, said=f"{name} {said}")

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()

    async def _call(self, method: str, name: str, *, idempotent: bool = True, **request: Any) -> httpx.Response:
        token = await self._renewed("")
        response = await self._request(method, name, token, idempotent=idempotent, **request)
        if response.status_code in (400, 401) and named(response) in _STALE:
            token = await self._renewed(token)
            response = await self._request(method, name, token, idempotent=idempotent, **request)
        return response

    async def _renewed(self, stale: str) -> str:
        """A token other than this one. Opening a session is rationed (30 in five minutes), renewing one is not."""
        async with self._opening:
            if self._access == stale and self._refresh:
                response = await self._request("POST", "com.atproto.server.refreshSession", self._refresh)
                if response.status_code in (400, 401):
                    self._access = self._refresh = ""
                else:
                    self._taken(response)
            if not self._access:
                await self.open()
            return self._access

    def _taken(self, response: httpx.Response) -> dict[str, Any]:
        told = self.told(response, "accessJwt")
        self._access, self._refresh, self._did = told["accessJwt"], told.get("refreshJwt", ""), told.get("did", "")
        return told

    async def _request(
        self, method: str, name: str, token: str, *, idempotent: bool = True, **request: Any
    ) -> httpx.Response:
        headers = {**request.pop("headers", {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        url = f"{self._base}/{name}"
        return await wire.exchange(
            self._channel, self._http, method, url, idempotent=idempotent, headers=headers, **request
        )


def _until(headers: httpx.Headers, now: datetime) -> timedelta | None:
    reset = headers.get("ratelimit-reset", "")
    if not reset.isdecimal():
        return None
    return min(max(datetime.fromtimestamp(int(reset), UTC) - now, timedelta(0)), timedelta(days=1))
