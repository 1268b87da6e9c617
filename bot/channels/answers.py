"""Answers that say no with HTTP 200: one call of a platform whose error code stands in the body."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import httpx

from bot.channels import wire
from bot.errors import DeliveryError, Refused, Unavailable, Uncertain
from bot.web import outcomes

_CODES = ("errcode", "code", "StatusCode", "error_code", "status")
_WORDS = ("errmsg", "msg", "StatusMessage", "error")
_LONGEST = 200


class Meaning(StrEnum):
    """What a code means for the delivery."""

    POST = "post"  # this post is refused
    ACCOUNT = "account"  # every post is
    LATER = "later"  # nothing is out, and a later try may succeed
    DOUBT = "doubt"  # it may be out


@dataclass(frozen=True, slots=True)
class Code:
    """One line of a platform's table."""

    meaning: Meaning
    remedy: str = ""
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform said: its code, its words and whatever else; 0 is success."""

    code: int | None
    """None where the answer is none of the platform's."""
    words: str
    body: Mapping[str, Any]
    status: int
    headers: httpx.Headers


class Caller:
    """Calls one platform; what must stay secret never gets into the words of an error."""

    def __init__(
        self,
        channel: str,
        codes: Mapping[int, Code],
        hidden: Sequence[str],
        clock: Callable[[], datetime],
        *,
        codeless: bool = False,
    ) -> None:
        """A code that the table does not have refuses the post. `hidden` are tokens and keys.

        `codeless` platforms leave the code out where all is well: a JSON object is then a success.
        """
        self._channel, self._codes, self._clock, self._codeless = channel, codes, clock, codeless
        self._hidden = sorted(filter(None, hidden), key=len, reverse=True)
        self._client = wire.client()

    async def call(
        self,
        url: str,
        body: Mapping[str, Any] | None = None,
        *,
        method: str = "POST",
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        form: Mapping[str, str] | None = None,
        idempotent: bool = False,
    ) -> Answer:
        """Whatever the platform says. Raises Unavailable or Uncertain where it says nothing that can be read."""
        sent = {**(headers or {})}
        if body is not None:
            sent["Content-Type"] = "application/json; charset=utf-8"
        try:
            response = await self._client.request(
                method,
                url,
                content=None if body is None else encoded(body),
                data=form,
                files=files,
                params=params,
                headers=sent,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as err:
            # The error's words may hold the address, and with it the key: it stays out of the chain, too.
            raise self.hiding(outcomes.of_exception(self._channel, err, idempotent=idempotent)) from None
        answer = _read(response, codeless=self._codeless)
        if answer.code is None:
            now = self._clock()
            if response.is_success:
                kind = Unavailable if idempotent else Uncertain
                raise kind(self._channel, self._hide(f"an answer that is none: {response.text[:_LONGEST]}"))
            raise self.hiding(
                outcomes.of_status(self._channel, answer.status, answer.headers, now, idempotent=idempotent)
            )
        return answer

    async def ask(self, url: str, body: Mapping[str, Any] | None = None, **how: Any) -> Mapping[str, Any]:
        """The body of a success. Raises one of the three by the table."""
        answer = await self.call(url, body, **how)
        if answer.code:
            raise self.error(answer, idempotent=bool(how.get("idempotent")))
        return answer.body

    def error(self, answer: Answer, *, idempotent: bool = False) -> DeliveryError:
        """What the answer's code means, by the table."""
        code = self._codes.get(answer.code or 0)
        if code is None and not 200 <= answer.status < 300:
            said = f"{answer.code}: {answer.words}"
            found = outcomes.of_status(
                self._channel, answer.status, answer.headers, self._clock(), idempotent=idempotent, said=said
            )
            return self.hiding(found)
        code = code or Code(Meaning.POST)
        why = self._hide(f"{answer.code}: {answer.words[:_LONGEST]}" + (f" ({code.remedy})" if code.remedy else ""))
        match code.meaning:
            case Meaning.LATER:
                told = outcomes.retry_after(answer.headers.get("retry-after"), self._clock())
                return Unavailable(self._channel, why, retry_after=told or code.wait)
            case Meaning.DOUBT:
                return Unavailable(self._channel, why) if idempotent else Uncertain(self._channel, why)
            case _:
                return Refused(self._channel, why, account=code.meaning is Meaning.ACCOUNT)

    def hiding(self, err: DeliveryError) -> DeliveryError:
        """The same error without a secret in its words."""
        match err:
            case Unavailable():
                why = self._hide(err.why)
                wait, spares = err.retry_after, err.spares
                return Unavailable(
                    err.channel, why, retry_after=wait, throttled=err.throttled, spares=spares, alone=err.alone
                )
            case Refused():
                return Refused(err.channel, self._hide(err.why), account=err.account)
            case _:
                return Uncertain(err.channel, self._hide(err.why))

    def keep(self, secret: str) -> None:
        """Hide this one, too."""
        self._hidden = sorted({secret, *self._hidden}, key=len, reverse=True)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    def _hide(self, text: str) -> str:
        for secret in self._hidden:
            text = text.replace(secret, "***")
        return text


def encoded(body: Mapping[str, Any]) -> bytes:
    """JSON as it is sent: Chinese stays Chinese, for these platforms count bytes, and one refuses escapes."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _read(response: httpx.Response, *, codeless: bool) -> Answer:
    try:
        body = response.json()
    except ValueError:
        body = None
    usual = 0 if codeless and isinstance(body, dict) and response.is_success else None
    body = body if isinstance(body, dict) else {}
    code = next((int(body[name]) for name in _CODES if str(body.get(name, "")).lstrip("-").isdecimal()), usual)
    words = next((body[name] for name in _WORDS if isinstance(body.get(name), str)), "")
    return Answer(code, words, body, response.status_code, response.headers)
