"""What a server on a bad day does, on demand: each fault is used up by one request."""

import asyncio
from collections import deque
from enum import StrEnum

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response


class Fault(StrEnum):
    """ACCEPT_… does the work first, so that the sender must not repeat it blindly."""

    ACCEPT_THEN_500 = "accept, then 500"
    ACCEPT_THEN_CLOSE = "accept, then close"
    ACCEPT_THEN_HANG = "accept, then hang"
    ACCEPT_THEN_NONSENSE = "accept, then a broken answer"
    HANG = "hang, and do nothing"
    REFUSE = "400"
    UNAVAILABLE = "503"
    THROTTLE = "429"


class Faults:
    """A queue of faults; empty, the server is well."""

    def __init__(self) -> None:
        self.waiting: deque[Fault] = deque()
        self.slow = 0.0
        """Seconds between the work and every good answer: the time in which a sender can die without knowing."""
        self.released = asyncio.Event()
        """Ends every hanging answer."""
        self.hanging = asyncio.Event()
        """Some request hangs now."""

    def take(self) -> Fault | None:
        return self.waiting.popleft() if self.waiting else None

    async def hang(self) -> Response:
        """No answer and no work, until the sender is gone."""
        self.hanging.set()
        await self.released.wait()
        return PlainTextResponse("too late", status_code=503)

    async def after(self, fault: Fault, request: Request) -> Response:
        """The answer that follows work that was done."""
        match fault:
            case Fault.ACCEPT_THEN_500:
                return PlainTextResponse("internal", status_code=500)
            case Fault.ACCEPT_THEN_NONSENSE:
                return PlainTextResponse("<html>gateway", status_code=200)
            case Fault.ACCEPT_THEN_HANG:
                self.hanging.set()
                await self.released.wait()
                return PlainTextResponse("too late", status_code=504)
            case _:
                return Abrupt()


class Abrupt(Response):
    """Promises a body and closes the connection without it."""

    async def __call__(self, scope: object, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})  # type: ignore[operator]
        raise ConnectionResetError
