"""One LinkedIn page on loopback.

Follows: learn.microsoft.com, Posts, Images and little text format (2026-05): versioned headers, methods of Rest.li,
numbers in x-restli-id, images uploaded in two steps, a card with address and title, reserved signs that cut a post
silently, DUPLICATE_POST with the number of a post, partial updates of the words, deletions that may be repeated, a
page's posts in pages, 429 without Retry-After. Counts backslashes, for LinkedIn does not say that it does not. Does not
model: the processing of images, roles, the resolution of names.
"""

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.consent import Authority
from tests.fakes.faults import Fault, Faults

TOKEN = "AQXrivTokenOfNobody0123456789"
ORGANIZATION, OWNER = "5500", "urn:li:organization:5500"
VERSION = "202605"
_PARTS = re.compile(r"\\(?P<sign>.)|(?P<tag>#[^\W_]+)|(?P<reserved>[|{}@\[\]()<>#*_~])|(?P<plain>.)", re.DOTALL)


class Wrong(Exception):
    def __init__(self, status: int, message: str, code: str = "") -> None:
        self.status, self.message, self.code = status, message, code


@dataclass
class Post:
    id: str
    commentary: str
    at: datetime
    body: dict[str, Any]


class Linkedin:
    def __init__(self, now: datetime) -> None:
        self.now, self.token, self.version = now, TOKEN, VERSION
        self.posted: list[Post] = []
        self.images: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.faults = Faults()
        self.refuses: Wrong | None = None
        self.refuses_pictures: Wrong | None = None
        self.upload_host = ""
        """Where images are to be sent; empty: here."""
        self.lists = self.ghosts = True
        """Whether the page's posts are listed; whether a duplicate's number leads to a post."""
        self._last = 0
        scopes = ("w_organization_social", "r_organization_social")
        self.oauth = Authority(self._takes, scopes, refreshes=True, life=60 * 86_400)
        self.app = Starlette(
            routes=[
                Route("/oauth/v2/authorization", self.oauth.consent),
                Route("/oauth/v2/accessToken", self.oauth.token, methods=["POST"]),
                Route("/rest/posts", self._answer(self._post), methods=["POST"]),
                Route("/rest/posts", self._answer(self._list)),
                Route("/rest/posts/{urn}", self._answer(self._one), methods=["GET", "POST", "DELETE"]),
                Route("/rest/images", self._answer(self._begin), methods=["POST"]),
                Route("/upload/{image}", self._answer(self._upload), methods=["PUT"]),
            ]
        )

    def _takes(self, token: str) -> None:
        self.token = token

    def _answer(self, handler: Any) -> Any:
        async def answer(request: Request) -> Response:
            self.asked.append(f"{request.method} {request.url.path}")
            try:
                if request.headers.get("authorization") != f"Bearer {self.token}":
                    raise Wrong(
                        401, "The token used in the request has been revoked by the user", "REVOKED_ACCESS_TOKEN"
                    )
                if request.headers.get("linkedin-version") != self.version:
                    raise Wrong(426, "Requested version is not active", "NONEXISTENT_VERSION")
                if request.headers.get("x-restli-protocol-version") != "2.0.0":
                    raise Wrong(400, "Syntax exception in path variables", "ILLEGAL_ARGUMENT")
                answered: Response = await handler(request)
            except Wrong as wrong:
                said: dict[str, Any] = {"status": wrong.status, "message": wrong.message}
                if wrong.code == "DUPLICATE_POST":
                    said["errorDetails"] = {"inputErrors": [{"code": wrong.code}]}
                elif wrong.code:
                    said["code"] = wrong.code
                return JSONResponse(said, wrong.status)
            return answered

        return answer

    async def _post(self, request: Request) -> Response:
        fault = self.faults.take()
        match fault:
            case Fault.HANG:
                return await self.faults.hang()
            case Fault.REFUSE:
                raise Wrong(400, "Request body could not be converted to data map", "ILLEGAL_ARGUMENT")
            case Fault.UNAVAILABLE:
                raise Wrong(503, "Service Unavailable")
            case Fault.THROTTLE:
                raise Wrong(429, "Resource level throttle limit for calls to this resource is reached.")
        post = self._take(await request.json())
        if fault:
            return await self.faults.after(fault, request)
        await asyncio.sleep(self.faults.slow)
        return Response(status_code=201, headers={"x-restli-id": post.id})

    def _take(self, body: dict[str, Any]) -> Post:
        if self.refuses:
            raise self.refuses
        missing = {"author", "commentary", "visibility", "distribution", "lifecycleState"} - body.keys()
        if missing or body["author"] != OWNER or len(body["commentary"]) > 3000:
            raise Wrong(422, f"ERROR :: /{next(iter(missing), 'commentary')} :: is wrong")
        content = body.get("content", {})
        if "media" in content and not self.images.get(content["media"]["id"]):
            raise Wrong(400, "urn:li:image does not exist")
        if "article" in content and not (content["article"].get("source") and content["article"].get("title")):
            raise Wrong(422, "ERROR :: /content/article/title :: field is required")
        for post in self.posted:
            if post.commentary == body["commentary"]:
                number = post.id if self.ghosts else "urn:li:share:999"
                raise Wrong(422, f"Content is a duplicate of {number}", "DUPLICATE_POST")
        self._last += 1
        post = Post(f"urn:li:share:71{self._last}", body["commentary"], self.now, body)
        self.posted.append(post)
        return post

    async def _one(self, request: Request) -> Response:
        urn = request.path_params["urn"]
        post = next((one for one in self.posted if one.id == urn), None)
        if request.method == "DELETE":
            self.posted = [one for one in self.posted if one.id != urn]
            return Response(status_code=204)
        if post is None:
            raise Wrong(404, f"Entity not found: {urn}", "NOT_FOUND")
        if request.method == "GET":
            return JSONResponse(_shown(post))
        if request.headers.get("x-restli-method") != "PARTIAL_UPDATE":
            raise Wrong(400, "No method to handle this request", "ILLEGAL_ARGUMENT")
        fault = self.faults.take()
        post.commentary = (await request.json())["patch"]["$set"]["commentary"]
        return await self.faults.after(fault, request) if fault else Response(status_code=204)

    async def _list(self, request: Request) -> Response:
        given = request.query_params
        if (given["author"], given["q"], request.headers.get("x-restli-method")) != (OWNER, "author", "FINDER"):
            raise Wrong(400, "Syntax exception in path variables", "ILLEGAL_ARGUMENT")
        count, start = int(given["count"]), int(given["start"])
        found = [_shown(post) for post in reversed(self.posted)] if self.lists else []
        return JSONResponse({"elements": found[start : start + count], "paging": {"start": start, "count": count}})

    async def _begin(self, request: Request) -> Response:
        owner = (await request.json())["initializeUploadRequest"]["owner"]
        if self.refuses_pictures:
            raise self.refuses_pictures
        if owner != OWNER or request.query_params["action"] != "initializeUpload":
            raise Wrong(400, "Owner entity type is not supported")
        self._last += 1
        image = f"urn:li:image:C{self._last}"
        self.images[image] = b""
        base = self.upload_host or str(request.base_url)
        return JSONResponse({"value": {"uploadUrl": f"{base}upload/{image}", "image": image}})

    async def _upload(self, request: Request) -> Response:
        self.images[request.path_params["image"]] = await request.body()
        return Response(status_code=201)


def _shown(post: Post) -> dict[str, Any]:
    at = int(post.at.timestamp() * 1000)
    return {"id": post.id, "author": OWNER, "commentary": post.commentary, "createdAt": at}


def read(commentary: str) -> str:
    """What a reader sees: all of it up to the first reserved sign without a backslash."""
    seen = ""
    for part in _PARTS.finditer(commentary):
        if part["reserved"]:
            break
        seen += part["sign"] or part["tag"] or part["plain"]
    return seen
