"""OAuth 2.0 (RFC 6749, 7636): a person consents in the browser, a code is exchanged, a token is renewed.

what the token's address answers                   what it means
400, 401, 403 (invalid_grant, invalid_client …)    Refused, the account: a person must connect it again
429, 5xx, no answer, a broken one                  Unavailable: no token, so nothing was sent
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlencode

import httpx

from bot.channels import wire
from bot.channels.tokens import again
from bot.errors import DeliveryError, Refused, Unavailable
from bot.model.token import Entry, Grant, Visit
from bot.web import outcomes

AT_THE_END = "the whole address at which the browser ends"
_HIDDEN = ("secret", "code", "token", "verifier")
_BUSY = frozenset({2, 4, 17, 32, 341, 613})
"""Meta's codes of a bad moment."""


class Entrance(Entry, Protocol):
    """A person lets us in once; then the tokens follow one another."""

    async def lend(self, old: Grant | None, *, refused: bool) -> Grant:
        """What follows the old one. Raises Refused or Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Authority:
    """Where a platform asks people, and where it hands out tokens."""

    consent: str
    exchange: str
    scopes: tuple[str, ...] = ()
    comma: bool = False
    """Scopes are separated by commas, not by spaces."""
    pkce: bool = False
    basic: bool = False
    """The application's secret goes in the header, not among the fields."""


class Application:
    """What people let in: its id, its secret, and its calls for tokens."""

    def __init__(self, channel: str, app: str | None, secret: str, clock: Callable[[], datetime]) -> None:
        self.channel, self.app, self.secret, self.clock = channel, app or "", secret, clock

    def __repr__(self) -> str:
        return f"Application({self.app!r})"

    def address(self, authority: Authority, visit: Visit) -> str:
        """Where the person consents."""
        asked = {"response_type": "code", "client_id": self.app, "redirect_uri": visit.redirect, "state": visit.state}
        if authority.scopes:
            asked["scope"] = ("," if authority.comma else " ").join(authority.scopes)
        if authority.pkce:
            asked |= {"code_challenge": visit.challenge, "code_challenge_method": "S256"}
        return f"{authority.consent}?{urlencode(asked)}"

    async def ask(
        self, method: str, url: str, fields: Mapping[str, str], *, basic: bool = False, bearer: str = ""
    ) -> Mapping[str, Any]:
        """The object that was answered. No secret stays in the words of an error, nor in its chain."""
        how: dict[str, Any] = {"params" if method == "GET" else "data": fields}
        how |= {"auth": (self.app, self.secret)} if basic else {}
        how |= {"headers": {"Authorization": f"Bearer {bearer}"}} if bearer else {}
        async with wire.client() as http:
            try:
                response = await http.request(method, url, **how)
            except (httpx.HTTPError, httpx.InvalidURL) as err:
                why = f"no token, so nothing was sent: {type(err).__name__}"
                raise Unavailable(self.channel, why) from None
        said = wire.fields(response)
        if response.is_success and said and not said.get("error"):
            return said
        raise self._error(response, said, [value for name, value in fields.items() if name.endswith(_HIDDEN)])

    def grant(self, said: Mapping[str, Any], old: Grant | None = None) -> Grant:
        """Read what was granted. Raises Refused where no token is in it."""
        access, life = said.get("access_token"), said.get("expires_in")
        if not isinstance(access, str) or not access:
            raise self.refused("the answer has no token")
        now = self.clock()
        until = now + timedelta(seconds=int(str(life))) if str(life or "").isdecimal() else None
        return Grant(access, now, until, str(said.get("refresh_token") or (old.renew if old else "")))

    def refused(self, why: str) -> Refused:
        """A person is needed."""
        return Refused(self.channel, f"{why}: {again(self.channel)}", account=True)

    def _error(self, response: httpx.Response, said: Mapping[str, Any], hidden: list[str]) -> DeliveryError:
        status, words = response.status_code, _words(said)[:250]
        for secret in filter(None, (self.secret, *hidden)):
            words = words.replace(secret, "***")
        error = said.get("error")
        busy = isinstance(error, dict) and (error.get("code") in _BUSY or error.get("is_transient"))
        if busy or not httpx.codes.is_client_error(status) or status == httpx.codes.TOO_MANY_REQUESTS:
            wait = outcomes.retry_after(response.headers.get("retry-after"), self.clock())
            why = f"no token, so nothing was sent: HTTP {status} {words}".rstrip()
            return Unavailable(self.channel, why, retry_after=wait)
        return self.refused(f"the platform gives no token (HTTP {status} {words})")


class Consent:
    """The way of the standard: a code for a token, a refresh token for the next."""

    wanted = AT_THE_END

    def __init__(self, application: Application, authority: Authority) -> None:
        self._application, self._authority = application, authority

    def address(self, visit: Visit) -> str:
        """Where the person consents."""
        return self._application.address(self._authority, visit)

    async def enter(self, brought: str, visit: Visit) -> Grant:
        """The code for a token."""
        fields = {"grant_type": "authorization_code", "code": brought, "redirect_uri": visit.redirect}
        if self._authority.pkce:
            fields["code_verifier"] = visit.verifier
        return self._application.grant(await self._ask(fields))

    async def lend(self, old: Grant | None, *, refused: bool) -> Grant:
        """The refresh token for the next one."""
        if old is None:
            raise self._application.refused("not connected yet")
        if not old.renew:
            why = "the platform does not take the token any more" if refused else "the token ends and cannot be renewed"
            raise self._application.refused(why)
        return self._application.grant(
            await self._ask({"grant_type": "refresh_token", "refresh_token": old.renew}), old
        )

    async def _ask(self, fields: Mapping[str, str]) -> Mapping[str, Any]:
        own, basic = self._application, self._authority.basic and bool(self._application.secret)
        mine = {} if basic else {"client_id": own.app, **({"client_secret": own.secret} if own.secret else {})}
        return await own.ask("POST", self._authority.exchange, {**fields, **mine}, basic=basic)


def _words(said: Mapping[str, Any]) -> str:
    """What standard, Meta and Threads each call the reason."""
    error = said.get("error")
    if isinstance(error, dict):
        return f"{error.get('code', '')}: {error.get('message', '')}"
    parts = (error or said.get("error_type"), said.get("error_description") or said.get("error_message"))
    return ": ".join(str(part) for part in parts if part)
