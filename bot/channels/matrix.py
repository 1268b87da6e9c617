"""Matrix: an unencrypted room, as a picture with a caption or as text, on any homeserver.

Source: the client-server specification 1.18 and Synapse 1.163, which a live test (tests/live) runs against. A repeat
with the same transaction from the same access token is the same event: Synapse remembers it for a day, others for half
an hour at least. Every event also carries the delivery's key in a field of ours; by it a lost one is found for good.
What answers mean: matrix_answers.py.
"""

import contextlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from bot.channels.kind import Doors
from bot.channels.matrix_account import Account
from bot.channels.matrix_answers import error_of
from bot.channels.matrix_settings import MatrixSettings, facts
from bot.channels.rooms import shape
from bot.channels.wire import WITHOUT_PICTURE, card_of, exchange, fields
from bot.errors import DeliveryError, Refused, Uncertain
from bot.model.channel import Facts, Finding
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup
from bot.model.subscriber import Addressee, Form
from bot.rules.counting import visible

_KEY = "crier.delivery"
_BETWEEN = re.compile(r"(?<=>)\n+(?=<)")
_PAGES = 20


def open_channel(name: str, settings: MatrixSettings, doors: Doors) -> "Matrix":
    """Raises SettingsError where the token is missing."""
    account = Account(settings.server, settings.token.reveal())
    return Matrix(name, settings, account, doors)


