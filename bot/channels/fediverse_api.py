"""Calls of the Mastodon API for one account: answers read, and errors as the table of mastodon.py says."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx

from bot.channels import wire
from bot.channels.fediverse import Kin, Server, moment, posts, server, until_reset
from bot.errors import DeliveryError, Refused, Unavailable, Uncertain
from bot.web import outcomes

_ACCOUNT = frozenset({401, 403})
_SKEW = timedelta(minutes=5)  # the server's clock is not ours
_PAGE, _PAGES = 40, 10
_ABSENT = frozenset({404, 405, 410, 501})


class Api:
    """One account on one server."""

    def __init__(self, channel: str, address: str, token: str, clock: Callable[[], datetime]) -> None:
        self._channel, self._base, self._clock = channel, f"{address.rstrip('/')}/api", clock
        # In English, so that what a server says is found in our documentation.
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", "Accept-Language": "en"}
        self._http = wire.client(headers)

    async def ask(self, method: str, path: str, *, idempotent: bool = True, **request: Any) -> httpx.Response:
        """Whatever is answered. Raises Unavailable or Uncertain where nothing is."""
        return await wire.exchange(
            self._channel, self._http, method, f"{self._base}/{path}", idempotent=idempotent, **request
        )

    async def server(self) -> Server:
        """What runs there. Raises Refused where it is nothing that speaks the API."""
        for path in ("v2/instance", "v1/instance"):
            response = await self.ask("GET", path)
            # Some answer an address that they do not know with their web page.
            if response.status_code in _ABSENT or (response.is_success and not wire.fields(response).get("version")):
                continue
            if response.is_redirect:
                break
            return server(self.told(response, needs="version"))
        else:
            # Some say nothing of themselves, and serve the account all the same.
            response = await self.ask("GET", "v1/accounts/verify_credentials")
            if response.status_code not in _ABSENT and not response.is_redirect:
                self.told(response)
                return Server(Kin.OTHER, "a server without a name", None)
        raise Refused(self._channel, "no Mastodon API at this address: correct server", account=True)

    def told(self, response: httpx.Response, *, idempotent: bool = True, needs: str = "id") -> dict[str, Any]:
        """The object that was answered, with the field it needs. Raises one of the three."""
        if not response.is_success:
            raise self.error(response, idempotent=idempotent)
        told = wire.fields(response)
        if not told.get(needs):
            kind = Unavailable if idempotent else Uncertain
            raise kind(self._channel, f"HTTP {response.status_code}: a broken answer")
        return told

    def listed(self, response: httpx.Response) -> Sequence[Mapping[str, Any]]:
        """The posts that were answered. Raises one of the three."""
        if not response.is_success:
            raise self.error(response)
        if (read := posts(response.content)) is None:
            raise Unavailable(self._channel, "a broken answer")
        return read

    async def own(self, since: datetime) -> AsyncIterator[Mapping[str, Any]]:
        """The account's posts since then, newest first. Raises one of the three."""
        me = self.told(await self.ask("GET", "v1/accounts/verify_credentials"))["id"]
        asked = {"limit": str(_PAGE), "exclude_reblogs": "true"}
        for _ in range(_PAGES):
            page = self.listed(await self.ask("GET", f"v1/accounts/{me}/statuses", params=asked))
            for post in page:
                if (moment(post.get("created_at")) or self._clock()) < since - _SKEW:
                    return
                yield post
            if not page:
                return
            asked = {**asked, "max_id": str(page[-1]["id"])}
        raise Uncertain(self._channel, "too many posts since")

    def error(self, response: httpx.Response, *, idempotent: bool = True) -> DeliveryError:
        """One of the three, by the table of mastodon.py."""
        status, now = response.status_code, self._clock()
        said = str(wire.fields(response).get("error", ""))
        if status in _ACCOUNT:
            return Refused(self._channel, f"HTTP {status}: {said[:200]}", account=True)
        if status == httpx.codes.TOO_MANY_REQUESTS and "retry-after" not in response.headers:
            named = until_reset(response.headers, now)
            return Unavailable(self._channel, f"HTTP 429: {said[:200]}", retry_after=named, throttled=True)
        return outcomes.of_status(self._channel, status, response.headers, now, idempotent=idempotent, said=said)

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()
