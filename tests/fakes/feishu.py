"""Feishu's custom bot: address, signature in the body, keyword, message types, 20 KB, 5 a second and 100 a minute.

Follows: open.feishu.cn, "Custom bot usage guide", and answers that people pasted into public issues. Does not model:
IP lists, pictures by key, shared chats, and how a client draws a card.
"""

import base64
import hashlib
import hmac
import json
import re
import time
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.robots import Robot

TOKEN = "1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d"
SECRET = "ziMc9jEc3zkMKUz9lpoEje"
CALLED = re.compile(r"<at\s+(?:user_)?id=[\"']?([^\"'>\s]+)")


class FeishuBot(Robot):
    limit, window = 5, 1.0
    refusal = (9499, "Bad Request")
    throttled = (11232, "frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]")
    names = ("code", "msg")
    success = (0, "success")

    def __init__(self) -> None:
        super().__init__()
        self.secret, self.keyword = SECRET, ""
        """Its gates; "" where it has none."""
        self.called: list[str] = []
        """Whom the messages have called."""
        self.app = Starlette(routes=[Route("/open-apis/bot/v2/hook/{token}", self.take, methods=["POST"])])

    @property
    def words(self) -> list[str]:
        return [words(one) for one in self.posted]

    def says(self, code: int, words: str) -> Response:
        old = {} if code else {"StatusCode": 0, "StatusMessage": "success"}
        return JSONResponse({"code": code, "msg": words, "data": {}, **old})

    def wrong(self, request: Request, body: bytes) -> tuple[int, str] | None:
        message = json.loads(body)
        if request.path_params["token"] != TOKEN:
            return 19001, "param invalid: incoming webhook access token invalid"
        if self.secret and not self._signed(message):
            return 19021, "sign match fail or timestamp is not within one hour from current time"
        if not message.get("msg_type"):
            return 19002, "params error, msg_type need"
        if len(body) > 20 * 1024 or not _complete(message):
            return self.refusal
        self.called += CALLED.findall(words(message))
        return None if self.keyword in words(message) else (19024, "Key Words Not Found")

    def _signed(self, message: dict[str, Any]) -> bool:
        stamp = message.get("timestamp", "0")
        digest = hmac.new(f"{stamp}\n{self.secret}".encode(), b"", hashlib.sha256).digest()
        fresh = abs(time.time() - int(stamp)) <= 3600
        return fresh and message.get("sign") == base64.b64encode(digest).decode()


def _complete(message: dict[str, Any]) -> bool:
    match message["msg_type"]:
        case "text":
            return bool(message["content"]["text"])
        case "post":
            lines = message["content"]["post"]["zh_cn"]["content"]
            tags = {"text": {"tag", "text"}, "a": {"tag", "text", "href"}}
            return bool(lines) and all(line and all(set(one) == tags[one["tag"]] for one in line) for line in lines)
        case "interactive":
            return message["card"]["header"]["title"]["tag"] == "plain_text" and bool(message["card"]["elements"])
        case _:
            return False


def words(message: dict[str, Any]) -> str:
    """What is read as words with markup; a rich text's plain pieces are never markup."""
    match message["msg_type"]:
        case "text":
            return str(message["content"]["text"])
        case "post":
            lines = message["content"]["post"]["zh_cn"]["content"]
            return "\n".join("".join(one["text"] for one in line) for line in lines).replace("<", "&lt;")
        case _:
            parts = [one for one in message["card"]["elements"] if one["tag"] == "markdown"]
            return "\n".join(one["content"] for one in parts)
