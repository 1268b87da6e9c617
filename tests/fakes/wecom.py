"""WeCom's group robot: the key, message types, byte limits, 20 messages a minute, HTTP 200 whatever happens.

Follows: developer.work.weixin.qq.com, path 99110 (消息推送配置说明) and 90455 (全局错误码), and answers that people
pasted into public issues. Does not model: files, voices, template cards, the cutting of long titles (it refuses them,
so that we never rely on it), and how a client draws Markdown.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from tests.fakes.robots import Robot

KEY = "693a91f6-7a0c-4bc4-97a0-0ec2sifa5aaa"
_HINT = "hint: [1755605200056773468916791], from ip: 127.0.0.1, more info at https://open.work.weixin.qq.com/devtool"


class WecomRobot(Robot):
    refusal = (40058, f"invalid Request Parameter, {_HINT}")
    throttled = (45009, f"api freq out of limit, {_HINT}")

    def __init__(self) -> None:
        super().__init__()
        self.mentioned: list[str] = []
        """Whom the messages have called."""
        self.app = Starlette(routes=[Route("/cgi-bin/webhook/send", self.take, methods=["POST"])])

    @property
    def words(self) -> list[str]:
        return [_words(one) for one in self.posted if one["msgtype"] != "image"]

    def wrong(self, request: Request, body: bytes) -> tuple[int, str] | None:
        if request.query_params.get("key") != KEY:
            return 93000, f"invalid webhook url, {_HINT}"
        if b"\\u" in body:
            return 40033, f"invalid charset, {_HINT}"
        message = json.loads(body)
        if message["msgtype"] not in _PARTS:
            return 40008, f"invalid message type, {_HINT}"
        why = _PARTS[message["msgtype"]](message[message["msgtype"]])
        self.mentioned += re.findall(r"<@([^>]+)>", json.dumps(message.get("text") or message.get("markdown")))
        return (40058, f"{why}. invalid Request Parameter, {_HINT}") if why else None


def _content(kind: str, most: int) -> Callable[[dict[str, Any]], str]:
    def check(part: dict[str, Any]) -> str:
        right = part.get("content") and len(part["content"].encode()) <= most
        return "" if right else f"{kind}.content exceed max length {most}"

    return check


def _image(part: dict[str, Any]) -> str:
    raw = base64.b64decode(part["base64"], validate=True)
    same = hashlib.md5(raw, usedforsecurity=False).hexdigest() == part["md5"]
    return "" if same and len(raw) <= 2 * 1024 * 1024 else "image"


def _news(part: dict[str, Any]) -> str:
    return "" if part["articles"] and all(map(_fits, part["articles"])) else "news"


def _fits(article: dict[str, Any]) -> bool:
    short = len(article["title"].encode()) <= 128 and len(article.get("description", "").encode()) <= 512
    return bool(short and article["title"] and article["url"].startswith("http"))


def _words(message: dict[str, Any]) -> str:
    part = message[message["msgtype"]]
    return str(part["content"] if "content" in part else part["articles"][0]["description"])


_PARTS = {
    "text": _content("text", 2048),
    "markdown": _content("markdown", 4096),
    "image": _image,
    "news": _news,
}
