"""Marks: by which an address is found that nobody can read, and the words by which links know their subscriber."""

import base64
import hmac
import secrets

from sqlalchemy import insert, select

from bot.ledger.sealing import Keys
from bot.ledger.store import Conflict, Store
from bot.ledger.subscriber_tables import subscriber_keys
from bot.rules.addresses import alike

_NAME = "marks"
_WORD = 18  # bytes of a word: 24 letters in a link


class Marks:
    """Made of one random key, which is kept sealed in the ledger: the settings' keys may change, marks do not."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def __repr__(self) -> str:
        return "Marks(***)"

    def of(self, carrier: str, to: str) -> str:
        """The same for every spelling of an address; another one on another carrier."""
        return self._made("mark", carrier, alike(to)).hex()

    def word(self, number: int, generation: int) -> str:
        """What stands in links that are this subscriber's, and nobody else's."""
        made = self._made("link", str(number), str(generation))
        return base64.urlsafe_b64encode(made[:_WORD]).decode()

    def knows(self, word: str, number: int, generation: int) -> bool:
        """Whether it is that subscriber's word; it takes as long for any other."""
        return hmac.compare_digest(self.word(number, generation).encode(), word.encode())

    def _made(self, *parts: str) -> bytes:
        return hmac.digest(self._key, "\0".join(parts).encode(), "sha256")


async def marks_of(store: Store, keys: Keys) -> Marks:
    """The ledger's own, made at first use. Raises SettingsError where no key opens it, LedgerError."""
    there = select(subscriber_keys.c.sealed).where(subscriber_keys.c.name == _NAME)
    async with store.read() as connection:
        sealed = (await connection.execute(there)).scalar()
    if sealed is None:
        made = keys.seal(secrets.token_bytes(32))
        try:
            async with store.write() as connection:
                await connection.execute(insert(subscriber_keys).values(name=_NAME, sealed=made))
        except Conflict:
            pass  # another worker's came first, and counts
        async with store.read() as connection:
            sealed = (await connection.execute(there)).scalar_one()
    return Marks(keys.open(sealed, "what finds subscribers: write the former key behind it"))
