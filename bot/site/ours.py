"""What shows that a form is of ours: a token of one showing, and where it was; what was filled in, and who sends it."""

import hashlib
import hmac
import ipaddress
import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.site.forms import MOST_FIELDS, BadForm, Form, read_form
from bot.site.inbound import read_body

YOUNGEST, OLDEST = timedelta(seconds=2), timedelta(hours=12)
"""No person writes faster than this; a form that was open longer is shown once more."""
HONEYPOT = "website"
"""The field that people do not see: whoever fills it is thanked like everybody, and forgotten."""


class Tokens:
    """A number used once and the time, signed with a key that lives as long as the process."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def make(self, now: datetime) -> str:
        """For one showing of the form."""
        said = f"{secrets.token_hex(12)}.{int(now.timestamp())}"
        return f"{said}.{self._sign(said)}"

    def wrong(self, token: str, now: datetime) -> dict[str, bool]:
        """Whether the form has to be shown once more, and whether no person fills one so fast."""
        age = self.age(token, now)
        return {"again": age is None or age > OLDEST, "too_fast": age is not None and age < YOUNGEST}

    def age(self, token: str, now: datetime) -> timedelta | None:
        """None where it is none of ours."""
        said, _, signature = token.rpartition(".")
        if not hmac.compare_digest(self._sign(said).encode(), signature.encode("utf-8", "replace")):
            return None
        return now - datetime.fromtimestamp(int(said.rpartition(".")[2]), UTC)

    def _sign(self, said: str) -> str:
        return hmac.new(self._key, said.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def from_our_page(request: Request, public: str | None) -> bool:
    """By what a browser says of where the form was; a program that says nothing still needs a token, or a link."""
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    try:
        said = urlsplit(origin)
        return said.netloc == request.headers.get("host") or (said.hostname or "") == public
    except ValueError:
        return False


async def form_of_ours(request: Request, public: str | None, largest: int, most: int = MOST_FIELDS) -> Form | Response:
    """What was filled in, or the answer to what is none of our forms. Raises HTTPException for too large a one."""
    return foreign(request, public) or filled_in(request, await read_body(request, largest), most)


def foreign(request: Request, public: str | None) -> Response | None:
    """The answer to a form that was on another page."""
    if from_our_page(request, public):
        return None
    return PlainTextResponse("send this form from its own page\n", status_code=403)


def filled_in(request: Request, body: bytes, most: int = MOST_FIELDS) -> Form | Response:
    """The form in a body, or the answer to what is none."""
    try:
        return read_form(request.headers.get("content-type", ""), body, most)
    except BadForm as err:
        return PlainTextResponse(f"this is no form: {err}\n", status_code=400)


def sender(request: Request) -> str:
    """Who counts as one: an address, or the network that one house has of the newer kind."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else host
