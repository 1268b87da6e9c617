"""OAuth 1.0a (RFC 5849): each request signed anew with the keys of an application and of its user."""

from collections.abc import Callable, Generator
from datetime import datetime
from typing import Any

import httpx
from oauthlib.oauth1 import Client


class Signed(httpx.Auth):
    """Signs method, address, query and time. A body of JSON or of parts is no part of the signature."""

    def __init__(self, key: str, key_secret: str, token: str, token_secret: str, clock: Callable[[], datetime]) -> None:
        self._known = {
            "client_key": key,
            "client_secret": key_secret,
            "resource_owner_key": token,
            "resource_owner_secret": token_secret,
        }
        self._clock = clock

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """One request, with its header."""
        method: Any = request.method
        signer = Client(**self._known, timestamp=str(int(self._clock().timestamp())))
        _, headers, _ = signer.sign(str(request.url), method)
        request.headers["Authorization"] = headers["Authorization"]
        yield request
