"""The half of a Bot API server that people write to: messages, presses, files, and updates that wait for the bot."""

import asyncio
import contextlib
import json
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.bot_api_parts import Wrong
from tests.fakes.bot_api_webhook import Courier

ME = {"id": 123456789, "is_bot": True, "first_name": "Crier", "username": "crier_test_bot"}
CHANNEL = {"id": -1001, "type": "channel", "title": "河湾日报", "username": "riverbend_daily"}


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
    rows: list[list[dict[str, Any]]] = field(default_factory=list)

    @property
    def buttons(self) -> list[list[str]]:
        """The captions, row by row."""
        return [[one["text"] for one in row] for row in self.rows]

    def data(self, caption: str) -> str:
        """What the button of that caption sends."""
        [found] = [one["callback_data"] for row in self.rows for one in row if one["text"] == caption]
        return str(found)


class Inbox(Courier):
    def __init__(self) -> None:
        super().__init__()
        self.chats: dict[str, dict[str, Any]] = {"@riverbend_daily": CHANNEL, "-1001": CHANNEL}
        self.posted: list[Posted] = []
        self.files: dict[str, bytes] = {}
        self.asked: set[str] = set()
        """Presses that Telegram's program still shows as waiting."""
        self.toasts: list[str] = []
        """What was said above the chat; one that must be closed by hand begins with "!"."""
        self._ids: defaultdict[int, int] = defaultdict(int)
        self._last_update = 0
        self._poller: object = None
        self._news = asyncio.Event()

    def person(self, number: int, name: str, language: str = "zh-hans") -> dict[str, Any]:
        self.chats[str(number)] = {"id": number, "type": "private", "first_name": name}
        return {"id": number, "is_bot": False, "first_name": name, "language_code": language}

    def group(self, number: int, title: str) -> dict[str, Any]:
        self.chats[str(number)] = chat = {"id": number, "type": "supergroup", "title": title}
        return chat

    def says(
        self,
        person: dict[str, Any],
        text: str,
        chat: dict[str, Any] | None = None,
        kind: str = "message",
        *,
        replying: Posted | None = None,
        picture: bytes | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        """The person writes to the bot, or in a group it is in; the update, which `deliver` can bring once more."""
        command = {"type": "bot_command", "offset": 0, "length": len(text.partition(" ")[0])}
        entities = [command] if text.startswith("/") else []
        where = chat or self.chats[str(person["id"])]
        self._ids[where["id"]] += 1
        message = {"message_id": self._ids[where["id"]], "date": int(time.time()), "chat": where, "from": person}
        words = {"text": text, "entities": entities}
        if replying is not None:
            more["reply_to_message"] = self._shown(replying)
        if picture is not None:
            file = f"picture-{len(self.files)}"
            self.files[file] = picture
            size = {"file_id": file, "file_unique_id": file, "width": 800, "height": 600, "file_size": len(picture)}
            words = {"caption": text, "caption_entities": entities, "photo": [size]}
        return self.deliver({kind: {**message, **words, **more}})

    def presses(self, person: dict[str, Any], button: str, message: Posted) -> dict[str, Any]:
        """The person presses the button of that caption, or sends data that no button has."""
        captions = {one["text"]: one.get("callback_data", "") for row in message.rows for one in row}
        number = str(self._last_update + 1)
        self.asked.add(number)
        query = {"id": number, "from": person, "chat_instance": "1", "data": captions.get(button, button)}
        return self.deliver({"callback_query": {**query, "message": self._shown(message)}})

    def _shown(self, message: Posted) -> dict[str, Any]:
        chat = self.chats[str(message.chat)]
        words = {"caption" if message.photo else "text": message.text}
        rows = {"reply_markup": {"inline_keyboard": message.rows}} if message.rows else {}
        topic = message.fields.get("message_thread_id")
        thread = {"message_thread_id": int(topic), "is_topic_message": True} if topic else {}
        return {"message_id": message.id, "date": int(time.time()), "chat": chat, "from": ME, **words, **rows, **thread}

    def deliver(self, update: dict[str, Any]) -> dict[str, Any]:
        """Have it wait for the bot, numbered on."""
        self._last_update += 1
        numbered = {**update, "update_id": self._last_update}
        self.updates.append(numbered)
        self._news.set()
        self.carry()
        return numbered

    async def _answerCallbackQuery(self, fields: dict[str, Any]) -> Any:
        if fields["callback_query_id"] not in self.asked:
            raise Wrong(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        if len(fields.get("text", "")) > 200:
            raise Wrong(400, "Bad Request: MESSAGE_TOO_LONG")
        self.asked.discard(fields["callback_query_id"])
        self.toasts.append(("!" if fields.get("show_alert") in (True, "true") else "") + fields.get("text", ""))
        return True

    async def _getFile(self, fields: dict[str, Any]) -> Any:
        file = fields["file_id"]
        if file not in self.files:
            raise Wrong(400, "Bad Request: invalid file_id")
        return {"file_id": file, "file_unique_id": file, "file_path": f"photos/{file}.jpg"}

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
