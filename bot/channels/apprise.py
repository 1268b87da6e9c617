"""Apprise: a bridge to the services that its package knows and Crier has no kind of its own for.

Source: apprise 2.3 itself. It answers yes or no, never with a number; what happened stands in its log, which is read
back here. Its own repeats (retry=) and white lies (optional=) are refused: a repeat is decided in one place.

    what apprise's log says of a no                        what it means
    no connection: refused, no such host, no certificate   Unavailable: nothing was sent
    error=429 or 503, of one message to one target         Unavailable
    error=401, 403, 404 or 410, likewise                   Refused, the account
    any other error=4xx, likewise                          Refused, this post
    a picture, several targets, a lost answer, a 5xx, or   Uncertain: some of it may be out
    nothing that we know
"""

import asyncio
import importlib
import logging
import re
import warnings
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from bot.channels.kind import Doors
from bot.channels.wire import WITHOUT_PICTURE
from bot.errors import DeliveryError, Refused, SettingsError, Unavailable, Uncertain
from bot.model.channel import WIDE, Facts, Finding, LinkStyle
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup, Unit
from bot.settings import ChannelSettings, Secret

if TYPE_CHECKING:
    from apprise import NotifyBase

_NEVER_SENT = re.compile(
    "Failed to establish a new connection|NewConnectionError|NameResolutionError|ConnectTimeout|Connection refused"
    "|CERTIFICATE_VERIFY_FAILED"
)
_CODE = re.compile(r"error=(\d{3})(?!\d)")
_SOCKET = "Socket Exception"
_LATER, _ACCOUNT = frozenset({429, 503}), frozenset({401, 403, 404, 410})
_CALLS_ALL = re.compile(r"@(?=everyone|all|here|channel|room|所有人|全体)|<(?=!)", re.IGNORECASE)
_CONNECT, _READ = 10.0, 30.0
_SHORTEST = 6
"""Signs of a part of the address that is kept out of every word of ours."""

# What it says at this level holds addresses with tokens: it is read here, and goes no further.
_log = logging.getLogger("apprise")
_log.setLevel(logging.DEBUG)
_log.propagate = False
_log.addHandler(logging.NullHandler())
logging.getLogger("urllib3").setLevel(logging.WARNING)  # below that it writes down every path, tokens among them


def _library() -> Any:
    """Loaded by the first channel of this kind: it takes 30 MB that others need not have."""
    return importlib.import_module("apprise")


class AppriseSettings(ChannelSettings):
    """One address of apprise's, and how much it takes."""

    kind: Literal["apprise"]
    url: Secret = Field(description="Apprise's address of the service, such as pover://…; env:NAME or file:PATH.")
    limit: int = Field(1000, ge=40, description="Characters of the words below the title, as the service counts them.")
    picture: bool = Field(True, description="Send the card, where the service takes one.")

    @property
    def place(self) -> str:
        """Where its address is kept: the address itself is a secret."""
        return self.url.reference


def facts(settings: AppriseSettings) -> Facts:
    """The settings say what the service takes; nothing is known of repeats, so nothing is repeated in doubt."""
    return Facts(
        kind="apprise",
        template="apprise.txt.j2",
        markup=Markup.PLAIN,
        limit=settings.limit,
        unit=Unit.CODE_POINTS,
        card=WIDE if settings.picture else None,
        link=LinkStyle.BARE,
        hashtags=0,
        send_within=timedelta(seconds=_CONNECT + 2 * _READ + 30),
    )


def open_channel(name: str, settings: AppriseSettings, doors: Doors) -> "Apprise":
    """Raises SettingsError where the address is missing, is none, or asks for what Crier decides."""
    url, place = settings.url.reveal(), settings.url.reference
    library = _library()
    asset = library.AppriseAsset(app_id="Crier", app_desc="Crier", app_url="", plugin_paths=[], secure_logging=True)
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # it loads all its plugins now
        service = library.Apprise.instantiate(url, asset=asset)
    if service is None:
        raise SettingsError(place, "***", "write an address that `apprise` knows, such as ntfys://host/topic")
    if service.retry or service.optional:
        raise SettingsError(place, "***", "leave retry= and optional= out of the address: Crier decides on repeats")
    if settings.limit > service.body_maxlen:
        raise SettingsError("limit", settings.limit, f"{service.service_name} takes {service.body_maxlen} characters")
    service.socket_connect_timeout, service.socket_read_timeout = _CONNECT, _READ
    return Apprise(name, facts(settings), service, _parts(url), doors)


