"""An ntfy server on loopback: one account, topics by name, a cache that can be polled.

Follows: the server's code of July 2025 (JSON and header publishing, RFC 2047 headers, 4096 bytes a message and 8192 a
JSON body, attachments, error codes, no Retry-After of its own: what a throttled answer names here stands for a proxy's)
and the documentation since 2.16 (sequences, deletion). Does not model: subscriptions, e-mail, scheduled messages,
Firebase, tiers.
"""

import asyncio
import email.header
import json
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.fakes.faults import Fault, Faults

TOKEN = "tk_ofnobodyatall0123456789abcdef"
TOPIC = "riverbend-news"
_TOO_MANY = {"code": 42901, "http": 429, "error": "limit reached: too many requests"}


class Wrong(Exception):
    def __init__(self, code: int, error: str) -> None:
        self.code, self.error = code, error


@dataclass
class Ntfy:
    now: int
    """Seconds since 1970: the time of the next message."""
    published: list[dict[str, Any]] = field(default_factory=list)
    """What came out, in order, updates included."""
    files: dict[str, bytes] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    token: str | None = TOKEN
    may_read: bool = True
    may_write: bool = True
    sequences: bool = True
    """Whether the server is 2.16 or newer."""
    attachments: bool = True
    caches: bool = True
    error: tuple[int, str] | None = None
    """Answer to every message."""

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", self._answer(self._publish), methods=["POST"]),
                Route("/v1/account", self._answer(self._account)),
                Route("/{topic}/json", self._answer(self._poll)),
                Route("/{topic}/auth", self._answer(self._auth)),
                Route("/{topic}", self._answer(self._publish), methods=["PUT", "POST"]),
                Route("/{topic}/{sequence}", self._answer(self._delete), methods=["DELETE"]),
            ]
        )

    def shown(self) -> list[str]:
        """What an Android phone shows: the newest of each sequence, in the order of the first."""
        seen: dict[str, str] = {}
        for one in self.published:
            name = one.get("sequence_id") or one["id"]
            if one["event"] == "message_delete":
                seen.pop(name, None)
            else:
                seen[name] = f"{one.get('title', '')}\n{one['message']}".strip()
        return list(seen.values())

    def _answer(self, handler: Any) -> Any:
        async def answer(request: Request) -> Response:
            try:
                given = request.headers.get("authorization")
                if given is not None and given != f"Bearer {self.token}":
                    raise Wrong(40101, "unauthorized")
                answered: Response = await handler(request)
                return answered
            except Wrong as wrong:
                status = wrong.code // 100
                return JSONResponse({"code": wrong.code, "http": status, "error": wrong.error}, status)

        return answer

    async def _publish(self, request: Request) -> Response:
        fault = self.faults.take()
        match fault:
            case Fault.HANG:
                return await self.faults.hang()
            case Fault.REFUSE:
                raise Wrong(40007, "invalid priority parameter")
            case Fault.UNAVAILABLE:
                return PlainTextResponse("later", 503)
            case Fault.THROTTLE:
                return JSONResponse(_TOO_MANY, 429, headers={"retry-after": "7"})
            case _:
                message = await self._take(request)
        if fault:
            return await self.faults.after(fault, request)
        await asyncio.sleep(self.faults.slow)
        return JSONResponse(message)

    async def _take(self, request: Request) -> dict[str, Any]:
        body = await request.body()
        if request.url.path == "/":
            if len(body) > 8192:
                raise Wrong(41303, "JSON body too large")
            given, content = json.loads(body), None
        else:
            given = {name: _decoded(request, f"x-{name}") for name in ("title", "message", "click", "filename")}
            given |= {"topic": request.path_params["topic"], "sequence_id": _decoded(request, "x-sequence-id")}
            given["message"], content = given["message"].replace("\\n", "\n"), body
        if not self.may_write:
            raise Wrong(40301, "forbidden")
        if self.error:
            raise Wrong(*self.error)
        return self._add(given, content)

    def _add(self, given: dict[str, Any], content: bytes | None) -> dict[str, Any]:
        number = f"msg{len(self.published):09}"
        if content is not None:
            if not self.attachments:
                raise Wrong(40014, "invalid request: attachments not allowed")
            if len(content) > 15 * 1024 * 1024:
                raise Wrong(41301, "attachment too large, or bandwidth limit reached")
            self.files[number] = content
        elif len(given["message"].encode()) >= 4096:
            raise Wrong(40014, "invalid request: attachments not allowed")  # it would become a file
        kept = ("topic", "title", "message", "click", "attach", "filename", "priority", "tags")
        message = {name: given[name] for name in kept if given.get(name)}
        message |= {"id": number, "time": self.now, "event": "message"}
        if self.sequences and given.get("sequence_id"):
            message["sequence_id"] = given["sequence_id"]
        self.published.append(message)
        return message

    async def _delete(self, request: Request) -> Response:
        if not self.sequences:
            raise Wrong(40401, "page not found")
        given = {"id": f"msg{len(self.published):09}", "time": self.now, "event": "message_delete"}
        message = {**given, "sequence_id": request.path_params["sequence"], "topic": request.path_params["topic"]}
        self.published.append(message)
        return JSONResponse(message)

    async def _poll(self, request: Request) -> Response:
        if not self.may_read:
            raise Wrong(40301, "forbidden")
        since = int(request.query_params["since"])
        assert request.query_params["poll"] == "1"
        found = [one for one in self.published if one["time"] >= since] if self.caches else []
        return PlainTextResponse("".join(f"{json.dumps(one)}\n" for one in found))

    async def _auth(self, request: Request) -> Response:
        if not self.may_read:
            raise Wrong(40301, "forbidden")
        return JSONResponse({"success": True})

    async def _account(self, request: Request) -> Response:
        return JSONResponse({"username": "crier", "role": "user", "stats": {"messages_remaining": 249}})


def _decoded(request: Request, name: str) -> str:
    value = request.headers.get(name, "")
    return str(email.header.make_header(email.header.decode_header(value))) if value else ""
