"""One session of a Matrix account: its calls, who it is, what it has uploaded, and the rooms it is invited into."""

import json
from collections import OrderedDict
from datetime import datetime
from typing import Any
from urllib.parse import quote

from bot.channels.matrix_answers import error_of
from bot.channels.wire import client, exchange, fields
from bot.errors import Refused, Uncertain

_KEPT = 40
_NOTHING: dict[str, Any] = {"types": []}
# Of a look at everything only the invitations are wanted.
_INVITATIONS = {
    "presence": _NOTHING,
    "account_data": _NOTHING,
    "room": {"timeline": {"limit": 1, **_NOTHING}, "state": {"lazy_load_members": True, **_NOTHING},
             "ephemeral": _NOTHING, "account_data": _NOTHING},
}  # fmt: skip


class Account:
    """For all rooms of it."""

    def __init__(self, server: str, token: str) -> None:
        self.server, self.me = f"{server.rstrip('/')}/_matrix", ""
        self.http = client({"Authorization": f"Bearer {token}"})
        self._uploads: OrderedDict[str, str] = OrderedDict()
        self._invited: dict[str, None] = {}
        self._since = ""

    def __repr__(self) -> str:
        return "Account(***)"

    def uploaded(self, file: str) -> str | None:
        """Where that card is, if it was uploaded lately: a hundred rooms show the same one."""
        return self._uploads.get(file)

    def keep(self, file: str, address: str) -> None:
        """It is there."""
        self._uploads[file] = address
        while len(self._uploads) > _KEPT:
            self._uploads.popitem(last=False)

    async def call(
        self, channel: str, method: str, url: str, now: datetime, *, idempotent: bool, hidden: str | None = None,
        **request: Any,
    ) -> Any:  # fmt: skip
        """The JSON that was answered. Raises Refused, Unavailable or Uncertain; none of them names `hidden`."""
        response = await exchange(channel, self.http, method, url, idempotent=idempotent, **request)
        if not response.is_success:
            raise error_of(channel, response, now, idempotent=idempotent, hidden=hidden)
        said = fields(response)
        if not said and response.text.strip() != "{}":
            raise Uncertain(channel, "the answer is none of a homeserver's")
        return said

    async def find_me(self, channel: str, now: datetime) -> str:
        """The account's own name. Raises like `call`."""
        if not self.me:
            who = await self.call(channel, "GET", f"{self.server}/client/v3/account/whoami", now, idempotent=True)
            self.me = str(who.get("user_id", ""))
        return self.me

    async def invitations(self, channel: str, now: datetime) -> tuple[str, ...]:
        """Rooms whose people have invited it and that it has not entered. Raises like `call`."""
        asked = {"filter": json.dumps(_INVITATIONS), "timeout": "0", "set_presence": "offline"}
        if self._since:  # from then on only what is new is told
            asked["since"] = self._since
        said = await self.call(channel, "GET", f"{self.server}/client/v3/sync", now, idempotent=True, params=asked)
        self._since, rooms = said.get("next_batch", ""), said.get("rooms", {})
        for room in (*rooms.get("join", {}), *rooms.get("leave", {})):
            self._invited.pop(room, None)
        self._invited |= dict.fromkeys(rooms.get("invite", {}))
        return tuple(self._invited)

    async def enter(self, channel: str, room: str, now: datetime) -> bool:
        """Accept an invitation; False where it holds no more. Raises Unavailable, or Refused for the account."""
        url = f"{self.server}/client/v3/rooms/{quote(room, safe='')}/join"
        entered = True
        try:
            await self.call(channel, "POST", url, now, idempotent=True, hidden=room, json={})
        except Refused as err:
            if err.account:
                raise
            entered = False
        self._invited.pop(room, None)
        return entered
