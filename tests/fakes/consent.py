"""An OAuth 2.0 authority on loopback: a consent that sends the browser back, codes and refresh tokens for one use.

Follows: RFC 6749 and 7636 (S256); docs.x.com "OAuth 2.0 Authorization Code Flow with PKCE" (Basic for an application
that has a secret, a refresh token that is spent by its use); learn.microsoft.com "Authorization Code Flow" and
"Refresh Tokens" (secret among the fields, a refresh token that stays); open.weibo.com OAuth2/access_token (life as
words, no refresh token). Does not model: logging in, scopes that are granted in part, the age of a code, registering
an address.
"""

import base64
import hashlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

APP, SECRET = "rivApp0fNobody", "rivAppSecret0fNobody"
NEW, REFRESH, CODE = "rivGrantedToken0fNobody", "rivRefreshToken0fNobody", "rivCode0fNobody"


class Bad(Exception):
    def __init__(self, error: str, description: str, status: int = 400) -> None:
        self.error, self.description, self.status = error, description, status


@dataclass
class Asked:
    redirect: str
    challenge: str


class Authority:
    def __init__(
        self,
        given: Callable[[str], None],
        scopes: tuple[str, ...] = (),
        *,
        comma: bool = False,
        pkce: bool = False,
        basic: bool = False,
        refreshes: bool = False,
        rotates: bool = False,
        life: Any = 7200,
    ) -> None:
        """`given` gets each new token: the platform takes that one alone from then on."""
        self._given, self._scopes, self._separator = given, scopes, "," if comma else " "
        self._pkce, self._basic, self._refreshes, self._rotates = pkce, basic, refreshes, rotates
        self.life = life
        self.denies = False
        """The person says no."""
        self.refresh = ""
        self.exchanged = self.refreshed = 0
        self._codes: dict[str, Asked] = {}
        self._numbers = itertools.count(1)

    async def consent(self, request: Request) -> Response:
        asked = request.query_params
        assert (asked["response_type"], asked["client_id"]) == ("code", APP)
        assert tuple(filter(None, asked.get("scope", "").split(self._separator))) == self._scopes
        assert not self._pkce or asked["code_challenge_method"] == "S256"
        if self.denies:
            said = {"error": "access_denied", "error_description": "The user denied your request"}
        else:
            code = f"{CODE}{next(self._numbers)}"
            self._codes[code] = Asked(asked["redirect_uri"], asked.get("code_challenge", ""))
            said = {"code": code}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({**said, 'state': asked['state']})}#_=_", 302)

    async def token(self, request: Request) -> Response:
        fields = dict(parse_qsl((await request.body()).decode()))
        try:
            self._let_in(request, fields)
            if fields.get("grant_type") == "refresh_token":
                self._refresh(fields)
            else:
                self.spend(fields)
            return JSONResponse(self._grant())
        except Bad as bad:
            said = {"error": bad.error, "error_description": bad.description}
            return JSONResponse(said, bad.status)

    def spend(self, fields: dict[str, str]) -> None:
        """A code, for one use, with the address and the verifier that belong to it. Raises Bad."""
        asked = self._codes.pop(fields.get("code", ""), None)
        if asked is None or asked.redirect != fields.get("redirect_uri"):
            raise Bad("invalid_grant", f"Value passed for the authorization code {fields.get('code')} was invalid.")
        verified = hashlib.sha256(fields.get("code_verifier", "").encode()).digest()
        if self._pkce and base64.urlsafe_b64encode(verified).decode().rstrip("=") != asked.challenge:
            raise Bad("invalid_request", "Value passed for the code verifier did not match the code challenge.")
        self.exchanged += 1

    def new(self) -> str:
        """A token that the platform takes from now on."""
        token = f"{NEW}{next(self._numbers)}"
        self._given(token)
        return token

    def _let_in(self, request: Request, fields: dict[str, str]) -> None:
        if self._basic:
            right = base64.b64encode(f"{APP}:{SECRET}".encode()).decode()
            ok = request.headers.get("authorization") == f"Basic {right}" and "client_secret" not in fields
        else:
            ok = (fields.get("client_id"), fields.get("client_secret")) == (APP, SECRET)
        if not ok:
            raise Bad("invalid_client", "Client authentication failed", 401)

    def _refresh(self, fields: dict[str, str]) -> None:
        if not self.refresh or fields.get("refresh_token") != self.refresh:
            raise Bad("invalid_grant", f"The token {fields.get('refresh_token')} is invalid or was revoked.")
        self.refreshed += 1

    def _grant(self) -> dict[str, Any]:
        said: dict[str, Any] = {"access_token": self.new(), "expires_in": self.life, "token_type": "bearer"}
        if self._refreshes:
            if self._rotates or not self.refresh:
                self.refresh = f"{REFRESH}{next(self._numbers)}"
            said["refresh_token"] = self.refresh
        return said
