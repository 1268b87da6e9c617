"""What a server with the Mastodon API says: of itself, and of the posts that are out."""

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

_UNHEARD = re.compile(r"<[^>]*>|[\s\u200d]+")
_ALIKE = 20


class Kin(StrEnum):
    """What runs on the server."""

    MASTODON = "mastodon"
    GOTOSOCIAL = "gotosocial"
    PLEROMA = "pleroma"
    PIXELFED = "pixelfed"
    OTHER = "other"


_NAMES = {"gotosocial": Kin.GOTOSOCIAL, "pleroma": Kin.PLEROMA, "akkoma": Kin.PLEROMA, "pixelfed": Kin.PIXELFED}


@dataclass(frozen=True, slots=True)
class Server:
    """What it is, and how much it takes."""

    kin: Kin
    version: str
    """Kin and version, for people."""
    limit: int | None
    """Characters of a post."""
    picture_bytes: int | None = None
    alt: int | None = None
    """Code points of a picture's description."""


def server(told: Mapping[str, Any]) -> Server:
    """Read the instance entity, of version 1 or 2."""
    version = str(told.get("version", ""))
    named = f"{version} {told.get('source_url', '')}".lower()
    # Others call themselves "4.2 (compatible; Name 1.0)"; a version 0 is GoToSocial's, whose older ones say only that.
    default = Kin.OTHER if "compatible" in named else Kin.GOTOSOCIAL if version.startswith("0.") else Kin.MASTODON
    kin = next((kin for name, kin in _NAMES.items() if name in named), default)
    given = told.get("configuration") or {}
    post, media = given.get("statuses") or {}, given.get("media_attachments") or {}
    limit = post.get("max_characters") or told.get("max_toot_chars")
    alt = media.get("description_limit") or told.get("description_limit")
    return Server(kin, f"{kin} {version}", *map(_number, (limit, media.get("image_size_limit"), alt)))


def _number(told: object) -> int | None:
    return int(str(told)) if str(told).isdecimal() and int(str(told)) > 0 else None


def posts(body: bytes) -> Sequence[Mapping[str, Any]] | None:
    """Read a list of status entities; None where it is none."""
    try:
        read = json.loads(body)
    except ValueError:
        return None
    return read if isinstance(read, list) and all(isinstance(one, dict) and one.get("id") for one in read) else None


def heard(written: str) -> str:
    """A post's HTML as its words, without tags and spaces: by it two posts are compared."""
    return _UNHEARD.sub("", html.unescape(_UNHEARD.sub("", written)))


def heard_plain(text: str) -> str:
    """Likewise of a text without markup."""
    return heard(html.escape(text))


def alike(one: str, other: str, link: str | None) -> bool:
    """Whether two posts, as heard, may be the same one that was changed on its way."""
    return one[:_ALIKE] == other[:_ALIKE] or bool(link and link in one and link in other)


def moment(text: object) -> datetime | None:
    """A time of day as the API writes it; None where it is none."""
    try:
        read = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def until_reset(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long the limit lasts that has been reached: X-RateLimit-Reset names its end. Never more than a day.

    A time of day, or (GoToSocial before 0.10) seconds of 1970.
    """
    named = headers.get("x-ratelimit-reset", "")
    reset = datetime.fromtimestamp(int(named), UTC) if named.isdecimal() and len(named) < 12 else moment(named)
    return None if reset is None else min(max(reset - now, timedelta(0)), timedelta(days=1))
