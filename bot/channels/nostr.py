"""Nostr: notes (kind 1) of one key, told to several relays.

Sources: NIP-01 (events, ids, OK and its prefixes), NIP-09 (deletion requests), NIP-19 (nsec, note), NIP-24 (tag `t`),
BIP-340 (signatures). An event's id is the hash of what it says and when; the time is kept by the delivery's key, so a
repeat is the same event, and no relay takes it twice. A note cannot be changed; a deletion is a request, which relays
may leave unheard. It is out as soon as one relay has taken it; the receipt names those that have not.

    OK, and what stands before the colon     what it means, if no relay takes it
    true; false "duplicate"                  taken
    false "rate-limited"                     Unavailable
    false "blocked", "restricted"            Refused, the account: this key may not write there
      "auth-required"
    false "invalid", "pow", anything else    Refused, this post
    no connection                            Unavailable, nothing was sent
    false "error"; closed, no answer         Uncertain: the same event is told once more
"""

import asyncio
import hashlib
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field

from bot.channels import bech32
from bot.channels.kind import Doors
from bot.channels.schnorr import Key
from bot.channels.unfinished import Unfinished
from bot.errors import DeliveryError, Refused, SettingsError, Unavailable, Uncertain
from bot.model.channel import FOREVER, Facts, Finding, LinkStyle, Pace, Scope, WhenUnsure
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup, Unit
from bot.settings import ChannelSettings, Secret
from bot.web import relay

TEXT = 8000
"""Bytes: most relays take messages of 16 KB, and escapes count."""
NOTE, DELETION = 1, 5
_WITHIN = timedelta(seconds=20)
_ACCOUNT = frozenset({"blocked", "restricted", "auth-required"})
_LATER, _BROKEN = "rate-limited", "error"
_TAG = re.compile(r"(?<!\S)#(\w+)")
_CALLS = re.compile(r"(nostr:)(?=n(?:pub|event|profile|addr|ote)1)", re.IGNORECASE)

Event = dict[str, Any]


class NostrSettings(ChannelSettings):
    """Whose key, and which relays."""

    kind: Literal["nostr"]
    key: Secret = Field(description="The private key, nsec1… or 64 hexadecimal digits, as env:NAME or file:PATH.")
    relays: tuple[str, ...] = Field(
        min_length=1, max_length=10, description="Addresses, such as wss://relay.example.org."
    )

    def account(self, name: str) -> str:  # noqa: ARG002 - the channels of one key share its limits
        """One lane a key."""
        return f"nostr:{self.key.reference}"

    @property
    def place(self) -> str:
        """The relays' hosts."""
        return ", ".join(urlsplit(relay).netloc for relay in self.relays)


def facts(settings: NostrSettings) -> Facts:  # noqa: ARG001 - every kind is asked in the same way
    """Clients show plain words, and draw a link's preview themselves."""
    return Facts(
        kind="nostr",
        template="nostr.social.j2",
        markup=Markup.SOCIAL,
        limit=TEXT,
        unit=Unit.BYTES,
        card=None,
        link=LinkStyle.BARE,
        pace=(Pace(10, timedelta(minutes=1), Scope.ACCOUNT),),
        key_life=FOREVER,
        when_unsure=WhenUnsure.RESEND,
        send_within=timedelta(seconds=40),
    )


def open_channel(name: str, settings: NostrSettings, doors: Doors) -> "Nostr":
    """Raises SettingsError where the key is missing or is none, or a relay's address is no websocket's."""
    for address in settings.relays:
        if urlsplit(address).scheme not in ("ws", "wss") or not urlsplit(address).netloc:
            raise SettingsError(f"channels.{name}.relays", address, "a relay is wss:// and its host")
    text = settings.key.reveal().strip()
    value = bytes.fromhex(text) if re.fullmatch("[0-9a-fA-F]{64}", text) else bech32.read("nsec", text)
    try:
        return Nostr(name, settings, Key(value or b""), doors)
    except ValueError:
        raise SettingsError(settings.key.reference, "***", "a key is nsec1… or 64 hexadecimal digits") from None


