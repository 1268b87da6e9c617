"""Systems that call us: each signs as its maker's documentation says, and none of it with our own code.

Follows: Standard Webhooks (through its own library), Ghost's WebhookTrigger (body and milliseconds under one HMAC).
"""

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from standardwebhooks import Webhook

PLAIN_SECRET = "whsec_" + "cml2ZXJiZW5kLXJpdmVyYmVuZC1yaXZlcg=="
GHOST_SECRET = "a-secret-of-ghost"
WORD = "a-word-that-two-know"


def plain(
    story: dict[str, Any] | bytes, now: datetime, *, key: str = "msg_1", secret: str = PLAIN_SECRET
) -> dict[str, Any]:
    """Arguments of a request as httpx takes them."""
    body = story if isinstance(story, bytes) else json.dumps(story, ensure_ascii=False).encode()
    signature = Webhook(secret).sign(key, now, body.decode("utf-8"))
    headers = {
        "content-type": "application/json",
        "webhook-id": key,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }
    return {"content": body, "headers": headers}


def ghost(post: dict[str, Any], now: datetime, *, secret: str = GHOST_SECRET) -> dict[str, Any]:
    """The same for Ghost."""
    body = json.dumps({"post": post}, ensure_ascii=False, separators=(",", ":"))
    stamp = int(now.timestamp() * 1000)
    signed = hmac.new(secret.encode(), f"{body}{stamp}".encode(), hashlib.sha256).hexdigest()
    headers = {"content-type": "application/json", "x-ghost-signature": f"sha256={signed}, t={stamp}"}
    return {"content": body.encode(), "headers": headers}
