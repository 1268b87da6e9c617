"""A stranger's machine that subscribes: it gives challenges back, and verifies events by the reference library.

Follows: the Standard Webhooks specification; `standardwebhooks` verifies, not our own code. Does not model: replay
protection by time.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route


@dataclass
class Machine:
    """What it does, and what came."""

    secrets: list[str] = field(default_factory=list)
    """Those that it knows: an event must be signed by every one of them."""
    answers: str = "json"
    """What it says to a challenge: json, word, echo, other, nothing."""
    status: int = 204
    """What it says to events, but for those to its address with ?well."""
    states: list[str] = field(default_factory=list)
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """(webhook-id, event), repeats included."""
    calls: int = 0

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[Route("/hook", self._take, methods=["POST"]), Route("/away", self._away, methods=["POST"])]
        )

    @property
    def told(self) -> list[str]:
        return [event["type"] for _, event in self.events]

    async def _away(self, _: Request) -> Response:
        return RedirectResponse("/hook", status_code=307)

    async def _take(self, request: Request) -> Response:
        self.calls += 1
        body = await request.body()
        event = json.loads(body)
        if event["type"] == "subscription.challenge":
            self.states.append(event["data"]["state"])
            return self._answer(event["data"]["challenge"], body)
        if self.status >= 300 and request.url.query != "well":
            return Response(status_code=self.status, headers={"location": "/hook", "retry-after": "86400"})
        try:
            for secret in self.secrets:
                Webhook(secret).verify(body, dict(request.headers))
        except WebhookVerificationError as err:
            return PlainTextResponse(str(err), status_code=401)
        self.events.append((request.headers["webhook-id"], event))
        return Response(status_code=204)

    def _answer(self, challenge: str, body: bytes) -> Response:
        match self.answers:
            case "json":
                return JSONResponse({"challenge": challenge})
            case "word":
                return PlainTextResponse(challenge)
            case "echo":
                return Response(body, media_type="application/json")
            case "other":
                return JSONResponse({"challenge": challenge[::-1]})
            case _:
                return Response(status_code=204)
