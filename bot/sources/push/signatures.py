"""Who sent it, and is it what they sent: signatures and shared words, compared in constant time.

Sources of the rules: the specification of standard-webhooks ("Webhook Metadata", "Verifying signatures"); Ghost's own
WebhookTrigger, which signs the body followed by its time in milliseconds; W3C WebSub, "Signature Validation".
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from bot.errors import CrierError

TOLERANCE = timedelta(minutes=5)
"""How far the sender's clock may be from ours: what is older may be a copy of what was sent before."""
_PREFIX = "whsec_"
_HUB_METHODS = {"sha1", "sha256", "sha384", "sha512"}


class Unsigned(CrierError):
    """Not signed by whom it should be; the sentence says what to correct."""


def standard_key(secret: str) -> bytes:
    """The bytes behind whsec_… Raises ValueError where there are none."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as err:
        raise ValueError("a webhook secret is whsec_ and base64 of 24 to 64 bytes") from err
    if len(key) < 16:
        raise ValueError("this webhook secret is too short: whsec_ and base64 of 24 to 64 bytes")
    return key


def check_standard(keys: Sequence[bytes], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The delivery's id, by the Standard Webhooks specification. Raises Unsigned."""
    name, stamp, given = (headers.get(f"webhook-{part}", "") for part in ("id", "timestamp", "signature"))
    if not (name and stamp and given):
        raise Unsigned("the headers webhook-id, webhook-timestamp and webhook-signature belong to every delivery")
    _check_time(stamp, 1, now, "webhook-timestamp")
    signed = f"{name}.{stamp}.".encode() + body
    wanted = [base64.b64encode(hmac.digest(key, signed, hashlib.sha256)) for key in keys]
    versions = (one.partition(",") for one in given.split())
    if not _any_equal(wanted, [digest for version, _, digest in versions if version == "v1"]):
        raise Unsigned("no signature fits: sign id.timestamp.body with this source's secret, the body byte for byte")
    return name


def check_ghost(secrets: Sequence[str], header: str, body: bytes, now: datetime) -> None:
    """`sha256=HEX, t=MILLISECONDS`. Raises Unsigned."""
    parts = dict(part.strip().partition("=")[::2] for part in header.split(","))
    if not (parts.get("sha256") and parts.get("t")):
        raise Unsigned("the header X-Ghost-Signature is missing: write the secret into Ghost's webhook")
    _check_time(parts["t"], 1000, now, "X-Ghost-Signature")
    signed = body + parts["t"].encode()
    wanted = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode() for secret in secrets]
    if not _any_equal(wanted, [parts["sha256"].lower()]):
        raise Unsigned("the signature does not fit: the secret in Ghost's webhook is not this source's")


def check_word(secrets: Sequence[str], headers: Mapping[str, str], query: Mapping[str, str]) -> None:
    """A shared word, in `Authorization: Bearer`, `X-Crier-Token` or `?token=`. Raises Unsigned."""
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    given = [bearer.strip() if scheme.lower() == "bearer" else "", headers.get("x-crier-token", ""),
             query.get("token", "")]  # fmt: skip
    if not any(given):
        raise Unsigned("no token: send it as Authorization: Bearer, as X-Crier-Token or as ?token=")
    if not _any_equal([secret.encode() for secret in secrets], [one for one in given if one]):
        raise Unsigned("the token is not this source's")


def check_hub(secret: str, header: str, body: bytes) -> None:
    """`METHOD=HEX` with any method of the specification. Raises Unsigned."""
    method, _, given = header.strip().partition("=")
    if method.lower() not in _HUB_METHODS:
        raise Unsigned("no X-Hub-Signature of a method that WebSub names")
    wanted = hmac.new(secret.encode(), body, method.lower()).hexdigest().encode()
    if not _any_equal([wanted], [given.strip().lower()]):
        raise Unsigned("the X-Hub-Signature does not fit")


def equal(one: str, other: str) -> bool:
    """In a time that tells nothing."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def _check_time(stamp: str, per_second: int, now: datetime, where: str) -> None:
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 16):
        raise Unsigned(f"the time in {where} is no number")
    try:
        apart = now - datetime.fromtimestamp(int(stamp) / per_second, UTC)
    except (OverflowError, OSError, ValueError) as err:
        raise Unsigned(f"the time in {where} is no time") from err
    if abs(apart) > TOLERANCE:
        minutes = f"{abs(apart).total_seconds() / 60:.0f} minutes"
        raise Unsigned(f"the time in {where} is {minutes} away: set both clocks right, and sign each try anew")


def _any_equal(wanted: Sequence[bytes], given: Sequence[str]) -> bool:
    """Every pair is compared, so that the time tells nothing."""
    pairs = [hmac.compare_digest(one, other.encode("utf-8", "replace")) for one in wanted for other in given]
    return any(pairs)
