"""Addresses as a page writes them: made whole against the page's own, and dropped where they are none."""

import re
from urllib.parse import urljoin, urlsplit

from bot.sources.reading.cleaning import visible

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_MEDIA_FILE = re.compile(r"\.(?:mp4|m4v|webm|mov|m3u8|mp3|m4a|ogg|oga|wav|aac|flac)$", re.IGNORECASE)
_MEDIA_HOSTS = (
    "youtube.com", "youtube-nocookie.com", "youtu.be", "vimeo.com", "dailymotion.com", "bilibili.com", "v.qq.com",
    "youku.com", "iqiyi.com", "soundcloud.com", "spotify.com", "tv.cctv.com",
)  # fmt: skip
_LONGEST = 4_000


def web_address(written: str | None, base: str | None) -> str | None:
    """An http(s) address; a relative one stays relative without a base; None for javascript:, data: and the like."""
    text = "".join(visible(written or "").split())
    if not text or len(text) > _LONGEST or text.startswith("#"):
        return None
    try:
        address = urljoin(base, text) if base else text
        parts = urlsplit(address)
    except ValueError:
        return None
    if _SCHEME.match(address) and (parts.scheme not in ("http", "https") or not parts.hostname):
        return None
    return f"https:{address}" if address.startswith("//") else address


def media_link(written: str | None, base: str | None) -> str | None:
    """The address of a video or sound: a file of one, or a page of a house that shows them."""
    address = web_address(written, base)
    if address is None:
        return None
    parts = urlsplit(address)
    host = parts.hostname or ""
    if _MEDIA_FILE.search(parts.path) or any(host == one or host.endswith(f".{one}") for one in _MEDIA_HOSTS):
        return address
    return None
