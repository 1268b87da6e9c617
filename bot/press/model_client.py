"""The line to a language model: one question, one answer, by the chat completions that many servers speak."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from bot.errors import CrierError
from bot.settings import Model
from bot.web.connections import GuardedTransport
from bot.web.guard import Forbidden, Guard
from bot.web.outcomes import retry_after

_MOST_BYTES = 400_000
_REST = timedelta(minutes=1)
"""How long a server that does not answer is left alone: stories must not queue up behind it."""
_EVERYWHERE = ("0.0.0.0/0", "::/0")


class Unanswered(CrierError):
    """No answer that can be used; `wait`: how long it is better left alone."""

    def __init__(self, why: str, *, wait: timedelta | None = None, tokens: int | None = None) -> None:
        self.why, self.wait, self.tokens = why, wait, tokens
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model said, and how many tokens question and answer were; None where the server does not count."""

    text: str
    tokens: int | None


class ModelClient:
    """One address, one model. Never repeats a question."""

    def __init__(self, settings: Model, private: Sequence[str] = ()) -> None:
        """`private` are the networks of the house that may be called. Raises SettingsError for a missing key."""
        self.name = settings.name
        self._url = f"{settings.url.rstrip('/')}/chat/completions"
        self._within = settings.within
        guard = Guard(_EVERYWHERE if settings.private else private)
        headers = {"authorization": f"Bearer {settings.key.reveal()}"} if settings.key else {}
        self._client = httpx.AsyncClient(
            transport=GuardedTransport(guard),
            trust_env=False,
            follow_redirects=False,
            headers=headers,
            timeout=settings.within.total_seconds(),
        )

    async def ask(self, system: str, question: str, most: int, now: datetime) -> Reply:
        """At most `most` tokens of answer. Raises Unanswered."""
        body = {
            "model": self.name,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": question}],
            "temperature": 0,
            "max_tokens": most,
        }
        try:
            async with asyncio.timeout(self._within.total_seconds()):
                status, headers, answer = await self._post(body)
        except TimeoutError as err:
            raise Unanswered(f"no answer within {self._within.total_seconds():g} s", wait=_REST) from err
        except Forbidden as err:
            raise Unanswered("its address is inside the house; model.private can open it", wait=_REST) from err
        except (httpx.HTTPError, httpx.InvalidURL) as err:
            raise Unanswered(f"no connection ({type(err).__name__})", wait=_REST) from err
        if status != httpx.codes.OK:
            raise Unanswered(f"HTTP {status}", wait=retry_after(headers.get("retry-after"), now) or _REST)
        return _reply(answer)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    async def _post(self, body: object) -> tuple[int, httpx.Headers, bytes]:
        async with self._client.stream("POST", self._url, json=body) as response:
            answer = bytearray()
            async for piece in response.aiter_bytes():
                answer += piece
                if len(answer) > _MOST_BYTES:
                    raise Unanswered(f"its answer is larger than {_MOST_BYTES:,} bytes")
            return response.status_code, response.headers, bytes(answer)


def _reply(answer: bytes) -> Reply:
    try:
        told = json.loads(answer)
        choice = told["choices"][0]
        text = choice["message"]["content"]
        counted = (told.get("usage") or {}).get("total_tokens")
    except (ValueError, LookupError, TypeError, AttributeError) as err:
        raise Unanswered("its answer is no chat completion") from err
    tokens = counted if isinstance(counted, int) and counted >= 0 else None
    if choice.get("finish_reason") == "length":
        raise Unanswered("its answer was cut off: it was too long", tokens=tokens)
    if not isinstance(text, str) or not text.strip():
        raise Unanswered("its answer is empty", tokens=tokens)
    return Reply(text.strip(), tokens)