class Apprise:
    """One service; the library blocks, so it works in a thread."""

    def __init__(self, name: str, known: Facts, service: "NotifyBase", secrets: Sequence[str], doors: Doors) -> None:
        self.name, self.facts = name, known
        self._service, self._called = service, str(service.service_name)
        self._cards, self._clock = doors.cards, doors.clock
        self._secret = re.compile("|".join(map(re.escape, secrets))) if secrets else None
        self._library = _library().Apprise()
        self._library.add(service)

    def __repr__(self) -> str:
        return f"Apprise({self.name!r})"

    async def send(self, edition: Edition, key: str) -> Receipt:
        """The headline as title; the service has no use for the key, and gives no number."""
        picture, without = self._picture(edition)
        title, body = (_CALLS_ALL.sub("\\g<0>\u2060", text) for text in (edition.headline, edition.text))
        result = await asyncio.to_thread(self._notify, title, body, picture)
        if not result:
            raise self._failed([(entry.level, entry.message) for entry in result.logs()], picture)
        honest = f"({self._called} took it and gave no number)"
        return Receipt(key, self._clock(), sent=f"{without}{edition.headline}\n\n{edition.text}\n\n{honest}")

    async def check(self) -> tuple[Finding, ...]:
        """Apprise can try nothing without sending: only the address is read."""
        return (Finding("address", True, f"{self._called}; whether it lets us in, only a post can tell"),)

    async def close(self) -> None:
        """Nothing stays open."""

    def _picture(self, edition: Edition) -> tuple[Path | None, str]:
        """The card's file, or why there is none."""
        if edition.card is None:
            return None, ""
        if not self._service.attachment_support:
            return None, f"{WITHOUT_PICTURE} ({self._called} takes none): "
        path = self._cards / edition.card.file
        return (path, "") if path.is_file() else (None, f"{WITHOUT_PICTURE} (its file is gone): ")

    def _notify(self, title: str, body: str, picture: Path | None) -> Any:
        return self._library.notify(
            body=body,
            title=title,
            body_format=_library().NotifyFormat.TEXT,
            attach=str(picture) if picture else None,
            log_level=logging.DEBUG,
        )

    def _failed(self, entries: Sequence[tuple[str, str]], picture: Path | None) -> DeliveryError:
        """One of the three, by the table above."""
        said = [text for level, text in entries if level in ("WARNING", "ERROR", "CRITICAL")]
        why = self._without_secrets(f"{self._called}: {' '.join(said) or 'apprise says no more'}")
        sockets = [text for _, text in entries if text.startswith(_SOCKET)]
        codes = {int(code) for text in said for code in _CODE.findall(text)}
        sent = any(level == "INFO" and text.startswith("Sent") for level, text in entries)
        if sockets and not codes and not sent and all(_NEVER_SENT.search(text) for text in sockets):
            return Unavailable(self.name, f"not sent: {why}")
        if sockets or sent or picture or not codes or len(self._service) != 1:
            return Uncertain(self.name, why)
        if codes <= _LATER:
            return Unavailable(self.name, why)
        if all(400 <= code < 500 for code in codes):
            return Refused(self.name, why, account=bool(codes & _ACCOUNT))
        return Uncertain(self.name, why)

    def _without_secrets(self, text: str) -> str:
        return self._secret.sub("***", text) if self._secret else text


def _parts(url: str) -> list[str]:
    """Whatever in the address could be a token, the longest first; not the service's name."""
    found = re.split(r"[/:@?&=,+%]+", url.partition("://")[2])
    return sorted({one for one in found if len(one) >= _SHORTEST}, key=len, reverse=True)
