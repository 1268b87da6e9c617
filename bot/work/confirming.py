"""Confirming: bring their link to those who have asked to subscribe, and to readers whose address is asked for again.

A letter is said to be told before it is sent, and handed over afterwards: what died between the two is due again, so
each is sent at least once. It goes by the carrier itself, beside its lane: a few at each round.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from bot.errors import PressError, Refused, Unavailable, Uncertain
from bot.ledger import Ledger
from bot.ledger.subscribers import Subscribers
from bot.model.channel import Carrier
from bot.model.edition import Edition
from bot.model.subscriber import Membership, Subscriber
from bot.press import Templates
from bot.press.shelf import markup_of
from bot.settings import Newsroom
from bot.settings.wordfile import layered
from bot.work.outlet import Clock, Outlet

log = structlog.get_logger(__name__)

FORM = "the form at /subscribe"
"""How somebody asked who wrote their address into the form: the first word of their consent."""
KEY = "confirm-"
"""How the name of such a letter begins, by which a report of its failure is known."""
AT_A_TIME = 20
REST, LONGEST = timedelta(minutes=1), timedelta(hours=1)
"""After a server that takes nothing now; and before the next try for one reader, who has waited so long already."""
_OTHERWISE = "en"


@dataclass(frozen=True)
class Letters:
    """What the letters are made of."""

    templates: Templates
    words: Sequence[Path]
    """Folders of templates, the newsroom's own first."""
    newsroom: Newsroom
    links: str
    """Where the world reaches our pages."""
    ask_for: timedelta

    def edition(self, one: Subscriber, link: str, kind: str, template: str, now: datetime) -> Edition:
        """The letter to one of them. Raises PressError, SettingsError."""
        words = self._words(one.reading.language)
        room = "confirm" if one.state is Membership.ASKED else "known"
        said = words[room]
        subject = str(said["subject"]).format(newsroom=self.newsroom.name)
        by_form = room == "known" or one.consent is None or one.consent.how == FORM
        asked = said["asked" if by_form else "listed"]
        at = (one.since if room == "confirm" else now).astimezone(one.timing.tz)
        when = str(words["when"]).format(at=at, zone=one.timing.zone)
        values = {
            "said": said,
            "subject": subject,
            "asked": str(asked).format(when=when, newsroom=self.newsroom.name),
            "until": str(said.get("until", "")).format(hours=round(self.ask_for / timedelta(hours=1))),
            "topics": str(words["comma"]).join(one.choices.topics) or words["all"],
            "rhythm": _rhythm(one, words),
            "link": link,
            "colour": self.newsroom.colour,
        }
        name, markup = f"{room}.{template}", markup_of(template)
        text = self.templates.render([name], markup, values)
        return Edition(0, 0, one.carrier, kind, one.reading.language, subject, text, markup, link)

    def knows(self, template: str) -> bool:
        """Whether there is a letter for channels of that template."""
        return f"confirm.{template}" in self.templates.shelf.names

    def _words(self, language: str) -> Mapping[str, Any]:
        said = layered(self.words, Path("mail", f"{language}.yaml"))
        return said or layered(self.words, Path("mail", f"{_OTHERWISE}.yaml"))


class Confirming:
    """The round that sends what is due."""

    def __init__(
        self, ledger: Ledger, readers: Subscribers, carriers: Mapping[str, Outlet], letters: Letters, clock: Clock
    ) -> None:
        self._ledger, self._readers, self._letters, self._clock = ledger, readers, letters, clock
        self._carriers = {
            name: outlet for name, outlet in carriers.items() if letters.knows(outlet.channel.facts.template)
        }
        self._rests: dict[str, datetime] = {}

    async def round(self) -> None:
        """Send some letters; a carrier that is paused or takes nothing now is left alone. Raises LedgerError."""
        now, paused = self._clock(), await self._ledger.lanes.paused()
        able = [name for name in self._carriers if name not in paused and self._rests.get(name, now) <= now]
        for one in await self._readers.untold(now, AT_A_TIME, able) if able else ():
            if self._rests.get(one.carrier, now) <= now and await self._readers.told(one.id, now):
                await self._send(one, now)

    async def _send(self, one: Subscriber, now: datetime) -> None:
        try:
            await self._hand_over(one, now)
        except Unavailable as err:
            self._rests[one.carrier] = now + max(err.retry_after or REST, REST)
            await self._put_off(one, now)
            log.warning("a letter to a subscriber waits", channel=one.channel, why=err.why)
        except Uncertain as err:
            log.warning("a letter to a subscriber may be out", channel=one.channel, why=err.why)
        except Refused as err:
            log.warning("a letter to a subscriber was refused", channel=one.channel, why=err.why)
            if not err.account or err.gone:
                await self._readers.handed(one.id)
                return
            self._rests[one.carrier] = now + REST
            await self._put_off(one, now)
            text = f"{one.carrier}: nobody can confirm a subscription: {err.why}"
            await self._ledger.notices.once(f"confirm {one.carrier} {now:%Y-%m-%d}", text, now)
        except PressError as err:
            self._rests[one.carrier] = now + REST
            await self._put_off(one, now)
            await self._ledger.notices.once(f"confirm {one.carrier} {now:%Y-%m-%d}", str(err), now)

    async def _put_off(self, one: Subscriber, now: datetime) -> None:
        await self._readers.put_off(one.id, now + min(max((now - one.since) / 2, REST), LONGEST))

    async def _hand_over(self, one: Subscriber, now: datetime) -> None:
        addressee = await self._readers.addressee(one.id, self._letters.links)
        outlet = self._carriers[one.carrier]
        if addressee is None or addressee.choices is None or not isinstance(outlet.channel, Carrier):
            return
        link: str = addressee.choices
        if one.state is Membership.ASKED:  # nobody is to leave who has not come
            addressee = replace(addressee, choices=None, leave=None)
        facts = outlet.channel.facts
        edition = self._letters.edition(one, link, facts.kind, facts.template, now)
        await outlet.channel.at(addressee).send(edition, f"{KEY}{one.id}-{int(now.timestamp())}")
        await self._readers.handed(one.id)


def _rhythm(one: Subscriber, words: Mapping[str, Any]) -> str:
    timing = one.timing
    said = str(words["rhythms"][timing.rhythm.value])
    return said.format(at=f"{timing.at:%H:%M}", day=words["days"][timing.weekday])
