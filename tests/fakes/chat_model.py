"""A language model's address: the chat completions that many servers speak, with whatever answer a test gives it.

Follows: the chat completions of OpenAI's API (messages, choices, usage, finish_reason, bearer token, Retry-After).
Does not model: streaming, tools, several choices; it does not think.
"""

import asyncio
import json
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

KEY = "sk-riverbend"


class Mood(StrEnum):
    """How it answers."""

    WELL = "well"
    BUSY = "busy"  # 429 with Retry-After
    DOWN = "down"  # 500
    SLOW = "slow"  # longer than anybody waits
    BROKEN = "broken"  # no JSON
    OTHER = "other"  # JSON of another shape
    CUT = "cut"  # finish_reason length
    EMPTY = "empty"
    HUGE = "huge"  # without end


class ChatModel:
    """Keeps every question; `answer` is a text, or makes one from the article it was shown."""

    def __init__(self, answer: str | Callable[[dict[str, Any]], str] = "") -> None:
        self.answer = answer
        self.mood = Mood.WELL
        self.asked: list[dict[str, Any]] = []
        self.app = Starlette(routes=[Route("/v1/chat/completions", self._complete, methods=["POST"])])

    @property
    def question(self) -> str:
        """The last one, as its user wrote it."""
        return str(self.asked[-1]["messages"][-1]["content"])

    @property
    def article(self) -> dict[str, Any]:
        """What it was shown."""
        shown: dict[str, Any] = json.loads(self.question[self.question.rindex('{"headline"') :])
        return shown

    async def _complete(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return JSONResponse({"error": {"message": "Incorrect API key"}}, 401)
        self.asked.append(await request.json())
        if self.mood is Mood.SLOW:
            await asyncio.sleep(30)
        return self._odd() or self._completion()

    def _odd(self) -> Response | None:
        """What a server says when it is not well."""
        match self.mood:
            case Mood.BUSY:
                return JSONResponse({"error": {"message": "slow down"}}, 429, {"retry-after": "120"})
            case Mood.DOWN:
                return PlainTextResponse("oops", 500)
            case Mood.BROKEN:
                return PlainTextResponse('{"choices": [')
            case Mood.OTHER:
                return JSONResponse({"choices": []})
            case Mood.HUGE:
                return PlainTextResponse("x" * 900_000)
            case _:
                return None

    def _completion(self) -> Response:
        text = "" if self.mood is Mood.EMPTY else self.answer if isinstance(self.answer, str) else self._made()
        reason = "length" if self.mood is Mood.CUT else "stop"
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": reason}
        return JSONResponse({"object": "chat.completion", "choices": [choice], "usage": {"total_tokens": 321}})

    def _made(self) -> str:
        assert callable(self.answer)
        return self.answer(self.article)
