"""Discord's REST interface on loopback: one server, one channel, one webhook and one bot.

Follows: the developer documentation of August 2026: user agent, authorization, wait=true, multipart with payload_json,
lengths of content, nonce and description, allowed_mentions, enforce_nonce, attachments that an edit keeps, JSON error
codes, 429 with retry_after in body and header, a history that looks empty to who may not read it. Does not model:
embeds, threads of their own, rate-limit buckets, the gateway, how Discord tidies content beyond outer spaces.
"""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.faults import Fault, Faults
from tests.fakes.parts import parts

HOOK_TOKEN = "aHookTokenOfNobodyAtAll-0123456789_abcdefghijklmnopqrstuvwxyz"
BOT_TOKEN = "MTIzNDU2.Fake.TokenOfNobodyAtAll"
GUILD, CHANNEL, HOOK, ME = "700", "800", "900", "123456"
EVERYTHING = str((1 << 10) | (1 << 11) | (1 << 15) | (1 << 16))
_EPOCH = 1_420_070_400_000


class Wrong(Exception):
    def __init__(self, status: int, code: int, message: str) -> None:
        self.status, self.code, self.message = status, code, message


@dataclass
class Message:
    id: str
    author: str
    content: str
    fields: dict[str, Any] = field(default_factory=dict)
    files: list[bytes] = field(default_factory=list)
    pings: bool = False
    """Whether everybody was called."""
    edits: list[str] = field(default_factory=list)


