"""DingTalk's custom robot: token, signature, keyword, message types, 20,000 bytes, 20 a minute and then the block.

Follows: open.dingtalk.com (自定义机器人发送群消息, 安全设置), the error table of its help pages, and answers that
people pasted into public issues. Does not model: feed cards, buttons with several ways, IP lists, the examination of
links and words, and how a client draws Markdown.
"""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from tests.fakes.robots import Robot

TOKEN = "566cc69da782ec53f2c7bd8b3a0e3e1f9c2a"
SECRET = "SEC000000000000000000000000"
_MORE = "more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]"
_FIELDS = {
    "text": ("content",),
    "markdown": ("title", "text"),
    "link": ("title", "text", "messageUrl"),
    "actionCard": ("title", "text", "singleTitle", "singleURL"),
}


class DingtalkRobot(Robot):
    refusal = (400105, "unsupported msgtype")
    throttled = (130101, "send too fast, exceed 20 times per minute")

    def __init__(self) -> None:
        super().__init__()
        self.secret, self.keyword = SECRET, ""
        """Its gates; "" where it has none."""
        self.app = Starlette(routes=[Route("/robot/send", self.take, methods=["POST"])])

    @property
    def words(self) -> list[str]:
        return [_words(one) for one in self.posted]

    def wrong(self, request: Request, body: bytes) -> tuple[int, str] | None:
        if (token := request.query_params.get("access_token", "")) != TOKEN:
            return (300005, "token is not exist") if token else (40035, "缺少参数 access_token")
        if self.secret and (why := self._unsigned(request)):
            return 310000, f"{why}, {_MORE}"
        if len(body) > 20_000:
            return 460101, "message too long, exceed 20000 bytes"
        message = json.loads(body)
        fields = _FIELDS.get(message["msgtype"])
        if fields is None or not all(message[message["msgtype"]].get(name) for name in fields):
            return (40035, "缺少参数 json") if fields else self.refusal
        missing = self.keyword not in _words(message)
        return (310000, f"keywords not in content, {_MORE}") if missing else None

    def _unsigned(self, request: Request) -> str:
        stamp = request.query_params.get("timestamp", "0")
        if abs(time.time() * 1000 - int(stamp)) > 3_600_000:
            return "invalid timestamp"
        digest = hmac.new(self.secret.encode(), f"{stamp}\n{self.secret}".encode(), hashlib.sha256).digest()
        given = request.query_params.get("sign", "")
        return "" if given == base64.b64encode(digest).decode() else "sign not match"


def _words(message: dict[str, Any]) -> str:
    part = message[message["msgtype"]]
    return str(part.get("content") or part.get("text"))
