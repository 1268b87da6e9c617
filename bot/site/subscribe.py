"""The page where readers subscribe by mail: whatever the address, the answer is the same, and takes as long.

What became of it stands in a letter to the address itself, and nowhere else: nobody learns here who reads us, who was
banned, or whether an address is known; and nobody can subscribe somebody else.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.errors import OrderError
from bot.ledger.subscribers import Subscribers
from bot.model.subscriber import Address, Choices, Consent, Reading, Rhythm, Timing
from bot.rules.addresses import is_mailbox, tidy
from bot.rules.flow import Flow
from bot.settings.subscribers import Subscribers as Section
from bot.site.drawing import LANGUAGES, Drawing, chosen_language
from bot.site.inbound import later
from bot.site.ours import HONEYPOT, Tokens, form_of_ours, sender
from bot.site.wishes import LONGEST, MOST_NAMES, ticked
from bot.work.confirming import FORM
from bot.work.offers import Offers

log = structlog.get_logger(__name__)

LARGEST, MOST_FIELDS = 40_000, 300
PER_SENDER, SPAN = 20, timedelta(hours=1)
"""So many addresses one sender may write in that time."""
LOOKS, A_MINUTE = 240, timedelta(minutes=1)
"""So often one sender may see the form."""
EVEN = 0.3
"""Seconds that every answer takes: by no clock can a known address be told from another."""


@dataclass(frozen=True)
class Readers:
    """What the pages of subscribers need of the house."""

    subscribers: Subscribers
    settings: Section
    kinds: Mapping[str, str]
    """Of the carriers, by name."""
    usual: tuple[Timing, Reading]
    """Of who has not chosen."""
    offers: Offers
    wake: Callable[[], None]
    """Has what is due sent at once."""

    @property
    def by_mail(self) -> str | None:
        """The carrier that the form is for."""
        return next((name for name in self.settings.carriers if self.kinds.get(name) == "email"), None)


class Subscribe:
    """GET and POST /subscribe."""

    def __init__(self, readers: Readers, drawing: Drawing, clock: Callable[[], datetime], public: str | None) -> None:
        self._readers, self._drawing, self._clock, self._public = readers, drawing, clock, public
        self._tokens, self._flow, self._looks = Tokens(), Flow(PER_SENDER, SPAN), Flow(LOOKS, A_MINUTE)

    @property
    def routes(self) -> list[Route]:
        """What the page adds to its own; the looks are those of a reader's own pages, too."""
        looks = [
            Route("/subscribe.css", self.style, methods=["GET"]),
            Route("/subscribe.svg", self.icon, methods=["GET"]),
        ]
        if self._readers.by_mail is None:
            return looks
        return [
            Route("/subscribe", self.show, methods=["GET"]),
            Route("/subscribe", self.post, methods=["POST"]),
            *looks,
        ]

    async def style(self, _: Request) -> Response:
        """How these pages look."""
        sheet = self._drawing.asset("subscribe.css")
        return Response(sheet, media_type="text/css", headers={"cache-control": "no-cache"})

    async def icon(self, _: Request) -> Response:
        """The newsroom's mark, for the browser's tab."""
        return Response(self._drawing.asset("icon.svg"), media_type="image/svg+xml")

    async def show(self, request: Request) -> Response:
        """The form, with the topics that a link names ticked; or where to look now. Raises LedgerError."""
        if wait := self._looks.wait(sender(request), self._clock()):
            return later(wait, "too many requests at once")
        topics = frozenset(request.query_params.getlist("topic"))
        return await self._draw(request, {}, topics, sent="sent" in request.query_params)

    async def post(self, request: Request) -> Response:
        """303 to the one answer, or the form once more with what is wrong. Raises HTTPException, LedgerError."""
        form = await form_of_ours(request, self._public, LARGEST, MOST_FIELDS)
        if isinstance(form, Response):
            return form
        fields = form.fields
        now, language = self._clock(), chosen_language(request)
        if not fields.get(HONEYPOT):
            if wrong := self._wrong(fields, now):
                return await self._draw(request, fields, frozenset(ticked(fields, "topic")), wrong, status=422)
            if wait := self._flow.wait(sender(request), now):
                drawn = await self._draw(request, fields, frozenset(ticked(fields, "topic")), ("slow",), status=429)
                drawn.headers["retry-after"] = str(max(1, round(wait.total_seconds())))
                return drawn
            await asyncio.gather(asyncio.sleep(EVEN), self._ask(fields, language, now))
        asked = request.query_params.get("lang", "")
        return RedirectResponse(f"/subscribe?sent=1{f'&lang={asked}' if asked in LANGUAGES else ''}", status_code=303)

    async def _ask(self, fields: Mapping[str, str], language: str, now: datetime) -> None:
        timing, reading = self._readers.usual
        stories = tuple(one for one in ticked(fields, "stories") if one in LANGUAGES)
        choices = Choices(() if len(stories) == len(LANGUAGES) else stories, ticked(fields, "topic"))
        timing = replace(timing, rhythm=Rhythm(fields["rhythm"]))
        reading = replace(reading, language=language or reading.language)
        carrier = self._readers.by_mail or ""
        try:
            await self._readers.subscribers.ask(
                carrier, Address(tidy(fields["address"])), choices, timing, reading, Consent(FORM, now), now
            )
        except OrderError:
            log.info("an address was not taken", carrier=carrier)
            return
        self._readers.wake()

    def _wrong(self, fields: Mapping[str, str], now: datetime) -> tuple[str, ...]:
        to = tidy(fields.get("address", ""))
        topics = ticked(fields, "topic")
        found = {
            **self._tokens.wrong(fields.get("token", ""), now),
            "address": not (is_mailbox(to) and to.isascii()),
            "names": len(topics) > MOST_NAMES or any(len(name) > LONGEST for name in topics),
            "choice": fields.get("rhythm") not in list(Rhythm),
        }
        return tuple(name for name, so in found.items() if so)

    async def _draw(
        self,
        request: Request,
        fields: Mapping[str, str],
        topics: frozenset[str],
        wrong: tuple[str, ...] = (),
        *,
        sent: bool = False,
        status: int = 200,
    ) -> Response:
        usual, _ = self._readers.usual
        offered = await self._readers.offers.topics()
        return self._drawing.draw(
            request,
            "subscribe.html.j2",
            "",
            theirs=chosen_language(request),
            status=status,
            address=fields.get("address", ""),
            rhythm=fields.get("rhythm") or usual.rhythm.value,
            rhythms=list(Rhythm),
            stories=ticked(fields, "stories"),
            offered=offered,
            topics=topics,
            wrong=wrong,
            sent=sent,
            token=self._tokens.make(self._clock()),
            honeypot=HONEYPOT,
            size="normal",
            at_hour=f"{usual.at:%H:%M}",
        )
