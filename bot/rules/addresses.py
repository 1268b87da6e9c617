"""Addresses of subscribers: one spelling of each, by which it is found again; and words without any address."""

import re
import unicodedata
from urllib.parse import urlsplit, urlunsplit

_MAILBOX = re.compile(r"^[^@\s<>\"',;:]+@([^@\s<>\"',;:]+)$")
_IN_WORDS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")
_PORTS = {"http": 80, "https": 443}


def is_mailbox(to: str) -> bool:
    """Whether it reads as a mailbox: one @, a name before it, a host with a dot behind it."""
    found = _MAILBOX.match(to)
    if found is None or len(to) > 254:
        return False
    labels = _host(found[1]).split(".")
    return len(labels) > 1 and all(0 < len(label) < 64 for label in labels)


def tidy(to: str) -> str:
    """As it is written to: trimmed, the host as machines spell it; a mailbox's name stays as its owner writes it."""
    to = unicodedata.normalize("NFC", to.strip())
    if "://" in to:
        return _url(to)
    if _MAILBOX.match(to):
        name, _, host = to.rpartition("@")
        return f"{name}@{_host(host)}"
    return to  # a chat, with its topic or without, or a room


def alike(to: str) -> str:
    """The same for every spelling of one address: a mailbox's name also without regard to capitals."""
    tidied = tidy(to)
    return tidied.casefold() if _MAILBOX.match(tidied) else tidied


def blotted(words: str) -> str:
    """What a server said, with every mailbox in it blotted out."""
    return _IN_WORDS.sub("***", words)


def _url(to: str) -> str:
    parts = urlsplit(to)
    host, scheme = _host(parts.hostname or ""), parts.scheme.lower()
    try:
        port = parts.port
    except ValueError:
        return to  # whoever opens it says what is wrong with it
    shown = f"[{host}]" if ":" in host else host
    if port is not None and port != _PORTS.get(scheme):
        shown = f"{shown}:{port}"
    if "@" in parts.netloc:
        shown = f"{parts.netloc.rpartition('@')[0]}@{shown}"
    return urlunsplit((scheme, shown, parts.path or "/", parts.query, ""))


def _host(host: str) -> str:
    host = host.rstrip(".").lower()
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host
