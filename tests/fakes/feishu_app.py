"""Feishu's API for an application's bot: token, messages with uuid, edits by PATCH and PUT, recall, pictures, limits.

Follows: open.feishu.cn im-v1 (message create, patch, update, delete; pin; image create; chat get), auth-v3 and "rate
limits". Does not model: the audit of messages, rights one by one, the hour after which a uuid is forgotten (a test
forgets them), and how a client draws a card.
"""

import asyncio
import itertools
import json
import re
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.faults import Fault, Faults

APP, SECRET, CHAT = "cli_a1b2c3d4e5f6", "dskLLdkasdjlasdKKsecret", "oc_820faa21d7ed275b53d1727a0feaa917"
_ROOT = "/open-apis"


@dataclass
class Message:
    id: str
    kind: str
    content: dict[str, Any]
    edits: int = 0
    recalled: bool = False
    above: str = ""
    """The message that it answers."""


class FeishuApi:
    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.pictures: dict[str, bytes] = {}
        self.tokens: set[str] = set()
        self.uuids: dict[str, Message] = {}
        self.top: list[str] = []
        """What is pinned."""
        self.faults = Faults()
        self.in_group, self.takes_pictures = True, True
        self.recall_closed = False
        self._numbers = itertools.count(1)
        self.app = Starlette(
            routes=[
                Route(f"{_ROOT}/auth/v3/tenant_access_token/internal", self._lend, methods=["POST"]),
                Route(f"{_ROOT}/im/v1/images", self._picture, methods=["POST"]),
                Route(f"{_ROOT}/im/v1/chats/{{chat}}", self._chat, methods=["GET"]),
                Route(f"{_ROOT}/im/v1/messages", self._create, methods=["POST"]),
                Route(f"{_ROOT}/im/v1/messages/{{id}}/reply", self._reply, methods=["POST"]),
                Route(f"{_ROOT}/im/v1/pins", self._pin, methods=["POST"]),
                Route(f"{_ROOT}/im/v1/pins/{{id}}", self._unpin, methods=["DELETE"]),
                Route(f"{_ROOT}/im/v1/messages/{{id}}", self._change, methods=["PATCH", "PUT", "DELETE"]),
            ]
        )

    @property
    def words(self) -> list[str]:
        return [_words(one) for one in self.messages if not one.recalled]

    async def _lend(self, request: Request) -> Response:
        given = await request.json()
        if given != {"app_id": APP, "app_secret": SECRET}:
            return _no(10014, "app secret invalid")
        token = f"t-{next(self._numbers)}"
        self.tokens.add(token)
        return JSONResponse({"code": 0, "msg": "ok", "tenant_access_token": token, "expire": 7200})

    async def _create(self, request: Request) -> Response:
        raw = await request.body()
        body = json.loads(raw)
        if (no := self._refused(request) or _wrong(request, body, len(raw))) is not None:
            return no
        fault = self.faults.take()
        if fault in (Fault.HANG, Fault.REFUSE, Fault.THROTTLE, Fault.UNAVAILABLE):
            return await self.faults.hang() if fault is Fault.HANG else _fault(fault)
        message = self.uuids.get(body.get("uuid", ""))
        if message is None:
            message = Message(f"om_{next(self._numbers)}", body["msg_type"], json.loads(body["content"]))
            self.messages.append(message)
            self.uuids[body["uuid"]] = message
        if fault:
            return await self.faults.after(fault, request)
        await asyncio.sleep(self.faults.slow)
        return _yes({"message_id": message.id, "create_time": "1795000000000", "chat_id": CHAT})

    async def _reply(self, request: Request) -> Response:
        if (no := self._refused(request)) is not None:
            return no
        above = next(one for one in self.messages if one.id == request.path_params["id"])
        if above.recalled:
            return _no(230011, "The message has been recalled.")
        body = await request.json()
        message = Message(f"om_{next(self._numbers)}", body["msg_type"], json.loads(body["content"]), above=above.id)
        message = self.uuids.setdefault(body["uuid"], message)
        self.messages += [message] if message not in self.messages else []
        return _yes({"message_id": message.id, "create_time": "1795000000000"})

    async def _change(self, request: Request) -> Response:
        if (no := self._refused(request)) is not None:
            return no
        found = [one for one in self.messages if one.id == request.path_params["id"]]
        if not found or found[0].recalled:
            return _no(230011, "The message has been recalled.") if found else _no(230001, "invalid message_id")
        [message] = found
        if request.method == "DELETE":
            message.recalled = not self.recall_closed
            return _no(230026, "No permission to recall this message.") if self.recall_closed else _yes({})
        body = await request.json()
        content = json.loads(body["content"])
        how = {"PATCH": "interactive", "PUT": body.get("msg_type")}[request.method]
        if message.kind != how or (how == "interactive" and not content["config"]["update_multi"]):
            return _no(230099, "Failed to update card content")
        message.content, message.edits = content, message.edits + 1
        return _yes({})

    async def _pin(self, request: Request) -> Response:
        number = (await request.json())["message_id"]
        if (no := self._refused(request)) is not None:
            return no
        if number not in {one.id for one in self.messages if not one.recalled}:
            return _no(230011, "The message has been recalled.")
        self.top += [number] if number not in self.top else []
        return _yes({"pin": {"message_id": number, "chat_id": CHAT}})

    async def _unpin(self, request: Request) -> Response:
        if (no := self._refused(request)) is not None:
            return no
        self.top = [one for one in self.top if one != request.path_params["id"]]
        return _yes({})

    async def _picture(self, request: Request) -> Response:
        if (no := self._refused(request)) is not None:
            return no
        body = await request.body()
        if b'name="image_type"\r\n\r\nmessage' not in body or not self.takes_pictures:
            return _no(234011, "Can't recognize image format.")
        found = re.search(rb'name="image".*?\r\n\r\n(.*?)\r\n--', body, re.DOTALL)
        assert found
        key = f"img_v2_{next(self._numbers)}"
        self.pictures[key] = found[1]
        return _yes({"image_key": key})

    async def _chat(self, request: Request) -> Response:
        return self._refused(request) or _yes({"name": "河湾日报读者群"})

    def _refused(self, request: Request) -> Response | None:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return _no(99991663, "Invalid access token for authorization. Please make a request with token attached.")
        return None if self.in_group else _no(230002, "The bot can not be outside the group.")


def _wrong(request: Request, body: dict[str, Any], size: int) -> Response | None:
    if request.query_params.get("receive_id_type") != "chat_id" or body["receive_id"] != CHAT:
        return _no(230001, "Your request contains an invalid request parameter, ext=invalid receive_id")
    if len(body.get("uuid", "")) > 50 or size > 30 * 1024:
        return _no(230025, "The length of the message content reaches its limit.")
    return None


def _yes(data: dict[str, Any]) -> Response:
    return JSONResponse({"code": 0, "msg": "success", "data": data})


def _no(code: int, words: str) -> Response:
    return JSONResponse({"code": code, "msg": words}, 400)


def _fault(fault: Fault) -> Response:
    if fault is Fault.REFUSE:
        return _no(230099, "Failed to create card content")
    words = {"code": 99991400, "msg": "request trigger frequency limit"} if fault is Fault.THROTTLE else {}
    return JSONResponse(words, int(fault), headers={"x-ogw-ratelimit-reset": "7"})


def _words(message: Message) -> str:
    if message.kind == "interactive":
        return "\n".join(one["content"] for one in message.content["elements"] if one["tag"] == "markdown")
    lines = message.content["zh_cn"]["content"]
    return "\n".join("".join(one["text"] for one in line) for line in lines if line[0]["tag"] != "img")
