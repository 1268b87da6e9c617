"""A site with sitemaps and the pages that they list.

Follows: the sitemaps protocol 0.9 (sitemaps.org: urlset, sitemapindex, lastmod, gzip files, Sitemap lines in
robots.txt) and the news extension (news:publication with name and language, news:publication_date, news:title).
Does not model: image and video extensions, hreflang, Atom feeds as sitemaps.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


@dataclass
class Sitemaps:
    """`files` are answered under their path, XML as XML; {base} in them becomes the site's address."""

    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.app = Starlette(routes=[Route("/{path:path}", self._answer)])

    async def _answer(self, request: Request) -> Response:
        path = request.url.path
        self.asked.append(path)
        if path not in self.files:
            return Response("no such page", status_code=404)
        body = self.files[path]
        if not path.endswith(".gz"):
            body = body.replace(b"{base}", str(request.base_url).rstrip("/").encode())
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers={"etag": etag})
        kind = "application/gzip" if path.endswith(".gz") else "application/xml" if ".xml" in path else "text/html"
        return Response(body, media_type=kind, headers={"etag": etag})


def urlset(*urls: str) -> bytes:
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {spaces}>{"".join(urls)}</urlset>'.encode()


def url(path: str, lastmod: str = "", news: Sequence[str] = ()) -> str:
    """`news` is the publication date, the title and the language."""
    changed = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    told = ""
    if news:
        date, title, language = news
        told = (
            f"<news:news><news:publication><news:name>河湾日报</news:name><news:language>{language}</news:language>"
            f"</news:publication><news:publication_date>{date}</news:publication_date><news:title>{title}</news:title></news:news>"
        )
    return f"<url><loc>{{base}}{path}</loc>{changed}{told}</url>"


def index(children: Mapping[str, str]) -> bytes:
    """Path → lastmod."""
    listed = "".join(
        f"<sitemap><loc>{{base}}{path}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</sitemap>"
        for path, changed in children.items()
    )
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</sitemapindex>'.encode()
