"""Weibo's share interface: form or multipart, safe domain, 140 full-width characters, words that it has already.

Follows: open.weibo.com/wiki (2/statuses/share, 2/statuses/user_timeline, 2/statuses/destroy, oauth2/get_token_info,
Error_code). Does not model: review of what is said, the shortening of addresses but their look, levels of apps.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.rules.counting import halves
from tests.fakes.consent import Authority
from tests.fakes.faults import Fault, Faults
from tests.fakes.parts import parts

TOKEN, USER, HOME = "2.00HFmLvCTVchjC21ee08e698nwrnDD", "1404376560", "example.org"


class WeiboServer:
    def __init__(self) -> None:
        self.faults = Faults()
        self.token, self.life, self.may_delete, self.shows_posts = TOKEN, 30 * 86_400, True, True
        self.answers: int | None = None
        """A code that the next post is answered with, whatever it is."""
        self.posts: dict[str, dict[str, Any]] = {}
        self.pictures: list[bytes] = []
        self.picture_taken = True
        self.oauth = Authority(self._takes, life=str(self.life))
        self.app = Starlette(
            routes=[
                Route("/oauth2/authorize", self.oauth.consent),
                Route("/oauth2/access_token", self.oauth.token, methods=["POST"]),
                Route("/2/statuses/share.json", self._share, methods=["POST"]),
                Route("/2/statuses/destroy.json", self._destroy, methods=["POST"]),
                Route("/2/statuses/user_timeline.json", self._timeline, methods=["GET"]),
                Route("/oauth2/get_token_info", self._info, methods=["POST"]),
            ]
        )

    def _takes(self, token: str) -> None:
        self.token = token

    @property
    def words(self) -> list[str]:
        return [one["text"] for one in self.posts.values()]

    async def _share(self, request: Request) -> Response:
        fields, picture = await _fields(request)
        if fields.get("access_token") != self.token:
            return _no(21332, "invalid_access_token", 403)
        fault = self.faults.take()
        match fault:
            case Fault.HANG:
                return await self.faults.hang()
            case Fault.REFUSE:
                return _no(20021, "content is illegal!")
            case Fault.THROTTLE:
                return PlainTextResponse("slow down", 429, headers={"retry-after": "7"})
            case Fault.UNAVAILABLE:
                return PlainTextResponse("later", 503)
            case _:
                answer = self._post(fields, picture)
                return await self.faults.after(fault, request) if fault else answer

    def _post(self, fields: dict[str, str], picture: bytes | None) -> Response:
        status, code = fields.get("status", ""), self.answers
        if code:
            self.answers = None
            return _no(code, "as the test says")
        if wrong := next((no for no, found in self._wrong(fields) if found), None):
            return _no(*wrong)
        if picture is not None and not self.picture_taken:
            return _no(20005, "unsupported image type, only suport JPG, GIF, PNG!")
        self.pictures += [picture] if picture is not None else []
        number = str(4_812_345_678_901_234 + len(self.posts))
        made = {
            "created_at": "Sun Nov 22 09:30:00 +0800 2026",
            "id": int(number),
            "idstr": number,
            "mid": number,
            "text": status,
            "user": {"id": int(USER), "idstr": USER},
        }
        self.posts[number] = made
        return JSONResponse(made)

    def _wrong(self, fields: dict[str, str]) -> Iterator[tuple[tuple[int, str], bool]]:
        status = fields.get("status", "")
        home = rf"https?://([\w-]+\.)*{re.escape(HOME)}(?=[/:?#\s]|$)"
        yield (10016, "miss required parameter (rip)"), not re.fullmatch(r"(\d+\.){3}\d+", fields.get("rip", ""))
        yield (10017, "text's value invalid, expect a link of the safe domain"), not re.search(home, status)
        yield (10017, "text's value invalid, no topics"), bool(re.search(r"#[^#\s][^#]*#", status))
        yield (20012, "text too long, please input text less than 140 characters!"), halves(status) > 140
        yield (20019, "repeat content!"), status in self.words

    async def _destroy(self, request: Request) -> Response:
        fields, _ = await _fields(request)
        if not self.may_delete:
            return _no(10014, "insufficient app permissions!", 403)
        known = self.posts.pop(fields["id"], None)
        return JSONResponse(known) if known else _no(20101, "target weibo does not exist!")

    async def _timeline(self, request: Request) -> Response:
        if request.query_params.get("access_token") != self.token:
            return _no(21332, "invalid_access_token", 403)
        shown = [
            {**one, "text": re.sub(r"https?://\S+", "http://t.cn/A6abCdEf", one["text"])}
            for one in reversed(self.posts.values())
        ]
        return JSONResponse({"statuses": shown if self.shows_posts else [], "total_number": len(shown)})

    async def _info(self, request: Request) -> Response:
        fields, _ = await _fields(request)
        if fields.get("access_token") != self.token:
            return _no(21327, "expired_token", 400)
        return JSONResponse({"uid": USER, "appkey": "1", "scope": "", "create_at": 1, "expire_in": str(self.life)})


async def _fields(request: Request) -> tuple[dict[str, str], bytes | None]:
    if request.headers["content-type"].startswith("multipart/"):
        found = await parts(request)
        picture = found.pop("pic", None)
        return {name: part.text for name, part in found.items()}, picture.content if picture else None
    return {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}, None


def _no(code: int, words: str, status: int = 400) -> Response:
    return JSONResponse({"error": words, "error_code": code, "request": "/2/statuses/share.json"}, status)
