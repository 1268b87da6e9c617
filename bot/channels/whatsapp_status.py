"""What WhatsApp reports of a message afterwards: whether it went out, or why it did not.

Sources: developers.facebook.com, WhatsApp Cloud API, "Webhooks", "status messages webhook reference", "Error codes"
(2026-05); Graph API, "Validating payloads" (X-Hub-Signature-256 over the body as it came) and "Verification requests".
Our delivery's key comes back as biz_opaque_callback_data.

    status               what it means
    sent delivered read  it is out
    failed               it is not: 131026 no WhatsApp there, 131047 a conversation is needed, 131049 131050 the reader
                         gets no more news for now, 131042 no money, 131053 a picture that could not be taken
    any other            nothing that we want to know
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.errors import NotAdmitted
from bot.model.arrival import Knock
from bot.model.returned import Fate, News

_OUT = frozenset({"sent", "delivered", "read"})


class Door:
    """One application's; without its secret and our word nobody is let in."""

    def __init__(self, channel: str, secret: str | None, word: str | None) -> None:
        self._channel, self._secret, self._word = channel, secret, word

    def challenged(self, query: Mapping[str, str]) -> str:
        """The challenge, for who knows the word that was typed at Meta. Raises NotAdmitted."""
        self._open()
        given = query.get("hub.verify_token", "").encode()
        if query.get("hub.mode") != "subscribe" or not hmac.compare_digest(given, (self._word or "").encode()):
            raise NotAdmitted(self._channel, "this is not the word that the settings name as hook_word", status=403)
        return query.get("hub.challenge", "")

    def news(self, knock: Knock) -> tuple[News, ...]:
        """What a signed report tells of messages of ours. Raises NotAdmitted."""
        self._open()
        signed = knock.headers.get("x-hub-signature-256", "").encode()
        wanted = hmac.new((self._secret or "").encode(), knock.body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(signed, f"sha256={wanted}".encode()):
            raise NotAdmitted(self._channel, "the signature is not that of app_secret", status=403)
        try:
            said = json.loads(knock.body)
        except ValueError:
            raise NotAdmitted(self._channel, "no JSON", status=400) from None
        return tuple(one for status in _statuses(said) if (one := _news(status)) is not None)

    def _open(self) -> None:
        if not self._secret or not self._word:
            raise NotAdmitted(self._channel, "nothing is heard here", status=404)


def _statuses(said: Any) -> Iterator[dict[str, Any]]:
    for entry in _list(said, "entry"):
        for change in _list(entry, "changes"):
            yield from _list(change.get("value"), "statuses")


def _list(holder: Any, name: str) -> Iterator[dict[str, Any]]:
    found = holder.get(name) if isinstance(holder, dict) else None
    yield from (one for one in (found if isinstance(found, list) else ()) if isinstance(one, dict))


def _news(status: Mapping[str, Any]) -> News | None:
    key, number, state = (str(status.get(name) or "") for name in ("biz_opaque_callback_data", "id", "status"))
    try:
        at = datetime.fromtimestamp(int(status.get("timestamp") or ""), UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return None
    if not key or not number:
        return None
    if state in _OUT:
        return News(key, number, Fate.OUT, at)
    if state != "failed":
        return None
    why = "; ".join(_why(error) for error in _list(status, "errors")) or "no reason given"
    return News(key, number, Fate.FAILED, at, why[:300])


def _why(error: Mapping[str, Any]) -> str:
    details = error.get("error_data")
    more = details.get("details") if isinstance(details, dict) else None
    return f"{error.get('code')}: {error.get('message') or error.get('title') or ''}" + (f" — {more}" if more else "")
