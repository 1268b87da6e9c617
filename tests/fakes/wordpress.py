"""A WordPress site's REST API, as far as a reader of posts meets it.

Follows: the REST API Handbook (developer.wordpress.org/rest-api: "Posts", "Pagination", "Global Parameters", "Linking
and Embedding", "Discovery") and WordPress 6's posts controller: `after` and `modified_after` are exclusive, `per_page`
is at most 100, a page beyond the last is 400 rest_post_invalid_page_number, `_embedded` comes only with `_links`,
only published posts are listed for strangers, publishing on schedule leaves the modified time as it was.
Does not model: authentication, writing, revisions, batches, `context`, search, sticky posts.
"""

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route


@dataclass
class Post:
    """One row of wp_posts with what hangs on it."""

    id: int
    title: str
    date: datetime
    modified: datetime | None = None
    content: str = "<p>The ferry runs late.</p>"
    excerpt: str = ""
    status: str = "publish"
    password: str = ""
    author: str | None = "Lin Yifan"
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    media: dict[str, Any] | None = None


@dataclass
class WordPress:
    """Change `posts` as its editors would."""

    posts: list[Post] = field(default_factory=list)
    pretty: bool = True
    """False: permalinks are plain, the API is behind ?rest_route=."""
    old: bool = False
    """A WordPress before 5.7, which does not know modified_after."""
    closed: bool = False
    """A plugin lets nobody in who is not logged in."""
    chatter: str = ""
    """What a broken plugin prints before each answer."""
    asked: list[dict[str, str]] = field(default_factory=list)
    base: str = "http://localhost/"

    def __post_init__(self) -> None:
        self.app = Starlette(routes=[Route("/{path:path}", self._answer)])

    async def _answer(self, request: Request) -> Response:
        self.base = str(request.base_url)
        route = request.query_params.get("rest_route", "") if request.url.path == "/" else ""
        if self.pretty and request.url.path.startswith("/wp-json/"):
            route = request.url.path.removeprefix("/wp-json")
        if not route:
            return HTMLResponse("<h1>Riverbend Daily</h1>", status_code=200 if request.url.path == "/" else 404)
        self.asked.append({**request.query_params, "path": request.url.path})
        if self.closed:
            return _error("rest_not_logged_in", "You are not currently logged in.", 401)
        if route != "/wp/v2/posts":
            return _error("rest_no_route", "No route was found matching the URL and request method.", 404)
        return self._list(request)

    def _list(self, request: Request) -> Response:
        asked = request.query_params
        posts = [post for post in self.posts if post.status == "publish"]
        if after := asked.get("after"):
            posts = [post for post in posts if post.date > datetime.fromisoformat(after)]
        if (after := asked.get("modified_after")) and not self.old:
            posts = [post for post in posts if (post.modified or post.date) > datetime.fromisoformat(after)]
        by_date = asked.get("orderby", "date") == "date"
        posts.sort(key=lambda post: post.date if by_date else post.modified or post.date, reverse=True)
        per_page, page = int(asked.get("per_page", "10")), int(asked.get("page", "1"))
        if per_page > 100:
            return _error("rest_invalid_param", "Invalid parameter(s): per_page", 400)
        pages = math.ceil(len(posts) / per_page)
        if page > max(pages, 1):
            return _error("rest_post_invalid_page_number", "The page number requested is larger than", 400)
        fields = asked.get("_fields", "").split(",")
        shown = [self._shown(post, "_embed" in asked) for post in posts[(page - 1) * per_page : page * per_page]]
        if fields != [""]:
            shown = [{key: post[key] for key in fields if key in post} for post in shown]
            if "_links" not in fields:
                shown = [{key: value for key, value in post.items() if key != "_embedded"} for post in shown]
        answer = JSONResponse(shown, headers={"X-WP-Total": str(len(posts)), "X-WP-TotalPages": str(pages)})
        if self.chatter:
            return Response(self.chatter.encode() + answer.body, headers={"X-WP-TotalPages": str(pages)})
        return answer

    def _shown(self, post: Post, embed: bool) -> dict[str, Any]:
        locked = bool(post.password)
        shown = {
            "id": post.id,
            "date": _gmt(post.date),
            "date_gmt": _gmt(post.date),
            "modified_gmt": _gmt(post.modified or post.date),
            "guid": {"rendered": f"{self.base}?p={post.id}"},
            "link": f"{self.base}posts/{post.id}/",
            "status": post.status,
            "title": {"rendered": f"Protected: {post.title}" if locked else post.title},
            "content": {"rendered": "" if locked else post.content, "protected": locked},
            "excerpt": {"rendered": "" if locked else post.excerpt, "protected": locked},
            "_links": {"self": [{"href": f"{self.base}wp-json/wp/v2/posts/{post.id}"}]},
        }
        if embed:
            nobody = {"code": "rest_user_invalid_id", "message": "Invalid user ID.", "data": {"status": 404}}
            shown["_embedded"] = {
                "author": [{"id": 1, "name": post.author} if post.author else nobody],
                "wp:term": [
                    [{"taxonomy": "category", "name": name, "slug": name.lower()} for name in post.categories],
                    [{"taxonomy": "post_tag", "name": name, "slug": name.lower()} for name in post.tags],
                ],
                **({"wp:featuredmedia": [post.media]} if post.media else {}),
            }
        return shown


def _error(code: str, message: str, status: int) -> Response:
    return JSONResponse({"code": code, "message": message, "data": {"status": status}}, status_code=status)


def _gmt(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
