"""A WebSub hub: verifies what subscribers intend, distributes signed content, lets leases end, and may deny.

Follows: W3C WebSub, "Subscribing and Unsubscribing", "Hub Verifies Intent of the Subscriber", "Content Distribution"
and "Authenticated Content Distribution".
Does not model: publishers' pings, unsubscribing.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

import httpx
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


@dataclass
class Hub:
    """Set `deny`, `status` or `lease` as a hub's keeper would; `reach` is where callbacks really are."""

    reach: str = ""
    lease: int | None = None
    """Seconds; none: what was asked for."""
    status: int = 202
    deny: str = ""
    silent: bool = False
    """Takes requests, and never asks back."""
    asked: list[dict[str, str]] = field(default_factory=list)
    verified: list[str] = field(default_factory=list)
    """Topics, in the order in which subscribers confirmed them."""
    answers: list[tuple[int, str]] = field(default_factory=list)
    """What subscribers said to verifications and content."""

    def __post_init__(self) -> None:
        self.app = Starlette(
            routes=[Route("/", self._subscribe, methods=["POST"]), Route("/moved", self._moved, methods=["POST"])]
        )
        self._subscribers: dict[str, dict[str, str]] = {}

    async def distribute(self, content: bytes, *, method: str = "sha256", sign: bool = True, secret: str = "") -> int:
        """Send it to everybody who subscribed; the last one's status."""
        status = 0
        for callback, asked in self._subscribers.items():
            headers = {"content-type": "application/rss+xml", "link": f'<{asked["hub.topic"]}>; rel="self"'}
            if sign:
                key = (secret or asked["hub.secret"]).encode()
                digest = hmac.new(key, content, getattr(hashlib, method)).hexdigest()
                headers["x-hub-signature"] = f"{method}={digest}"
            async with httpx.AsyncClient(trust_env=False) as client:
                answer = await client.post(self._reached(callback), content=content, headers=headers)
            status = answer.status_code
            self.answers.append((status, answer.text))
        return status

    async def verify(self, asked: dict[str, str], **changed: str) -> httpx.Response:
        """Ask the subscriber whether it was them."""
        challenge = secrets.token_hex(16)
        lease = self.lease if self.lease is not None else asked["hub.lease_seconds"]
        query = {
            "hub.mode": "denied" if self.deny else "subscribe",
            "hub.topic": asked["hub.topic"],
            **(
                {"hub.reason": self.deny}
                if self.deny
                else {"hub.challenge": challenge, "hub.lease_seconds": str(lease)}
            ),
            **changed,
        }
        callback = self._reached(asked["hub.callback"])
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.get(f"{callback}{'&' if '?' in callback else '?'}{urlencode(query)}")
        self.answers.append((answer.status_code, answer.text))
        if answer.is_success and answer.text == challenge and not self.deny:
            self.verified.append(asked["hub.topic"])
            self._subscribers[asked["hub.callback"]] = asked
        return answer

    async def _subscribe(self, request: Request) -> Response:
        asked = dict(parse_qsl((await request.body()).decode()))
        self.asked.append(asked)
        if self.status != 202:
            return PlainTextResponse("no", status_code=self.status)
        wrong = asked.get("hub.mode") != "subscribe" or not asked.get("hub.topic") or not asked.get("hub.callback")
        if wrong or len(asked.get("hub.secret", "").encode()) >= 200:
            return PlainTextResponse("bad request", status_code=400)
        task = None if self.silent else BackgroundTask(self.verify, asked)
        return PlainTextResponse("accepted", status_code=202, background=task)

    async def _moved(self, request: Request) -> Response:
        del request
        return Response(status_code=307, headers={"location": "/"})

    def _reached(self, callback: str) -> str:
        """The callback's path, where the subscriber is in this test."""
        return f"{self.reach.rstrip('/')}/{callback.split('/', 3)[3]}"
