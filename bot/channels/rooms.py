"""Rooms that subscribe: what they have in common on the platforms where a bot is let into them."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from bot.model.channel import Long
from bot.model.subscriber import Form

MATRIX, DISCORD, SLACK = r"^![^/?#\s]+$", r"^\d+$", "^[CGD][A-Z0-9]{2,}$"
"""How a room's address reads; people also paste the link to it."""
_LINKS: Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]] = {
    "matrix": (re.compile(MATRIX), re.compile(r"https://matrix\.to/#/(![^/?#\s]+)(?:[/?].*)?")),
    "discord_bot": (
        re.compile(r"^\d{15,22}$"),
        re.compile(r"https://(?:\w+\.)?discord\.com/channels/\d+/(\d{15,22})(?:/.*)?"),
    ),
    "slack": (
        re.compile("^[CG][A-Z0-9]{2,}$"),
        re.compile(r"https://[\w.-]+\.slack\.com/archives/([CG][A-Z0-9]{2,})(?:/.*)?"),
    ),
}
KINDS = tuple(_LINKS)


def room_of(kind: str, text: str) -> str | None:
    """The room's address that somebody wrote, or the link to it that they pasted; None where it is neither."""
    plain, link = _LINKS[kind]
    given = unquote(text.strip())
    found = link.fullmatch(given)
    address = found[1] if found else given
    return address if len(address) <= 255 and plain.match(address) else None


def shape(form: Form, long: Long) -> dict[str, Any]:
    """The settings of a channel for one form: words alone have no card, a whole article goes as several messages."""
    match form:
        case Form.CARD:
            return {}
        case Form.TEXT:
            return {"card": False}
        case Form.FULL:
            return {"long": long if long is Long.THREAD else Long.MESSAGES}
