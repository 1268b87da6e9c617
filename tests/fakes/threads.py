"""One Threads profile on loopback.

Follows: developers.facebook.com, Threads API of 2026: containers that are made, fetched, published once and expire, the
status of a container and none of a post, 500 characters of which an emoji counts its bytes, pictures by a public
address alone, five links, answers, deletion, the day's limit, a number of its own for what is published; a consent
(consent.py), an hour's token and one of sixty days for it ("Get access tokens", "Long-lived tokens"). What comes of
a second publishing is told nowhere: it is refused here, as people have seen it. Does not model: carousels, polls, text
attachments, the topic of a tag.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.consent import NEW, SECRET, Authority
from tests.fakes.graph import GraphApi, Wrong

TOKEN = "THAArivTokenOfNobody0123456789"
SCOPES = ("threads_basic", "threads_content_publish", "threads_delete")
LOST = Wrong(24, "The requested resource does not exist", 4279009)


@dataclass
class Made:
    id: str
    fields: dict[str, str]
    status: str


@dataclass
class Thread:
    id: str
    text: str
    at: datetime
    fields: dict[str, str] = field(default_factory=dict)


class Threads(GraphApi):
    def __init__(self, now: datetime) -> None:
        super().__init__(TOKEN, SCOPES)
        self.now = now
        self.posted: list[Thread] = []
        self.made: dict[str, Made] = {}
        self.called: list[str] = []
        self.lists = True
        self.picture = "FINISHED"
        """What becomes of a container with a picture."""
        self.loses = False
        """The next container is lost between its making and its publishing."""
        self.used = 0
        self._last, self._hour = 0, ""
        self.oauth = Authority(self._short, SCOPES, comma=True)
        self.renewed = 0
        self.app = Starlette(
            routes=[
                Route("/oauth/authorize", self.oauth.consent),
                Route("/oauth/access_token", self.oauth.token, methods=["POST"]),
                Route("/access_token", self._longer),
                Route("/refresh_access_token", self._renew),
                Route("/v1.0/me", self.answer(self._me)),
                Route("/v1.0/debug_token", self.answer(self.inspect)),
                Route("/v1.0/me/threads", self.answer(self._make), methods=["POST"]),
                Route("/v1.0/me/threads", self.answer(self._list)),
                Route("/v1.0/me/threads_publish", self.posting(self._publish), methods=["POST"]),
                Route("/v1.0/me/threads_publishing_limit", self.answer(self._limit)),
                Route("/v1.0/{id}", self.answer(self._show)),
                Route("/v1.0/{id}", self.answer(self._delete), methods=["DELETE"]),
            ]
        )

    def _short(self, token: str) -> None:
        self._hour = token

    async def _longer(self, request: Request) -> Response:
        """An hour's token for one of sixty days."""
        given = request.query_params
        wanted = ("th_exchange_token", SECRET, self._hour)
        if (given["grant_type"], given["client_secret"], given["access_token"]) != wanted:
            return _no(f"Session key invalid for {given['access_token']}")
        return self._long()

    async def _renew(self, request: Request) -> Response:
        given = request.query_params
        if (given["grant_type"], given["access_token"]) != ("th_refresh_token", self.token):
            return _no(f"Error validating access token {given['access_token']}")
        self.renewed += 1
        return self._long()

    def _long(self) -> Response:
        self._last += 1
        self.takes(f"{NEW}{self._last}")
        return JSONResponse({"access_token": self.token, "token_type": "bearer", "expires_in": 60 * 86_400})

    async def _me(self, request: Request) -> Response:
        return JSONResponse({"id": "9100", "username": "riverbend_daily"})

    async def _limit(self, request: Request) -> Response:
        config = {"quota_total": 250, "quota_duration": 86_400}
        return JSONResponse({"data": [{"quota_usage": self.used, "config": config}]})

    async def _make(self, request: Request) -> Response:
        fields = dict(parse_qsl((await request.body()).decode()))
        text, above = fields.get("text", ""), fields.get("reply_to_id")
        if not text or _counted(text) > 500 or len(set(re.findall(r"https?://\S+", text))) > 5:
            raise Wrong(100, "Param text must be at most 500 characters long.")
        if above and not any(one.id == above for one in self.posted):
            raise Wrong(100, "Invalid parameter", 4279012)
        picture = fields["media_type"] == "IMAGE"
        if picture is not ("image_url" in fields) or len(fields.get("alt_text", "")) > 1000:
            raise Wrong(100, "Invalid parameter")
        if picture and self.refuses_pictures:
            raise self.refuses_pictures
        self._last += 1
        number = f"17{self._last}"
        self.made[number] = Made(number, fields, self.picture if picture else "FINISHED")
        return JSONResponse({"id": number})

    async def _publish(self, request: Request) -> dict[str, Any]:
        number = dict(parse_qsl((await request.body()).decode()))["creation_id"]
        made = self.made.get(number)
        if made is None or made.status != "FINISHED" or self.loses:
            self.loses = False
            raise LOST
        made.status = "PUBLISHED"
        self._last += 1
        post = Thread(f"18{self._last}", made.fields["text"], self.now, made.fields)
        self.posted.append(post)
        self.called += re.findall(r"(?<![\w.])@([\w.]+)", post.text, re.ASCII)
        return {"id": post.id}

    async def _show(self, request: Request) -> Response:
        number = request.path_params["id"]
        if number in self.made:
            return JSONResponse({"status": self.made[number].status, "id": number})
        post = self._find(number)
        if "status" in request.query_params["fields"]:
            raise Wrong(100, "Tried accessing nonexisting field (status)")
        return JSONResponse(_shown(post))

    async def _delete(self, request: Request) -> Response:
        post = self._find(request.path_params["id"])
        self.posted.remove(post)
        return JSONResponse({"success": True, "deleted_id": post.id})

    def _find(self, number: str) -> Thread:
        for post in self.posted:
            if post.id == number:
                return post
        raise LOST

    async def _list(self, request: Request) -> Response:
        given = request.query_params
        most, after, since = int(given["limit"]), int(given.get("after", 0)), int(given["since"])
        found = [_shown(post) for post in reversed(self.posted) if post.at.timestamp() >= since] if self.lists else []
        page = found[after : after + most]
        paging = {"paging": {"cursors": {"after": str(after + len(page))}}} if page else {}
        return JSONResponse({"data": page, **paging})


def _no(words: str) -> Response:
    error = {"message": words, "type": "OAuthException", "code": 190, "fbtrace_id": "A1"}
    return JSONResponse({"error": error}, 400)


def _shown(post: Thread) -> dict[str, Any]:
    at = post.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
    link = f"https://www.threads.com/@riverbend_daily/post/{post.id}"
    return {"id": post.id, "text": post.text, "timestamp": at, "permalink": link}


def _counted(text: str) -> int:
    """Characters; whatever lies beyond the first plane is taken for an emoji here and counts its bytes."""
    return sum(len(one.encode()) if ord(one) > 0xFFFF else 1 for one in text)
