"""The data of a button: which order it gives, sealed for one chat, and good for a while.

Telegram allows 64 bytes: eight characters of the keyboard's word, which begins with the minute it was made in, eleven
of the seal, and the order. Anybody's program can send any data, so nothing counts that is not sealed; the word ties a
button to the message whose keyboard it is, and changes whenever that message is edited.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LIFE = timedelta(days=7)
"""How long a button works."""
ROOM = 45
"""Bytes of an order."""
_WORD, _SEAL = 8, 11
_SHORT = 12
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pressed:
    """A genuine button: its keyboard's word, when it was made, and its order."""

    word: str
    made_at: datetime
    order: str


class Seal:
    """Seals orders and opens them, with a key of the bot's own."""

    def __init__(self, secret: str) -> None:
        self._key = hashlib.sha256(b"the buttons of the desk\0" + secret.encode()).digest()

    def word(self, now: datetime) -> str:
        """A new keyboard's name."""
        minutes = int((now - _EPOCH).total_seconds() // 60)
        return urlsafe_b64encode(minutes.to_bytes(4, "big") + secrets.token_bytes(2)).decode()

    def data(self, word: str, chat: int, order: str) -> str:
        """At most 64 bytes."""
        short = shortened(order)
        return f"{word}{self._mac(word, chat, short)}{short}"

    def open(self, data: str, chat: int) -> Pressed | None:
        """None where it was not made here, for this chat."""
        word, mac, order = data[:_WORD], data[_WORD : _WORD + _SEAL], data[_WORD + _SEAL :]
        if not hmac.compare_digest(mac.encode(), self._mac(word, chat, order).encode()):
            return None
        minutes = int.from_bytes(urlsafe_b64decode(word)[:4], "big")
        return Pressed(word, _EPOCH + timedelta(minutes=minutes), order)

    def _mac(self, word: str, chat: int, order: str) -> str:
        said = f"{word}\0{chat}\0{order}".encode()
        return urlsafe_b64encode(hmac.digest(self._key, said, "sha256")[:8]).decode().rstrip("=")


def shortened(order: str) -> str:
    """An order that fits; a name too long for it is told by its hash."""
    if len(order.encode()) <= ROOM:
        return order
    words = [word if len(word.encode()) <= _SHORT else _mark(word) for word in order.split(" ")]
    return " ".join(words)


def lengthened(order: str, names: Iterable[str]) -> str:
    """The order with its long names again; a hash of none of them stays, and names nothing."""
    marks = {_mark(name): name for name in names}
    return " ".join(marks.get(word, word) for word in order.split(" "))


def _mark(name: str) -> str:
    return f"~{hashlib.sha256(name.encode()).hexdigest()[:8]}"
