"""A Facebook Page on loopback, through the Graph API.

Follows: developers.facebook.com, Pages API (posts, photos), "Handle errors" and "Rate limits" of 2026: a Page's token
in a header, photos uploaded unpublished and attached once, a photo or a link but not both, fields in the answer of a
post, equal words refused (506), edits of the words alone, deletion, a feed by pages; and Facebook Login "Manual flow",
"Long-lived access tokens": a Page's token by way of a person's. Does not model: other versions, tasks of people,
`@[number]` beyond counting it, scheduling, what a link's preview shows.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.consent import APP, NEW, SECRET, Authority, Bad
from tests.fakes.graph import GraphApi, Wrong
from tests.fakes.parts import parts

TOKEN = "EAArivPageTokenOfNobody0123456789"
PAGE = "4100"
SCOPES = ("pages_manage_posts", "pages_read_engagement", "pages_show_list")


@dataclass
class Post:
    id: str
    message: str
    at: datetime
    fields: dict[str, str]
    alt: str | None = None
    """Of its photo; None where it has none."""
    edits: list[str] = field(default_factory=list)


class Facebook(GraphApi):
    def __init__(self, now: datetime) -> None:
        super().__init__(TOKEN, SCOPES)
        self.now, self.me = now, PAGE
        self.posted: list[Post] = []
        self.photos: dict[str, str] = {}
        """Uploaded and not yet attached: number → alt text."""
        self.called: list[str] = []
        self.lists = True
        self._last = 0
        base = "/v25.0"
        self.oauth = Authority(lambda _: None, SCOPES, comma=True)
        self.people: list[str] = []
        """Tokens of the person: the short one, then the long one."""
        self.may_post = True
        self.app = Starlette(
            routes=[
                Route(f"{base}/dialog/oauth", self.oauth.consent),
                Route(f"{base}/oauth/access_token", self._exchange),
                Route(f"{base}/{PAGE}", self._page),
                Route(f"{base}/me", self.answer(self._me)),
                Route(f"{base}/debug_token", self.answer(self.inspect)),
                Route(f"{base}/{PAGE}/feed", self.posting(self._post), methods=["POST"]),
                Route(f"{base}/{PAGE}/feed", self.answer(self._feed)),
                Route(f"{base}/{PAGE}/photos", self.answer(self._upload), methods=["POST"]),
                Route(f"{base}/{{post}}", self.posting(self._edit), methods=["POST"]),
                Route(f"{base}/{{post}}", self.answer(self._delete), methods=["DELETE"]),
            ]
        )

    async def _exchange(self, request: Request) -> Response:
        """A code for a person's short token, that for a long one."""
        given = dict(request.query_params)
        if (given["client_id"], given["client_secret"]) != (APP, SECRET):
            return _no(1, "Error validating client secret.")
        if given.get("grant_type") == "fb_exchange_token":
            if given["fb_exchange_token"] not in self.people:
                return _no(190, f"Malformed access token {given['fb_exchange_token']}")
        else:
            try:
                self.oauth.spend(given)
            except Bad as bad:
                return _no(100, bad.description)
        self.people.append(f"rivPerson0fNobody{len(self.people)}")
        return JSONResponse({"access_token": self.people[-1], "token_type": "bearer", "expires_in": 5_183_944})

    async def _page(self, request: Request) -> Response:
        if len(self.people) < 2 or request.headers.get("authorization") != f"Bearer {self.people[-1]}":
            return _no(190, "Invalid OAuth access token.")
        if request.query_params["fields"] != "access_token" or not self.may_post:
            return JSONResponse({"id": PAGE})
        self.takes(NEW)
        return JSONResponse({"access_token": NEW, "id": PAGE})

    async def _me(self, request: Request) -> Response:
        return JSONResponse({"id": self.me, "name": "河湾日报"})

    async def _upload(self, request: Request) -> Response:
        if self.refuses_pictures:
            raise self.refuses_pictures
        form = await parts(request)
        if form["published"].text != "false" or not form["source"].content:
            raise Wrong(324, "Missing or invalid image file")
        self._last += 1
        self.photos[str(self._last)] = form["alt_text_custom"].text
        return JSONResponse({"id": str(self._last)})

    async def _post(self, request: Request) -> dict[str, Any]:
        fields = dict(parse_qsl((await request.body()).decode()))
        message = fields.get("message", "")
        if not message or len(message) > 63_206 or ("link" in fields and "attached_media[0]" in fields):
            raise Wrong(100, "Invalid parameter")
        if any(post.message == message for post in self.posted[-1:]):
            raise Wrong(506, "Duplicate status message")
        alt = None
        if "attached_media[0]" in fields:
            photo = json.loads(fields["attached_media[0]"])["media_fbid"]
            if photo not in self.photos:
                raise Wrong(100, "Invalid parameter")
            alt = self.photos.pop(photo)
        self.called += re.findall(r"@\[(\d+)\]", message)
        self._last += 1
        post = Post(f"{PAGE}_{self._last}", message, self.now, fields, alt)
        self.posted.append(post)
        asked = request.query_params.get("fields", "id").split(",")
        return {name: value for name, value in _shown(post).items() if name in asked}

    async def _edit(self, request: Request) -> dict[str, Any]:
        post = self._find(request)
        fields = dict(parse_qsl((await request.body()).decode()))
        post.edits.append(post.message)
        post.message = fields["message"]
        return {"success": True}

    async def _delete(self, request: Request) -> Response:
        self.posted.remove(self._find(request))
        return JSONResponse({"success": True})

    def _find(self, request: Request) -> Post:
        for post in self.posted:
            if post.id == request.path_params["post"]:
                return post
        raise Wrong(100, f"Object with ID '{request.path_params['post']}' does not exist, cannot be loaded due to "
                    "missing permissions, or does not support this operation", 33)  # fmt: skip

    async def _feed(self, request: Request) -> Response:
        given = request.query_params
        most, after, since = int(given["limit"]), int(given.get("after", 0)), int(given.get("since", 0))
        if most > 100:
            raise Wrong(100, "Invalid parameter")
        found = [_shown(post) for post in reversed(self.posted) if post.at.timestamp() >= since] if self.lists else []
        page = found[after : after + most]
        return JSONResponse({"data": page, "paging": {"cursors": {"after": str(after + len(page))}}} if page else
                            {"data": []})  # fmt: skip


def _no(code: int, words: str) -> Response:
    error = {"message": words, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
    return JSONResponse({"error": error}, 400)


def _shown(post: Post) -> dict[str, Any]:
    return {
        "id": post.id,
        "message": post.message,
        "created_time": post.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "permalink_url": f"https://www.facebook.com/{PAGE}/posts/{post.id.partition('_')[2]}",
    }
