"""How a person lets us into a Threads profile or a Facebook Page: Meta gives a short token first, then a long one.

Sources: developers.facebook.com, Threads "Get access tokens" and "Long-lived tokens", Facebook Login "Manual flow" and
"Long-lived access tokens" (2026). A Threads token lives 60 days and is renewed by itself once it is a day old. A Page's
token that is asked for with a long-lived one of a person has no end of its own.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from bot.channels.oauth import AT_THE_END, Application, Authority
from bot.errors import DeliveryError
from bot.model.token import Grant, Visit

_LONG = timedelta(days=60)


class ThreadsEntrance:
    """A profile: by consent, or by a token that the developers' page made for one of its testers."""

    def __init__(self, application: Application, login: str, api: str, scopes: tuple[str, ...]) -> None:
        parts = urlsplit(api)
        self._application, self._api = application, api.rstrip("/")
        self._root = f"{parts.scheme}://{parts.netloc}"
        self._authority = Authority(
            f"{login.rstrip('/')}/oauth/authorize", f"{self._root}/oauth/access_token", scopes, comma=True
        )

    @property
    def wanted(self) -> str:
        """Without an application there is only the token itself."""
        return AT_THE_END if self._application.app else "the long-lived token that the user token generator shows"

    def address(self, visit: Visit) -> str | None:
        """Where the person consents; nowhere without an application."""
        return self._application.address(self._authority, visit) if self._application.app else None

    async def enter(self, brought: str, visit: Visit) -> Grant:
        """The code for a short token, and that for a long one."""
        own = self._application
        if not own.app:
            return await self._pasted(brought)
        fields = {"grant_type": "authorization_code", "code": brought, "redirect_uri": visit.redirect}
        mine = {"client_id": own.app, "client_secret": own.secret}
        short = own.grant(await own.ask("POST", self._authority.exchange, {**fields, **mine}))
        longer = {"grant_type": "th_exchange_token", "client_secret": own.secret, "access_token": short.access}
        return own.grant(await own.ask("GET", f"{self._root}/access_token", longer))

    async def lend(self, old: Grant | None, *, refused: bool) -> Grant:
        """The token itself asks for the next; a dead one cannot."""
        own = self._application
        if old is None:
            raise own.refused("not connected yet")
        if refused or not old.lives(own.clock()):
            raise own.refused("the token is dead")
        fields = {"grant_type": "th_refresh_token", "access_token": old.access}
        return own.grant(await own.ask("GET", f"{self._root}/refresh_access_token", fields))

    async def _pasted(self, token: str) -> Grant:
        """Its times are what the platform says of it; where it says nothing, it is taken for new."""
        own, now = self._application, self._application.clock()
        try:
            answer = await own.ask("GET", f"{self._api}/debug_token", {"input_token": token}, bearer=token)
        except DeliveryError:
            answer = {}
        told: Mapping[str, Any] = answer.get("data") or {}
        since = datetime.fromtimestamp(int(told.get("issued_at") or now.timestamp()), UTC)
        dies = int(told.get("expires_at") or 0)
        return Grant(token, since, datetime.fromtimestamp(dies, UTC) if dies else since + _LONG)


class FacebookEntrance:
    """A Page, by the consent of a person who may post on it."""

    wanted = AT_THE_END

    def __init__(self, application: Application, login: str, base: str, page: str, scopes: tuple[str, ...]) -> None:
        """`base` ends with the version, as the path of the consent does."""
        version = base.rpartition("/")[2]
        self._application, self._base, self._page = application, base, page
        consent = f"{login.rstrip('/')}/{version}/dialog/oauth"
        self._authority = Authority(consent, f"{base}/oauth/access_token", scopes, comma=True)

    def address(self, visit: Visit) -> str:
        """Where the person consents."""
        return self._application.address(self._authority, visit)

    async def enter(self, brought: str, visit: Visit) -> Grant:
        """The code for a person's short token, that for a long one, and that for the Page's."""
        own = self._application
        mine = {"client_id": own.app, "client_secret": own.secret}
        fields = {"code": brought, "redirect_uri": visit.redirect, **mine}
        short = own.grant(await own.ask("GET", self._authority.exchange, fields))
        longer = {"grant_type": "fb_exchange_token", "fb_exchange_token": short.access, **mine}
        person = own.grant(await own.ask("GET", self._authority.exchange, longer))
        page = f"{self._base}/{self._page}"
        asked = await own.ask("GET", page, {"fields": "access_token"}, bearer=person.access)
        if not asked.get("access_token"):
            raise own.refused(f"this person has no right to post on the Page {self._page}")
        return replace(own.grant(asked), until=None)

    async def lend(self, old: Grant | None, *, refused: bool) -> Grant:
        """A Page's token is not renewed: where it is refused, a person must consent again."""
        del refused
        raise self._application.refused("the Page's token is dead" if old else "not connected yet")
