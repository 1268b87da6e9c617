"""The hubs' door: a hub asks whether it was us who subscribed, and brings what is new (W3C WebSub)."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.ledger import Ledger
from bot.model.arrival import Letter, Subscribes
from bot.model.subscription import Standing, Subscription
from bot.rules.flow import Flow
from bot.site.inbound import MOST, SPAN, later, read_body
from bot.sources.push.signatures import Unsigned, check_hub, equal

log = structlog.get_logger(__name__)

LARGEST = 10_000_000
RENEW = 0.8
"""A lease is renewed when this part of it is over."""
LONGEST_LEASE = timedelta(days=365)
AFTER_A_NO = timedelta(days=1)


class Hubs:
    """GET and POST /in/SOURCE/WORD, where only the hub knows the word."""

    def __init__(
        self,
        ledger: Ledger,
        sources: Mapping[str, Subscribes],
        clock: Callable[[], datetime],
        wake: Callable[[str], None],
    ) -> None:
        """`wake(source)` has what was kept read at once."""
        self._ledger, self._sources, self._clock, self._wake = ledger, sources, clock, wake
        self._flow = Flow(MOST, SPAN)

    @property
    def routes(self) -> list[Route]:
        """What the page adds to its own."""
        return [
            Route("/in/{source}/{word}", self.verify, methods=["GET"]),
            Route("/in/{source}/{word}", self.post, methods=["POST"]),
        ]

    async def verify(self, request: Request) -> Response:
        """Echo the challenge where it was us; 404 where not. Raises LedgerError."""
        one, said, now = await self._subscription(request), request.query_params, self._clock()
        if said.get("hub.topic") != one.hub.topic:
            raise HTTPException(404)
        if said.get("hub.mode") == "denied":
            why = f"its hub denies the subscription: {said.get('hub.reason', '')[:200] or 'no reason given'}"
            await self._ledger.subscriptions.denied(one, why, now + AFTER_A_NO)
            await self._ledger.notes.wake(one.source, now)
            log.warning("a hub denies the subscription", source=one.source, why=why)
            return PlainTextResponse("noted\n")
        seconds = said.get("hub.lease_seconds", "")
        if said.get("hub.mode") != "subscribe" or not (seconds.isascii() and seconds.isdigit() and len(seconds) < 10):
            raise HTTPException(404)
        if one.standing not in (Standing.ASKED, Standing.ACTIVE) or not one.tries:
            raise HTTPException(404)  # nobody has asked the hub lately
        lease = min(timedelta(seconds=int(seconds)), LONGEST_LEASE)
        await self._ledger.subscriptions.confirmed(one, now + lease, now + lease * RENEW)
        log.info("subscribed", source=one.source, until=now + lease)
        return PlainTextResponse(said.get("hub.challenge", ""))

    async def post(self, request: Request) -> Response:
        """202 in any case, as the specification says: a forger learns nothing. Raises HTTPException, LedgerError."""
        one, now = await self._subscription(request), self._clock()
        if wait := self._flow.wait(one.source, now):
            return later(wait, "too many at once")
        body = await read_body(request, LARGEST)
        thanks = PlainTextResponse("thank you\n", status_code=202)
        try:
            check_hub(one.secret, request.headers.get("x-hub-signature", ""), body)
        except Unsigned as err:
            log.warning("not let in", source=one.source, why=str(err))
            return thanks
        if not one.active(now):
            return thanks
        letter = Letter(f"sha256:{hashlib.sha256(body).hexdigest()}", body, request.headers.get("content-type", ""))
        if await self._ledger.arrivals.receive(one.source, letter, now):
            self._wake(one.source)
        return thanks

    async def _subscription(self, request: Request) -> Subscription:
        """Raises HTTPException 404 for a source, or a word, that is none."""
        name, word = request.path_params["source"], request.path_params["word"]
        one = await self._ledger.subscriptions.of(name) if name in self._sources else None
        if one is None or not equal(one.word, word):
            raise HTTPException(404)
        return one
