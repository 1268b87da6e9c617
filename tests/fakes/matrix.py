"""A homeserver on loopback: one account, a few rooms, without federation.

Follows: the client-server specification 1.18 and what Synapse 1.163 answered to the same calls (tests/live): bearer
token, a transaction of one token is one event, 65,536 bytes an event, redactions that also take what is not there,
relations, pages from the newest on, 429 with Retry-After, uploads with a limit, invitations. Does not model: other
accounts' events beyond `says`, the rest of sync, room versions, encryption beyond its being switched on, the filter
beyond types and senders.
"""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.faults import Fault, Faults

TOKEN = "syt_bm9ib2R5_AccessTokenOfNobody_000000"
ME = "@crier:riverbend.example"
ROOM, SECRET_ROOM = "!news:riverbend.example", "!secret:riverbend.example"


class Wrong(Exception):
    def __init__(self, status: int, code: str, error: str) -> None:
        self.status, self.code, self.error = status, code, error


@dataclass
class Event:
    id: str
    sender: str
    content: dict[str, Any]
    at: int
    """Milliseconds."""
    transaction: str = ""
    redacted: bool = False


@dataclass
class Homeserver:
    now: float
    """Seconds since 1970: the time of the next event."""
    events: list[Event] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    token: str = TOKEN
    joined: set[str] = field(default_factory=lambda: {ROOM, SECRET_ROOM})
    invited: set[str] = field(default_factory=set)
    """Rooms that ask the account in."""
    level: int = 0
    needed: int = 0
    error: tuple[int, str] | None = None
    """Answer to every message: status and errcode."""
    largest: int = 1024 * 1024
    top: list[str] = field(default_factory=list)
    """Events that are pinned; the room has no such state while there are none."""
    silent_about_pins: bool = False
    uploads: dict[str, bytes] = field(default_factory=dict)
    _transactions: dict[tuple[str, str, str], str] = field(default_factory=dict)

    @property
    def app(self) -> Starlette:
        room, client = "/_matrix/client/v3/rooms/{room}", "/_matrix/client/v3"
        return Starlette(
            routes=[
                Route(room + "/send/m.room.message/{txn}", self._answer(self._send), methods=["PUT"]),
                Route(room + "/redact/{event}/{txn}", self._answer(self._redact), methods=["PUT"]),
                Route(room + "/state/{kind}", self._answer(self._state)),
                Route(room + "/state/m.room.pinned_events", self._answer(self._pin), methods=["PUT"]),
                Route(room + "/messages", self._answer(self._messages)),
                Route("/_matrix/client/v1/rooms/{room}/relations/{event}/m.replace", self._answer(self._relations)),
                Route(client + "/account/whoami", self._answer(self._whoami)),
                Route(client + "/joined_rooms", self._answer(self._joined)),
                Route(client + "/sync", self._answer(self._sync)),
                Route(client + "/rooms/{asked}/join", self._answer(self._join), methods=["POST"]),
                Route("/_matrix/media/v3/upload", self._answer(self._upload), methods=["POST"]),
            ]
        )

    def shown(self) -> list[str]:
        """What a reader sees: the newest edit in place of each message."""
        out = []
        for event in self.events:
            if not event.redacted and _relation(event).get("rel_type") != "m.replace":
                edits = [one for one in self._edits(event.id) if not one.redacted]
                content = edits[-1].content["m.new_content"] if edits else event.content
                out.append(str(content.get("formatted_body", content["body"])))
        return out

    def says(self, sender: str, body: str) -> Event:
        """Somebody posts."""
        return self._add(sender, {"msgtype": "m.text", "body": body}, "")

    def _add(self, sender: str, content: dict[str, Any], transaction: str) -> Event:
        event = Event(f"$event{len(self.events):03}", sender, content, int(self.now * 1000), transaction)
        self.events.append(event)
        return event

    def _edits(self, event: str) -> list[Event]:
        return [one for one in self.events if _relation(one) == {"rel_type": "m.replace", "event_id": event}]

    def _answer(self, handler: Any) -> Any:
        async def answer(request: Request) -> Response:
            try:
                if request.headers.get("authorization") != f"Bearer {self.token}":
                    raise Wrong(401, "M_UNKNOWN_TOKEN", "Invalid access token passed.")
                room = request.path_params.get("room")
                if room is not None and room not in self.joined:
                    raise Wrong(403, "M_FORBIDDEN", f"User {ME} not in room {room}")
                answered: Response = await handler(request)
                return answered
            except Wrong as wrong:
                return JSONResponse({"errcode": wrong.code, "error": wrong.error}, wrong.status)

        return answer

    async def _send(self, request: Request) -> Response:
        fault = self.faults.take()
        match fault:
            case Fault.HANG:
                return await self.faults.hang()
            case Fault.REFUSE:
                raise Wrong(400, "M_BAD_JSON", "Event is malformed")
            case Fault.UNAVAILABLE:
                return Response("later", 503)
            case Fault.THROTTLE:
                said = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": 6660}
                return JSONResponse(said, 429, headers={"retry-after": "7"})
            case _:
                number = self._take(request.path_params["room"], request.path_params["txn"], await request.body())
        if fault:
            return await self.faults.after(fault, request)
        await asyncio.sleep(self.faults.slow)
        return JSONResponse({"event_id": number})

    def _take(self, room: str, txn: str, body: bytes) -> str:
        if (before := self._transactions.get((self.token, room, txn))) is not None:
            return before
        if self.error:
            raise Wrong(*self.error, "no")
        content = json.loads(body)
        if len(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()) > 65_536 - 600:
            raise Wrong(413, "M_TOO_LARGE", "event too large")
        if self.level < self.needed:
            raise Wrong(403, "M_FORBIDDEN", "You don't have permission to post that to the room.")
        event = self._add(ME, content, txn)
        self._transactions[self.token, room, txn] = event.id
        return event.id

    async def _redact(self, request: Request) -> Response:
        for event in self.events:
            if event.id == request.path_params["event"]:
                event.redacted, event.content = True, {}
        return JSONResponse({"event_id": "$redaction"})

    async def _state(self, request: Request) -> Response:
        room, kind = request.path_params["room"], request.path_params["kind"]
        if kind == "m.room.encryption" and room == SECRET_ROOM:
            return JSONResponse({"algorithm": "m.megolm.v1.aes-sha2"})
        if kind == "m.room.power_levels":
            return JSONResponse({"events": {}, "events_default": self.needed, "users": {ME: self.level}})
        if kind == "m.room.pinned_events" and self.silent_about_pins:
            raise Wrong(503, "M_UNKNOWN", "Try again later")
        if kind == "m.room.pinned_events" and self.top:
            return JSONResponse({"pinned": self.top})
        raise Wrong(404, "M_NOT_FOUND", "Event not found.")

    async def _pin(self, request: Request) -> Response:
        self.top = list((await request.json())["pinned"])
        return JSONResponse({"event_id": "$pins"})

    async def _messages(self, request: Request) -> Response:
        wanted = json.loads(request.query_params["filter"])
        assert request.query_params["dir"] == "b"
        newest_first = [one for one in reversed(self.events) if one.sender in wanted["senders"]]
        start, limit = int(request.query_params.get("from", 0)), int(request.query_params["limit"])
        page = newest_first[start : start + limit]
        more = {"end": str(start + limit)} if len(newest_first) > start + limit else {}
        return JSONResponse({"start": str(start), "chunk": [_seen(one) for one in page], **more})

    async def _relations(self, request: Request) -> Response:
        return JSONResponse({"chunk": [_seen(one) for one in self._edits(request.path_params["event"])]})

    async def _whoami(self, request: Request) -> Response:
        return JSONResponse({"user_id": ME, "is_guest": False, "device_id": "RIVERBEND"})

    async def _joined(self, request: Request) -> Response:
        return JSONResponse({"joined_rooms": sorted(self.joined)})

    async def _sync(self, request: Request) -> Response:
        """Of what a filter leaves over, only invitations."""
        json.loads(request.query_params["filter"])
        new: dict[str, Any] = {room: {} for room in sorted(self.invited)}
        return JSONResponse({"next_batch": "s1", "rooms": {"invite": new, "join": {room: {} for room in self.joined}}})

    async def _join(self, request: Request) -> Response:
        room = request.path_params["asked"]
        if room not in self.invited:
            raise Wrong(403, "M_FORBIDDEN", f"You are not invited to {room}.")
        self.invited.discard(room)
        self.joined.add(room)
        return JSONResponse({"room_id": room})

    async def _upload(self, request: Request) -> Response:
        content = await request.body()
        if len(content) > self.largest:
            raise Wrong(413, "M_TOO_LARGE", "Upload request body is too large")
        address = f"mxc://riverbend.example/{len(self.uploads)}"
        self.uploads[address] = content
        return JSONResponse({"content_uri": address})


def _relation(event: Event) -> dict[str, Any]:
    found: dict[str, Any] = event.content.get("m.relates_to", {})
    return found


def _seen(event: Event) -> dict[str, Any]:
    unsigned = {"transaction_id": event.transaction} if event.transaction else {}
    named = {"event_id": event.id, "sender": event.sender, "type": "m.room.message", "origin_server_ts": event.at}
    return {**named, "content": event.content, "unsigned": unsigned}
