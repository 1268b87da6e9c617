"""Signing secrets of a webhook: a new one is made, the former ones sign beside it for a day, and then no more."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime, timedelta

PREFIX = "whsec_"
BESIDE = timedelta(hours=24)
"""A former secret signs beside the new one for so long."""
_MOST = 3
_UNTIL = " until "


def secret_of(key: bytes) -> str:
    """As Standard Webhooks writes it; `key` is 24 to 64 random bytes."""
    return PREFIX + base64.b64encode(key).decode()


def key_of(secret: str) -> bytes | None:
    """The bytes that sign; None where it is no such secret."""
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        return None


def rotated(secrets: Sequence[str], new: str, now: datetime) -> tuple[str, ...]:
    """The new one first; each former one as long as it was to sign anyway, and a day at most."""
    until = now + BESIDE
    former = (one if _UNTIL in one else f"{one}{_UNTIL}{until.isoformat()}" for one in secrets if _signs(one, now))
    return (new, *former)[:_MOST]


def signing(secrets: Sequence[str], now: datetime) -> tuple[str, ...]:
    """Those that sign now, the newest first."""
    return tuple(one.partition(_UNTIL)[0] for one in secrets if _signs(one, now))


def _signs(secret: str, now: datetime) -> bool:
    end = secret.partition(_UNTIL)[2]
    return not end or now < datetime.fromisoformat(end)
