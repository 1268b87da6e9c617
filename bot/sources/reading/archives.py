"""A page that a browser saved as one file (MHTML): the page itself, taken out of the mail-like wrapper."""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from bot.errors import SourceUnreadable

_ARCHIVED = re.compile(
    r"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){0,30}?Content-Type:\s*(?:multipart/|text/html)", re.IGNORECASE
)
_BEGINS = re.compile(r"(?:From|MIME-Version|Subject|Date|Snapshot-Content-Location|X-[\w-]+):", re.IGNORECASE)
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Saved:
    """The page's bytes, what the archive says of their encoding, and where the page stood."""

    data: bytes
    charset: str | None
    url: str


def is_wrapped(head: str) -> bool:
    """Whether this is the beginning of a web archive or a mail."""
    return _BEGINS.match(head) is not None and _ARCHIVED.match(head) is not None


def unwrapped(name: str, data: bytes) -> Saved:
    """The page in a web archive. Raises SourceUnreadable, for a mail too: what it is an answer to is no article."""
    try:
        message = email.message_from_bytes(data)
    except RecursionError as err:
        raise SourceUnreadable(name, "it is a web archive of countless boxes: save the page as HTML only") from err
    own = str(message.get("Snapshot-Content-Location") or message.get("Content-Location") or "").strip()
    for part in _parts(message):
        url = str(part.get("Content-Location") or own).strip()
        body = part.get_payload(decode=True)
        if part.get_content_type() in ("text/html", "application/xhtml+xml") and isinstance(body, bytes) and body:
            if not url.startswith(("http://", "https://")):
                break
            return Saved(body, part.get_content_charset(), url)
    raise SourceUnreadable(name, "it is a mail, or a web archive without a page: save the page as HTML only")


def _parts(message: Message, depth: int = 0) -> Iterator[Message]:
    """The root first, as the wrapper names it, then the others in order."""
    if not message.is_multipart():
        yield message
        return
    inner = [part for part in message.get_payload() if isinstance(part, Message)]
    start = message.get_param("start")
    inner.sort(key=lambda part: part.get("Content-ID") != start)
    for part in inner:
        if depth < _DEEPEST:
            yield from _parts(part, depth + 1)