class Matrix:
    """One room, through one account; of a subscriber's room no receipt and no error names the address."""

    def __init__(
        self, name: str, settings: MatrixSettings, account: Account, doors: Doors, *, sealed: bool = False
    ) -> None:
        self.name, self.facts, self._room, self._sealed = name, facts(settings), settings.room or "", sealed
        self._settings, self._account, self._doors = settings, account, doors
        self._server = account.server
        self._in = f"{self._server}/client/v3/rooms/{quote(self._room, safe='')}"
        self._cards: Path = doors.cards
        self._clock: Callable[[], datetime] = doors.clock
        self._http = account.http

    def __repr__(self) -> str:
        return f"Matrix({self.name!r})"

    def told(self, form: Form) -> Facts:
        """Words alone have no card; a whole article goes as several messages."""
        return facts(self._settings.model_copy(update=shape(form, self._settings.long)))

    def at(self, addressee: Addressee) -> "Matrix":
        """The same account, in one subscriber's room."""
        own = self._settings.model_copy(update={"room": addressee.address.to})
        return Matrix(addressee.channel, own, self._account, self._doors, sealed=True)

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Post it; the same key brings back the same event."""
        return await self._new(edition, key, {}, "")

    async def reply(self, to: Receipt, edition: Edition, key: str) -> Receipt:
        """Post it in the thread that the first post begins."""
        root, last = _ids(to)
        above = {"rel_type": "m.thread", "event_id": root, "is_falling_back": True}
        return await self._new(edition, key, {"m.relates_to": {**above, "m.in_reply_to": {"event_id": last}}}, root)

    async def edit(self, receipt: Receipt, edition: Edition, key: str) -> Receipt:
        """Put the new words and card in place of the first event's, whatever edits there were."""
        await self._refuse_encryption()
        content, sent = await self._content(edition, alone=receipt.sent.startswith(WITHOUT_PICTURE))
        replaces = {"rel_type": "m.replace", "event_id": _ids(receipt)[1]}
        shown = {"msgtype": "m.text", "body": f"* {edition.headline}", "m.mentions": {}}
        await self._put(f"send/m.room.message/{quote(key, safe='')}",
                        {**shown, "m.new_content": content, "m.relates_to": replaces})  # fmt: skip
        return Receipt(receipt.platform_id, receipt.at, receipt.permalink, sent)

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Redact its edits, which hold words too, and then itself; what was redacted before stays so."""
        event = quote(_ids(receipt)[1], safe="")
        url = f"{self._in}/relations/{event}/m.replace".replace("/client/v3/", "/client/v1/", 1)
        edits = (await self._call("GET", url, idempotent=True, params={"limit": "100"})).get("chunk", [])
        for number, edit in enumerate(edits, 1):
            await self._put(f"redact/{quote(edit['event_id'], safe='')}/{quote(key, safe='')}-{number}", {})
        await self._put(f"redact/{event}/{quote(key, safe='')}", {})
        return Receipt(receipt.platform_id, self._clock())

    async def pin(self, receipt: Receipt) -> None:
        """Put it first among the room's pinned events; it needs the power to set the room's state."""
        await self._pinned(_ids(receipt)[1], first=True)

    async def unpin(self, receipt: Receipt) -> None:
        """Take it from among them."""
        await self._pinned(_ids(receipt)[1], first=False)

    async def find(self, edition: Edition, key: str, since: datetime) -> Receipt | None:
        """Look through the room, back to `since`, for our event with the key."""
        await self._find_me()
        oldest = (since.timestamp() - 60) * 1000  # their clock may differ from ours
        wanted = (
            {"senders": [self._account.me], "types": ["m.room.message"]}
            if self._account.me
            else {"types": ["m.room.message"]}
        )
        asked = {"dir": "b", "limit": "100", "filter": json.dumps(wanted)}
        for _ in range(_PAGES):
            page = await self._call("GET", f"{self._in}/messages", idempotent=True, params=asked)
            if "chunk" not in page:
                raise Uncertain(self.name, "the answer is no page of the room")
            for event in page["chunk"]:
                if key in (event["content"].get(_KEY), event.get("unsigned", {}).get("transaction_id")):
                    above = event["content"].get("m.relates_to", {}).get("event_id", "")
                    at = datetime.fromtimestamp(event["origin_server_ts"] / 1000, UTC)
                    return self._receipt(above + event["event_id"], at, edition.text)
                if event["origin_server_ts"] < oldest:
                    return None
            if "end" not in page:
                return None
            asked = {**asked, "from": page["end"]}
        raise Uncertain(self.name, "too much was posted since to look through")

    async def check(self) -> tuple[Finding, ...]:
        """Ask who we are, whether we are in the room, whether it can be read by all, and whether we may post."""
        try:
            me = await self._account.find_me(self.name, self._clock())
            found = (Finding("account", bool(me), me),)
            joined = await self._call("GET", f"{self._server}/client/v3/joined_rooms", idempotent=True)
            if not self._room:
                return (*found, Finding("rooms", True, f"it is in {len(joined.get('joined_rooms', ()))} rooms"))
            if self._room not in joined.get("joined_rooms", ()):
                return (*found, Finding("room", False, f"invite {me} to {self._room} and accept the invitation"))
            await self._refuse_encryption()
            levels = await self._call("GET", f"{self._in}/state/m.room.power_levels", idempotent=True)
        except DeliveryError as err:
            return (Finding("account", False, err.why),)
        needed = levels.get("events", {}).get("m.room.message", levels.get("events_default", 0))
        enough = levels.get("users", {}).get(me, levels.get("users_default", 0)) >= needed
        remedy = "may post" if enough else f"give {me} the power level {needed}"
        return (*found, Finding("room", True, self._room), Finding("right", enough, remedy))

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()

    async def _new(self, edition: Edition, key: str, relation: dict[str, Any], root: str) -> Receipt:
        await self._let_in()
        if not self._sealed:
            await self._find_me()
        content, sent = await self._content(edition)
        place = f"send/m.room.message/{quote(key, safe='')}"
        event = await self._put(place, {**content, **relation, _KEY: key})
        if "event_id" not in event:
            raise Uncertain(self.name, "the answer names no event")
        return self._receipt(root + event["event_id"], self._clock(), sent)

    async def _content(self, edition: Edition, *, alone: bool = False) -> tuple[dict[str, Any], str]:
        """What is shown, and what the receipt says of it. Nobody is ever mentioned."""
        plain = visible(edition.text, Markup.HTML)
        html = _BETWEEN.sub("", edition.text).replace("\n", "<br>")
        words = {
            "body": f"{plain}\n{edition.link}" if edition.link else plain,
            "format": "org.matrix.custom.html",
            "formatted_body": html,
            "m.mentions": {},
        }
        url, why = (None, "as before") if alone else await self._upload(edition)
        if url is None or edition.card is None:
            said = f"{WITHOUT_PICTURE} ({why}): {edition.text}" if why else edition.text
            return {"msgtype": "m.text", **words}, said
        card = edition.card
        about = {"mimetype": card.media_type, "size": card.size, "w": card.width, "h": card.height}
        return {"msgtype": "m.image", **words, "filename": card.file, "url": url, "info": about}, edition.text

    async def _upload(self, edition: Edition) -> tuple[str | None, str]:
        """The card's address on the server, or why there is none. Nothing is shown by it yet."""
        if edition.card is None:
            return None, ""
        if self._sealed and (there := self._account.uploaded(edition.card.file)):
            return there, ""
        content = await card_of(edition, self._cards)
        if content is None:
            return None, "its file is gone"
        url, kind = f"{self._server}/media/v3/upload", {"Content-Type": edition.card.media_type}
        named = {"filename": edition.card.file}
        try:
            put = await self._call("POST", url, idempotent=True, params=named, headers=kind, content=content)
        except Refused as err:
            if err.why.startswith("M_UNKNOWN_TOKEN"):
                raise
            return None, err.why
        self._account.keep(edition.card.file, put.get("content_uri", ""))
        return put.get("content_uri"), "" if "content_uri" in put else "the server named no address for it"

    async def invited(self) -> tuple[str, ...]:
        """Rooms that have asked us in. Raises like send."""
        return await self._account.invitations(self.name, self._clock())

    async def enter(self, room: str) -> bool:
        """Follow an invitation; False where it holds no more. Raises like send."""
        return await self._account.enter(self.name, room, self._clock())

    async def _let_in(self) -> None:
        """Raises Refused where the room is encrypted, or where we are neither in it nor asked in."""
        try:
            await self._refuse_encryption()
        except Refused as err:
            if not err.gone or self._room not in await self.invited() or not await self.enter(self._room):
                raise
            await self._refuse_encryption()

    async def _refuse_encryption(self) -> None:
        url = f"{self._in}/state/m.room.encryption"
        response = await exchange(self.name, self._http, "GET", url, idempotent=True)
        if response.is_success:
            why = "the room is encrypted, and what we post would not be: choose a room without encryption"
            raise Refused(self.name, why, account=not self._sealed, gone=self._sealed)
        if fields(response).get("errcode") != "M_NOT_FOUND":
            raise self._ours(response, idempotent=True)

    async def _find_me(self) -> None:
        """Permalinks name a server of the room; a post does not fail for want of it."""
        with contextlib.suppress(DeliveryError):
            await self._account.find_me(self.name, self._clock())

    def _receipt(self, ids: str, at: datetime, sent: str) -> Receipt:
        via = self._room.partition(":")[2] or self._account.me.partition(":")[2]
        event = f"${ids.rpartition('$')[2]}"
        link = f"https://matrix.to/#/{quote(self._room, safe='')}/{quote(event, safe='')}?via={quote(via)}"
        return Receipt(ids, at, link if via and not self._sealed else None, sent)

    async def _pinned(self, event: str, *, first: bool) -> None:
        url = f"{self._in}/state/m.room.pinned_events"
        response = await exchange(self.name, self._http, "GET", url, idempotent=True)
        if not response.is_success and fields(response).get("errcode") != "M_NOT_FOUND":
            raise self._ours(response, idempotent=True)  # what others have pinned would be lost
        there = list(fields(response).get("pinned", ()))
        wanted = [event] * first + [one for one in there if one != event]
        if wanted != there:
            await self._call("PUT", url, idempotent=True, json={"pinned": wanted})

    def _ours(self, response: httpx.Response, *, idempotent: bool) -> DeliveryError:
        hidden = self._room if self._sealed else None
        return error_of(self.name, response, self._clock(), idempotent=idempotent, hidden=hidden)

    async def _put(self, place: str, content: dict[str, Any]) -> Any:
        return await self._call("PUT", f"{self._in}/{place}", idempotent=False, json=content)

    async def _call(self, method: str, url: str, *, idempotent: bool, **request: Any) -> Any:
        hidden = self._room if self._sealed else None
        return await self._account.call(
            self.name, method, url, self._clock(), idempotent=idempotent, hidden=hidden, **request
        )


def _ids(receipt: Receipt) -> tuple[str, str]:
    """The event that begins the thread, and the receipt's own."""
    parts = receipt.platform_id.split("$")
    return f"${parts[1]}", f"${parts[-1]}"