class Discord:
    def __init__(self, now: float) -> None:
        self.now = now
        """Seconds since 1970: the time of the next message."""
        self.posted: list[Message] = []
        self.calls: list[tuple[str, str]] = []
        self.faults = Faults()
        self.bot_token, self.hook_there = BOT_TOKEN, True
        self.refuses: tuple[int, int, str] | None = None
        """Answer to every post: status, code, message."""
        self.may_attach = self.may_read = True
        self.roles = [{"id": GUILD, "permissions": "0"}, {"id": "701", "permissions": EVERYTHING}]
        self.overwrites: list[dict[str, Any]] = []
        self._last = 0
        self.top: list[str] = []
        """Messages that are pinned."""
        api, hook = "/api/v10", "/api/v10/webhooks/{hook}/{token}"
        self.app = Starlette(
            routes=[
                Route(hook, self._answer(self._post), methods=["POST"]),
                Route(hook, self._answer(self._hook)),
                Route(hook + "/messages/{message}", self._answer(self._change), methods=["PATCH", "DELETE"]),
                Route(api + "/users/@me", self._answer(self._me)),
                Route(api + "/channels/{channel}", self._answer(self._channel)),
                Route(api + "/channels/{channel}/messages", self._answer(self._history)),
                Route(api + "/channels/{channel}/messages", self._answer(self._post), methods=["POST"]),
                Route(api + "/channels/{channel}/messages/{message}", self._answer(self._change),
                      methods=["PATCH", "DELETE"]),
                Route(api + "/channels/{channel}/messages/pins/{message}", self._answer(self._pin),
                      methods=["PUT", "DELETE"]),
                Route(api + "/guilds/{guild}/roles", self._answer(self._roles)),
                Route(api + "/guilds/{guild}/members/{user}", self._answer(self._member)),
            ]
        )  # fmt: skip

    def _answer(self, handler: Any) -> Any:
        async def answer(request: Request) -> Response:
            self.calls.append((request.method, request.url.path))
            try:
                self._let_in(request)
                answered: Response = await handler(request)
                return answered
            except Wrong as wrong:
                return JSONResponse({"message": wrong.message, "code": wrong.code}, wrong.status)

        return answer

    def _let_in(self, request: Request) -> None:
        given = request.path_params
        if not request.headers["user-agent"].startswith("DiscordBot ("):
            raise Wrong(403, 40333, "internal network error")
        if "token" in given:
            if not self.hook_there or given["hook"] != HOOK:
                raise Wrong(404, 10015, "Unknown Webhook")
            if given["token"] != HOOK_TOKEN:
                raise Wrong(401, 50027, "Invalid Webhook Token")
        elif request.headers.get("authorization") != f"Bot {self.bot_token}":
            raise Wrong(401, 0, "401: Unauthorized")
        if given.get("channel", CHANNEL) != CHANNEL:
            raise Wrong(404, 10003, "Unknown Channel")

    async def _post(self, request: Request) -> Response:
        fault = self.faults.take()
        match fault:
            case Fault.HANG:
                return await self.faults.hang()
            case Fault.REFUSE:
                raise Wrong(400, 50035, "Invalid Form Body")
            case Fault.UNAVAILABLE:
                return JSONResponse({"message": "API resource is currently overloaded", "code": 130000}, 503)
            case Fault.THROTTLE:
                said = {"message": "You are being rate limited.", "retry_after": 7.0, "global": False}
                return JSONResponse(said, 429, headers={"retry-after": "7"})
            case _:
                message = self._take(request, *await _read(request))
        if fault:
            return await self.faults.after(fault, request)
        await asyncio.sleep(self.faults.slow)
        if "token" in request.path_params and request.query_params.get("wait") != "true":
            return Response(status_code=204)
        return JSONResponse(_shown(message))

    def _take(self, request: Request, fields: dict[str, Any], files: list[bytes]) -> Message:
        if self.refuses:
            raise Wrong(*self.refuses)
        by_hook = "token" in request.path_params
        self._check(fields, files, nonce="" if by_hook else str(fields.get("nonce", "")))
        author = HOOK if by_hook else ME
        if not by_hook and fields.get("enforce_nonce"):
            for one in self.posted:
                if one.fields.get("nonce") == fields["nonce"] and one.author == author:
                    return one
        above = fields.get("message_reference")
        known = {one.id for one in self.posted}
        if above and above["message_id"] not in known and above.get("fail_if_not_exists", True):
            raise Wrong(400, 50035, "Invalid Form Body")
        message = self.says(author, fields["content"].strip())
        message.fields, message.files, message.pings = fields, files, _pings(fields)
        return message

    def says(self, author: str, content: str) -> Message:
        """Somebody posts."""
        self._last += 1
        number = str(((int(self.now * 1000) - _EPOCH) << 22) + self._last)
        self.posted.append(Message(number, author, content))
        return self.posted[-1]

    def _check(self, fields: dict[str, Any], files: list[bytes], nonce: str) -> None:
        if not fields.get("content", "").strip() and not files:
            raise Wrong(400, 50006, "Cannot send an empty message")
        if len(fields["content"]) > 2000 or len(nonce) > 25:
            raise Wrong(400, 50035, "Invalid Form Body")
        described = fields.get("attachments", [])
        if any(len(one.get("description", "")) > 1024 for one in described):
            raise Wrong(400, 50035, "Invalid Form Body")
        if files and not self.may_attach:
            raise Wrong(403, 50013, "Missing Permissions")
        if any(len(file) > 10 * 1024 * 1024 for file in files):
            raise Wrong(413, 40005, "Request entity too large")

    async def _change(self, request: Request) -> Response:
        message = next((one for one in self.posted if one.id == request.path_params["message"]), None)
        if message is None:
            raise Wrong(404, 10008, "Unknown Message")
        if request.method == "DELETE":
            self.posted.remove(message)
            return Response(status_code=204)
        fields, files = await _read(request)
        self._check(fields, files, "")
        message.content, message.pings = fields["content"].strip(), _pings(fields)
        message.edits.append(message.content)
        if "attachments" in fields:
            message.files = files
        return JSONResponse(_shown(message))

    async def _pin(self, request: Request) -> Response:
        number = request.path_params["message"]
        if not any(one.id == number for one in self.posted):
            raise Wrong(404, 10008, "Unknown Message")
        others = [one for one in self.top if one != number]
        self.top = [number, *others] if request.method == "PUT" else others
        return Response(status_code=204)

    async def _history(self, request: Request) -> Response:
        before = int(request.query_params.get("before", 1 << 63))
        found = [one for one in reversed(self.posted) if int(one.id) < before] if self.may_read else []
        return JSONResponse([_shown(one) for one in found[: int(request.query_params.get("limit", 50))]])

    async def _hook(self, request: Request) -> Response:
        return JSONResponse({"id": HOOK, "name": "Riverbend", "channel_id": CHANNEL, "guild_id": GUILD})

    async def _me(self, request: Request) -> Response:
        return JSONResponse({"id": ME, "username": "crier", "bot": True})

    async def _channel(self, request: Request) -> Response:
        named = {"id": CHANNEL, "guild_id": GUILD, "type": 0, "name": "news"}
        return JSONResponse({**named, "permission_overwrites": self.overwrites})

    async def _roles(self, request: Request) -> Response:
        return JSONResponse(self.roles)

    async def _member(self, request: Request) -> Response:
        return JSONResponse({"user": {"id": ME}, "roles": ["701"]})


async def _read(request: Request) -> tuple[dict[str, Any], list[bytes]]:
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        return await request.json(), []
    if not kind.startswith("multipart/form-data"):
        raise Wrong(400, 50035, "Invalid form body")
    form = await parts(request)
    fields = json.loads(form["payload_json"].text)
    described = fields.get("attachments", [])
    files = [form[f"files[{one['id']}]"] for one in described]
    assert [file.filename for file in files] == [one["filename"] for one in described]
    return fields, [file.content for file in files]


def _pings(fields: dict[str, Any]) -> bool:
    allowed = fields.get("allowed_mentions", {"parse": ["everyone"]})
    return "@everyone" in fields["content"] and "everyone" in allowed.get("parse", [])


def _shown(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "channel_id": CHANNEL,
        "author": {"id": message.author},
        "content": message.content,
        "timestamp": "2026-11-24T08:00:00.123000+00:00",
    }
