"""What shows that a form is of ours: a token of one showing, and where a browser says that it was; and who sends it."""

import hashlib
import hmac
import ipaddress
import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from starlette.requests import Request

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


def sender(request: Request) -> str:
    """Who counts as one: an address, or the network that one house has of the newer kind."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else host
