"""The readers' form: a small page of its own; what is sent goes to the editors, and nowhere else.

There is no session that a foreign page could ride on, yet a form is taken only with a token of ours and from a page
of ours. Whoever fills the field that people do not see is thanked like everybody, and forgotten.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.ledger import Ledger
from bot.rules.flow import Flow
from bot.settings import Newsroom
from bot.site.drawing import LANGUAGES, Drawing
from bot.site.forms import Form
from bot.site.inbound import later
from bot.site.ours import HONEYPOT, Tokens, form_of_ours, sender
from bot.sources.enclosed import keep, picture_kind
from bot.sources.submission import MOST, Submission, Submissions, letter

log = structlog.get_logger(__name__)

LARGEST_PICTURE = 8_000_000
LARGEST = LARGEST_PICTURE + 200_000
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Filled:
    """What the form shows again where something is missing."""

    fields: Mapping[str, str]
    wrong: tuple[str, ...] = ()
    """Names of the sentences in the words' file."""


class Submit:
    """GET and POST /submit."""

    def __init__(
        self,
        ledger: Ledger,
        source: Submissions,
        newsroom: Newsroom,
        templates: Sequence[Path],
        folder: Path,
        clock: Callable[[], datetime],
        wake: Callable[[str], None],
        public: str | None = None,
    ) -> None:
        """Pictures go to `folder`. Raises SettingsError where a file of words cannot be read."""
        self._ledger, self._source, self._folder, self._clock, self._wake = ledger, source, folder, clock, wake
        self._drawing, self._tokens, self._public = Drawing(newsroom, templates, clock), Tokens(), public
        self._flow = Flow(source.settings.per_sender, DAY)

    @property
    def routes(self) -> list[Route]:
        """What the page adds to its own."""
        return [
            Route("/submit", self.show, methods=["GET"]),
            Route("/submit", self.post, methods=["POST"]),
            Route("/submit.css", self.style, methods=["GET"]),
            Route("/submit.svg", self.icon, methods=["GET"]),
        ]

    async def style(self, _: Request) -> Response:
        """The form's look."""
        return Response(self._drawing.asset("submit.css"), media_type="text/css", headers={"cache-control": "no-cache"})

    async def icon(self, _: Request) -> Response:
        """The newsroom's mark, for the browser's tab."""
        return Response(self._drawing.asset("icon.svg"), media_type="image/svg+xml")

    async def show(self, request: Request) -> Response:
        """The empty form, or thanks."""
        return self._draw(request, Filled({}), thanks="thanks" in request.query_params)

    async def post(self, request: Request) -> Response:
        """303 to the thanks, or the form once more with what is wrong. Raises HTTPException, LedgerError."""
        form = await form_of_ours(request, self._public, LARGEST)
        if isinstance(form, Response):
            return form
        if not form.fields.get(HONEYPOT):
            picture = form.files.get("picture", b"")
            kind = picture_kind(picture)
            if wrong := self._wrong(form, picture, kind, self._clock()):
                return self._draw(request, Filled(form.fields, wrong), status=422)
            if refused := await self._take(form, picture, kind, sender(request)):
                return refused
        return RedirectResponse(_at(request, "thanks=1"), status_code=303)

    async def _take(self, form: Form, picture: bytes, kind: str, who: str) -> Response | None:
        """Keep it and wake the reader; an answer where there is no room for it."""
        now, name = self._clock(), self._source.name
        if wait := self._flow.wait(who, now):
            return later(wait, "enough for today")
        if await self._ledger.arrivals.count(name, now - DAY) >= self._source.settings.per_day:
            return later(timedelta(hours=1), "the newsroom takes no more today")
        file = await asyncio.to_thread(keep, self._folder, picture, kind) if picture else ""
        key = form.fields["token"].partition(".")[0]
        contact = " ".join(form.fields.get("contact", "").split())
        if await self._ledger.arrivals.receive(name, letter(_submission(form, file), key, contact), now):
            log.info("a reader's contribution came", source=name, picture=bool(file))
            self._wake(name)
        return None

    def _wrong(self, form: Form, picture: bytes, kind: str, now: datetime) -> tuple[str, ...]:
        given = _submission(form)
        found = {
            **self._tokens.wrong(form.fields.get("token", ""), now),
            "no_name": not given.name,
            "no_headline": not given.headline,
            "no_text": not given.text and not given.link,
            "no_link": bool(given.link) and not given.link.startswith(("http://", "https://")),
            "no_consent": form.fields.get("consent") != "yes",
            "too_long": bool(given.too_long) or len(form.fields.get("contact", "")) > MOST["contact"],
            "no_picture": bool(picture) and not kind,
            "large_picture": len(picture) > LARGEST_PICTURE,
        }
        return tuple(name for name, so in found.items() if so)

    def _draw(self, request: Request, filled: Filled, *, thanks: bool = False, status: int = 200) -> Response:
        drawn = self._drawing.draw(
            request,
            "submit.html.j2",
            "",
            fields={part: filled.fields.get(part, "") for part in (*MOST, "consent")},
            wrong=filled.wrong,
            thanks=thanks,
            token=self._tokens.make(self._clock()),
            honeypot=HONEYPOT,
            most=MOST,
        )
        drawn.status_code = status if drawn.status_code == 200 else drawn.status_code
        return drawn


def _at(request: Request, query: str) -> str:
    """The form's own address in the language in which it was read."""
    language = request.query_params.get("lang", "")
    return f"/submit?{query}" + (f"&lang={language}" if language in LANGUAGES else "")


def _submission(form: Form, picture: str = "") -> Submission:
    parts = {part: form.fields.get(part, "").strip() for part in ("name", "headline", "text", "link")}
    return Submission(**parts, picture=picture)
