"""Telegram's door: an update for the desk is checked, kept in the ledger and thanked for; the desk reads it then."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.ledger import Ledger
from bot.model.arrival import Letter
from bot.rules.flow import Flow
from bot.site.inbound import MOST_REFUSED, SPAN, later, read_body
from bot.sources.push.signatures import equal

log = structlog.get_logger(__name__)

PATH = "/in/desk/telegram"
LARGEST = 500_000
"""Bytes; a message has 4,096 characters at most, and quotes one other."""
_HEADER = "x-telegram-bot-api-secret-token"


@dataclass(frozen=True)
class ForDesk:
    """What the desk is brought: the word that Telegram must say, under which name it is kept, and who is woken."""

    secret: str
    kept_as: str
    wake: Callable[[], None]


class Updates:
    """POST /in/desk/telegram. Whoever does not know the word learns nothing, not even that there is a door."""

    def __init__(self, ledger: Ledger, desk: ForDesk, clock: Callable[[], datetime]) -> None:
        self._ledger, self._desk, self._clock = ledger, desk, clock
        self._refused = Flow(MOST_REFUSED, SPAN)

    @property
    def routes(self) -> list[Route]:
        """What the page adds to its own; before the hubs' door, whose path has the same shape."""
        return [Route(PATH, self.post, methods=["POST"])]

    async def post(self, request: Request) -> Response:
        """200 once it is kept, also where it was here before. Raises HTTPException, LedgerError."""
        now = self._clock()
        if not equal(request.headers.get(_HEADER, ""), self._desk.secret):
            who = request.client.host if request.client else ""
            if wait := self._refused.wait(who, now):
                return later(wait, "too many wrong words")
            log.warning("not let in", door=PATH, sender=who)
            raise HTTPException(404)
        body = await read_body(request, LARGEST)
        letter = Letter(str(_number(body)), body, request.headers.get("content-type", ""))
        if await self._ledger.arrivals.receive(self._desk.kept_as, letter, now):
            self._desk.wake()
        return PlainTextResponse("kept\n")


def _number(body: bytes) -> int:
    """The update's own. Raises HTTPException where there is none."""
    try:
        update = json.loads(body)
    except ValueError as err:
        raise HTTPException(400, "no JSON") from err
    number = update.get("update_id") if isinstance(update, dict) else None
    if not isinstance(number, int):
        raise HTTPException(400, "no update_id")
    return number
