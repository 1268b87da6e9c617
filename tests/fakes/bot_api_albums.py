"""Albums of a Bot API server: two to ten pictures that are messages of their own, the caption on one of them.

Follows: the Bot API documentation (sendMediaGroup, deleteMessages) and the texts of telegram-bot-api 10.0. Does not
model: albums of videos, audio or documents, pictures by address or number.
"""

import json
from collections.abc import Callable
from typing import Any

from tests.fakes.bot_api_inbox import Posted
from tests.fakes.bot_api_parts import Wrong


class Albums:
    posted: list[Posted]
    too_old_to_delete: bool
    _post: Callable[..., dict[str, Any]]
    _chat: Callable[[dict[str, Any]], dict[str, Any]]

    async def _sendMediaGroup(self, fields: dict[str, Any], photo: bytes | None) -> list[dict[str, Any]]:
        album, files = json.loads(fields["media"]), fields.get("attached", {})
        if not 2 <= len(album) <= 10:
            raise Wrong(400, "Bad Request: too many messages to send as an album")
        pictures = [files.get(one["media"].removeprefix("attach://")) for one in album]
        if not all(one["type"] == "photo" for one in album) or None in pictures:
            raise Wrong(400, "Bad Request: can't parse InputMedia: media not found")
        for number, picture in enumerate(pictures, start=1):
            if picture is not None and not picture.startswith((b"\xff\xd8", b"\x89PNG")):
                why = f'failed to send message #{number} with the error message "IMAGE_PROCESS_FAILED"'
                raise Wrong(400, f"Bad Request: {why}")
        sent = []
        for one, picture in zip(album, pictures, strict=True):
            said = {**fields, "parse_mode": one.get("parse_mode")}
            words = one.get("caption", "")
            sent.append(self._post("sendMediaGroup", said, words, 1024, "message caption is too long", picture))
        return [{**one, "media_group_id": "album-1"} for one in sent]

    async def _deleteMessages(self, fields: dict[str, Any]) -> Any:
        chat, numbers = self._chat(fields)["id"], json.loads(fields["message_ids"])
        mine = [one for one in self.posted if one.chat == chat and one.id in numbers]
        if mine and self.too_old_to_delete:
            raise Wrong(400, "Bad Request: message can't be deleted for everyone")
        for one in mine:
            self.posted.remove(one)
        return True
