"""What a machine does by its link: exchange its secret, hear once more what it missed, choose anew."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.errors import OrderError
from bot.ledger.replays import Replays
from bot.model.subscriber import Address, Membership, Subscriber
from bot.rules.flow import Flow
from bot.rules.rotation import BESIDE, rotated, secret_of
from bot.site.hook_wishes import BadWish, Wanted, shown, wish_of
from bot.site.hooks import LARGEST, Machines
from bot.site.inbound import later, read_body
from bot.site.ours import sender

log = structlog.get_logger(__name__)

BACK = timedelta(hours=24)
"""A replay goes back as far as this."""
GUESSES, MINUTE = 30, timedelta(minutes=1)
ROTATIONS, REPLAYS, CHANGES = (3, timedelta(hours=1)), (3, timedelta(hours=1)), (30, timedelta(minutes=1))
_HERE = (Membership.ACTIVE, Membership.PAUSED)


class HookLinks:
    """POST /s/ID.WORD/rotate and /replay, GET and POST /s/ID.WORD/choices; 404 alike for whoever is no machine."""

    def __init__(self, machines: Machines, replays: Replays) -> None:
        self._machines, self._replays = machines, replays
        self._guesses, self._changes = Flow(GUESSES, MINUTE), Flow(*CHANGES)
        self._rotations, self._asked = Flow(*ROTATIONS), Flow(*REPLAYS)

    @property
    def routes(self) -> list[Route]:
        """What the page adds to its own."""
        if not self._machines.carriers:
            return []
        return [
            Route("/s/{link}/rotate", self.rotate, methods=["POST"]),
            Route("/s/{link}/replay", self.replay, methods=["POST"]),
            Route("/s/{link}/choices", self.choices, methods=["GET"]),
            Route("/s/{link}/choices", self.choose, methods=["POST"]),
        ]

    async def rotate(self, request: Request) -> Response:
        """A new secret, told once; the former ones sign beside it for a day. Raises HTTPException, LedgerError."""
        one, now = await self._whose(request), self._machines.clock()
        if wait := self._rotations.wait(str(one.id), now):
            return later(wait, "too many secrets at once")
        address = await self._machines.subscribers.opened(one.id)
        if address is None:
            raise HTTPException(404)
        new = secret_of(secrets.token_bytes(32))
        kept = Address(address.to, rotated(address.secrets, new, now))
        if await self._machines.subscribers.moved(one.id, kept, now) is None:
            raise HTTPException(404)
        log.info("a machine has exchanged its secret", channel=one.channel)
        until = now + BESIDE if len(kept.secrets) > 1 else now
        return JSONResponse({"secret": new, "former_until": until.isoformat()})

    async def replay(self, request: Request) -> Response:
        """202: what was sent since then comes again, under the same ids. Raises HTTPException, LedgerError."""
        one, now = await self._whose(request), self._machines.clock()
        try:
            since = _moment(request.query_params.get("since", ""), now)
        except BadWish as err:
            return err.response()
        if one.state is not Membership.ACTIVE:
            return JSONResponse({"error": "it is paused: nothing is sent"}, status_code=409)
        if wait := self._asked.wait(str(one.id), now):
            return later(wait, "too many replays at once")
        if not await self._replays.ask(one.channel, since, now):
            return JSONResponse({"error": "a replay is under way"}, status_code=409)
        log.info("a machine asked for a replay", channel=one.channel, since=since)
        return JSONResponse({"since": since.isoformat()}, status_code=202)

    async def choices(self, request: Request) -> Response:
        """What it has chosen."""
        return JSONResponse(shown(await self._whose(request)))

    async def choose(self, request: Request) -> Response:
        """Change what is named; what is not stays. Raises HTTPException, LedgerError."""
        one, now = await self._whose(request), self._machines.clock()
        if wait := self._changes.wait(str(one.id), now):
            return later(wait, "too many changes at once")
        try:
            wish = wish_of(Wanted, request, await read_body(request, LARGEST))
            changed = replace(one, choices=wish.choices(one.choices), timing=wish.timing(one.timing))
            kept = await self._machines.subscribers.keep(changed, now)
        except BadWish as err:
            return err.response()
        except OrderError as err:
            return JSONResponse({"error": str(err)}, status_code=422)
        if kept is None:
            raise HTTPException(404)
        return JSONResponse(shown(kept))

    async def _whose(self, request: Request) -> Subscriber:
        """Raises HTTPException 404 for a link that is none, or no machine's; 429 for who tries many."""
        one = await self._machines.subscribers.checked(request.path_params["link"])
        if one is not None and one.carrier in self._machines.carriers and one.state in _HERE:
            return one
        if wait := self._guesses.wait(sender(request), self._machines.clock()):
            seconds = str(max(1, round(wait.total_seconds())))
            raise HTTPException(429, "too many links that are none", {"retry-after": seconds})
        raise HTTPException(404)


def _moment(text: str, now: datetime) -> datetime:
    """Not before the last day; nothing means all of it. Raises BadWish."""
    if not text:
        return now - BACK
    try:
        since = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise BadWish("since", "write it such as 2026-11-24T08:00:00Z") from None
    since = since if since.tzinfo else since.replace(tzinfo=UTC)
    return max(since, now - BACK)
