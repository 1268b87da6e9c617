"""The way out for posts: httpx over aiohttp, or aiohttp alone; the errors say whether anything was sent."""

import asyncio
import contextlib
import errno
import functools
import socket
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from bot.web.guard import Guard

_NOTHING_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)
"""No such host, refused, no handshake, no connection in time, an address that is none."""

_PIECE = 256 * 1024
_KEPT = 5.0
"""Seconds that an idle connection is kept: less than servers keep theirs."""


class Sending(AiohttpTransport):
    """What is not known to be unsent is a lost answer, and is never repeated blindly.

    The transport as it comes calls a connection that broke in the middle a connect timeout, has no limit for writing,
    and lets some errors of aiohttp's through.
    """

    def __init__(self, connections: int = 100, guard: Guard | None = None) -> None:
        """With a guard, every single connection goes to an address that it allows, whatever a name resolves to."""
        self._guard = guard
        limits = httpx.Limits(max_connections=connections, keepalive_expiry=_KEPT)
        super().__init__(verify=_trusted(), trust_env=False, limits=limits, client=self._session)

    def _session(self) -> aiohttp.ClientSession:
        return _opened(self.limits.max_connections or 0, self.limits.keepalive_expiry or 0, self._guard)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """As httpx would. Raises httpx.HTTPError only."""
        request = _in_pieces(request)
        times = request.extensions.get("timeout", {})
        parts = [times.get(name) for name in ("pool", "connect", "write", "read")]
        try:
            async with asyncio.timeout(None if None in parts else sum(parts)):
                with _told_right():
                    response = await super().handle_async_request(request)
        except TimeoutError as err:
            raise httpx.WriteTimeout("the request did not get out in its time") from err
        response.stream = _Body(response.stream)
        return response


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds that the parts of one request may take."""

    pool: float
    connect: float
    write: float
    read: float


class Direct:
    """aiohttp alone, at half the cost of `Sending`, for who needs no more of an answer than its status and bytes.

    It follows no redirect, keeps no cookie, and sends a POST once: aiohttp repeats only what HTTP calls idempotent.
    """

    def __init__(self, connections: int) -> None:
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes, times: Times
    ) -> tuple[int, bytes]:
        """Status and body. Raises httpx.HTTPError only, as `Sending` does."""
        if self._session is None:
            self._session = _opened(self._connections, _KEPT)
        limits = aiohttp.ClientTimeout(connect=times.pool, sock_connect=times.connect, sock_read=times.read)
        large = len(content) > _PIECE
        if large:
            headers = {**headers, "Content-Length": str(len(content))}
        try:
            async with asyncio.timeout(times.pool + times.connect + times.write + times.read):
                with _told_right():
                    async with self._session.request(
                        method,
                        url,
                        headers=headers,
                        data=_pieces(content) if large else content,
                        allow_redirects=False,
                        timeout=limits,
                    ) as response:
                        return response.status, await response.read()
        except TimeoutError as err:
            raise httpx.WriteTimeout("the request did not get out in its time") from err

    async def close(self) -> None:
        """Let go of connections; a later request opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()


def _opened(connections: int, kept: float, guard: Guard | None = None) -> aiohttp.ClientSession:
    judged = functools.partial(_judged, guard) if guard else None
    connector = aiohttp.TCPConnector(limit=connections, keepalive_timeout=kept, ssl=_trusted(), socket_factory=judged)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


def _judged(guard: Guard, address: tuple[Any, ...]) -> socket.socket:
    """The socket for the very address that is connected to. Raises OSError where the guard does not allow it."""
    family, kind, protocol, _, place = address
    if not guard.allows(str(place[0])):
        raise PermissionError(errno.EACCES, "an address inside the house")
    return socket.socket(family, kind, protocol)


def _in_pieces(request: httpx.Request) -> httpx.Request:
    """A large picture goes out piece by piece: in one, it would keep everything else waiting."""
    try:
        content = request.content
    except httpx.RequestNotRead:
        return request
    if len(content) <= _PIECE:
        return request
    stream = _Pieces(content)
    return httpx.Request(
        request.method, request.url, headers=request.headers, stream=stream, extensions=request.extensions
    )


class _Pieces(httpx.AsyncByteStream):
    def __init__(self, content: bytes) -> None:
        self._content = content

    def __aiter__(self) -> AsyncIterator[bytes]:
        return _pieces(self._content)


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for begin in range(0, len(content), _PIECE):
        yield content[begin : begin + _PIECE]


class _Body(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream | httpx.AsyncByteStream) -> None:
        assert isinstance(stream, httpx.AsyncByteStream)  # noqa: S101 - what an asynchronous transport answers
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _told_right():
            async for chunk in self._stream:
                yield chunk

    async def aclose(self) -> None:
        with _told_right():
            await self._stream.aclose()


@contextlib.contextmanager
def _told_right() -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, aiohttp.ClientError) as err:
        cause = err if isinstance(err, aiohttp.ClientError) else err.__cause__
        if not isinstance(cause, aiohttp.ClientError):
            raise
        why = str(cause) or type(cause).__name__
        if isinstance(cause, _NOTHING_SENT):
            raise httpx.ConnectError(why) from cause
        if isinstance(cause, aiohttp.ServerTimeoutError):
            raise httpx.ReadTimeout(why) from cause
        raise httpx.RemoteProtocolError(why) from cause


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Made once: it takes longer than a send, and a megabyte."""
    return httpx.create_ssl_context(trust_env=False)
