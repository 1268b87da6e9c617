"""A Bot API server on loopback, for one bot.

Follows: the Bot API documentation and the error texts of telegram-bot-api 10.0: token check, strict HTML entities,
limits after entity parsing, message ids that count up in each chat, 429 with retry_after in body and header, getUpdates
with offset confirmation, sticky allowed_updates, 409 where two poll or a webhook is set, command menus by scope and
language, people who blocked the bot or never wrote to it, inline keyboards and
presses, edits and "message is not modified", pictures both ways, albums (bot_api_albums.py), a group that has become a
supergroup, floods of one chat. Does not model: other parse modes, rights beyond may-post, privacy mode in groups.
"""

import asyncio
import json
import re
import time
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.fakes.bot_api_albums import Albums
from tests.fakes.bot_api_inbox import ME, Inbox, Posted
from tests.fakes.bot_api_members import Members
from tests.fakes.bot_api_parts import Entities, Wrong, fields_of, keyboard, not_ok, ok, units
from tests.fakes.faults import Fault, Faults

__all__ = ["TOKEN", "BotApi", "Entities", "Posted"]
TOKEN = "123456789:AAFakeTokenOfNobodyAtAll_0123456789"


class BotApi(Albums, Members, Inbox):
    def __init__(self, token: str = TOKEN) -> None:
        super().__init__()
        self.token = token
        self.may_post = True
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.faults = Faults()
        self.arrived = asyncio.Event()
        self.kicked = False
        self.too_old_to_delete = False
        self.pace: float | None = None
        """Seconds between messages of one chat, enforced with 429 where set."""
        self.floods: dict[int, list[int]] = {}
        """By chat: how long each of the next messages is told to wait, in seconds."""
        self._last: dict[int, float] = {}
        self.blocked_by: set[int] = set()
        self.behind_a_broken_proxy = False
        self.top: list[int] = []
        """Messages that are pinned, the newest first."""
        self.moved: dict[str, int] = {}
        """Groups that have become supergroups, and under which number."""
        self.menus: dict[tuple[str, str], list[dict[str, str]]] = {}
        """Command menus by scope ("default", or a chat's number) and language code."""
        self.app = Starlette(
            routes=[
                Route("/file/bot{token}/photos/{name}.jpg", self._download),
                Route("/bot{token}/{method}", self._serve, methods=["GET", "POST"]),
            ]
        )

    async def _download(self, request: Request) -> Response:
        if request.path_params["token"] != self.token:
            return not_ok(Wrong(401, "Unauthorized"))
        return Response(self.files[request.path_params["name"]], media_type="image/jpeg")

    async def _serve(self, request: Request) -> Response:
        method = request.path_params["method"]
        if self.behind_a_broken_proxy:
            return HTMLResponse(f"<html><h1>502 Bad Gateway</h1>{'.' * 1000}</html>", 502)
        try:
            if request.path_params["token"] != self.token:
                raise Wrong(401, "Unauthorized")
            fields, photo = await fields_of(request)
            self.calls.append((method, fields))
            handler = getattr(self, f"_{method}", None)
            if handler is None:
                raise Wrong(404, "Not Found: method not found")
            if method in ("sendMessage", "sendPhoto", "sendMediaGroup"):
                return await self._send(request, method, fields, photo)
            return ok(await handler({**fields, "photo": photo} if photo else fields))
        except Wrong as wrong:
            return not_ok(wrong)

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
        return ok(message)

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
        self._replies(fields, chat["id"])
        self._ids[chat["id"]] += 1
        posted = Posted(chat["id"], self._ids[chat["id"]], method, text, fields, photo, rows=keyboard(fields))
        self.posted.append(posted)
        return self._message(posted, chat, seen)

    def _replies(self, fields: dict[str, Any], chat: int) -> None:
        if "reply_parameters" not in fields:
            return
        given = json.loads(fields["reply_parameters"])
        there = any((one.chat, one.id) == (chat, given["message_id"]) for one in self.posted)
        if not there and not given.get("allow_sending_without_reply"):
            raise Wrong(400, "Bad Request: message to be replied not found")

    def _throttle(self, chat: int) -> None:
        self._flood(chat)
        moment = time.monotonic()
        if self.pace is not None and moment - self._last.get(chat, -1e9) < self.pace:
            raise Wrong(429, "Too Many Requests: retry after 1", retry_after=1)
        self._last[chat] = moment

    def _flood(self, chat: int) -> None:
        if waits := self.floods.get(chat):
            wait = waits.pop(0)
            raise Wrong(429, f"Too Many Requests: retry after {wait}", retry_after=wait)

    def _seen(self, text: str, fields: dict[str, Any], limit: int, too_long: str) -> str:
        if len(text.encode()) > 32_768:
            raise Wrong(400, "Bad Request: text is too long")
        seen = Entities(text).seen if fields.get("parse_mode") == "HTML" else text
        if units(seen) > limit:
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

    async def _editMessageReplyMarkup(self, fields: dict[str, Any]) -> Any:
        chat, posted, rows = self._chat(fields), self._find(fields), keyboard(fields)
        if rows == posted.rows:
            raise Wrong(400, "Bad Request: message is not modified: specified new message content is the same")
        posted.rows = rows
        return self._message(posted, chat, posted.text)

    async def _deleteMessage(self, fields: dict[str, Any]) -> Any:
        chat, number = self._chat(fields)["id"], int(fields["message_id"])
        mine = [one for one in self.posted if (one.chat, one.id) == (chat, number)]
        if not mine:
            raise Wrong(400, "Bad Request: message to delete not found")
        if self.too_old_to_delete:
            raise Wrong(400, "Bad Request: message can't be deleted for everyone")
        self.posted.remove(mine[0])
        return True

    async def _pinChatMessage(self, fields: dict[str, Any]) -> Any:
        self._find(fields)
        number = int(fields["message_id"])
        self.top = [number, *(one for one in self.top if one != number)]
        return True

    async def _unpinChatMessage(self, fields: dict[str, Any]) -> Any:
        if int(fields["message_id"]) not in self.top:
            raise Wrong(400, "Bad Request: message to unpin not found")
        self.top.remove(int(fields["message_id"]))
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
        if text == posted.text and same_picture and keyboard(fields) == posted.rows:
            raise Wrong(400, "Bad Request: message is not modified: specified new message content is the same")
        self._flood(chat["id"])
        posted.edits.append(text)
        posted.text, posted.fields, posted.rows = text, {**posted.fields, **fields}, keyboard(fields)
        return self._message(posted, chat, seen)

    def _chat(self, fields: dict[str, Any]) -> dict[str, Any]:
        if moved := self.moved.get(str(fields.get("chat_id"))):
            words = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Wrong(400, words, migrate_to_chat_id=moved)
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

    async def _deleteMyCommands(self, fields: dict[str, Any]) -> Any:
        scope = json.loads(fields["scope"])
        where = str(self._chat(scope)["id"]) if scope["type"] == "chat" else scope["type"]
        self.menus.pop((where, fields.get("language_code", "")), None)
        return True

    async def _deleteWebhook(self, fields: dict[str, Any]) -> Any:
        self.webhook = ""
        if fields.get("drop_pending_updates") in (True, "true"):
            self.updates.clear()
        return True

    async def _yes(self, fields: dict[str, Any]) -> Any:
        return True

    _sendChatAction = _yes
