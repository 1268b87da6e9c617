"""The page where a room subscribes: a link is posted into the room itself, and whoever is in it may open it.

That can only be where the bot was let in: so nobody subscribes a room that does not want it. The answer here is the
same whatever the room, and takes as long.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.channels.rooms import KINDS, room_of
from bot.errors import OrderError
from bot.model.subscriber import Address, Choices, Consent
from bot.rules.flow import Flow
from bot.site.drawing import LANGUAGES, Drawing
from bot.site.forms import BadForm, read_form
from bot.site.inbound import read_body
from bot.site.ours import HONEYPOT, OLDEST, YOUNGEST, Tokens, from_our_page, sender
from bot.site.subscribe import EVEN, LARGEST, MOST_FIELDS, Readers
from bot.site.words import preferred

log = structlog.get_logger(__name__)

FORM = "the form at /subscribe/room"
PER_SENDER, SPAN = 10, timedelta(hours=1)
"""So many rooms one sender may name in that time."""


class Rooms:
    """GET and POST /subscribe/room."""

    def __init__(self, readers: Readers, drawing: Drawing, clock: Callable[[], datetime], public: str | None) -> None:
        self._readers, self._drawing, self._clock, self._public = readers, drawing, clock, public
        self._tokens, self._flow = Tokens(), Flow(PER_SENDER, SPAN)
        self._kinds = {name: kind for name, kind in readers.kinds.items() if kind in KINDS}

    @property
    def routes(self) -> list[Route]:
        """What the page adds to its own."""
        if not self._kinds:
            return []
        return [
            Route("/subscribe/room", self.show, methods=["GET"]),
            Route("/subscribe/room", self.post, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """The form, or what happens now."""
        return self._draw(request, {}, sent="sent" in request.query_params)

    async def post(self, request: Request) -> Response:
        """303 to the one answer, or the form once more with what is wrong. Raises HTTPException, LedgerError."""
        if not from_our_page(request, self._public):
            return PlainTextResponse("send this form from its own page\n", status_code=403)
        body = await read_body(request, LARGEST)
        try:
            fields = read_form(request.headers.get("content-type", ""), body, MOST_FIELDS).fields
        except BadForm as err:
            return PlainTextResponse(f"this is no form: {err}\n", status_code=400)
        now = self._clock()
        if not fields.get(HONEYPOT):
            if wrong := self._wrong(fields, now):
                return self._draw(request, fields, wrong, status=422)
            if wait := self._flow.wait(sender(request), now):
                drawn = self._draw(request, fields, ("slow",), status=429)
                drawn.headers["retry-after"] = str(max(1, round(wait.total_seconds())))
                return drawn
            await asyncio.gather(asyncio.sleep(EVEN), self._ask(request, fields, now))
        asked = request.query_params.get("lang", "")
        return RedirectResponse(f"/subscribe/room?sent=1{f'&lang={asked}' if asked in LANGUAGES else ''}", 303)

    async def _ask(self, request: Request, fields: Mapping[str, str], now: datetime) -> None:
        carrier = self._carrier(fields)
        room = room_of(self._kinds[carrier], fields["room"])
        timing, reading = self._readers.usual
        reading = replace(reading, language=_language(request) or reading.language)
        try:
            await self._readers.subscribers.ask(
                carrier, Address(room or ""), Choices(), timing, reading, Consent(FORM, now), now
            )
        except OrderError:
            log.info("a room was not taken", carrier=carrier)
            return
        self._readers.wake()

    def _carrier(self, fields: Mapping[str, str]) -> str:
        return fields.get("carrier") or next(iter(self._kinds))

    def _wrong(self, fields: Mapping[str, str], now: datetime) -> tuple[str, ...]:
        age, carrier = self._tokens.age(fields.get("token", ""), now), self._carrier(fields)
        known = carrier in self._kinds
        found = {
            "again": age is None or age > OLDEST,
            "too_fast": age is not None and age < YOUNGEST,
            "choice": not known,
            "room": known and room_of(self._kinds[carrier], fields.get("room", "")) is None,
        }
        return tuple(name for name, so in found.items() if so)

    def _draw(
        self,
        request: Request,
        fields: Mapping[str, str],
        wrong: tuple[str, ...] = (),
        *,
        sent: bool = False,
        status: int = 200,
    ) -> Response:
        return self._drawing.draw(
            request,
            "subscribe.room.html.j2",
            "",
            theirs=_language(request),
            status=status,
            carriers=self._kinds,
            carrier=fields.get("carrier") or next(iter(self._kinds)),
            room=fields.get("room", ""),
            wrong=wrong,
            sent=sent,
            token=self._tokens.make(self._clock()),
            honeypot=HONEYPOT,
            size="normal",
        )


def _language(request: Request) -> str:
    asked = request.query_params.get("lang", "")
    return asked if asked in LANGUAGES else preferred(request.headers.get("accept-language", ""), LANGUAGES)
