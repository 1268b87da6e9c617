"""Audiences: subscribers who come in from a file, and go out into one."""

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.errors import OrderError
from bot.ledger.subscribers import Subscribers
from bot.model.audience import Bad, Entry, Imported, Line, Unwanted
from bot.model.subscriber import Address, Choices, Consent, Membership, Reading, Rhythm, Subscriber, Timing
from bot.rules.addresses import is_mailbox, tidy
from bot.settings.subscribers import Subscribers as Section
from bot.work.outlet import Clock

_CHAT = re.compile(r"-?\d{1,20}(/\d{1,20})?")
_ROOM = re.compile(r"\S{1,300}")
_CHUNK = 500


@dataclass(frozen=True)
class Audience:
    """What a file needs to know of the house."""

    subscribers: Subscribers
    settings: Section
    kinds: Mapping[str, str]
    """Of the carriers."""
    usual: tuple[Timing, Reading]
    """Of who has not chosen."""
    clock: Clock

    async def bring(
        self, lines: Iterable[Line], carrier: str | None, consent: str | None, *, dry: bool = False
    ) -> Imported:
        """Subscribe whom the lines prove, ask the others; nobody who is known in any way changes. Raises LedgerError.

        `consent` says how those agreed of whom the file proves it not; without it each of them gets a confirmation.
        `dry`: nothing is written.
        """
        done, bad = Imported(), []
        seen: set[tuple[str, str]] = set()
        for line in lines:
            match line:
                case Bad():
                    bad.append(line)
                case Unwanted():
                    done = replace(done, unwanted=done.unwanted + 1)
                case Entry():
                    try:
                        done = await self._take(done, line, carrier, consent, seen, dry=dry)
                    except _Wrong as err:
                        bad.append(err.bad)
        return replace(done, bad=tuple(bad))

    async def _take(
        self,
        done: Imported,
        entry: Entry,
        carrier: str | None,
        said: str | None,
        seen: set[tuple[str, str]],
        *,
        dry: bool,
    ) -> Imported:
        where = self._carrier(entry, carrier)
        kind, to = self.kinds[where], tidy(entry.to)
        if not _fits(kind, to):
            raise _Wrong(Bad(entry.line, "address", entry.to, _REMEDIES.get(kind, "write it without spaces")))
        known = await self.subscribers.found(where, to)
        if (where, to.casefold()) in seen or (known is not None and known.state in _HERE):
            return replace(done, known=done.known + 1)
        if known is not None or await self.subscribers.barred(where, to):
            return replace(done, left=done.left + 1)
        seen.add((where, to.casefold()))
        now = self.clock()
        consent = entry.consent or (Consent(said, now) if said else None)
        proved = consent is not None and kind != "webhook"  # a machine proves by itself that it wants it
        if not dry:
            timing, reading = entry.timing or self.usual[0], entry.reading or self.usual[1]
            agreed = consent or Consent("a file without a proof", now)
            try:
                asked = await self.subscribers.ask(
                    where, Address(to), self._choices(entry), timing, reading, agreed, now, proved=proved
                )
            except OrderError as err:
                raise _Wrong(Bad(entry.line, "timing", timing.zone, str(err))) from err
            if entry.paused:
                await self.subscribers.pause(asked.id, "paused when the file was written", now)
        if proved:
            return replace(done, subscribed=done.subscribed + 1)
        return replace(done, asked=done.asked + 1)

    def _carrier(self, entry: Entry, given: str | None) -> str:
        where = entry.carrier or given
        if where is None and len(self.kinds) == 1:
            return next(iter(self.kinds))
        if where is None or where not in self.kinds:
            raise _Wrong(Bad(entry.line, "carrier", where or "", f"name one of {', '.join(self.kinds)} with --carrier"))
        return where

    def _choices(self, entry: Entry) -> Choices:
        """Labels of elsewhere become topics where they are offered here by that name; others mean nothing here."""
        offered = {one.casefold(): one for one in self.settings.topics}
        mine = tuple(dict.fromkeys(offered[tag.casefold()] for tag in entry.tags if tag.casefold() in offered))
        return entry.choices or Choices(topics=mine)

    async def choose(
        self, found: Sequence[Subscriber], topics: tuple[str, ...], bad: tuple[Bad, ...], *, dry: bool = False
    ) -> Imported:
        """Add topics to what they have chosen. Raises OrderError where nobody is here, LedgerError."""
        here = [one for one in found if one.state in _HERE]
        if not here:
            raise OrderError("nobody of this address is subscribed")
        changed = 0
        for one in here:
            every = tuple(dict.fromkeys((*one.choices.topics, *topics)))
            if every != one.choices.topics:
                changed += 1
                if not dry:
                    wanted = replace(one, choices=replace(one.choices, topics=every))
                    await self.subscribers.keep(wanted, self.clock())
        return Imported(known=len(here) - changed, subscribed=changed, bad=bad)

    async def everybody(self, carriers: Iterable[str]) -> AsyncIterator[tuple[Subscriber, Address]]:
        """Whoever has an address, by carrier and number. Raises SettingsError where no key opens it."""
        for carrier in carriers:
            after = 0
            while found := await self.subscribers.addresses(carrier, after, _CHUNK):
                for one in found:
                    yield one
                after = found[-1][0].id


def usual(settings: Section, zone: str, language: str) -> tuple[Timing, Reading]:
    """How those get it who have not chosen."""
    return Timing(zone, Rhythm(settings.rhythm)), Reading("zh" if language.startswith("zh") else "en")


class _Wrong(Exception):
    def __init__(self, bad: Bad) -> None:
        self.bad = bad
        super().__init__(str(bad))


_HERE = (Membership.ASKED, Membership.ACTIVE, Membership.PAUSED)
_REMEDIES = {
    "email": "write one mailbox, such as ling@example.org",
    "telegram": "write the chat's number, with its topic's behind a / where there is one",
    "webhook": "write an address that begins with https://",
}


def _fits(kind: str, to: str) -> bool:
    match kind:
        case "email":
            return is_mailbox(to)
        case "telegram":
            return _CHAT.fullmatch(to) is not None
        case "webhook":
            return to.startswith("https://") and _ROOM.fullmatch(to) is not None
        case _:
            return _ROOM.fullmatch(to) is not None
