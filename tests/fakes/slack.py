"""Slack's Web API, its upload address and an incoming webhook on loopback: one workspace, one channel.

Follows: the Web API reference and the errors that slack_sdk's users meet: HTTP 200 with ok and error, bearer token,
scopes in a header, lengths of sections and alternative texts, metadata given back on demand, pages by cursor, files
that cannot be shown for a moment after their upload, 429 with Retry-After; for the webhook, plain words with a status.
Does not model: other workspaces, threads' own history, unfurling, message formatting beyond what would call somebody.
"""

import asyncio
import itertools
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.fakes.faults import Fault, Faults

TOKEN = "xoxb-of-nobody-0123456789abcdef"
HOOK = "/services/T0FAKE/B0FAKE/secretOfNobody0123456789"
CHANNEL = "C0RIVERBEND"
_CALLS = re.compile(r"<!(channel|here|everyone)|<@[UW]")
_NO_WORK = {
    Fault.REFUSE: "invalid_arguments",
    Fault.UNAVAILABLE: "service_unavailable",
}


class Wrong(Exception):
    def __init__(self, error: str, *notes: str) -> None:
        self.error, self.notes = error, notes


@dataclass
class Message:
    ts: str
    fields: dict[str, Any]
    edits: int = 0

    @property
    def text(self) -> str:
        return str(self.fields["blocks"][0]["text"]["text"])

    @property
    def picture(self) -> dict[str, Any] | None:
        return next((block for block in self.fields["blocks"] if block["type"] == "image"), None)

    @property
    def calls_somebody(self) -> bool:
        return bool(_CALLS.search(self.text + self.fields["text"]))


@dataclass
class File:
    length: int
    content: bytes = b""
    complete: bool = False
    ready: bool = field(default=True)


