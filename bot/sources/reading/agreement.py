"""Two tellings of one time: what the page shows, and what it claims to machines, perhaps more exactly."""

import re
from datetime import datetime, timedelta, tzinfo

_WRITTEN = re.compile(r"(?P<hour>\d\d):(?P<minute>\d\d)(?::\d\d(?:\.\d+)?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)?$")
_NEAR = timedelta(hours=36)


def exact(shown: datetime | None, claimed: datetime, written: str, zone: tzinfo) -> datetime:
    """The shown time, unless the claim (as `written`) says the same more exactly."""
    if shown is None:
        return claimed
    if shown == claimed or abs(shown - claimed) > _NEAR:
        return shown
    local = shown.astimezone(zone)
    match = _WRITTEN.search(written.strip())
    offset = _offset(match["zone"]) if match else None
    if local.hour == local.minute == local.second == 0:  # only a day was shown
        days = {claimed.astimezone(zone).date(), (claimed + (offset or timedelta(0))).date()}
        return claimed if local.date() in days else shown
    if match and (int(match["hour"]), int(match["minute"])) == (local.hour, local.minute):
        if not offset:  # local time that calls itself UTC: a common mistake
            return shown.replace(second=claimed.second) if shown.second == 0 else shown
        return claimed  # the same clock, and the page says in which zone
    return claimed if shown.second == 0 and timedelta(0) <= claimed - shown < timedelta(minutes=1) else shown


def _offset(text: str | None) -> timedelta | None:
    if text is None:
        return None
    if text[0] not in "+-":
        return timedelta(0)
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timedelta(minutes=-minutes if text[0] == "-" else minutes)
