"""LINE's Messaging API: push and broadcast, retry keys, UTF-16 units, pictures by HTTPS, the month's messages.

Follows: developers.line.biz (Messaging API reference, "Retry failed API requests", OpenAPI document). Does not model:
whether a picture can be fetched, emoji and mentions in texts, rates of an hour.
"""

import uuid
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.rules.counting import utf16
from tests.fakes.faults import Fault, Faults

TOKEN = "line-token-4f2c19d07be84b1f"


class LineServer:
    def __init__(self) -> None:
        self.faults = Faults()
        self.token, self.used = TOKEN, 0
        self.quota: dict[str, Any] = {"type": "limited", "value": 200}
        self.pictures_taken = True
        self.told: list[dict[str, Any]] = []
        """Every request that was accepted, with its path."""
        self.keys: dict[str, str] = {}
        """Retry keys that were accepted, and the number of the request."""
        self.app = Starlette(
            routes=[
                Route("/v2/bot/message/push", self._send, methods=["POST"]),
                Route("/v2/bot/message/broadcast", self._send, methods=["POST"]),
                Route("/v2/bot/info", self._info),
                Route("/v2/bot/message/quota", self._quota),
                Route("/v2/bot/message/quota/consumption", self._consumption),
            ]
        )

    @property
    def words(self) -> list[str]:
        return [one["messages"][0]["text"] for one in self.told]

    async def _send(self, request: Request) -> Response:
        if not self._known(request):
            return _no(
                401, "Authentication failed. Confirm that the access token in the authorization header is valid."
            )
        fault = self.faults.take()
        match fault:
            case Fault.HANG:
                return await self.faults.hang()
            case Fault.REFUSE:
                return _no(400, "The request body has 1 error(s)", ("messages[0].text", "May not be empty"))
            case Fault.THROTTLE:
                return PlainTextResponse("slow down", 429, headers={"retry-after": "7"})
            case Fault.UNAVAILABLE:
                return PlainTextResponse("later", 503)
            case _:
                answer = self._take(request, await request.json())
                return await self.faults.after(fault, request) if fault else answer

    def _take(self, request: Request, body: dict[str, Any]) -> Response:
        key, push = request.headers["x-line-retry-key"], request.url.path.endswith("/push")
        number = str(uuid.uuid4())
        try:
            uuid.UUID(key)
        except ValueError:
            return _no(400, "Invalid retry key")
        if key in self.keys:
            headers = {"x-line-request-id": number, "x-line-accepted-request-id": self.keys[key]}
            return JSONResponse({"message": "The retry key is already accepted"}, 409, headers)
        if self.used >= self.quota.get("value", self.used + 1):
            return _no(429, "You have reached your monthly limit.")
        if wrong := self._wrong(body, push=push):
            return _no(400, "The request body has 1 error(s)", wrong)
        self.keys[key] = number
        self.used += 1
        self.told.append({**body, "path": request.url.path})
        sent = {"sentMessages": [{"id": f"46124585{len(self.told)}", "quoteToken": "q"}]} if push else {}
        return JSONResponse(sent, headers={"x-line-request-id": number})

    def _wrong(self, body: dict[str, Any], *, push: bool) -> tuple[str, str] | None:
        if push and not body.get("to"):
            return ("to", "May not be empty")
        if not 1 <= len(body["messages"]) <= 5:
            return ("messages", "Size must be between 1 and 5")
        for place, message in enumerate(body["messages"]):
            if message["type"] == "text" and not 1 <= utf16(message["text"]) <= 5000:
                return (f"messages[{place}].text", "Length must be between 1 and 5000")
            if message["type"] == "image":
                for name in ("originalContentUrl", "previewImageUrl"):
                    if not message[name].startswith("https://") or not self.pictures_taken:
                        return (f"messages[{place}].{name}", "Must be a valid HTTPS URL")
        return None

    async def _info(self, request: Request) -> Response:
        if not self._known(request):
            return _no(
                401, "Authentication failed. Confirm that the access token in the authorization header is valid."
            )
        return JSONResponse({"userId": "U0", "basicId": "@riverbend", "displayName": "河湾日报"})

    async def _quota(self, _: Request) -> Response:
        return JSONResponse(self.quota)

    async def _consumption(self, _: Request) -> Response:
        return JSONResponse({"totalUsage": self.used})

    def _known(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {self.token}"


def _no(status: int, words: str, detail: tuple[str, str] | None = None) -> Response:
    details = [{"property": detail[0], "message": detail[1]}] if detail else []
    return JSONResponse({"message": words, "details": details}, status, {"x-line-request-id": str(uuid.uuid4())})
