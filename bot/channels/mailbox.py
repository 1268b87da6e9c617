"""A mailbox that other servers write their reports into: a Maildir on this machine, or a folder behind IMAP.

Sources: the Maildir format as Postfix, Dovecot and qmail write it; RFC 3501, as the standard library's imaplib speaks
it. Only reports are marked as read, and the newest come first: whatever else lies there is a person's, and hides none.
Everything here blocks: call it in a thread.
"""

import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self
from urllib.parse import unquote, urlsplit

from pydantic import Field, model_validator

from bot.settings import Secret
from bot.settings.section import Section

MOST, MOST_BYTES = 200, 1_000_000
"""Mails a look, and of each so much: what comes back encloses ours."""
_WITHIN = 30.0
_REPORT = re.compile(rb"^content-type:\s*multipart/report\b", re.IGNORECASE | re.MULTILINE)
_SCHEMES = {"imaps": 993, "imap": 143}


class ReturnsSettings(Section):
    """Where returned mail arrives."""

    mailbox: str = Field(description="maildir:PATH on this machine, or imaps://USER@HOST/FOLDER; imap: with STARTTLS.")
    password: Secret | None = Field(None, description="Of the user behind IMAP, as env:NAME or file:PATH.")
    address: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9._-]{1,24}@[A-Za-z0-9.-]+$",
        description="Where mail is returned to, instead of to the sender: the server must be allowed to send for it.",
    )
    tagged: bool = Field(
        False, description="Write the delivery's key behind a + in that address: finds it also where nothing else does."
    )

    @model_validator(mode="after")
    def _can_be_opened(self) -> Self:
        kind, _, path = self.mailbox.partition(":")
        parts = urlsplit(self.mailbox)
        if not (kind == "maildir" and path) and not (kind in _SCHEMES and parts.username and parts.hostname):
            raise ValueError("mailbox: write maildir:PATH, or imaps://USER@HOST/FOLDER (an @ of the user as %40)")
        if parts.password or (kind in _SCHEMES and self.password is None):
            raise ValueError("the mailbox's password stands in `password`, as env:NAME or file:PATH")
        if self.tagged and self.address is None:
            raise ValueError("tagged needs an address to write the tag into")
        return self

    def open(self, root: Path, context: ssl.SSLContext) -> "Mailbox":
        """Raises SettingsError where the password is missing."""
        kind, _, path = self.mailbox.partition(":")
        if kind == "maildir":
            return Maildir(root / path)
        parts = urlsplit(self.mailbox)
        return Imap(
            parts.hostname or "",
            parts.port or _SCHEMES[kind],
            unquote(parts.username or ""),
            self.password.reveal() if self.password else "",
            unquote(parts.path.strip("/")) or "INBOX",
            context if kind == "imaps" else None,
            context,
        )


class Shut(Exception):
    """The mailbox cannot be read; `lasting` where only a person can change that."""

    def __init__(self, why: str, *, lasting: bool) -> None:
        self.why, self.lasting = why, lasting
        super().__init__(why)


class Mailbox(Protocol):
    """Mails by the place they lie in."""

    def unread(self) -> list[tuple[str, bytes]]:
        """Reports that are not marked as read. Raises Shut."""
        ...

    def read(self, places: Sequence[str]) -> None:
        """Mark them. Raises Shut."""
        ...


@dataclass(frozen=True, slots=True)
class Maildir:
    """The folders new and cur; a name may end in :2, and flags, of which S says that it was read."""

    path: Path

    def unread(self) -> list[tuple[str, bytes]]:
        """By their names, which begin with their time."""
        found: list[tuple[str, bytes]] = []
        try:
            waiting = [one for part in ("new", "cur") for one in (self.path / part).iterdir() if "S" not in _flags(one)]
            for one in sorted(waiting, key=lambda one: one.name, reverse=True):
                if len(found) < MOST and (raw := _start(one)) is not None and _is_report(raw):
                    found.append((one.relative_to(self.path).as_posix(), raw))
        except OSError as err:
            raise Shut(f"the Maildir cannot be read: {err.strerror}", lasting=True) from err
        return found

    def read(self, places: Sequence[str]) -> None:
        """Into cur, with the flag; what somebody has moved meanwhile is no longer ours to mark."""
        for one in (self.path / place for place in places):
            flags = "".join(sorted({*_flags(one), "S"}))
            try:
                one.rename(self.path / "cur" / f"{one.name.partition(':2,')[0]}:2,{flags}")
            except FileNotFoundError:
                continue
            except OSError as err:
                raise Shut(f"the Maildir cannot be written: {err.strerror}", lasting=True) from err


