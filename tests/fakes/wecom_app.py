"""WeCom's API for an application: token, message/send with its duplicate check, message/recall, agent/get.

Follows: developer.work.weixin.qq.com, paths 90236, 94867, 91039, 90227 and 90455. Does not model: departments and
tags, the limits for one member, the day after which nothing can be recalled (a test closes it), and what a repeat is
answered exactly: here it is the first message's id.
"""

import itertools
import json
import re
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.fakes.faults import Fault, Faults

CORP, SECRET, AGENT = "ww2e1234567890f8ac", "we0YB-application-secret_J2332PnmA", 1000002


@dataclass
class Message:
    id: str
    body: dict[str, Any]
    recalled: bool = False


class WecomApi:
    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.tokens: set[str] = set()
        self.faults = Faults()
        self.trusted, self.recall_closed = True, False
        self.links: list[str] = []
        """Where a text has led that should have led nowhere."""
        self._seen: dict[bytes, Message] = {}
        self._numbers = itertools.count(1)
        self.app = Starlette(
            routes=[
                Route("/cgi-bin/gettoken", self._lend, methods=["GET"]),
                Route("/cgi-bin/agent/get", self._agent, methods=["GET"]),
                Route("/cgi-bin/message/send", self._send, methods=["POST"]),
                Route("/cgi-bin/message/recall", self._recall, methods=["POST"]),
            ]
        )

    @property
    def words(self) -> list[str]:
        return [_words(one.body) for one in self.messages if not one.recalled]

    async def _lend(self, request: Request) -> Response:
        if request.query_params["corpid"] != CORP:
            return _says(40013, "invalid corpid")
        if request.query_params["corpsecret"] != SECRET:
            return _says(40001, "invalid credential")
        token = f"accesstoken{next(self._numbers):06}"
        self.tokens.add(token)
        return _says(0, "ok", access_token=token, expires_in=7200)

    async def _agent(self, request: Request) -> Response:
        return self._refused(request, AGENT) or _says(0, "ok", agentid=AGENT, name="河湾日报", close=0)

    async def _send(self, request: Request) -> Response:
        raw = await request.body()
        body = json.loads(raw)
        if (no := self._refused(request, body["agentid"]) or _wrong(body, raw)) is not None:
            return no
        fault = self.faults.take()
        if fault in (Fault.HANG, Fault.REFUSE, Fault.THROTTLE, Fault.UNAVAILABLE):
            return await self.faults.hang() if fault is Fault.HANG else _fault(fault)
        message = self._seen.get(raw) if body.get("enable_duplicate_check") else None
        if message is None:
            message = self._seen[raw] = Message(f"msg-{next(self._numbers)}", body)
            self.messages.append(message)
            self.links += re.findall(r"<\s*a\b[^>]*>", _words(body) if body["msgtype"] == "text" else "")
        if fault:
            return await self.faults.after(fault, request)
        return _says(0, "ok", msgid=message.id, invaliduser="")

    async def _recall(self, request: Request) -> Response:
        if (no := self._refused(request, AGENT)) is not None:
            return no
        wanted = (await request.json())["msgid"]
        found = [one for one in self.messages if one.id == wanted]
        if not found or self.recall_closed:
            return _says(40008 if found else 40058, "invalid msgid")
        found[0].recalled = True
        return _says(0, "ok")

    def _refused(self, request: Request, agent: int) -> Response | None:
        if request.query_params.get("access_token") not in self.tokens:
            return _says(42001, "access_token expired")
        if not self.trusted:
            return _says(60020, "not allow to access from your ip")
        return None if agent == AGENT else _says(301002, "not allow operate another agent with this accesstoken")


def _wrong(body: dict[str, Any], raw: bytes) -> Response | None:
    part = body.get(body["msgtype"], {})
    if b"\\u" in raw:
        return _says(40033, "invalid charset")
    if not (body["touser"] or body["toparty"] or body["totag"]):
        return _says(81013, "user & party & tag all invalid")
    if body["msgtype"] == "news":
        [article] = part["articles"]
        fits = len(article["title"].encode()) <= 128 and len(article["description"].encode()) <= 512
    else:
        fits = 0 < len(part["content"].encode()) <= 2048
    return None if fits and body["duplicate_check_interval"] <= 14_400 else _says(40058, "invalid Request Parameter")


def _fault(fault: Fault) -> Response:
    if fault is Fault.REFUSE:
        return _says(40058, "invalid Request Parameter")
    return PlainTextResponse("slow down", int(fault), headers={"retry-after": "7"})


def _says(code: int, words: str, **more: Any) -> Response:
    return JSONResponse({"errcode": code, "errmsg": words, **more})


def _words(body: dict[str, Any]) -> str:
    part = body[body["msgtype"]]
    return str(part["content"] if "content" in part else part["articles"][0]["description"])
