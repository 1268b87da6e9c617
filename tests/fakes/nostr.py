"""A relay on loopback, over a real websocket.

Follows: NIP-01 (EVENT, REQ, EOSE, OK with its prefixes; ids and signatures are computed again), NIP-09
(a deletion of one's own note). Does not model: filters beyond authors and ids, other people's notes, AUTH, NIP-11.
"""

import contextlib
import hashlib
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.faults import Fault, Faults
from tests.fakes.schnorr import proves

KEY = "5ebd" * 16


@dataclass
class Relay:
    notes: list[dict[str, Any]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    faults: Faults = field(default_factory=Faults)
    refuses: str = ""
    """What it says to every note."""
    longest: int = 16_384

    def shown(self) -> list[str]:
        return [note["content"] for note in self.notes if note["id"] not in self.gone]

    def answer(self, event: dict[str, Any]) -> tuple[bool, str]:
        if self.refuses:
            return False, self.refuses
        if wrong := _wrong(event):
            return False, f"invalid: {wrong}"
        if event["kind"] == 5:
            self.gone |= {tag[1] for tag in event["tags"] if tag[0] == "e"}
            return True, ""
        if any(note["id"] == event["id"] for note in self.notes):
            return True, "duplicate: already have this event"
        self.notes.append(event)
        return True, ""

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        line = web.WebSocketResponse()
        await line.prepare(request)
        async for message in line:
            if message.type is not WSMsgType.TEXT:
                continue
            said = json.loads(message.data)
            if said[0] == "REQ":
                await line.send_json(["EOSE", said[1]])
            elif len(message.data.encode()) > self.longest:
                await line.send_json(["NOTICE", "message too large"])
            else:
                await self._take(line, said[1])
        return line

    async def _take(self, line: web.WebSocketResponse, event: dict[str, Any]) -> None:
        fault = self.faults.take()
        if fault is Fault.REFUSE:
            await line.send_json(["OK", event["id"], False, "invalid: not here"])
        elif fault is Fault.THROTTLE:
            await line.send_json(["OK", event["id"], False, "rate-limited: slow down"])
        else:
            taken, words = self.answer(event)
            if fault is Fault.ACCEPT_THEN_500:
                await line.send_json(["OK", event["id"], False, "error: could not connect to the database"])
            elif fault is not None:
                await line.close()
            else:
                await line.send_json(["NOTICE", "welcome"])
                await line.send_json(["OK", event["id"], taken, words])


def _wrong(event: dict[str, Any]) -> str:
    said = [0, *(event[name] for name in ("pubkey", "created_at", "kind", "tags", "content"))]
    number = hashlib.sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).digest()
    if number.hex() != event["id"]:
        return "event id does not match"
    public, signature = bytes.fromhex(event["pubkey"]), bytes.fromhex(event["sig"])
    return "" if proves(public, number, signature) else "bad signature"


@contextlib.asynccontextmanager
async def serve(relay: Relay) -> AsyncIterator[str]:
    """Yield the relay's address, such as ws://127.0.0.1:40123."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    app = web.Application()
    app.router.add_get("/", relay.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.SockSite(runner, listener).start()
    try:
        yield f"ws://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        await runner.cleanup()
