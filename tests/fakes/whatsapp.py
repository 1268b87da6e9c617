"""WhatsApp's Cloud API: templates with so many parameters, media by number, the codes of its errors.

Follows: developers.facebook.com/docs/whatsapp/cloud-api (messages, media, phone numbers, error codes, webhooks of
statuses and their signature). Does not model: conversations, money, how a template reads.
"""

import hashlib
import hmac
import json
import re
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.fakes.faults import Fault, Faults
from tests.fakes.parts import parts

TOKEN, NUMBER, TEMPLATE = "EAAJB-whatsapp-token-93", "106540352242922", "news_headline"


def status(key: str, number: str, state: str, at: int, *errors: tuple[int, str]) -> dict[str, Any]:
    """What is reported of one message."""
    told: dict[str, Any] = {"id": number, "status": state, "timestamp": str(at), "recipient_id": "15550123456"}
    if errors:
        told["errors"] = [
            {"code": code, "title": title, "message": title, "error_data": {"details": f"details of {code}"}}
            for code, title in errors
        ]
    return {**told, "biz_opaque_callback_data": key}


def report(secret: str, *statuses: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a report."""
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": NUMBER}, "statuses": list(statuses)}
    entry = {"id": "102290129340398", "changes": [{"value": value, "field": "messages"}]}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return body, {"x-hub-signature-256": f"sha256={signature}", "content-type": "application/json"}


class WhatsappServer:
    def __init__(self, *, pictured: bool = False) -> None:
        """`pictured`: the template has a picture as its header."""
        self.faults = Faults()
        self.token, self.pictured, self.state, self.held = TOKEN, pictured, "CONNECTED", False
        self.answers: int | None = None
        """A code that the next message is answered with, whatever it is."""
        self.sent: list[dict[str, Any]] = []
        self.media: dict[str, bytes] = {}
        self.app = Starlette(
            routes=[
                Route(f"/{NUMBER}/messages", self._messages, methods=["POST"]),
                Route(f"/{NUMBER}/media", self._media, methods=["POST"]),
                Route(f"/{NUMBER}", self._number),
            ]
        )

    @property
    def words(self) -> list[str]:
        return ["\n".join(_texts(one)) for one in self.sent]

    async def _messages(self, request: Request) -> Response:
        if not self._known(request):
            return _no(190, "Invalid OAuth access token", 401)
        fault = self.faults.take()
        match fault:
            case Fault.HANG:
                return await self.faults.hang()
            case Fault.REFUSE:
                return _no(131026, "Message undeliverable")
            case Fault.THROTTLE:
                return PlainTextResponse("slow down", 429, headers={"retry-after": "7"})
            case Fault.UNAVAILABLE:
                return PlainTextResponse("later", 503)
            case _:
                answer = self._take(await request.json())
                return await self.faults.after(fault, request) if fault else answer

    def _take(self, body: dict[str, Any]) -> Response:
        if code := self.answers:
            self.answers = None
            return _no(code, "as the test says")
        if wrong := self._wrong(body["template"], _texts(body)):
            return _no(*wrong)
        self.sent.append(body)
        state = "held_for_quality_assessment" if self.held else "accepted"
        message = {"id": f"wamid.HBgL{len(self.sent)}", "message_status": state}
        contacts = [{"input": body["to"], "wa_id": body["to"]}]
        return JSONResponse({"messaging_product": "whatsapp", "contacts": contacts, "messages": [message]})

    def _wrong(self, template: dict[str, Any], texts: list[str]) -> tuple[int, str] | None:
        if template["name"] != TEMPLATE:
            return 132001, "Template name does not exist in the translation"
        headers = [part for part in template["components"] if part["type"] == "header"]
        if len(texts) != 3 or bool(headers) is not self.pictured:
            return 132000, "Number of parameters does not match the expected number of params"
        if any(not text or re.search(r"[\n\t]| {4}", text) for text in texts):
            return 100, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
        if headers and headers[0]["parameters"][0]["image"]["id"] not in self.media:
            return 131052, "Media download error"
        return (132005, "Translated text too long") if len("".join(texts)) > 1024 else None

    async def _media(self, request: Request) -> Response:
        form = await parts(request)
        if form["messaging_product"].text != "whatsapp" or form["type"].text not in ("image/png", "image/jpeg"):
            return _no(100, "Param file must be a file with one of the following types: image/jpeg, image/png")
        number = f"media-{len(self.media) + 1}"
        self.media[number] = form["file"].content
        return JSONResponse({"id": number})

    async def _number(self, request: Request) -> Response:
        if not self._known(request):
            return _no(190, "Invalid OAuth access token", 401)
        said = {"verified_name": "河湾日报", "display_phone_number": "+1 555-0100", "quality_rating": "GREEN"}
        return JSONResponse({**said, "status": self.state, "id": NUMBER})

    def _known(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {self.token}"


def _texts(body: dict[str, Any]) -> list[str]:
    [part] = [part for part in body["template"]["components"] if part["type"] == "body"]
    return [parameter["text"] for parameter in part["parameters"]]


def _no(code: int, words: str, status: int = 400) -> Response:
    said = {"message": f"(#{code}) {words}", "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
    return JSONResponse({"error": {**said, "error_data": {"messaging_product": "whatsapp", "details": words}}}, status)
