"""What a homeserver's answers mean for a delivery.

what comes back                                          what it means
M_UNKNOWN_TOKEN … M_UNRECOGNIZED (_ACCOUNT), any 401,    Refused, the account: logged out, not in the room, no
a 404 of no homeserver's                               right, another address
the room is encrypted                                    Refused, the account: what we post would be readable
M_LIMIT_EXCEEDED (429), 503                              Unavailable, with Retry-After
500 502 504, a broken answer, none                       Uncertain; Unavailable where a repeat does no harm
M_TOO_LARGE, M_BAD_JSON, anything else                   Refused, this post; of an upload: the words go alone
of a subscriber's room: not in it, no right, no such   Refused; gone: whoever let us in has let us go
room, encrypted
"""

from datetime import datetime

import httpx

from bot.channels.wire import fields
from bot.errors import DeliveryError, Refused, Unavailable
from bot.web import outcomes

_ACCOUNT = frozenset({
    "M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_FORBIDDEN", "M_USER_DEACTIVATED", "M_USER_SUSPENDED", "M_USER_LOCKED",
    "M_GUEST_ACCESS_FORBIDDEN", "M_CONSENT_NOT_GIVEN", "M_RESOURCE_LIMIT_EXCEEDED", "M_UNRECOGNIZED",
})  # fmt: skip
_ROOM = frozenset({"M_FORBIDDEN", "M_GUEST_ACCESS_FORBIDDEN"})
"""What says of a subscriber's room that nothing can be posted there."""


def error_of(
    channel: str, response: httpx.Response, now: datetime, *, idempotent: bool, hidden: str | None
) -> DeliveryError:
    """One of the three, by the table above; `hidden` is a subscriber's room, which no error names."""
    said, status = fields(response), response.status_code
    code = said.get("errcode")
    why = f"{code or f'HTTP {status}'} {said.get('error', '')}".strip()
    if hidden is not None:
        why = why.replace(hidden, "the room")
        if code in _ROOM:
            return Refused(channel, why, gone=True)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        wait = response.headers.get("retry-after") or str(said.get("retry_after_ms", 0) / 1000)
        return Unavailable(channel, why, retry_after=outcomes.retry_after(wait, now), throttled=True)
    nobody = status == httpx.codes.NOT_FOUND and "errcode" not in said  # no homeserver lives there
    if status == httpx.codes.UNAUTHORIZED or nobody or code in _ACCOUNT:
        return Refused(channel, why, account=True)
    found = outcomes.of_status(channel, status, response.headers, now, idempotent=idempotent, said=why)
    return Refused(channel, why) if isinstance(found, Refused) else found
