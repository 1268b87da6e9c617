"""Meta's Graph API, which Facebook and Threads share: one call, one answer read, and what its error codes mean.

Sources: developers.facebook.com, "Handle errors", "Rate limits" (application, page, business use case); answers seen in
public issue threads of 2025 and 2026. An error's code stands in the body; the HTTP status says little.

    code                                               what it means
    4 9 17 32 341 613 80000…80014; HTTP 429            Unavailable, as long as x-business-use-case-usage says
    3 10 102 190 200…299 368                           Refused, the account: a right or the token is missing, or blocked
    506                                                Refused, this post: the very words were posted last
    1 2 (unknown, busy); HTTP 500, 502, 504            Uncertain; Unavailable where a repeat does no harm
    HTTP 503                                           Unavailable
    1 with a subcode of a picture that is not taken    Refused, this post: nothing is out
    anything else                                      Refused, this post
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from bot.channels import wire
from bot.channels.tokens import Bearer, Given, Kept
from bot.errors import DeliveryError, Refused, Unavailable, Uncertain
from bot.model.channel import Finding
from bot.web import outcomes

_LATER = frozenset({4, 9, 17, 32, 341, 613, *range(80_000, 80_015)})
_ACCOUNT = frozenset({3, 10, 102, 190, 368, *range(200, 300)})
_DOUBT = frozenset({1, 2})
_DEAD = 190
_PICTURE = frozenset({2_207_003, 2_207_004, 2_207_005, 2_207_009, 2_207_052})
_LONGEST_WAIT = timedelta(days=1)


class Denied(Refused):
    """A refusal with the code, and the code below the code, that the platform gave."""

    def __init__(self, channel: str, why: str, code: int, subcode: int, *, account: bool) -> None:
        self.code, self.subcode = code, subcode
        super().__init__(channel, why, account=account)


class Graph:
    """One token; it goes in a header. Only the question about the token itself has it in its address."""

    def __init__(self, channel: str, base: str, token: Given | Kept, clock: Callable[[], datetime]) -> None:
        """`base` ends with the version."""
        self._channel, self._base, self._token, self._clock = channel, base.rstrip("/"), token, clock
        self._http = wire.client()
        self._http.auth = Bearer(token)

    async def call(self, method: str, path: str, *, idempotent: bool = False, **request: Any) -> Mapping[str, Any]:
        """The object that was answered. Raises one of the three."""
        url = f"{self._base}/{path}"
        response = await wire.exchange(self._channel, self._http, method, url, idempotent=idempotent, **request)
        said = wire.fields(response)
        if response.is_success and said and "error" not in said:
            return said
        raise self._error(response, said.get("error"), idempotent=idempotent)

    async def token(self, rights: Sequence[str]) -> tuple[Finding, ...]:
        """Which of the rights the token lacks, and when it dies; nothing where it may not look at itself."""
        try:
            asked = {"input_token": await self._token.value()}
            answer = await self.call("GET", "debug_token", idempotent=True, params=asked)
        except DeliveryError:
            return ()
        told = answer.get("data") or {}
        missing = [right for right in rights if right not in told.get("scopes", ())]
        right = Finding("right", not missing, f"grant {', '.join(missing)}" if missing else "may post")
        dies = int(told.get("expires_at") or 0)
        when = f"until {datetime.fromtimestamp(dies, UTC):%Y-%m-%d %H:%M} UTC" if dies else "does not expire by itself"
        return (right, Finding("token", dies == 0 or dies > self._clock().timestamp(), when))

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()

    def _error(self, response: httpx.Response, said: Any, *, idempotent: bool) -> DeliveryError:
        """One of the three, by the table above. The token never stays in the words."""
        now, status = self._clock(), response.status_code
        unsure = Unavailable if idempotent else Uncertain
        if not isinstance(said, dict) or not isinstance(said.get("code"), int):
            if response.is_success:
                return unsure(self._channel, f"HTTP {status}: a broken answer")
            return outcomes.of_status(self._channel, status, response.headers, now, idempotent=idempotent)
        code, subcode = said["code"], int(said.get("error_subcode") or 0)
        words = self._token.hide(f"{said.get('message', '')} {said.get('error_user_msg') or ''}".strip())
        why = f"{code}{f'/{subcode}' if subcode else ''}: {words[:250]}"
        if code == _DEAD and self._token.remedy:
            why = f"{why}: {self._token.remedy}"
        if code in _LATER or status == httpx.codes.TOO_MANY_REQUESTS:
            return Unavailable(self._channel, why, retry_after=_wait(response.headers, now), throttled=True)
        account, clear = code in _ACCOUNT, code in _ACCOUNT or subcode in _PICTURE
        if status == httpx.codes.SERVICE_UNAVAILABLE:
            return Unavailable(self._channel, why)
        if not clear and (code in _DOUBT or status >= httpx.codes.INTERNAL_SERVER_ERROR):
            return unsure(self._channel, why)
        return Denied(self._channel, why, code, subcode, account=account)


def _wait(headers: httpx.Headers, now: datetime) -> timedelta | None:
    """The minutes that the platform names for one of its use cases, or what Retry-After says."""
    try:
        usage = json.loads(headers.get("x-business-use-case-usage", "{}"))
        minutes = [int(one.get("estimated_time_to_regain_access") or 0) for case in usage.values() for one in case]
    except (ValueError, TypeError, AttributeError):
        minutes = []
    if longest := max(minutes, default=0):
        return min(timedelta(minutes=longest), _LONGEST_WAIT)
    return outcomes.retry_after(headers.get("retry-after"), now)
