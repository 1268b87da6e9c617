"""A site of plain files, each with its own headers: what a newcomer's site may look like from outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

TEXT = "The ferry across the Bend runs late today, because the river is low and the landing has to be moved. "


@dataclass
class Portal:
    """`files` are answered under their path; {base} in them becomes the site's address."""

    files: dict[str, str] = field(default_factory=dict)
    headers: dict[str, Mapping[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.app = Starlette(routes=[Route("/{path:path}", self._answer)])

    async def _answer(self, request: Request) -> Response:
        path, base = request.url.path, str(request.base_url).rstrip("/")
        self.asked.append(path)
        if path not in self.files:
            return Response("<h1>Nothing here</h1>", status_code=404, media_type="text/html")
        headers = {name: value.replace("{base}", base) for name, value in self.headers.get(path, {}).items()}
        kind = "application/xml" if path.endswith(".xml") else "text/plain" if path.endswith(".txt") else "text/html"
        return Response(self.files[path].replace("{base}", base), headers=headers, media_type=kind)


def page(headline: str) -> str:
    """An article's page."""
    paragraphs = "".join(f"<p>{TEXT} This is part {number} of “{headline}”.</p>" for number in range(1, 6))
    return (
        f"<!doctype html><html lang='en'><head><title>{headline} - Riverbend Daily</title></head><body><article>"
        f"<h1>{headline}</h1><p class='byline'>By Lin Yifan</p>{paragraphs}</article></body></html>"
    )


def rss(*headlines: str, head: str = "") -> str:
    """A feed of teasers, newest first, whose pages are /a/1.html and so on."""
    items = "".join(
        f"<item><title>{headline}</title><link>{{base}}/a/{number}.html</link><description>Late.</description>"
        f"<pubDate>Tue, 24 Nov 2026 0{9 - number}:00:00 GMT</pubDate></item>"
        for number, headline in enumerate(headlines, start=1)
    )
    return f"<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>Riverbend</title>{head}{items}</channel></rss>"


def front(*headlines: str, head: str = "", day: str = "2026-11-24") -> str:
    """A front page that lists them."""
    rows = "".join(
        f"<li><a href='/a/{number}.html'>{headline}</a><span>{day}</span></li>"
        for number, headline in enumerate(headlines, start=1)
    )
    title = f"<title>Riverbend Daily</title>{head}"
    return f"<!doctype html><html><head>{title}</head><body><ul class='news'>{rows}</ul></body></html>"
