"""The door in: what a newsroom's own systems send is checked, kept in the ledger, thanked for, and then read.

Nothing is acknowledged that is not on paper, and whoever knocks learns no more than what concerns them: a source
that does not exist and one that takes nothing are the same 404.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.errors import NotAdmitted
from bot.ledger import Ledger
from bot.model.arrival import Knock, Receives
from bot.rules.flow import Flow

log = structlog.get_logger(__name__)

MOST = 240
SPAN = timedelta(minutes=1)
"""So many deliveries a source takes in this time; a CMS that was told 429 comes again."""
MOST_REFUSED = 30
"""So many wrong signatures an address may send in that time."""
WITHIN = 15.0
"""Seconds in which a body must be here."""


class Inbound:
    """POST /in/SOURCE."""

    def __init__(
        self,
        ledger: Ledger,
        sources: Mapping[str, Receives],
        clock: Callable[[], datetime],
        wake: Callable[[str], None],
    ) -> None:
        """`wake(source)` has what was kept read at once."""
        self._ledger, self._sources, self._clock, self._wake = ledger, sources, clock, wake
        self._flow, self._refused = Flow(MOST, SPAN), Flow(MOST_REFUSED, SPAN)

    @property
    def routes(self) -> list[Route]:
        """What the page adds to its own."""
        return [Route("/in/{source}", self.post, methods=["POST"])]

    async def post(self, request: Request) -> Response:
        """202 where it is kept, 200 where it was here before. Raises HTTPException, LedgerError."""
        source = self._sources.get(request.path_params["source"])
        if source is None:
            raise HTTPException(404)
        now = self._clock()
        body = await read_body(request, source.largest)
        knock = Knock(dict(request.headers), body, dict(request.query_params))
        try:
            letter = source.admit(knock, now)
        except NotAdmitted as err:
            return self._turn_away(source.name, err, request, now)
        # Counted only now: else anybody could use up what the newsroom's own system may send.
        if wait := self._flow.wait(source.name, now):
            return later(wait, "too many at once")
        if not await self._ledger.arrivals.receive(source.name, letter, now):
            return PlainTextResponse("this delivery was here before\n")
        self._wake(source.name)
        return PlainTextResponse("kept; it is read now\n", status_code=202)

    def _turn_away(self, name: str, err: NotAdmitted, request: Request, now: datetime) -> Response:
        who = request.client.host if request.client else ""
        if wait := self._refused.wait(who, now):
            return later(wait, "too many wrong signatures")
        log.warning("not let in", source=name, why=err.why, sender=who)
        return PlainTextResponse(f"{err.why}\n", status_code=err.status)


async def read_body(request: Request, largest: int) -> bytes:
    """The whole body, within bounds of size and time. Raises HTTPException."""
    said = request.headers.get("content-length", "")
    if said.isdigit() and int(said) > largest:
        raise HTTPException(413, f"more than {largest:,} bytes")
    body = bytearray()
    try:
        async with asyncio.timeout(WITHIN):
            async for piece in request.stream():
                body += piece
                if len(body) > largest:
                    raise HTTPException(413, f"more than {largest:,} bytes")
    except TimeoutError as err:
        raise HTTPException(408, "the body did not come in time") from err
    except ClientDisconnect as err:
        raise HTTPException(400, "the body broke off") from err
    return bytes(body)


def later(wait: timedelta, why: str) -> Response:
    """429 with the time to wait."""
    seconds = max(1, round(wait.total_seconds() + 0.5))
    return PlainTextResponse(
        f"{why}: come again in {seconds} s\n", status_code=429, headers={"retry-after": str(seconds)}
    )
