"""The page's guard: headers that keep a browser strict, and no answer to a name that is not ours."""

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
POLICY_AT_THE_DOOR = POLICY.replace("form-action 'none'", "form-action 'self'")
DOORS = ("/in/", "/report/", "/submit", "/subscribe", "/s/")
"""The paths that the world may come to."""
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Guard:
    """Stands before the application."""

    def __init__(self, app: ASGIApp, hosts: Collection[str], public: str | None = None) -> None:
        """`public` is the name by which the world knows this machine: under it only the doors in can be reached."""
        self._app, self._hosts, self._public = app, {"localhost", *hosts}, public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 421 to a foreign host name, and add the headers to every answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        door = scope["path"].startswith(DOORS)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if door:
                    headers["content-security-policy"] = POLICY_AT_THE_DOOR
                    # Under no-referrer a browser says "null" of where a form comes from.
                    headers["referrer-policy"] = "same-origin"
                headers.setdefault("cache-control", "no-store")
            await send(message)

        app = self._app if self._ours(Headers(scope=scope).get("host", ""), door=door) else _NOT_OURS
        await app(scope, receive, guarded)

    def _ours(self, host: str, *, door: bool) -> bool:
        """A page elsewhere can point its own name at this machine, but never a bare address."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if name == self._public:
            return door or name in self._hosts
        return name in self._hosts or _is_address(name)


_NOT_OURS = PlainTextResponse("This name is not the page's own.\n", status_code=421)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
