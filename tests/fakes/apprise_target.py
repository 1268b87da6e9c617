"""A service behind apprise's json:// address: it takes one message a request, from whoever knows the password.

Follows: apprise's plugin custom_json (version 1.0 of its body, basic authentication), and as a service that takes no
picture Gotify's POST /message. Apprise itself is the client.
Does not model: any of the hundred services; what their answers mean, the log of apprise says in the same words for all.
"""

import base64
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.fakes.faults import Fault, Faults

USER, PASSWORD = "riverbend", "correct-horse-battery"
_ANSWERS = {Fault.REFUSE: 400, Fault.THROTTLE: 429, Fault.UNAVAILABLE: 503}


class Target:
    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.faults = Faults()
        self.password = PASSWORD
        self.app = Starlette(
            routes=[Route("/news", self._take, methods=["POST"]), Route("/message", self._gotify, methods=["POST"])]
        )

    async def _take(self, request: Request) -> Response:
        known = base64.b64encode(f"{USER}:{self.password}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {known}":
            return PlainTextResponse("who are you?", status_code=401)
        fault = self.faults.take()
        if fault in _ANSWERS:
            return PlainTextResponse("no", status_code=_ANSWERS[fault], headers={"retry-after": "7"})
        if fault is Fault.HANG:
            return await self.faults.hang()
        message = await request.json()
        if message.get("version") != "1.0" or not message.get("message"):
            return PlainTextResponse("no message", status_code=422)
        self.taken.append(message)
        return await self.faults.after(fault, request) if fault else Response(status_code=204)

    async def _gotify(self, request: Request) -> Response:
        if request.headers.get("x-gotify-key") != self.password:
            return PlainTextResponse("unauthorized", status_code=401)
        self.taken.append(await request.json())
        return JSONResponse({"id": len(self.taken)})
