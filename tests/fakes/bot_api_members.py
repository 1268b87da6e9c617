"""Who is in which chat of a Bot API server, and what its bots are told when they come and go.

Follows: the Bot API documentation (getChatMember, getChatAdministrators, my_chat_member, sendDocument) and the texts
of telegram-bot-api 10.0. Does not model: rights one by one, restricted members, invitations.
"""

import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from tests.fakes.bot_api_inbox import ME
from tests.fakes.bot_api_parts import Wrong

_RIGHTS = (
    "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
    "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
    "can_edit_stories", "can_delete_stories", "can_edit_messages", "can_pin_messages", "can_manage_topics",
)  # fmt: skip


class Members:
    chats: dict[str, dict[str, Any]]
    may_post: bool
    blocked_by: set[int]
    moved: dict[str, int]
    deliver: Callable[[dict[str, Any]], dict[str, Any]]
    _chat: Callable[[dict[str, Any]], dict[str, Any]]
    _ids: defaultdict[int, int]

    def __init__(self) -> None:
        super().__init__()
        self.administrators: dict[int, list[dict[str, Any]]] = {}
        """By chat: people who administer it."""
        self.documents: list[tuple[int, bytes]] = []
        """By chat: files that were sent."""

    def becomes(self, chat: dict[str, Any], old: str, new: str, person: dict[str, Any]) -> dict[str, Any]:
        """The bot's own standing in the chat changes, by what the person does."""
        if new in {"kicked", "left"}:
            self.blocked_by.add(chat["id"])
        else:
            self.blocked_by.discard(chat["id"])
        change = {"chat": chat, "from": person, "date": int(time.time())}
        change |= {"old_chat_member": self._member(old), "new_chat_member": self._member(new)}
        return self.deliver({"my_chat_member": change})

    def posts(self, channel: dict[str, Any], text: str) -> dict[str, Any]:
        """The channel itself posts something."""
        self._ids[channel["id"]] += 1
        post = {"message_id": self._ids[channel["id"]], "date": int(time.time()), "chat": channel, "text": text}
        return self.deliver({"channel_post": {**post, "sender_chat": channel}})

    def grows(self, group: dict[str, Any], number: int) -> dict[str, Any]:
        """A group becomes a supergroup of that number."""
        self.moved[str(group["id"])] = number
        self.chats[str(number)] = {**group, "id": number, "type": "supergroup"}
        self._ids[group["id"]] += 1
        message = {"message_id": self._ids[group["id"]], "date": int(time.time()), "chat": group}
        return self.deliver({"message": {**message, "migrate_to_chat_id": number}})

    async def _getChatMember(self, fields: dict[str, Any]) -> Any:
        chat, person = self._chat(fields)["id"], int(fields["user_id"])
        if person == ME["id"]:
            return self._member("administrator" if self.may_post else "left")
        found = [one for one in self.administrators.get(chat, ()) if one["id"] == person]
        user = found[0] if found else {"id": person, "is_bot": False, "first_name": "?"}
        return {**self._member("administrator" if found else "member"), "user": user}

    async def _getChatAdministrators(self, fields: dict[str, Any]) -> Any:
        chat = self._chat(fields)
        if chat["type"] == "private":
            raise Wrong(400, "Bad Request: there are no administrators in the private chat")
        return [{**self._member("administrator"), "user": one} for one in self.administrators.get(chat["id"], ())]

    async def _sendDocument(self, fields: dict[str, Any]) -> Any:
        chat = self._chat(fields)
        if chat["id"] in self.blocked_by:
            raise Wrong(403, "Forbidden: bot was blocked by the user")
        self.documents.append((chat["id"], fields["photo"]))
        self._ids[chat["id"]] += 1
        file = {"file_id": "d", "file_unique_id": "d"}
        return {"message_id": self._ids[chat["id"]], "date": int(time.time()), "chat": chat, "document": file}

    def _member(self, status: str) -> dict[str, Any]:
        rights = {}
        if status == "administrator":
            rights = {**dict.fromkeys(_RIGHTS, False), "can_post_messages": self.may_post}
        until = {"until_date": 0} if status == "kicked" else {}
        return {"user": ME, "status": status, **rights, **until}
