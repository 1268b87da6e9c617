"""A Ghost site's Content API, as far as a reader of posts meets it.

Follows: Ghost's developer documentation (docs.ghost.org: "Content API", its "Posts", "Parameters", "Filtering" and
"Pagination", and "API versioning"): the key in the query, `include`, `filter` in NQL (here field:value and
field:>'time', joined by +), `order`, `limit` of at most 100, meta.pagination, errors as a list of objects,
Content-Version in the answer.
Does not model: NQL beyond that, pages, authors and tags as resources, fields, members, caching.
"""

import math
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

KEY = "0123456789abcdef0123456789"
_TERM = re.compile(r"(?P<field>[a-z_]+):(?:'(?P<text>[^']*)'|>'(?P<after>[^']*)'|(?P<word>[a-z]+))$")


@dataclass
class Post:
    """A post; `fields` replace or add what the API shows of it."""

    id: str
    title: str
    published: datetime
    updated: datetime | None = None
    html: str = "<p>The ferry runs late.</p>"
    visibility: str = "public"
    status: str = "published"
    tags: tuple[str, ...] = ()
    """Those that begin with # are internal."""
    authors: tuple[str, ...] = ("Lin Yifan",)
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass
class Ghost:
    """Change `posts` as its editors would."""

    posts: list[Post] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)
    """The Accept-Version of each request."""
    too_old: bool = False
    base: str = "http://localhost/"

    def __post_init__(self) -> None:
        self.app = Starlette(
            routes=[
                Route("/ghost/api/content/posts/", self._browse),
                Route("/ghost/api/content/posts", self._browse),
                Route("/", lambda _: HTMLResponse("<h1>Riverbend Daily</h1>")),
            ]
        )

    async def _browse(self, request: Request) -> Response:
        self.base = str(request.base_url)
        asked = dict(request.query_params)
        self.asked.append(asked)
        self.versions.append(request.headers.get("accept-version", ""))
        if asked.get("key") != KEY:
            return _error(401, "Unknown Content API Key", "UnauthorizedError")
        if self.too_old:
            return _error(406, "Request could not be served", "RequestNotAcceptableError")
        posts = [post for post in self.posts if post.status == "published"]
        for term in filter(None, asked.get("filter", "").split("+")):
            found = _TERM.match(term)
            if found is None:
                return _error(400, "Error parsing filter", "BadRequestError")
            posts = [post for post in posts if _holds(post, found)]
        column, _, way = asked.get("order", "published_at desc").partition(" ")
        posts.sort(key=lambda post: _time(post, column), reverse=way.lower() == "desc")
        limit, page = min(int(asked.get("limit", "15")), 100), int(asked.get("page", "1"))
        pages = max(math.ceil(len(posts) / limit), 1)
        following = page + 1 if page < pages else None
        pagination = {"page": page, "limit": limit, "pages": pages, "total": len(posts), "next": following}
        include = asked.get("include", "").split(",")
        shown = [self._shown(post, include) for post in posts[(page - 1) * limit : page * limit]]
        body = {"posts": shown, "meta": {"pagination": pagination}}
        return JSONResponse(body, headers={"content-version": "v5.87"})

    def _shown(self, post: Post, include: list[str]) -> dict[str, Any]:
        open_to_all = post.visibility == "public"
        shown: dict[str, Any] = {
            "id": post.id,
            "title": post.title,
            "html": post.html if open_to_all else "",
            "url": f"{self.base}{post.id}/",
            "visibility": post.visibility,
            "access": open_to_all,
            "published_at": _iso(post.published),
            "updated_at": _iso(post.updated or post.published),
            "custom_excerpt": None,
            "feature_image": None,
            "feature_image_alt": None,
            "feature_image_caption": None,
        }
        if "tags" in include:
            tags = [{"name": tag, "visibility": "internal" if tag[0] == "#" else "public"} for tag in post.tags]
            shown |= {"tags": tags, "primary_tag": tags[0] if tags and tags[0]["name"][0] != "#" else None}
        if "authors" in include:
            shown["authors"] = [{"name": name} for name in post.authors]
        return shown | post.fields


def _holds(post: Post, found: re.Match[str]) -> bool:
    if after := found["after"]:
        return _time(post, found["field"]) > datetime.fromisoformat(after).replace(tzinfo=UTC)
    return getattr(post, found["field"], None) == (found["text"] or found["word"])


def _time(post: Post, column: str) -> datetime:
    return post.published if column == "published_at" else post.updated or post.published


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+00:00")


def _error(status: int, message: str, kind: str) -> Response:
    return JSONResponse({"errors": [{"message": message, "type": kind}]}, status_code=status)
