"""The fetcher's connections: guarded, HTTP/2 where spoken, never used again after an answer that was given up."""

from collections.abc import AsyncIterable, AsyncIterator
from typing import cast

import httpcore
import httpx
from h2.exceptions import H2Error

from bot.web.guard import Guard, GuardedBackend

_MOST, _KEPT, _EXPIRY = 800, 40, 30.0
"""Connections at once, idle ones that are kept, and for how many seconds."""


class GuardedTransport(httpx.AsyncHTTPTransport):
    """Connects to what the guard allows, and to nothing else."""

    def __init__(self, guard: Guard) -> None:
        # httpx has no parameter for a network backend; its transport is a thin coat over this pool.
        self._pool = _Pool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=_MOST,
            max_keepalive_connections=_KEPT,
            keepalive_expiry=_EXPIRY,
            http2=True,
            network_backend=GuardedBackend(guard),
        )


class _Pool(httpcore.AsyncConnectionPool):
    def create_connection(self, origin: httpcore.Origin) -> httpcore.AsyncConnectionInterface:
        return _OneByOne(super().create_connection(origin))


class _OneByOne(httpcore.AsyncConnectionInterface):
    """Carries one answer at a time; where that is not read to its end, the connection is closed.

    httpcore keeps an HTTP/2 connection whose answer was given up. What the server still sends of it is then never
    acknowledged, its window runs dry, and the host falls silent. HTTP/1.1 connections close by themselves.
    """

    def __init__(self, connection: httpcore.AsyncConnectionInterface) -> None:
        self._connection = connection
        self._wire: httpcore.AsyncNetworkStream | None = None
        self._busy = False

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        if self._busy:
            raise httpcore.ConnectionNotAvailable
        self._busy = True
        try:
            answer = await self._connection.handle_async_request(request)
        except BaseException as err:
            await self.release(whole=False)
            if isinstance(err, H2Error):
                raise httpcore.RemoteProtocolError(str(err)) from err
            raise
        self._wire = answer.extensions["network_stream"]
        body = _Body(self, cast("AsyncIterable[bytes]", answer.stream))
        return httpcore.Response(answer.status, headers=answer.headers, content=body, extensions=answer.extensions)

    async def release(self, *, whole: bool) -> None:
        """The answer is over; `whole`: to its very end."""
        if not whole:
            await self._connection.aclose()  # says that it is closed before it waits for anything
        self._busy = False

    async def aclose(self) -> None:
        await self._connection.aclose()

    def is_available(self) -> bool:
        return not self._busy and self._connection.is_available()

    def has_expired(self) -> bool:
        return self._connection.has_expired() or self._hears_something()

    def is_idle(self) -> bool:
        return not self._busy and self._connection.is_idle()

    def is_closed(self) -> bool:
        return self._connection.is_closed()

    def can_handle_request(self, origin: httpcore.Origin) -> bool:
        return self._connection.can_handle_request(origin)

    def info(self) -> str:
        return self._connection.info()

    def _hears_something(self) -> bool:
        """What comes while nothing is asked is a farewell, or at best a ping: neither is worth keeping it."""
        return not self._busy and self._wire is not None and bool(self._wire.get_extra_info("is_readable"))


class _Body:
    """Knows whether it was read to its end when it is let go of."""

    def __init__(self, connection: _OneByOne, stream: AsyncIterable[bytes]) -> None:
        self._connection = connection
        self._stream = stream
        self._whole = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._stream:
                yield part
        except H2Error as err:
            raise httpcore.RemoteProtocolError(str(err)) from err
        self._whole = True

    async def aclose(self) -> None:
        if hasattr(self._stream, "aclose"):
            await self._stream.aclose()
        await self._connection.release(whole=self._whole)
