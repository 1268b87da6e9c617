"""A partner's machine that takes Standard Webhooks: it checks each signature, and knows a repeat by its id.

Follows: the Standard Webhooks specification. Verifies with the `standardwebhooks` package, not with our own code.
Does not model: rate limits of its own, key rotation on its side.
"""

import asyncio
import json
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.fakes.faults import Fault, Faults

SECRET = "whsec_" + "Y3JpZXItdGVzdC1zZWNyZXQtb2YtMzItYnl0ZXMh"


class Receiver:
    def __init__(self, secret: str = SECRET) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        """(webhook-id, event) of every call that was accepted, repeats included."""
        self.events: dict[str, dict[str, Any]] = {}
        """What the partner took over: each id once."""
        self.faults = Faults()
        self.arrived = asyncio.Event()
        self._verifier = Webhook(secret)
        self.app = Starlette(routes=[Route("/hook", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        body = await request.body()
        try:
            self._verifier.verify(body, dict(request.headers))
        except WebhookVerificationError as err:
            return PlainTextResponse(str(err), status_code=401)
        fault = self.faults.take()
        if fault is Fault.HANG:
            return await self.faults.hang()
        if fault is Fault.REFUSE:
            return PlainTextResponse("no", status_code=400)
        if fault is Fault.UNAVAILABLE:
            return PlainTextResponse("later", status_code=503, headers={"retry-after": "7"})
        if fault is Fault.THROTTLE:
            return PlainTextResponse("slow down", status_code=429, headers={"retry-after": "7"})
        key, event = request.headers["webhook-id"], json.loads(body)
        self.calls.append((key, event))
        self.events.setdefault(key, event)
        self.arrived.set()
        return await self.faults.after(fault, request) if fault else Response(status_code=204)
