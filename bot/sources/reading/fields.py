"""Fields of a JSON document that somebody else wrote: any value may be missing, or of another type."""

import json
from datetime import UTC, datetime
from typing import Any


def document(text: str) -> Any:
    """The document; None where there is none. What stands before its first bracket, or after it, is forgiven."""
    starts = [place for place in (text.find("["), text.find("{")) if place >= 0]
    try:
        return json.JSONDecoder(strict=False).raw_decode(text[min(starts) :])[0] if starts else None
    except (ValueError, RecursionError):
        return None


def at(value: Any, *path: str | int) -> Any:
    """What stands there, or None."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def words(value: Any, *path: str | int) -> str:
    """Text or a number as text, else ""."""
    found = at(value, *path)
    if isinstance(found, str):
        return found.strip()
    return str(found) if isinstance(found, int) and not isinstance(found, bool) else ""


def objects(value: Any, *path: str | int) -> list[dict[str, Any]]:
    """The objects of a list."""
    found = at(value, *path)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def moment(written: str | None) -> datetime | None:
    """A time in ISO 8601, UTC where it names no zone; None where it is none."""
    try:
        at = datetime.fromisoformat(written) if written else None
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC) if at else None
