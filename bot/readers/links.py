"""Deep links into a readers' bot, such as t.me/bot?start=5L2T6IKy: the topic's name behind an address."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode

LONGEST = 64
"""Characters that Telegram lets stand behind `start`."""


def payload(topic: str) -> str | None:
    """What stands behind `start`; None for a name of more than 48 bytes, which no link can carry."""
    text = urlsafe_b64encode(topic.encode()).decode().rstrip("=")
    return text if len(text) <= LONGEST else None


def deep_link(bot: str, topic: str = "") -> str | None:
    """The link to the bot of that name, to the topic or to everything; None where the name is too long."""
    said = payload(topic)
    if said is None:
        return None
    return f"https://t.me/{bot}?start={said}" if said else f"https://t.me/{bot}"


def topic_of(text: str) -> str:
    """The name in what came with /start; "" where there is none, or where somebody made it up."""
    if not text or len(text) > LONGEST or not text.isascii():
        return ""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
