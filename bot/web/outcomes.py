"""The HTTP mapping, written once: which of the three a failed send is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from bot.errors import DeliveryError, Refused, Unavailable, Uncertain

NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL)
_TOO_FAST = 429
_LATER = frozenset({408, 425, _TOO_FAST, 503})
_MAYBE = frozenset({500, 502, 504})
_LONGEST_WAIT = timedelta(days=1)


def of_exception(channel: str, err: Exception, *, idempotent: bool) -> DeliveryError:
    """What no answer means: nothing was sent, or it may have been; a repeat that cannot double is only later."""
    why = f"{type(err).__name__}{f': {err}' if str(err) else ''}"
    if isinstance(err, NEVER_SENT):
        return Unavailable(channel, f"not sent: {why}")
    return Unavailable(channel, why) if idempotent else Uncertain(channel, why)


def of_status(
    channel: str, status: int, headers: httpx.Headers, now: datetime, *, idempotent: bool, said: str = ""
) -> DeliveryError:
    """What an answer other than success means."""
    why = f"HTTP {status}{f': {said[:200]}' if said else ''}"
    if status in _LATER:
        wait = retry_after(headers.get("retry-after"), now)
        return Unavailable(channel, why, retry_after=wait, throttled=status == _TOO_FAST)
    if status in _MAYBE or status > 504:
        return Unavailable(channel, why) if idempotent else Uncertain(channel, why)
    return Refused(channel, why)


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Read seconds or an HTTP date (RFC 9110, 10.2.3); None where it says nothing. Never more than a day."""
    if not value:
        return None
    readers: tuple[Callable[[str], timedelta], ...] = (
        lambda text: timedelta(seconds=float(text)),
        lambda text: _aware(parsedate_to_datetime(text)) - now,
    )
    for read in readers:
        try:
            return min(max(read(value), timedelta(0)), _LONGEST_WAIT)
        except (ValueError, TypeError, OverflowError):
            continue
    return None


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
