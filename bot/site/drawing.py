"""Draw a page from its template, in the reader's language and the newsroom's zone."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from bot.model.delivery import State
from bot.settings import Newsroom
from bot.site.marks import goes_out
from bot.site.markup import shown, told
from bot.site.words import Words, preferred, read_words

LANGUAGES = ("zh", "en")
_TAGS = {"zh": "zh-CN", "en": "en"}


class Drawing:
    """Templates, words and the newsroom's colour."""

    def __init__(self, newsroom: Newsroom, folders: Sequence[Path], clock: Callable[[], datetime]) -> None:
        self._newsroom, self._clock = newsroom, clock
        self._folders = [folder / "site" for folder in folders]
        self._words = {language: read_words(language, folders) for language in LANGUAGES}
        self._environment = Environment(
            loader=FileSystemLoader(self._folders),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            shown=shown, told=told, host=_host, tag=lambda language: _TAGS.get(language, language), out=_out
        )

    def draw(
        self, request: Request, template: str, pulse: str, *, theirs: str = "", status: int = 200, **values: Any
    ) -> Response:
        """The page, or with ?fragment=1 only what changes in it; ?lang=zh or en chooses its words.

        `theirs` is the language of who reads it, where we know that; else the newsroom's first one is taken.
        """
        asked, usual = request.query_params.get("lang", ""), theirs or self._newsroom.languages[0]
        language = asked if asked in LANGUAGES else usual
        values |= self._surroundings(self._words[language], request.url.path, usual)
        frame = "fragment.html.j2" if request.query_params.get("fragment") else "page.html.j2"
        try:
            page = self._environment.get_template(template).render(values, frame=frame, pulse=pulse)
        except TemplateError as err:
            return PlainTextResponse(f"site/{template}: {err}\n", status_code=500)
        return HTMLResponse(page, status_code=status)

    def asset(self, file: str) -> bytes:
        """A style sheet, script or picture of the page, in the newsroom's colour."""
        for folder in self._folders:
            if (folder / file).is_file():
                return (folder / file).read_bytes().replace(b"#b3261e", self._newsroom.colour.encode())
        raise TemplateNotFound(file)

    def _surroundings(self, words: Words, path: str, home: str) -> dict[str, Any]:
        now, zone = self._clock(), self._newsroom.tz

        def at(target: str) -> str:
            """A link of ours that keeps the reader's language."""
            if words.language == home:
                return target
            return f"{target}{'&' if '?' in target else '?'}lang={words.language}"

        return {
            "t": words.lines,
            "say": words.say,
            "moment": lambda moment: words.moment(moment, zone, now),
            "hour": lambda moment: f"{moment.astimezone(zone):%H:%M}",
            "at": at,
            "language": words.language,
            "languages": LANGUAGES,
            "path": path,
            "newsroom": self._newsroom,
            "states": State,
        }


def _host(address: str | None) -> str:
    try:
        return urlsplit(address or "").hostname or ""
    except ValueError:
        return ""


def _out(address: str | None) -> str | None:
    """The address, where a browser may follow it."""
    return address if goes_out(address) else None


def chosen_language(request: Request) -> str:
    """The page's, as it was chosen on it or in the browser; "" for the newsroom's first one."""
    asked = request.query_params.get("lang", "")
    return asked if asked in LANGUAGES else preferred(request.headers.get("accept-language", ""), LANGUAGES)
