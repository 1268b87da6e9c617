"""The routes of the page."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.errors import LedgerError
from bot.ledger import Ledger
from bot.settings import Newsroom
from bot.site import views
from bot.site.drawing import Drawing
from bot.site.guard import Guard
from bot.site.pulse import Pulse
from bot.site.views import Shown

_CARD = re.compile(r"[0-9a-f]{16,64}\.(?:png|jpg)")
_FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}
_ASSETS = {"/page.js": ("page.js", "text/javascript"), "/page.css": ("page.css", "text/css"),
           "/mockups.css": ("mockups.css", "text/css"), "/icon.svg": ("icon.svg", "image/svg+xml")}  # fmt: skip


def site(
    *,
    ledger: Ledger,
    newsroom: Newsroom,
    channels: Sequence[Shown],
    cards: Path,
    templates: Sequence[Path],
    clock: Callable[[], datetime],
    hosts: Collection[str] = (),
    public: str | None = None,
    doors: Sequence[Route] = (),
) -> Starlette:
    """The page as an application; `hosts` are names it may be asked by, beside localhost and bare addresses.

    `doors` are what the world may come to, also under the name `public`.
    Raises SettingsError where a file of words cannot be read.
    """
    pages = _Pages(ledger, channels, cards, Drawing(newsroom, templates, clock))
    return Starlette(
        routes=[
            Route("/", pages.front),
            Route("/stories/{number:int}", pages.story),
            Route("/cards/{file}", pages.card),
            Route("/healthz", pages.health),
            Route("/events", pages.events),
            *(Route(path, pages.asset) for path in _ASSETS),
            *doors,
        ],
        middleware=[Middleware(Guard, hosts=hosts, public=public)],
        exception_handlers={LedgerError: _no_ledger},
        lifespan=pages.lifespan,
    )


class _Pages:
    def __init__(self, ledger: Ledger, channels: Sequence[Shown], cards: Path, drawing: Drawing) -> None:
        self._ledger, self._channels, self._cards, self._drawing = ledger, channels, cards, drawing
        self._pulse = Pulse(ledger)

    @contextlib.asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        beating = asyncio.create_task(self._pulse.run(), name="pulse")
        yield
        beating.cancel()
        await asyncio.wait([beating])

    async def front(self, request: Request) -> Response:
        number = request.query_params.get("page", "1")
        if not number.isdecimal() or not 0 < int(number) < 1_000_000:
            raise HTTPException(404)
        pulse = await self._ledger.pulse()  # before the rest: what changes meanwhile is shown by the next beat
        front = await views.front(self._ledger, self._channels, int(number))
        return self._drawing.draw(request, "front.html.j2", pulse, front=front, channels=self._channels)

    async def story(self, request: Request) -> Response:
        pulse = await self._ledger.pulse()
        number: int = request.path_params["number"]
        file = await views.file(self._ledger, self._channels, number) if number < 2**31 else None
        if file is None:
            raise HTTPException(404)
        return self._drawing.draw(request, "story.html.j2", pulse, file=file, channels=self._channels)

    async def card(self, request: Request) -> Response:
        name = request.path_params["file"]
        path = self._cards / name
        if not _CARD.fullmatch(name) or not path.is_file():
            raise HTTPException(404)
        return FileResponse(path, headers=_FOR_EVER)

    async def asset(self, request: Request) -> Response:
        file, media_type = _ASSETS[request.url.path]
        return Response(self._drawing.asset(file), media_type=media_type, headers={"cache-control": "no-cache"})

    async def health(self, _: Request) -> Response:
        """Whether the ledger answers; for whoever watches the daemon."""
        try:
            await self._ledger.ready()
            counts = await self._ledger.deliveries.counts()
        except LedgerError as err:
            return JSONResponse({"ok": False, "problem": str(err)}, status_code=503)
        return JSONResponse({"ok": True, "deliveries": {str(state): number for state, number in counts.items()}})

    async def events(self, _: Request) -> Response:
        async def lines() -> AsyncIterator[str]:
            yield "retry: 1000\n\n"
            async for beat in self._pulse.beats():
                yield f"data: {beat}\n\n" if beat else ": still here\n\n"

        return StreamingResponse(lines(), media_type="text/event-stream", headers={"cache-control": "no-store"})


def _no_ledger(_: Request, err: Exception) -> Response:
    return PlainTextResponse(f"{err}\n", status_code=503, headers={"retry-after": "5"})
