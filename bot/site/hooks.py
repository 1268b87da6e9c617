"""The door of machines: who brings an address that gives a challenge back is subscribed, and told its secret once.

Nobody learns here whether an address is known, banned, or only away: whatever went wrong is said in the same words. One
that is here already gets its link sent to it, signed by its own secrets: whoever asked may be somebody else.
"""

import contextlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.webhook import Webhook
from bot.errors import DeliveryError, OrderError
from bot.ledger.subscribers import Subscribers
from bot.model.subscriber import Address, Choices, Consent, Reading, Subscriber, Timing
from bot.rules.addresses import tidy
from bot.rules.flow import Flow
from bot.rules.rotation import secret_of
from bot.site.hook_wishes import Asked, BadWish, wish_of
from bot.site.inbound import later, read_body
from bot.site.ours import sender

log = structlog.get_logger(__name__)

LARGEST = 20_000
HOUR = timedelta(hours=1)
PER_SENDER, PER_HOST, FOR_ALL = 20, 10, 300
"""So many may be asked for in an hour: this door sends a request to an address that a stranger names."""
CONSENT = "it gave back the challenge that was sent to it"
_NO = "the address did not give the challenge back"
_LONGEST = 2_000


@dataclass(frozen=True)
class Machines:
    """What the doors of machines need of the house."""

    subscribers: Subscribers
    carriers: Mapping[str, Webhook]
    """The channels that carry to machines, by name."""
    usual: tuple[Timing, Reading]
    links: str
    """Where the world reaches our pages; empty where it is not known."""
    clock: Callable[[], datetime]


class Hooks:
    """POST /subscribe/hook."""

    def __init__(self, machines: Machines) -> None:
        self._machines = machines
        self._senders, self._hosts, self._all = Flow(PER_SENDER, HOUR), Flow(PER_HOST, HOUR), Flow(FOR_ALL, HOUR)

    @property
    def routes(self) -> list[Route]:
        """What the page adds to its own."""
        return [Route("/subscribe/hook", self.post, methods=["POST"])] if self._machines.carriers else []

    async def post(self, request: Request) -> Response:
        """201 with secret and link; 200 where the link went to the address. Raises HTTPException, LedgerError."""
        machines, now = self._machines, self._machines.clock()
        if wait := self._senders.wait(sender(request), now):
            return later(wait, "too many at once")
        try:
            asked = wish_of(Asked, request, await read_body(request, LARGEST))
            name = self._carrier(asked.carrier)
            url = _address(asked.url, plain=machines.carriers[name].plain)
            choices, timing = asked.choices(Choices()), asked.timing(machines.usual[0])
        except BadWish as err:
            return err.response()
        if wait := self._hosts.wait(urlsplit(url).netloc, now) or self._all.wait("", now):
            return later(wait, "too many at once")
        carrier, secret = machines.carriers[name], secret_of(secrets.token_bytes(32))
        if not await carrier.proves(url, secret, asked.state):
            return JSONResponse({"error": _NO}, status_code=422)
        address, consent = Address(url, (secret,)), Consent(CONSENT, now)
        try:
            one = await machines.subscribers.ask(
                name, address, choices, timing, machines.usual[1], consent, machines.clock(), proved=True
            )
        except OrderError:  # banned, and it learns no more than who did not answer
            return JSONResponse({"error": _NO}, status_code=422)
        return await self._welcome(one, carrier, secret)

    def _carrier(self, name: str | None) -> str:
        """Raises BadWish."""
        known = self._machines.carriers
        if name is not None and name not in known:
            raise BadWish("carrier", f"write one of {', '.join(known)}, or nothing")
        return name or next(iter(known))

    async def _welcome(self, one: Subscriber, carrier: Webhook, secret: str) -> Response:
        readers = self._machines.subscribers
        addressee = await readers.addressee(one.id, self._machines.links or "/")
        if addressee is None:
            return JSONResponse({"error": _NO}, status_code=422)
        mine = self.links(addressee.choices or "")
        if secret in addressee.address.secrets:
            log.info("a machine subscribed", channel=one.channel)
            return JSONResponse({"id": one.id, "secret": secret, **mine}, status_code=201)
        with contextlib.suppress(DeliveryError):
            own = replace(addressee, language=one.reading.language)
            await carrier.at(own).tell("subscription.link", mine, f"link-{one.id}-{secrets.token_hex(8)}")
        return JSONResponse({"sent": "it is subscribed already: its link was sent to the address itself"})

    def links(self, own: str) -> dict[str, str]:
        """Every address that is a subscriber's own."""
        return {"link": own, **{name: f"{own}/{name}" for name in ("choices", "rotate", "replay", "leave")}}


def _address(text: str, *, plain: bool) -> str:
    """`plain`: it may do without TLS. Raises BadWish."""
    try:
        url = tidy(text)
        parts = urlsplit(url)
        good = parts.scheme in ("https", *(("http",) if plain else ())) and parts.hostname
    except ValueError:
        good = None
    if not good or parts.username is not None or len(url) > _LONGEST:
        raise BadWish("url", "write an address with https://, without a name or password in it")
    return url
