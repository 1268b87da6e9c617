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

_NO_WORK = (Fault.HANG, Fault.REFUSE, Fault.UNAVAILABLE, Fault.THROTTLE)
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
        if fault in _NO_WORK:
            return await self._nothing_done(fault)
        key, event = request.headers["webhook-id"], json.loads(body)
        self.calls.append((key, event))
        self.events.setdefault(key, event)
        self.arrived.set()
        if fault:
            return await self.faults.after(fault, request)
        await asyncio.sleep(self.faults.slow)
        return Response(status_code=204)

    async def _nothing_done(self, fault: Fault) -> Response:
        match fault:
            case Fault.HANG:
                return await self.faults.hang()
            case Fault.REFUSE:
                return PlainTextResponse("no", status_code=400)
            case _:
                return PlainTextResponse("later", status_code=int(fault), headers={"retry-after": "7"})