class Nostr:
    """One key."""

    def __init__(self, name: str, settings: NostrSettings, key: Key, doors: Doors) -> None:
        self.name, self.facts = name, facts(settings)
        self._relays, self._key, self._clock = settings.relays, key, doors.clock
        self._me = key.public.hex()
        self._begun = Unfinished(name, doors.begun)

    def __repr__(self) -> str:
        return f"Nostr({self.name!r})"

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Tell the relays; the same key makes the same event, whenever it comes."""
        if (kept := await self._begun.get(key)) is None:
            kept = str(int(self._clock().timestamp()))
            await self._begun.keep(key, kept)
        text = _CALLS.sub("\\1\u200d", edition.text)
        tags = [["t", tag.lower()] for tag in dict.fromkeys(_TAG.findall(text))]
        event = self._signed(NOTE, int(kept), tags, text)
        untold = await self._tell(event)
        said = f"{text}\n\n(not taken by {untold})" if untold else text
        link = f"https://njump.me/{bech32.written('note', bytes.fromhex(event['id']))}"
        return Receipt(event["id"], datetime.fromtimestamp(int(kept), UTC), link, said)

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Ask every relay to delete it; who has heard it before says so again."""
        del key
        now = self._clock()
        tags = [["e", receipt.platform_id], ["k", str(NOTE)]]
        untold = await self._tell(self._signed(DELETION, int(now.timestamp()), tags, ""))
        return Receipt(receipt.platform_id, now, receipt.permalink, f"not heard by {untold}" if untold else "deleted")

    async def check(self) -> tuple[Finding, ...]:
        """Ask each relay for nothing: whether it answers. Whether it takes our notes cannot be tried in silence."""
        asked = json.dumps(["REQ", "crier", {"authors": [self._me], "limit": 0}])
        found = [Finding("account", True, bech32.written("npub", bytes.fromhex(self._me)))]
        for address in self._relays:
            try:
                await relay.exchange(self.name, address, asked, _read, _WITHIN)
            except DeliveryError as err:
                found.append(Finding("relay", False, f"{urlsplit(address).netloc}: {err.why}"))
            else:
                found.append(Finding("relay", True, urlsplit(address).netloc))
        return tuple(found)

    async def close(self) -> None:
        """Nothing is open."""

    def _signed(self, kind: int, at: int, tags: list[list[str]], content: str) -> Event:
        hashed = json.dumps([0, self._me, at, kind, tags, content], ensure_ascii=False, separators=(",", ":"))
        number = hashlib.sha256(hashed.encode("utf-8", "replace")).digest()
        event: Event = {"id": number.hex(), "pubkey": self._me, "created_at": at, "kind": kind, "tags": tags}
        return {**event, "content": content, "sig": self._key.sign(number).hex()}

    async def _tell(self, event: Event) -> str:
        """Which relays have not taken it, and why. Raises one of the three where none has."""
        errors = await asyncio.gather(*(self._told(address, event) for address in self._relays))
        failed = [(address, err) for address, err in zip(self._relays, errors, strict=True) if err is not None]
        if len(failed) == len(self._relays):
            raise _gravest([err for _, err in failed])
        return "; ".join(f"{urlsplit(address).netloc}: {err.why}" for address, err in failed)

    async def _told(self, address: str, event: Event) -> DeliveryError | None:
        def answered(told: str) -> list[Any]:
            said = _read(told)
            return said if said[:2] == ["OK", event["id"]] and len(said) > 2 else []

        message = json.dumps(["EVENT", event], ensure_ascii=False)
        try:
            said = await relay.exchange(self.name, address, message, answered, _WITHIN)
        except DeliveryError as err:
            return err
        words = str(said[3]) if len(said) > 3 else ""
        reason = words.partition(":")[0]
        if said[2] is True or reason == "duplicate":
            return None
        if reason == _LATER:
            return Unavailable(self.name, words, throttled=True)
        if reason == _BROKEN:
            return Uncertain(self.name, words)
        return Refused(self.name, words or "refused without a word", account=reason in _ACCOUNT)


def _gravest(errors: Sequence[DeliveryError]) -> DeliveryError:
    """What to do where no relay has said that it took it: the doubt counts most, then that one may take it later."""
    return max(errors, key=lambda err: (isinstance(err, Uncertain), isinstance(err, Unavailable)))


def _read(told: str) -> list[Any]:
    try:
        said = json.loads(told)
    except ValueError:
        return []
    return said if isinstance(said, list) and len(said) > 1 else []
