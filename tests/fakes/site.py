"""A news site: a feed with validators, the pages it points to, and the answers of bad days.

Follows: RFC 9110 (conditional requests, Retry-After) as far as a feed reader meets it.
Does not model: caches in between, ranges, cookies.
"""

import asyncio
import hashlib
from collections import deque
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route


@dataclass
class Site:
    """Change `feed` and `pages` as a newsroom would; `answers` are given first, each once."""

    feed: bytes = b""
    kind: str = "application/rss+xml; charset=utf-8"
    pages: dict[str, bytes] = field(default_factory=dict)
    busy: set[str] = field(default_factory=set)
    """Pages that are answered by 503."""
    headers: dict[str, str] = field(default_factory=dict)
    """What the feed's answers carry beside their validators."""
    answers: deque[Response] = field(default_factory=deque)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Path and headers of every request."""
    methods: list[str] = field(default_factory=list)
    """Of every request for a page."""
    most_at_once: int = 0
    """Pages that were asked for at the same time."""

    def __post_init__(self) -> None:
        self._now_asked = 0
        self.app = Starlette(
            routes=[
                Route("/feed.xml", self._feed),
                Route("/moved.xml", self._moved),
                Route("/a/{page}", self._page),
            ]
        )

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def _note(self, request: Request) -> None:
        self.asked.append((request.url.path, dict(request.headers)))

    async def _feed(self, request: Request) -> Response:
        self._note(request)
        if self.answers:
            return self.answers.popleft()
        etag = f'"{hashlib.sha256(self.feed).hexdigest()[:16]}"'
        validators = {"etag": etag, "last-modified": "Tue, 24 Nov 2026 07:00:00 GMT"}
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=self.headers | validators)
        return Response(self.feed, headers=self.headers | validators, media_type=self.kind)

    async def _moved(self, request: Request) -> Response:
        self._note(request)
        return RedirectResponse("/feed.xml", status_code=301)

    async def _page(self, request: Request) -> Response:
        self._note(request)
        self.methods.append(request.method)
        self._now_asked += 1
        self.most_at_once = max(self.most_at_once, self._now_asked)
        await asyncio.sleep(0.01)  # long enough for a second request to come in, if there were one
        self._now_asked -= 1
        page = self.pages.get(request.path_params["page"])
        if request.path_params["page"] in self.busy:
            return Response("busy", status_code=503)
        return Response(page or b"gone", status_code=200 if page else 404, media_type="text/html")
