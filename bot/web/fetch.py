"""Fetch a page or a feed: guarded addresses, bounded size and time, redirects followed by our own rules."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from urllib.parse import urlencode, urljoin, urlsplit
from weakref import WeakValueDictionary

import httpx

from bot.errors import CrierError
from bot.web.connections import GuardedTransport
from bot.web.guard import Forbidden, Guard
from bot.web.inflate import Broken, unpacking

USER_AGENT = "Crier/0.1"
MAX_BYTES = 10_000_000
WITHIN = timedelta(seconds=20)
_MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEEPING = frozenset({307, 308})
"""Redirects that ask for the same again, elsewhere."""


class Unreachable(CrierError):
    """No answer that could be used; `why` in words, without the address's query or password."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the last server of a chain of redirects said, whatever its status."""

    url: str
    """Where the answer came from, after redirects."""
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    """Unpacked."""
    elapsed: timedelta


class Fetcher:
    """One for the whole house; connections are shared, nothing else is."""

    def __init__(self, private: Sequence[str] = (), contact: str | None = None) -> None:
        """`private` are the networks inside the house that may be fetched from; `contact` goes into the User-Agent.

        Raises SettingsError where a network is none.
        """
        self._headers = {
            "User-Agent": f"{USER_AGENT} (+{contact})" if contact else USER_AGENT,
            "Accept-Encoding": "gzip, deflate, br",
        }
        self._client = httpx.AsyncClient(
            transport=GuardedTransport(Guard(private)), trust_env=False, follow_redirects=False
        )
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = MAX_BYTES,
        within: timedelta = WITHIN,
        *,
        method: Literal["GET", "HEAD"] = "GET",
    ) -> Answer:
        """Fetch; `max_bytes` counts the unpacked body, `within` is for everything, redirects included.

        A host is asked one thing at a time; waiting for one's turn does not count. Raises Unreachable.
        """
        async with self._turns.setdefault(_host(url), asyncio.Lock()):
            begun = time.monotonic()
            asked = {**self._headers, **(headers or {})}
            try:
                async with asyncio.timeout(within.total_seconds()):
                    final, status, answered, body = await self._follow(method, url, asked, max_bytes)
            except TimeoutError as err:
                raise Unreachable(f"{_host(url)} did not answer within {within.total_seconds():g} s") from err
            return Answer(final, status, answered, body, timedelta(seconds=time.monotonic() - begun))

    async def post(
        self, url: str, form: Mapping[str, str], max_bytes: int = MAX_BYTES, within: timedelta = WITHIN
    ) -> Answer:
        """Send a form; redirects that would keep it (307, 308) are followed, no others. Raises Unreachable."""
        asked = {**self._headers, "Content-Type": "application/x-www-form-urlencoded"}
        content = urlencode(form).encode()
        begun = time.monotonic()
        try:
            async with asyncio.timeout(within.total_seconds()):
                final, status, answered, body = await self._follow("POST", url, asked, max_bytes, content)
        except TimeoutError as err:
            raise Unreachable(f"{_host(url)} did not answer within {within.total_seconds():g} s") from err
        return Answer(final, status, answered, body, timedelta(seconds=time.monotonic() - begun))

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def _follow(
        self, method: str, url: str, headers: Mapping[str, str], max_bytes: int, content: bytes | None = None
    ) -> tuple[str, int, Mapping[str, str], bytes]:
        followed = _REDIRECTS if content is None else _KEEPING
        for _ in range(_MOST_REDIRECTS + 1):
            status, answered, body = await self._once(method, url, headers, max_bytes, content)
            target = answered.get("location")
            if status not in followed or not target:
                return url, status, answered, body
            url = urljoin(url, target)
        raise Unreachable(f"{_host(url)} redirects more than {_MOST_REDIRECTS} times")

    async def _once(
        self, method: str, url: str, headers: Mapping[str, str], max_bytes: int, content: bytes | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        host = _host(url)
        try:
            _require_http(url)
            async with self._client.stream(method, url, headers=headers, content=content, timeout=None) as response:
                answered = {name.lower(): value for name, value in response.headers.items()}
                if method == "HEAD" or response.status_code in _REDIRECTS:
                    return response.status_code, answered, b""
                return response.status_code, answered, await _body(response, max_bytes)
        except Forbidden as err:
            raise Unreachable(f"{host} is an address inside the house; house.private_addresses can open it") from err
        except Broken as err:
            raise Unreachable(f"{host}: {err}") from err
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError) as err:
            raise Unreachable(f"{host}: not an address that can be fetched") from err
        except httpx.HTTPError as err:
            raise Unreachable(f"{host}: {_told(err)}") from err


async def _body(response: httpx.Response, max_bytes: int) -> bytes:
    unpack = unpacking(response.headers.get("content-encoding", ""))
    body = bytearray()
    async for packed in response.aiter_raw():
        for piece in unpack.feed(packed):
            body += piece
            if len(body) > max_bytes:
                raise Broken(f"the answer is larger than {max_bytes:,} bytes")
    unpack.finish()
    return bytes(body)


def _require_http(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme.lower() not in ("http", "https"):
        raise Unreachable(f"{_host(url)}: only http and https addresses are fetched")
    _ = parts.port  # a port beyond 65,535 is a ValueError here, and something worse further down


def _host(url: str) -> str:
    """What may be said of an address in a log: never its user, password or query."""
    try:
        return urlsplit(url).hostname or "the address"
    except ValueError:
        return "the address"


def _told(err: httpx.HTTPError) -> str:
    match err:
        case httpx.ConnectError():
            return f"no connection ({err})" if str(err) else "no connection"
        case httpx.ProtocolError() | httpx.ReadError() | httpx.WriteError():
            return "the answer broke off"
        case _:
            return f"{type(err).__name__}"
