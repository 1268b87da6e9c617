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
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.channels.rooms import KINDS, room_of
from bot.errors import OrderError
from bot.model.subscriber import Address, Choices, Consent
from bot.rules.flow import Flow
from bot.site.drawing import LANGUAGES, Drawing, chosen_language
from bot.site.ours import HONEYPOT, Tokens, form_of_ours, sender
from bot.site.subscribe import EVEN, LARGEST, MOST_FIELDS, Readers

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
        form = await form_of_ours(request, self._public, LARGEST, MOST_FIELDS)
        if isinstance(form, Response):
            return form
        fields = form.fields
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
        reading = replace(reading, language=chosen_language(request) or reading.language)
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
        carrier = self._carrier(fields)
        known = carrier in self._kinds
        found = {
            **self._tokens.wrong(fields.get("token", ""), now),
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
            theirs=chosen_language(request),
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
