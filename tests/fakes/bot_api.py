"""A Bot API server on loopback, for one bot.

Follows: the Bot API documentation and the error texts of telegram-bot-api 10.0: token check, strict HTML entities,
limits after entity parsing, message ids that count up in each chat, 429 with retry_after in body and header, getUpdates
with offset confirmation. Does not model: media groups, other parse modes, rights beyond may-post, files' contents.
"""

import asyncio
import email
import email.policy
import html.parser
import json
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.faults import Fault, Faults

TOKEN = "123456789:AAFakeTokenOfNobodyAtAll_0123456789"
ME = {"id": 123456789, "is_bot": True, "first_name": "Crier", "username": "crier_test_bot"}
CHANNEL = {"id": -1001, "type": "channel", "title": "河湾日报", "username": "riverbend_daily"}
_TAGS = {"b", "strong", "i", "em", "u", "s", "a", "code", "pre", "blockquote", "tg-spoiler"}


class Wrong(Exception):
    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        self.code, self.description, self.parameters = code, description, parameters


class Entities(html.parser.HTMLParser):
    """Telegram's own reading: unknown or unclosed tags are an error."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.seen, self.open = "", []  # type: str, list[str]
        self.feed(text)
        self.close()
        if self.open:
            raise Wrong(
                400, f"Bad Request: can't parse entities: Can't find end tag corresponding to start tag {self.open[-1]}"
            )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            raise Wrong(400, f'Bad Request: can\'t parse entities: Unsupported start tag "{tag}" at byte offset 0')
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise Wrong(400, "Bad Request: can't parse entities: Unexpected end tag at byte offset 0")

    def handle_data(self, data: str) -> None:
        self.seen += data


@dataclass
class Posted:
    chat: int
    id: int
    method: str
    text: str
    """As it came, markup included."""
    fields: dict[str, Any]
    photo: bytes | None = None
    edits: list[str] = field(default_factory=list)


class BotApi:
    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.chats: dict[str, dict[str, Any]] = {"@riverbend_daily": CHANNEL, "-1001": CHANNEL}
        self.may_post = True
        self.posted: list[Posted] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.faults = Faults()
        self.arrived = asyncio.Event()
        self.kicked = False
        self.pace: float | None = None
        """Seconds between messages of one chat, enforced with 429 where set."""
        self._last: dict[int, float] = {}
        self._ids: defaultdict[int, int] = defaultdict(int)
        self._updates: list[dict[str, Any]] = []
        self._news = asyncio.Event()
        self.app = Starlette(routes=[Route("/bot{token}/{method}", self._serve, methods=["GET", "POST"])])

    def person(self, number: int, name: str, language: str = "zh-hans") -> dict[str, Any]:
        self.chats[str(number)] = {"id": number, "type": "private", "first_name": name}
        return {"id": number, "is_bot": False, "first_name": name, "language_code": language}

    def says(self, person: dict[str, Any], text: str) -> None:
        """The person writes to the bot."""
        command = {"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}
        entities = [command] if text.startswith("/") else []
        message = {
            "message_id": len(self._updates) + 1,
            "date": int(time.time()),
            "chat": self.chats[str(person["id"])],
        }
        self._update({"message": {**message, "from": person, "text": text, "entities": entities}})

    def presses(self, person: dict[str, Any], data: str, message: Posted) -> None:
        """The person presses a button under a message of the bot's."""
        shown = {
            "message_id": message.id,
            "date": int(time.time()),
            "chat": self.chats[str(message.chat)],
            "text": message.text,
        }
        query = {"id": str(len(self._updates)), "from": person, "chat_instance": "1", "data": data, "message": shown}
        self._update({"callback_query": query})

    def _update(self, update: dict[str, Any]) -> None:
        self._updates.append({"update_id": len(self._updates) + 1, **update})
        self._news.set()

    async def _serve(self, request: Request) -> Response:
        method = request.path_params["method"]
        try:
            if request.path_params["token"] != self.token:
                raise Wrong(401, "Unauthorized")
            fields, photo = await _fields(request)
            self.calls.append((method, fields))
            handler = getattr(self, f"_{method}", None)
            if handler is None:
                raise Wrong(404, "Not Found: method not found")
            if method.startswith("send"):
                return await self._send(request, method, fields, photo)
            return _ok(await handler(fields))
        except Wrong as wrong:
            return _not_ok(wrong)

    async def _send(self, request: Request, method: str, fields: dict[str, Any], photo: bytes | None) -> Response:
        fault = self.faults.take()
        if fault is Fault.REFUSE:
            raise Wrong(400, "Bad Request: PHOTO_INVALID_DIMENSIONS" if photo else "Bad Request: message text is empty")
        if fault is Fault.THROTTLE:
            raise Wrong(429, "Too Many Requests: retry after 7", retry_after=7)
        if fault is Fault.UNAVAILABLE:
            return JSONResponse({"ok": False, "error_code": 503, "description": "Service Unavailable"}, 503)
        message = await getattr(self, f"_{method}")(fields, photo)
        self.arrived.set()
        return await self.faults.after(fault, request) if fault else _ok(message)

    async def _sendMessage(self, fields: dict[str, Any], photo: bytes | None) -> dict[str, Any]:
        return self._post("sendMessage", fields, fields.get("text", ""), 4096, "message is too long", None)

    async def _sendPhoto(self, fields: dict[str, Any], photo: bytes | None) -> dict[str, Any]:
        if not photo:
            raise Wrong(400, "Bad Request: there is no photo in the request")
        return self._post("sendPhoto", fields, fields.get("caption", ""), 1024, "message caption is too long", photo)

    def _post(
        self, method: str, fields: dict[str, Any], text: str, limit: int, too_long: str, photo: bytes | None
    ) -> dict[str, Any]:
        chat = self._chat(fields)
        if self.kicked:
            raise Wrong(403, "Forbidden: bot was kicked from the channel chat")
        if chat["type"] == "channel" and not self.may_post:
            raise Wrong(400, "Bad Request: not enough rights to send text messages to the chat")
        self._throttle(chat["id"])
        seen = self._seen(text, fields, limit, too_long)
        if not seen.strip() and photo is None:
            raise Wrong(400, "Bad Request: message text is empty")
        self._ids[chat["id"]] += 1
        posted = Posted(chat["id"], self._ids[chat["id"]], method, text, fields, photo)
        self.posted.append(posted)
        return self._message(posted, chat, seen)

    def _throttle(self, chat: int) -> None:
        moment = time.monotonic()
        if self.pace is not None and moment - self._last.get(chat, -1e9) < self.pace:
            raise Wrong(429, "Too Many Requests: retry after 1", retry_after=1)
        self._last[chat] = moment

    def _seen(self, text: str, fields: dict[str, Any], limit: int, too_long: str) -> str:
        if len(text.encode()) > 32_768:
            raise Wrong(400, "Bad Request: text is too long")
        seen = Entities(text).seen if fields.get("parse_mode") == "HTML" else text
        if len(seen) > limit:
            raise Wrong(400, f"Bad Request: {too_long}")
        return seen

    def _message(self, posted: Posted, chat: dict[str, Any], seen: str) -> dict[str, Any]:
        words = {"caption": seen} if posted.photo else {"text": seen}
        return {"message_id": posted.id, "date": 1_795_000_000, "chat": chat, **words}

    async def _editMessageText(self, fields: dict[str, Any]) -> Any:
        return self._edit(fields, fields.get("text", ""), 4096, "message is too long", photo=False)

    async def _editMessageCaption(self, fields: dict[str, Any]) -> Any:
        return self._edit(fields, fields.get("caption", ""), 1024, "message caption is too long", photo=True)

    def _edit(self, fields: dict[str, Any], text: str, limit: int, too_long: str, *, photo: bool) -> Any:
        chat = self._chat(fields)
        number = int(fields["message_id"])
        found = [one for one in self.posted if (one.chat, one.id) == (chat["id"], number)]
        if not found:
            raise Wrong(400, "Bad Request: message to edit not found")
        [posted] = found
        if photo is (posted.photo is None):
            raise Wrong(400, f"Bad Request: there is no {'caption' if photo else 'text'} in the message to edit")
        seen = self._seen(text, fields, limit, too_long)
        if text == posted.text and fields.get("reply_markup") == posted.fields.get("reply_markup"):
            raise Wrong(400, "Bad Request: message is not modified: specified new message content is the same")
        posted.edits.append(text)
        posted.text, posted.fields = text, fields
        return self._message(posted, chat, seen)

    def _chat(self, fields: dict[str, Any]) -> dict[str, Any]:
        chat = self.chats.get(str(fields.get("chat_id")))
        if chat is None:
            raise Wrong(400, "Bad Request: chat not found")
        return chat

    async def _getMe(self, fields: dict[str, Any]) -> Any:
        return {**ME, "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}

    async def _getChat(self, fields: dict[str, Any]) -> Any:
        return {**self._chat(fields), "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": {
            "unlimited_gifts": False, "limited_gifts": False, "unique_gifts": False, "premium_subscription": False,
            "gifts_from_channels": False}}  # fmt: skip

    async def _getChatMember(self, fields: dict[str, Any]) -> Any:
        if not self.may_post:
            return {"user": ME, "status": "left"}
        rights = dict.fromkeys((
            "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
            "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
            "can_edit_stories", "can_delete_stories", "can_edit_messages", "can_pin_messages", "can_manage_topics",
        ), False)  # fmt: skip
        return {"user": ME, "status": "administrator", **rights, "can_post_messages": True}

    async def _getUpdates(self, fields: dict[str, Any]) -> Any:
        offset = int(fields.get("offset") or 0)
        wait = float(fields.get("timeout") or 0)
        while not (waiting := [update for update in self._updates if update["update_id"] >= offset]):
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), min(wait, 2.0))
            except TimeoutError:
                return []
        return waiting

    async def _yes(self, fields: dict[str, Any]) -> Any:
        return True

    _answerCallbackQuery = _setMyCommands = _deleteWebhook = _yes


async def _fields(request: Request) -> tuple[dict[str, Any], bytes | None]:
    kind, body = request.headers.get("content-type", ""), await request.body()
    if kind.startswith("application/json"):
        return json.loads(body), None
    if not kind.startswith("multipart/"):
        return dict(parse_qsl(body.decode(), keep_blank_values=True)), None
    whole = email.message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body, policy=email.policy.HTTP)
    fields, photo = {}, None
    for part in whole.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if part.get_filename():
            photo = content
        else:
            fields[str(name)] = content.decode()
    return fields, photo


def _ok(result: Any) -> Response:
    return JSONResponse({"ok": True, "result": result})


def _not_ok(wrong: Wrong) -> Response:
    body = {"ok": False, "error_code": wrong.code, "description": wrong.description}
    headers = {}
    if wrong.parameters:
        body["parameters"] = wrong.parameters
        headers["Retry-After"] = str(wrong.parameters.get("retry_after", ""))
    return JSONResponse(body, wrong.code, headers=headers)