class Slack:
    def __init__(self, now: float) -> None:
        self.posted: list[Message] = []
        self.files: dict[str, File] = {}
        self.faults = Faults()
        self.token, self.scopes, self.member = TOKEN, "chat:write,files:write,channels:history,channels:read", True
        self.error: str | None = None
        """Answer to every post."""
        self.slow_files = False
        """A new file cannot be shown until it was asked for once."""
        self.fetches = True
        """Whether an image_url can be fetched."""
        self.base = ""
        self.top: list[str] = []
        """Messages that are pinned, by their ts."""
        self._seconds = itertools.count(int(now))
        self.app = Starlette(
            routes=[
                Route("/api/{method}", self._serve, methods=["GET", "POST"]),
                Route("/upload/{file}", self._put, methods=["POST"]),
                Route("/services/{rest:path}", self._hook, methods=["POST"]),
            ]
        )

    async def _serve(self, request: Request) -> Response:
        method = request.path_params["method"]
        headers = {"x-oauth-scopes": self.scopes}
        try:
            if request.headers.get("authorization") != f"Bearer {self.token}":
                raise Wrong("invalid_auth")
            given = await _given(request)
            if method == "chat.postMessage":
                return await self._post(request, given)
            said = getattr(self, f"_{method.replace('.', '_')}")(given)
            return JSONResponse({"ok": True, **said}, headers=headers)
        except Wrong as wrong:
            said = {"ok": False, "error": wrong.error}
            if wrong.notes:
                said["response_metadata"] = {"messages": list(wrong.notes)}
            return JSONResponse(said, headers=headers)

    async def _post(self, request: Request, given: dict[str, Any]) -> Response:
        fault = self.faults.take()
        match fault:
            case Fault.HANG:
                return await self.faults.hang()
            case Fault.THROTTLE:
                return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers={"retry-after": "7"})
            case Fault.REFUSE | Fault.UNAVAILABLE:
                raise Wrong(_NO_WORK[fault])
            case _:
                message = self._take(given)
        if fault:
            return await self.faults.after(fault, request)
        await asyncio.sleep(self.faults.slow)
        return JSONResponse({"ok": True, "channel": CHANNEL, "ts": message.ts, "message": message.fields})

    def _take(self, given: dict[str, Any]) -> Message:
        if self.error:
            raise Wrong(self.error)
        self._where(given)
        if not self.member:
            raise Wrong("not_in_channel")
        if "thread_ts" in given and given["thread_ts"] not in {one.ts for one in self.posted}:
            raise Wrong("thread_not_found")
        self._check(given)
        message = Message(f"{next(self._seconds)}.000100", given)
        self.posted.append(message)
        return message

    def _where(self, given: dict[str, Any]) -> None:
        if given.get("channel") != CHANNEL:
            raise Wrong("channel_not_found")

    def _check(self, given: dict[str, Any]) -> None:
        for number, block in enumerate(given["blocks"]):
            if block["type"] == "section" and not 1 <= len(block["text"]["text"]) <= 3000:
                raise Wrong(
                    "invalid_blocks", f"[ERROR] must be less than 3001 characters [json-pointer:/blocks/{number}]"
                )
            if block["type"] == "image":
                self._check_picture(number, block)

    def _check_picture(self, number: int, block: dict[str, Any]) -> None:
        if not 1 <= len(block["alt_text"]) <= 2000:
            raise Wrong("invalid_blocks", f"[ERROR] alt_text [json-pointer:/blocks/{number}/alt_text]")
        if "image_url" in block and not self.fetches:
            raise Wrong("invalid_blocks", f"[ERROR] downloading image failed [json-pointer:/blocks/{number}/image_url]")
        if "slack_file" in block:
            file = self.files.get(block["slack_file"]["id"])
            if file is None or not file.complete or not file.ready:
                if file is not None:
                    file.ready = True
                raise Wrong("invalid_blocks", f"[ERROR] invalid slack file [json-pointer:/blocks/{number}/slack_file]")

    def _of(self, given: dict[str, Any]) -> Message:
        self._where(given)
        for message in self.posted:
            if message.ts == given["ts"]:
                return message
        raise Wrong("message_not_found")

    def _chat_update(self, given: dict[str, Any]) -> dict[str, Any]:
        message = self._of(given)
        self._check(given)
        message.fields = {**message.fields, **given}
        message.edits += 1
        return {"channel": CHANNEL, "ts": message.ts, "text": given["text"]}

    def _chat_delete(self, given: dict[str, Any]) -> dict[str, Any]:
        self.posted.remove(self._of(given))
        return {"channel": CHANNEL, "ts": given["ts"]}

    def _pins_add(self, given: dict[str, Any]) -> dict[str, Any]:
        ts = self._of({**given, "ts": given["timestamp"]}).ts
        if ts in self.top:
            raise Wrong("already_pinned")
        self.top.append(ts)
        return {}

    def _pins_remove(self, given: dict[str, Any]) -> dict[str, Any]:
        ts = self._of({**given, "ts": given["timestamp"]}).ts
        if ts not in self.top:
            raise Wrong("no_pin")
        self.top.remove(ts)
        return {}

    def _conversations_history(self, given: dict[str, Any]) -> dict[str, Any]:
        self._where(given)
        if "channels:history" not in self.scopes:
            raise Wrong("missing_scope")
        found = [one for one in reversed(self.posted) if float(one.ts) > float(given["oldest"])]
        found = [one for one in found if "thread_ts" not in one.fields]
        start = int(given.get("cursor") or 0)
        page = found[start : start + min(int(given["limit"]), 15)]  # what apps outside the Marketplace get
        more = len(found) > start + len(page)
        shown = [{"type": "message", "ts": one.ts, "text": one.fields["text"]} for one in page]
        if given.get("include_all_metadata") == "true":
            shown = [{**one, "metadata": page[number].fields.get("metadata", {})} for number, one in enumerate(shown)]
        cursor = {"next_cursor": str(start + len(page)) if more else ""}
        return {"messages": shown, "has_more": more, "response_metadata": cursor}

    def _files_getUploadURLExternal(self, given: dict[str, Any]) -> dict[str, Any]:
        if "files:write" not in self.scopes:
            raise Wrong("missing_scope")
        name = f"F{len(self.files):010}"
        self.files[name] = File(int(given["length"]), ready=not self.slow_files)
        return {"upload_url": f"{self.base}/upload/{name}", "file_id": name}

    async def _put(self, request: Request) -> Response:
        assert "authorization" not in request.headers, "the token goes to the Web API only"
        file = self.files[request.path_params["file"]]
        file.content = await request.body()
        if len(file.content) != file.length:
            return PlainTextResponse("length", status_code=400)
        return PlainTextResponse(f"OK - {file.length}")

    def _files_completeUploadExternal(self, given: dict[str, Any]) -> dict[str, Any]:
        for one in given["files"]:
            self.files[one["id"]].complete = True
        return {"files": given["files"]}

    def _auth_test(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"url": "https://riverbend.slack.example/", "team": "Riverbend", "user": "crier"}

    def _conversations_info(self, given: dict[str, Any]) -> dict[str, Any]:
        self._where(given)
        return {"channel": {"id": CHANNEL, "name": "news", "is_member": self.member}}

    async def _hook(self, request: Request) -> Response:
        fault = self.faults.take()
        if request.url.path != HOOK:
            return PlainTextResponse("no_service", status_code=404)
        if fault is Fault.HANG:
            return await self.faults.hang()
        if fault is Fault.THROTTLE:
            return PlainTextResponse("rate_limited", status_code=429, headers={"retry-after": "7"})
        if fault is Fault.REFUSE:
            return PlainTextResponse("invalid_payload", status_code=400)
        try:
            given = await request.json()
            if not given.get("text"):
                raise Wrong("no_text")
            self._take({**given, "channel": CHANNEL})
        except Wrong as wrong:
            return PlainTextResponse(
                wrong.error, status_code={"no_text": 400, "channel_is_archived": 410}.get(wrong.error, 403)
            )
        return await self.faults.after(fault, request) if fault else PlainTextResponse("ok")


async def _given(request: Request) -> dict[str, Any]:
    if request.method == "GET":
        return dict(request.query_params)
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        read: dict[str, Any] = await request.json()
        return read
    pairs = (await request.body()).decode()
    return dict(parse_qsl(pairs))
