"""What the doubles of the three group robots share: what was posted, faults, and how a working answer looks.

Each of the platforms answers HTTP 200 whatever happens inside; what stands in front of it may answer 4xx or 5xx.
"""

import asyncio
import time
from collections import deque
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from tests.fakes.faults import Fault, Faults


class Robot:
    """One group; the words of a subclass are its platform's."""

    limit, window = 20, 60.0
    refusal: tuple[int, str] = (1, "no")
    throttled: tuple[int, str] = (2, "too fast")
    names = ("errcode", "errmsg")
    success: tuple[int, str] = (0, "ok")

    def __init__(self) -> None:
        self.posted: list[dict[str, Any]] = []
        """Every message that the group has, in order."""
        self.faults = Faults()
        self._times: deque[float] = deque()

    async def take(self, request: Request) -> Response:
        """One message: what the platform refuses first, then our faults."""
        body = await request.body()
        if (wrong := self.wrong(request, body)) is not None:
            return self.says(*wrong)
        fault = self.faults.take()
        if fault is Fault.HANG:
            return await self.faults.hang()
        if fault in (Fault.REFUSE, Fault.THROTTLE, Fault.UNAVAILABLE):
            return self._nothing_done(fault)
        if self._too_fast():
            return self.says(*self.throttled)
        self.posted.append(await request.json())
        if fault:
            return await self.faults.after(fault, request)
        await asyncio.sleep(self.faults.slow)
        return self.says(*self.success)

    def wrong(self, request: Request, body: bytes) -> tuple[int, str] | None:
        """What this platform refuses, with its code and words; None where nothing is wrong."""
        raise AssertionError(request, body)

    def says(self, code: int, words: str) -> Response:
        return JSONResponse({self.names[0]: code, self.names[1]: words})

    def _nothing_done(self, fault: Fault) -> Response:
        if fault is Fault.REFUSE:
            return self.says(*self.refusal)
        return PlainTextResponse("slow down", int(fault), headers={"retry-after": "7"})

    def _too_fast(self) -> bool:
        now = time.monotonic()
        while self._times and now - self._times[0] > self.window:
            self._times.popleft()
        if len(self._times) >= self.limit:
            return True
        self._times.append(now)
        return False
