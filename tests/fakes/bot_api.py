"""A Bot API server on loopback, for one bot.

Follows: the Bot API documentation and the error texts of telegram-bot-api 10.0: token check, strict HTML entities,
limits after entity parsing, message ids that count up in each chat, 429 with retry_after in body and header, getUpdates
with offset confirmation, sticky allowed_updates, 409 where two poll or a webhook is set, command menus by scope and
language, people who blocked the bot or never wrote to it. Does not model: media groups, other parse modes, rights
beyond may-post, files' contents, privacy mode in groups.
"""

import asyncio
import contextlib
import email
import email.policy
import html.parser
import json
import re
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
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
        self.too_old_to_delete = False
        self.pace: float | None = None
        """Seconds between messages of one chat, enforced with 429 where set."""
        self._last: dict[int, float] = {}
        self._ids: defaultdict[int, int] = defaultdict(int)
        self.blocked_by: set[int] = set()
        self.webhook = ""
        self.behind_a_broken_proxy = False
        self.menus: dict[tuple[str, str], list[dict[str, str]]] = {}
        """Command menus by scope ("default", or a chat's number) and language code."""
        self.updates: list[dict[str, Any]] = []
        """What has not been confirmed yet."""
        self.deliver_regardless: set[int] = set()
        """Numbers of updates that came before allowed_updates was narrowed."""
        self._last_update = 0
        self._allowed: list[str] = []
        self._poller: object = None
        self._news = asyncio.Event()
        self.app = Starlette(routes=[Route("/bot{token}/{method}", self._serve, methods=["GET", "POST"])])

    def person(self, number: int, name: str, language: str = "zh-hans") -> dict[str, Any]:
        self.chats[str(number)] = {"id": number, "type": "private", "first_name": name}
        return {"id": number, "is_bot": False, "first_name": name, "language_code": language}

    def group(self, number: int, title: str) -> dict[str, Any]:
        self.chats[str(number)] = chat = {"id": number, "type": "supergroup", "title": title}
        return chat

    def says(
        self, person: dict[str, Any], text: str, chat: dict[str, Any] | None = None, kind: str = "message", **more: Any
    ) -> dict[str, Any]:
        """The person writes to the bot, or in a group it is in; the update, which `deliver` can bring once more."""
        command = {"type": "bot_command", "offset": 0, "length": len(text.partition(" ")[0])}
        entities = [command] if text.startswith("/") else []
        where = chat or self.chats[str(person["id"])]
        self._ids[where["id"]] += 1
        message = {"message_id": self._ids[where["id"]], "date": int(time.time()), "chat": where, "from": person}
        return self.deliver({kind: {**message, "text": text, "entities": entities, **more}})

    def presses(self, person: dict[str, Any], data: str, message: Posted) -> None:
        """The person presses a button under a message of the bot's."""
        shown = {
            "message_id": message.id,
            "date": int(time.time()),
            "chat": self.chats[str(message.chat)],
            "text": message.text,
        }
        query = {"id": str(self._last_update), "from": person, "chat_instance": "1", "data": data, "message": shown}
        self.deliver({"callback_query": query})

    def deliver(self, update: dict[str, Any]) -> dict[str, Any]:
        """Have it wait for the bot, numbered on."""
        self._last_update += 1
        numbered = {**update, "update_id": self._last_update}
        self.updates.append(numbered)
        self._news.set()
        return numbered

    async def _serve(self, request: Request) -> Response:
        method = request.path_params["method"]
        if self.behind_a_broken_proxy:
            return HTMLResponse(f"<html><h1>502 Bad Gateway</h1>{'.' * 1000}</html>", 502)
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
            return _ok(await handler({**fields, "photo": photo} if photo else fields))
        except Wrong as wrong:
            return _not_ok(wrong)

    async def _send(self, request: Request, method: str, fields: dict[str, Any], photo: bytes | None) -> Response:
        fault = self.faults.take()
        if fault is Fault.HANG:
            return await self.faults.hang()
        if fault is Fault.REFUSE:
            raise Wrong(400, "Bad Request: PHOTO_INVALID_DIMENSIONS" if photo else "Bad Request: message text is empty")
        if fault is Fault.THROTTLE:
            raise Wrong(429, "Too Many Requests: retry after 7", retry_after=7)
        if fault is Fault.UNAVAILABLE:
            return JSONResponse({"ok": False, "error_code": 503, "description": "Service Unavailable"}, 503)
        message = await getattr(self, f"_{method}")(fields, photo)
        self.arrived.set()
        if fault:
            return await self.faults.after(fault, request)
        await asyncio.sleep(self.faults.slow)
        return _ok(message)

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
        if chat["id"] in self.blocked_by:
            raise Wrong(403, "Forbidden: bot was blocked by the user")
        if self.kicked:
            raise Wrong(403, "Forbidden: bot was kicked from the channel chat")
        if chat["type"] == "channel" and not self.may_post:
            raise Wrong(400, "Bad Request: not enough rights to send text messages to the chat")
        self._throttle(chat["id"])
        seen = self._seen(text, fields, limit, too_long)
        if not seen.strip() and photo is None:
            raise Wrong(400, "Bad Request: message text is empty")
        self._answer(fields, chat["id"])
        self._ids[chat["id"]] += 1
        posted = Posted(chat["id"], self._ids[chat["id"]], method, text, fields, photo)
        self.posted.append(posted)
        return self._message(posted, chat, seen)

    def _answer(self, fields: dict[str, Any], chat: int) -> None:
        if "reply_parameters" not in fields:
            return
        given = json.loads(fields["reply_parameters"])
        there = any((one.chat, one.id) == (chat, given["message_id"]) for one in self.posted)
        if not there and not given.get("allow_sending_without_reply"):
            raise Wrong(400, "Bad Request: message to be replied not found")

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

    async def _editMessageMedia(self, fields: dict[str, Any]) -> Any:
        media = json.loads(fields["media"])
        if media["type"] != "photo" or not media["media"].startswith("attach://"):
            raise Wrong(400, "Bad Request: can't parse InputMedia")
        fields = {**fields, "parse_mode": media.get("parse_mode")}
        message = self._edit(fields, media.get("caption", ""), 1024, "message caption is too long", photo=True)
        self._find(fields).photo = fields["photo"]
        return message

    async def _deleteMessage(self, fields: dict[str, Any]) -> Any:
        chat, number = self._chat(fields)["id"], int(fields["message_id"])
        mine = [one for one in self.posted if (one.chat, one.id) == (chat, number)]
        if not mine:
            raise Wrong(400, "Bad Request: message to delete not found")
        if self.too_old_to_delete:
            raise Wrong(400, "Bad Request: message can't be deleted for everyone")
        self.posted.remove(mine[0])
        return True

    def _find(self, fields: dict[str, Any]) -> Posted:
        chat, number = self._chat(fields)["id"], int(fields["message_id"])
        for one in self.posted:
            if (one.chat, one.id) == (chat, number):
                return one
        raise Wrong(400, "Bad Request: message to edit not found")

    def _edit(self, fields: dict[str, Any], text: str, limit: int, too_long: str, *, photo: bool) -> Any:
        chat = self._chat(fields)
        posted = self._find(fields)
        if photo is (posted.photo is None):
            raise Wrong(400, f"Bad Request: there is no {'caption' if photo else 'text'} in the message to edit")
        seen = self._seen(text, fields, limit, too_long)
        same_picture = fields.get("photo") in (None, posted.photo)
        if text == posted.text and same_picture and fields.get("reply_markup") == posted.fields.get("reply_markup"):
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
        if self.webhook:
            raise Wrong(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first")
        me = self._poller = object()
        self._news.set()  # whoever asked before is told so
        if (offset := int(fields.get("offset") or 0)) > 0:
            self.updates = [update for update in self.updates if update["update_id"] >= offset]
        if "allowed_updates" in fields:
            self._allowed = json.loads(fields["allowed_updates"])
        wait = asyncio.get_running_loop().time() + min(float(fields.get("timeout") or 0), 2.0)
        while not (waiting := [update for update in self.updates if self._is_allowed(update)]):
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), max(wait - asyncio.get_running_loop().time(), 0))
            if self._poller is not me:
                raise Wrong(409, "Conflict: terminated by other getUpdates request; make sure that only one bot runs")
            if asyncio.get_running_loop().time() >= wait:
                break
        return waiting[:100]

    def _is_allowed(self, update: dict[str, Any]) -> bool:
        early = update["update_id"] in self.deliver_regardless
        return early or not self._allowed or any(kind in update for kind in self._allowed)

    async def _setMyCommands(self, fields: dict[str, Any]) -> Any:
        scope = json.loads(fields.get("scope", '{"type": "default"}'))
        where = str(self._chat(scope)["id"]) if scope["type"] == "chat" else scope["type"]
        commands = json.loads(fields["commands"])
        if len(commands) > 100 or not all(re.fullmatch("[a-z0-9_]{1,32}", one["command"]) for one in commands):
            raise Wrong(400, "Bad Request: BOT_COMMAND_INVALID")
        if not all(1 <= len(one["description"]) <= 256 for one in commands):
            raise Wrong(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        self.menus[where, fields.get("language_code", "")] = commands
        return True

    async def _deleteWebhook(self, fields: dict[str, Any]) -> Any:
        self.webhook = ""
        if fields.get("drop_pending_updates") in (True, "true"):
            self.updates.clear()
        return True

    async def _yes(self, fields: dict[str, Any]) -> Any:
        return True

    _answerCallbackQuery = _yes


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