@dataclass(frozen=True, slots=True)
class Imap:
    """One folder; every look has a connection of its own."""

    host: str
    port: int
    user: str
    password: str
    folder: str
    tls: ssl.SSLContext | None
    """From the first byte; without it, STARTTLS is asked for."""
    starttls: ssl.SSLContext

    def __repr__(self) -> str:
        return f"Imap({self.user!r}, {self.host!r})"

    def unread(self) -> list[tuple[str, bytes]]:
        """Without marking them: that comes when the ledger has them."""
        with _shut(), self._selected() as (imap, era):
            answered = imap.uid("SEARCH", "UNSEEN", "HEADER", "Content-Type", '"multipart/report"')
            numbers = [one.decode() for one in reversed(_data(answered)[0].split()[-MOST:])]
            return [
                (f"{era}:{number}", bytes(part[1]))
                for number in numbers
                for part in _data(imap.uid("FETCH", number, f"(BODY.PEEK[]<0.{MOST_BYTES}>)"))
                if isinstance(part, tuple)
            ]

    def read(self, places: Sequence[str]) -> None:
        """By their numbers, unless the folder has got new ones."""
        with _shut(), self._selected() as (imap, era):
            numbers = [number for was, _, number in (place.partition(":") for place in places) if was == era]
            if numbers:
                _data(imap.uid("STORE", ",".join(numbers), "+FLAGS.SILENT", r"(\Seen)"))

    @contextlib.contextmanager
    def _selected(self) -> Iterator[tuple[imaplib.IMAP4, str]]:
        """Logged in, and which numbering of the folder holds."""
        imap = self._connected()
        try:
            try:
                imap.login(self.user, self.password)
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as err:
                raise Shut(f"the login is refused: {_told(err)}", lasting=True) from err
            status, answer = imap.select(f'"{self.folder}"')
            if status != "OK":
                raise Shut(f"there is no folder {self.folder}: {answer[0]!r}", lasting=True)
            era = imap.response("UIDVALIDITY")[1][0] or b""
            yield imap, era.decode()
        finally:
            with contextlib.suppress(imaplib.IMAP4.error, OSError):
                imap.logout()
            with contextlib.suppress(OSError):
                imap.shutdown()  # which a logout in vain leaves out

    def _connected(self) -> imaplib.IMAP4:
        if self.tls is not None:
            return imaplib.IMAP4_SSL(self.host, self.port, ssl_context=self.tls, timeout=_WITHIN)
        imap = imaplib.IMAP4(self.host, self.port, timeout=_WITHIN)
        try:
            imap.starttls(self.starttls)
        except (imaplib.IMAP4.error, OSError):
            imap.shutdown()
            raise
        return imap


@contextlib.contextmanager
def _shut() -> Iterator[None]:
    try:
        yield
    except imaplib.IMAP4.abort as err:
        raise Shut(f"the mailbox hung up: {_told(err)}", lasting=False) from err
    except imaplib.IMAP4.error as err:
        raise Shut(f"the mailbox does not do what it is asked: {_told(err)}", lasting=True) from err
    except OSError as err:
        raise Shut(f"the mailbox does not answer: {type(err).__name__}", lasting=False) from err


def _told(err: Exception) -> str:
    """Without what was sent: imaplib may quote it."""
    said = err.args[0] if err.args else ""
    return (said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said))[:200]


def _data(answered: tuple[str, list[Any]]) -> list[Any]:
    status, data = answered
    if status != "OK":
        raise imaplib.IMAP4.error(data[0] if data else status)
    return [part for part in data if part is not None] or [b""]


def _flags(file: Path) -> str:
    return file.name.partition(":2,")[2]


def _start(file: Path) -> bytes | None:
    """None where another program has taken it away meanwhile."""
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES)
    except FileNotFoundError:
        return None


def _is_report(raw: bytes) -> bool:
    return _REPORT.search(re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]) is not None
