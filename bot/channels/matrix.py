"""Matrix: an unencrypted room, as a picture with a caption or as text, on any homeserver.

Source: the client-server specification 1.18 and Synapse 1.163, which a live test (tests/live) runs against. A repeat
with the same transaction from the same access token is the same event: Synapse remembers it for a day, others for half
an hour at least. Every event also carries the delivery's key in a field of ours; by it a lost one is found for good.

    what comes back                                          what it means
    M_UNKNOWN_TOKEN … M_UNRECOGNIZED (_ACCOUNT), any 401,    Refused, the account: logged out, not in the room, no
      a 404 of no homeserver's                               right, another address
    the room is encrypted                                    Refused, the account: what we post would be readable
    M_LIMIT_EXCEEDED (429), 503                              Unavailable, with Retry-After
    500 502 504, a broken answer, none                       Uncertain; Unavailable where a repeat does no harm
    M_TOO_LARGE, M_BAD_JSON, anything else                   Refused, this post; of an upload: the words go alone
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import httpx
from pydantic import Field

from bot.channels.kind import Doors
from bot.channels.wire import WITHOUT_PICTURE, card_of, client, exchange, fields
from bot.errors import DeliveryError, Refused, Unavailable, Uncertain
from bot.model.channel import CardSize, Facts, Finding, Long, Pace, Scope
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup, Unit
from bot.rules.counting import visible
from bot.settings import ChannelSettings, Secret
from bot.settings.scalars import Address
from bot.web import outcomes

TEXT, RAW = 14_000, 28_000
"""Bytes of the words and of their markup: together with quotation they stay within an event's 65,536."""
_ACCOUNT = frozenset({
    "M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_FORBIDDEN", "M_USER_DEACTIVATED", "M_USER_SUSPENDED", "M_USER_LOCKED",
    "M_GUEST_ACCESS_FORBIDDEN", "M_CONSENT_NOT_GIVEN", "M_RESOURCE_LIMIT_EXCEEDED", "M_UNRECOGNIZED",
})  # fmt: skip
_KEY = "crier.delivery"
_REMEMBERED = timedelta(minutes=30)
_BETWEEN = re.compile(r"(?<=>)\n+(?=<)")
_PAGES = 20


class MatrixSettings(ChannelSettings):
    """An account's access token, and a room that it has joined."""

    kind: Literal["matrix"]
    server: Address = Field(description="The homeserver's address, such as https://matrix.example.org.")
    token: Secret = Field(description="The account's access token, as env:NAME or file:PATH.")
    room: str = Field(pattern="^![^/?#]+$", description="The room's ID, such as !abc:example.org; not its alias.")
    card: bool = Field(True, description="Post the share card with the words as its caption; false: words alone.")
    long: Long = Field(Long.FIT, description="A long story: fit it into one post, link only, a thread, or messages.")

    def account(self, name: str) -> str:  # noqa: ARG002 - the channels of one account share its limits
        """One lane an account."""
        return f"matrix:{self.token.reference}"

    @property
    def place(self) -> str:
        """The room."""
        return self.room


def facts(settings: MatrixSettings) -> Facts:
    """Only the whole event has a limit; Synapse lets ten messages through at once and then one every five seconds."""
    return Facts(
        kind="matrix",
        template="matrix.html.j2",
        markup=Markup.HTML,
        limit=TEXT,
        unit=Unit.BYTES,
        card=CardSize() if settings.card else None,
        hashtags=0,
        raw_bytes=RAW,
        pace=(Pace(10, timedelta(seconds=50), Scope.ACCOUNT),),
        key_life=_REMEMBERED,
        editable=True,
        long=settings.long,
        send_within=timedelta(seconds=130),
    )


def open_channel(name: str, settings: MatrixSettings, doors: Doors) -> "Matrix":
    """Raises SettingsError where the token is missing."""
    return Matrix(name, settings, settings.token.reveal(), doors)


