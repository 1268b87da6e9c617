"""The way of a Bot API server to a bot's own address: setWebhook, and updates that are brought until they are taken.

Follows: the Bot API documentation (setWebhook, getWebhookInfo, the header with the secret token, repeats until an
answer of 2xx, getUpdates' conflict). Does not model: certificates, ports, several connections, the growing pauses
between two tries, orders in the answer to an update.
"""

import asyncio
import json
import re
from typing import Any

import httpx

from tests.fakes.bot_api_parts import Wrong

PAUSE = 0.02
"""Seconds until an update that was not taken is brought again; Telegram's own are longer."""


class Courier:
    def __init__(self) -> None:
        self.webhook = ""
        self.updates: list[dict[str, Any]] = []
        """What has not been confirmed yet."""
        self.deliver_regardless: set[int] = set()
        """Numbers of updates that came before allowed_updates was narrowed."""
        self.brought: list[tuple[int, int]] = []
        """Every delivery: the update's number, and the status it was answered with (0: no answer)."""
        self._allowed: list[str] = []
        self._secret = ""
        self._error = ""
        self._carrying: asyncio.Task[None] | None = None

    def carry(self) -> None:
        """Bring what waits, where the bot has named an address."""
        if self.webhook and (self._carrying is None or self._carrying.done()):
            self._carrying = asyncio.create_task(self._carry())

    async def _carry(self) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            while self.webhook and (waiting := [one for one in self.updates if self._is_allowed(one)]):
                update = waiting[0]
                headers = {"X-Telegram-Bot-Api-Secret-Token": self._secret} if self._secret else {}
                try:
                    status = (await client.post(self.webhook, json=update, headers=headers)).status_code
                except httpx.HTTPError:
                    status = 0
                self.brought.append((update["update_id"], status))
                if 200 <= status < 300:
                    self._error = ""
                    self.updates.remove(update)
                    continue
                self._error = f"Wrong response from the webhook: {status}" if status else "Connection refused"
                await asyncio.sleep(PAUSE)

    async def _setWebhook(self, fields: dict[str, Any]) -> Any:
        secret = fields.get("secret_token", "")
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise Wrong(400, "Bad Request: secret token contains unallowed characters")
        if not fields.get("url", "").startswith(("https://", "http://127.0.0.1")):  # a server of one's own takes http
            raise Wrong(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook, self._secret = fields["url"], secret
        if "allowed_updates" in fields:
            self._allowed = json.loads(fields["allowed_updates"])
        if fields.get("drop_pending_updates") in (True, "true"):
            self.updates.clear()
        self.carry()
        return True

    async def _getWebhookInfo(self, fields: dict[str, Any]) -> Any:
        error = {"last_error_date": 1_795_000_000, "last_error_message": self._error} if self._error else {}
        waiting = {"pending_update_count": len(self.updates)}
        return {"url": self.webhook, "has_custom_certificate": False, **waiting, **error}

    def _is_allowed(self, update: dict[str, Any]) -> bool:
        early = update["update_id"] in self.deliver_regardless
        return early or not self._allowed or any(kind in update for kind in self._allowed)
