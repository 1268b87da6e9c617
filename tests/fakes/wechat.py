"""A WeChat Official Account: tokens that can be exchanged, materials, drafts, publications under review, mass sends.

Follows: developers.weixin.qq.com/doc/service/api (stable_token, add_material, uploadimg, draft_add and its neighbours,
freepublish_submit/get/batchget/delete, message/mass/sendall and get) and its table of global return codes. Does not
model: comments, several articles in one draft, callbacks, quotas of a day, how a client shows HTML.
"""

import json
import re
from collections import deque
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.fakes.faults import Fault, Faults
from tests.fakes.parts import parts

APP, SECRET = "wx0123456789abcdef", "0c79e1fa963cd80cc0be99b20a18faeb"
COVER = "a-picture-of-the-newsroom"
_LIMITS = {"title": (32, 45003), "author": (16, 45110), "digest": (128, 45004), "content": (19_999, 45002)}


class WechatAccount:
    def __init__(self, decisive: str = "/cgi-bin/draft/add") -> None:
        """Faults happen on the decisive call."""
        self.faults, self.decisive, self.base = Faults(), decisive, ""
        self.secret, self.verified, self.let_in, self.picture_taken = SECRET, True, True, True
        self.token, self.exchanges, self.calls = "token-0", 0, list[str]()
        self.materials = {COVER: b""}
        self.shown: dict[str, bytes] = {}
        """Pictures for bodies, by their addresses."""
        self.drafts: dict[str, dict[str, Any]] = {}
        self.published: dict[str, dict[str, Any]] = {}
        self.massed: dict[str, dict[str, Any]] = {}
        """By msg_id; each with its clientmsgid."""
        self.reviews: deque[int] = deque()
        """What the next questions after a publication are answered; 0, published, where it is empty."""
        self.mass_status = "SEND_SUCCESS"
        self.tasks: dict[str, str] = {}
        self._number = 0
        self.app = Starlette(routes=[Route("/cgi-bin/{path:path}", self._take, methods=["GET", "POST"])])

    def revoke(self) -> None:
        """The token is void before its time, as after somebody has asked for another in the old way."""
        self._number += 1
        self.token = f"token-{self._number}"

    async def _take(self, request: Request) -> Response:
        path = request.url.path
        self.calls.append(path.removeprefix("/cgi-bin/"))
        fault = self.faults.take() if path == self.decisive and self._known(request) else None
        match fault:
            case Fault.HANG:
                return await self.faults.hang()
            case Fault.REFUSE:
                return _says(45166, "invalid content hint: [bzsJ30451p445] rid: 63901312-73595d7c-3b05195e")
            case Fault.THROTTLE:
                return PlainTextResponse("slow down", 429, headers={"retry-after": "7"})
            case Fault.UNAVAILABLE:
                return PlainTextResponse("later", 503)
            case _:
                answer = await self._answer(path, request)
                return await self.faults.after(fault, request) if fault else answer

    def _known(self, request: Request) -> bool:
        return request.query_params.get("access_token") == self.token

    async def _answer(self, path: str, request: Request) -> Response:
        raw = await request.body()
        if not self.let_in:
            return _says(40164, "invalid ip 203.0.113.9, not in whitelist rid: 65d2faf1-1a6ae467-7861d534")
        if path == "/cgi-bin/stable_token":
            return self._exchange(json.loads(raw))
        if not self._known(request):
            return _says(40001, "invalid credential, access_token is invalid or not latest rid: 65d2faf1-1a6ae467")
        verb = path.removeprefix("/cgi-bin/").replace("/", "_")
        uploads = {"material_add_material": self._material, "media_uploadimg": self._for_a_body}
        if verb in uploads:
            return await uploads[verb](request)
        if raw.isascii() and b"\\u" in raw:  # they would be shown as they stand there
            return _says(47001, "data format error")
        answer: Response = getattr(self, f"_{verb}")(json.loads(raw or b"{}"))
        return answer

    def _exchange(self, body: dict[str, Any]) -> Response:
        self.exchanges += 1
        if (body.get("appid"), body.get("grant_type")) != (APP, "client_credential"):
            return _says(40013, "invalid appid")
        if body.get("secret") != self.secret:
            return _says(40125, "invalid appsecret")
        if body.get("force_refresh"):
            self.revoke()
        return JSONResponse({"access_token": self.token, "expires_in": 7200})

    async def _material(self, request: Request) -> Response:
        media = (await parts(request)).get("media")
        if request.query_params.get("type") != "image" or media is None or not media.filename:
            return _says(41005, "media data missing")
        if not self.picture_taken:
            return _says(40009, "invalid image size")
        name = f"material-{len(self.materials)}"
        self.materials[name] = media.content
        return JSONResponse({"media_id": name, "url": f"https://mmbiz.example.org/{name}"})

    async def _for_a_body(self, request: Request) -> Response:
        media = (await parts(request)).get("media")
        if media is None or not media.filename or not media.content.startswith((b"\xff\xd8", b"\x89PNG")):
            return _says(40005, "invalid file type")
        if len(media.content) >= 1024 * 1024:
            return _says(40009, "invalid image size")
        url = f"https://mmbiz.qpic.cn/mmbiz_jpg/{len(self.shown)}/0"
        self.shown[url] = media.content
        return JSONResponse({"url": url})

    def _wrong(self, article: dict[str, Any]) -> Response | None:
        for name, (most, code) in _LIMITS.items():
            if len(article.get(name, "")) > most:
                return _says(code, f"{name} size out of limit")
        if len(article["content"].encode()) >= 1024 * 1024 or not article["title"] or not article["content"]:
            return _says(45002, "content size out of limit")
        if len(article["content_source_url"].encode()) > 1024:
            return _says(45006, "link size out of limit")
        if article["thumb_media_id"] not in self.materials:
            return _says(40007, "invalid media_id")
        return None

    def _draft_add(self, body: dict[str, Any]) -> Response:
        [article] = body["articles"]
        if wrong := self._wrong(article):
            return wrong
        self._number += 1
        article["content"] = re.sub(r"<script.*?</script>", "", article["content"], flags=re.DOTALL)
        for found in re.findall(r'<img src="[^"]*"[^>]*>', article["content"]):
            if not any(f'"{url}"' in found for url in self.shown):  # a foreign one: it is gone, and nothing is said
                article["content"] = article["content"].replace(found, "")
        self.drafts[f"draft-{self._number}"] = article
        return JSONResponse({"media_id": f"draft-{self._number}", "item": []})

    def _draft_update(self, body: dict[str, Any]) -> Response:
        if body["media_id"] not in self.drafts:
            return _says(40007, "invalid media_id")
        if wrong := self._wrong(body["articles"]):
            return wrong
        self.drafts[body["media_id"]] = body["articles"]
        return _says(0, "ok")

    def _draft_delete(self, body: dict[str, Any]) -> Response:
        return _says(0, "ok") if self.drafts.pop(body["media_id"], None) else _says(40007, "invalid media_id")

    def _draft_count(self, _: dict[str, Any]) -> Response:
        return JSONResponse({"total_count": len(self.drafts)})

    def _draft_batchget(self, body: dict[str, Any]) -> Response:
        return _list(self.drafts, "media_id", body)

    def _freepublish_submit(self, body: dict[str, Any]) -> Response:
        if not self.verified:
            return _says(48001, "api unauthorized rid: 65d2faf1-1a6ae467-7861d534")
        if body["media_id"] not in self.drafts:
            return _says(40007, "invalid media_id")
        self._number += 1
        self.tasks[str(self._number)] = body["media_id"]
        return JSONResponse({"errcode": 0, "errmsg": "ok", "publish_id": self._number, "msg_data_id": 1})

    def _freepublish_get(self, body: dict[str, Any]) -> Response:
        status = self.reviews.popleft() if self.reviews else 0
        if status:
            return JSONResponse({"publish_id": body["publish_id"], "publish_status": status, "fail_idx": []})
        number = self.finish(body["publish_id"])
        item = [{"idx": 1, "article_url": self.published[number]["url"]}]
        done = {"article_id": number, "article_detail": {"count": 1, "item": item}}
        return JSONResponse({"publish_id": body["publish_id"], "publish_status": 0, **done, "fail_idx": []})

    def finish(self, task: str) -> str:
        """The review is over: the draft moves into the list."""
        number = f"article-of-{task}"
        if media := self.tasks.pop(task, None):
            url = f"https://mp.example.org/s/{number}"
            self.published[number] = {**self.drafts.pop(media), "url": url, "is_deleted": False}
        return number

    def _freepublish_batchget(self, body: dict[str, Any]) -> Response:
        if not self.verified:
            return _says(48001, "api unauthorized rid: 65d2faf1-1a6ae467-7861d534")
        return _list(self.published, "article_id", body)

    def _freepublish_delete(self, body: dict[str, Any]) -> Response:
        known = self.published.pop(body["article_id"], None)
        return _says(0, "ok") if known else _says(53600, "Article ID invalid")

    def _message_mass_speed_get(self, _: dict[str, Any]) -> Response:
        if not self.verified:
            return _says(48001, "api unauthorized")
        return JSONResponse({"speed": 3, "realspeed": 15})

    def _message_mass_sendall(self, body: dict[str, Any]) -> Response:
        if not self.verified:
            return _says(48001, "api unauthorized")
        known = next((n for n, one in self.massed.items() if one["clientmsgid"] == body["clientmsgid"]), None)
        if known:
            return JSONResponse({"errcode": 45065, "errmsg": "clientmsgid exist", "msg_id": int(known)})
        if len(body["clientmsgid"]) > 64 or body["mpnews"]["media_id"] not in self.drafts:
            return _says(40007, "invalid media_id")
        self._number += 1
        article = self.drafts.pop(body["mpnews"]["media_id"])
        self.massed[str(self._number)] = {**article, "clientmsgid": body["clientmsgid"], "to": body["filter"]}
        return JSONResponse({"errcode": 0, "errmsg": "send job submission success", "msg_id": self._number})

    def _message_mass_get(self, body: dict[str, Any]) -> Response:
        return JSONResponse({"msg_id": body["msg_id"], "msg_status": self.mass_status})

    def _message_mass_delete(self, body: dict[str, Any]) -> Response:
        self.massed.pop(str(body["msg_id"]), None)
        return _says(0, "ok")


def _says(code: int, words: str) -> Response:
    return JSONResponse({"errcode": code, "errmsg": words})


def _list(articles: dict[str, dict[str, Any]], name: str, body: dict[str, Any]) -> Response:
    """Newest first; without the bodies, as it is asked."""
    newest = [
        {name: number, "content": {"news_item": [{**one, "content": ""}]}, "update_time": 4_000_000_000}
        for number, one in reversed(articles.items())
    ]
    page = newest[body["offset"] : body["offset"] + min(body["count"], 20)]
    return JSONResponse({"total_count": len(newest), "item_count": len(page), "item": page})