class Matrix:
    """One room, through one account."""

    def __init__(self, name: str, settings: MatrixSettings, token: str, doors: Doors) -> None:
        self.name, self.facts, self._room = name, facts(settings), settings.room
        self._server = f"{settings.server.rstrip('/')}/_matrix"
        self._in = f"{self._server}/client/v3/rooms/{quote(settings.room, safe='')}"
        self._cards: Path = doors.cards
        self._clock: Callable[[], datetime] = doors.clock
        self._me = ""
        self._http = client({"Authorization": f"Bearer {token}"})

    def __repr__(self) -> str:
        return f"Matrix({self.name!r})"

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
        wanted = {"senders": [self._me], "types": ["m.room.message"]} if self._me else {"types": ["m.room.message"]}
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
            me = (await self._call("GET", f"{self._server}/client/v3/account/whoami", idempotent=True)).get(
                "user_id", ""
            )
            found = (Finding("account", bool(me), me),)
            joined = await self._call("GET", f"{self._server}/client/v3/joined_rooms", idempotent=True)
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
        await self._refuse_encryption()
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
        return put.get("content_uri"), "" if "content_uri" in put else "the server named no address for it"

    async def _refuse_encryption(self) -> None:
        url = f"{self._in}/state/m.room.encryption"
        response = await exchange(self.name, self._http, "GET", url, idempotent=True)
        if response.is_success:
            why = "the room is encrypted, and what we post would not be: choose a room without encryption"
            raise Refused(self.name, why, account=True)
        if fields(response).get("errcode") != "M_NOT_FOUND":
            raise self._ours(response, idempotent=True)

    async def _find_me(self) -> None:
        """Permalinks name a server of the room; a post does not fail for want of it."""
        if not self._me:
            try:
                who = await self._call("GET", f"{self._server}/client/v3/account/whoami", idempotent=True)
                self._me = who.get("user_id", "")
            except DeliveryError:
                self._me = ""

    def _receipt(self, ids: str, at: datetime, sent: str) -> Receipt:
        via = self._room.partition(":")[2] or self._me.partition(":")[2]
        event = f"${ids.rpartition('$')[2]}"
        link = f"https://matrix.to/#/{quote(self._room, safe='')}/{quote(event, safe='')}?via={quote(via)}"
        return Receipt(ids, at, link if via else None, sent)

    async def _pinned(self, event: str, *, first: bool) -> None:
        url = f"{self._in}/state/m.room.pinned_events"
        response = await exchange(self.name, self._http, "GET", url, idempotent=True)
        if not response.is_success and fields(response).get("errcode") != "M_NOT_FOUND":
            raise self._ours(response, idempotent=True)  # what others have pinned would be lost
        there = list(fields(response).get("pinned", ()))
        wanted = [event] * first + [one for one in there if one != event]
        if wanted != there:
            await self._call("PUT", url, idempotent=True, json={"pinned": wanted})

    async def _put(self, place: str, content: dict[str, Any]) -> Any:
        return await self._call("PUT", f"{self._in}/{place}", idempotent=False, json=content)

    async def _call(self, method: str, url: str, *, idempotent: bool, **request: Any) -> Any:
        response = await exchange(self.name, self._http, method, url, idempotent=idempotent, **request)
        if not response.is_success:
            raise self._ours(response, idempotent=idempotent)
        said = fields(response)
        if not said and response.text.strip() != "{}":
            raise Uncertain(self.name, "the answer is none of a homeserver's")
        return said

    def _ours(self, response: httpx.Response, *, idempotent: bool) -> DeliveryError:
        """One of the three, by the table above."""
        said, status, now = fields(response), response.status_code, self._clock()
        why = f"{said.get('errcode') or f'HTTP {status}'} {said.get('error', '')}".strip()
        if status == httpx.codes.TOO_MANY_REQUESTS:
            wait = response.headers.get("retry-after") or str(said.get("retry_after_ms", 0) / 1000)
            return Unavailable(self.name, why, retry_after=outcomes.retry_after(wait, now), throttled=True)
        nobody = status == httpx.codes.NOT_FOUND and "errcode" not in said  # no homeserver lives there
        if status == httpx.codes.UNAUTHORIZED or nobody or said.get("errcode") in _ACCOUNT:
            return Refused(self.name, why, account=True)
        found = outcomes.of_status(self.name, status, response.headers, now, idempotent=idempotent, said=why)
        return Refused(self.name, why) if isinstance(found, Refused) else found


def _ids(receipt: Receipt) -> tuple[str, str]:
    """The event that begins the thread, and the receipt's own."""
    parts = receipt.platform_id.split("$")
    return f"${parts[1]}", f"${parts[-1]}"
