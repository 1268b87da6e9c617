"""Standard Webhooks: how an event is signed, and how a machine proves that it wants events.

Source: the specification of standard-webhooks, "Webhook Metadata". It says nothing of proving: as WebSub does, a random
word is sent to the machine, and only if that very word comes back does the machine want what is coming.
"""

import base64
import hashlib
import hmac
import json
import secrets as random
from collections.abc import Sequence
from datetime import datetime

import httpx

from bot.rules.rotation import key_of

_MOST = 65_536
"""Bytes that are read of an answer."""


def sign(secret: bytes, key: str, stamp: str, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over id, timestamp and the exact bytes sent."""
    digest = hmac.new(secret, f"{key}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def signed(secrets: Sequence[bytes], key: str, now: datetime, body: bytes) -> dict[str, str]:
    """The headers of an event: one signature a secret."""
    stamp = str(int(now.timestamp()))
    return {
        "content-type": "application/json",
        "webhook-id": key,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(sign(secret, key, stamp, body) for secret in secrets),
    }


async def beginning(response: httpx.Response) -> bytes:
    """What was answered, as far as anybody could need it."""
    read = b""
    async for piece in response.aiter_bytes():
        read += piece
        if len(read) > _MOST:
            break
    return read


async def gives_back(http: httpx.AsyncClient, url: str, secret: str, state: str, now: datetime) -> bool:
    """Send a random word there; whether the answer is that word, bare or as {"challenge": "…"}, and nothing else.

    A machine that merely repeats what it gets does not pass. `state` is the asker's own word, by which the machine may
    know that it was asked for. Whatever goes wrong is a no.
    """
    word, key = random.token_urlsafe(32), key_of(secret)
    data = {"challenge": word, "state": state}
    event = {"type": "subscription.challenge", "timestamp": now.isoformat(), "data": data}
    body = json.dumps(event, ensure_ascii=False).encode()
    headers = signed([key] if key else [], f"challenge-{random.token_hex(12)}", now, body)
    try:
        async with http.stream("POST", url, content=body, headers=headers, timeout=10) as response:
            said = await beginning(response)
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
    return response.is_success and _word(said) == word


def _word(said: bytes) -> str | None:
    text = said.decode("utf-8", "replace").strip()
    if not text.startswith("{"):
        return text.strip('"')
    try:
        read = json.loads(text)
    except ValueError:
        return None
    return read["challenge"] if isinstance(read, dict) and [*read] == ["challenge"] else None
