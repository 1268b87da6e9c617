"""The platforms' door: what they report afterwards of messages that they had taken."""

from collections.abc import Callable, Mapping
from datetime import datetime

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.errors import NotAdmitted
from bot.ledger import Ledger
from bot.model.arrival import Knock
from bot.model.returned import Reporting
from bot.rules.flow import Flow
from bot.site.inbound import MOST_REFUSED, SPAN, later, read_body

log = structlog.get_logger(__name__)


class Reports:
    """GET and POST /report/CHANNEL. A channel that is none, and one that hears nothing, are the same 404."""

    def __init__(self, ledger: Ledger, channels: Mapping[str, Reporting], clock: Callable[[], datetime]) -> None:
        self._ledger, self._channels, self._clock = ledger, channels, clock
        self._refused = Flow(MOST_REFUSED, SPAN)

    @property
    def routes(self) -> list[Route]:
        """What the page adds to its own."""
        return [
            Route("/report/{channel}", self.challenge, methods=["GET"]),
            Route("/report/{channel}", self.post, methods=["POST"]),
        ]

    async def challenge(self, request: Request) -> Response:
        """Prove that the door is ours. Raises HTTPException."""
        channel = self._channel(request)
        try:
            return PlainTextResponse(channel.challenged(dict(request.query_params)))
        except NotAdmitted as err:
            return self._turn_away(channel.name, err, request)

    async def post(self, request: Request) -> Response:
        """200 once the ledger has it: what is not thanked for comes again. Raises HTTPException, LedgerError."""
        channel = self._channel(request)
        body = await read_body(request, channel.largest)
        try:
            told = channel.news(Knock(dict(request.headers), body, dict(request.query_params)))
        except NotAdmitted as err:
            return self._turn_away(channel.name, err, request)
        for news in told:
            if await self._ledger.bounces.heard(news, self._clock()):
                log.info("a platform reports", channel=channel.name, fate=news.fate, why=news.why)
        return PlainTextResponse("noted\n")

    def _channel(self, request: Request) -> Reporting:
        channel = self._channels.get(request.path_params["channel"])
        if channel is None:
            raise HTTPException(404)
        return channel

    def _turn_away(self, name: str, err: NotAdmitted, request: Request) -> Response:
        who = request.client.host if request.client else ""
        if wait := self._refused.wait(who, self._clock()):
            return later(wait, "too many wrong signatures")
        log.warning("not let in", channel=name, why=err.why, sender=who)
        return PlainTextResponse(f"{err.why}\n", status_code=err.status)
