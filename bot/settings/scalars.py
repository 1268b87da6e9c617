"""Small values as people write them: durations such as 60s, time zones, addresses."""

import re
from datetime import timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_ADDRESS = re.compile(r"^https?://[^\s/?#]+\S*$", re.IGNORECASE)
_DURATION = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*([smhd])\s*$")


def duration(value: Any) -> timedelta:
    """Read `90s`, `10m`, `6h`, `1d` or 0. Raises ValueError with the remedy."""
    if isinstance(value, timedelta):
        return value
    if value == 0:
        return timedelta(0)
    match = _DURATION.match(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("write a number with s, m, h or d, such as 90s, 10m, 6h")
    return timedelta(**{_UNITS[match[2]]: float(match[1])})


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as err:
        raise ValueError("write a zone of the IANA list, such as Asia/Shanghai or Europe/London") from err
    return value


def _address(value: str) -> str:
    if not _ADDRESS.match(value.strip()):
        raise ValueError("write a whole address with http:// or https://, such as https://example.org/")
    return value.strip()


Duration = Annotated[
    timedelta,
    BeforeValidator(duration),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": _DURATION.pattern}, {"const": 0}]}),
]
ZoneName = Annotated[str, AfterValidator(_zone)]
Address = Annotated[str, AfterValidator(_address), WithJsonSchema({"type": "string", "pattern": _ADDRESS.pattern})]
