"""Sealing: what must not lie open in the ledger, under keys that can be changed while it lies there."""

import contextlib
from importlib import import_module

from bot.errors import SettingsError

ANOTHER = "make one by `python main.py connect --new-key`, and set it"


class Keys:
    """The first of them seals; each opens what it has sealed."""

    def __init__(self, keys: str, setting: str) -> None:
        """`keys` are one or several, with commas between. Raises SettingsError where one is none."""
        fernet = import_module("cryptography.fernet")  # 7 MB that a house without a key need not have
        try:
            known = [fernet.Fernet(one.strip()) for one in keys.split(",")]
        except ValueError:
            raise SettingsError(setting, "***", f"this is no key: {ANOTHER}") from None
        self.setting = setting
        self._first, self._all, self._not_ours = known[0], fernet.MultiFernet(known), fernet.InvalidToken

    def __repr__(self) -> str:
        return "Keys(***)"

    def seal(self, plain: bytes) -> bytes:
        """Under the first key."""
        return bytes(self._all.encrypt(plain))

    def open(self, sealed: bytes, what: str) -> bytes:
        """What was sealed. Raises SettingsError where no key opens it; `what` says whose it is, and what to do."""
        try:
            return bytes(self._all.decrypt(sealed))
        except self._not_ours:
            raise SettingsError(self.setting, "***", f"it does not open {what}") from None

    def opens(self, sealed: bytes) -> bool:
        """Whether one of the keys does."""
        try:
            self._all.decrypt(sealed)
        except self._not_ours:
            return False
        return True

    def anew(self, sealed: bytes) -> bytes | None:
        """None where it is under the first key already, or under none of ours: whoever uses it is told so."""
        try:
            self._first.decrypt(sealed)
        except self._not_ours:
            with contextlib.suppress(self._not_ours):
                return bytes(self._all.rotate(sealed))
        return None
