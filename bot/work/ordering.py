"""Ordering: the editors' verbs that need the press or the channels; the others are the ledger's own."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from bot.errors import OrderError, PressError, TooLong
from bot.ledger import Ledger
from bot.model.channel import Pinnable, Threadable, Withdrawable
from bot.model.delivery import Act, State
from bot.model.ledger import Recorded, Withdrawn
from bot.model.order import Correction, Done, Effect, Given, Way, Worded, Wording
from bot.model.story import Article, Story
from bot.press import Press
from bot.press.pictures import kept, redrawn
from bot.press.trial import Mistake
from bot.rules import correcting, identity
from bot.rules.counting import count
from bot.rules.digesting import CORRECTED, is_digest
from bot.rules.follow import OUT
from bot.rules.ordered import desk_article, overridden
from bot.rules.pacing import Used, fullest
from bot.rules.routing import route
from bot.settings import Desk, Route
from bot.work.broadcasting import Broadcasting
from bot.work.digesting import Digesting
from bot.work.outlet import Clock, Outlet
from bot.work.outlets import doors_of
from bot.work.proofing import Proofing
from bot.work.typesetting import Typesetting

DESK = "desk"
"""The source of stories that editors write themselves."""


@dataclass(frozen=True, slots=True)
class _Known:
    story: Story
    given: Given
    channels: tuple[str, ...]
    """Where it goes."""


class Ordering:
    """Over the channels that can be opened; nobody else needs to be running. All raise LedgerError and OrderError."""

    def __init__(
        self,
        ledger: Ledger,
        press: Press,
        outlets: Mapping[str, Outlet],
        routes: Sequence[Route],
        desk: Desk,
        clock: Clock,
        pictures: Path = Path("queue/pictures"),
    ) -> None:
        self._pictures = pictures
        self._ledger, self._press, self._outlets, self._routes = ledger, press, outlets, routes
        self._desk, self._clock = desk, clock
        self.proofs = Proofing(ledger, press, outlets, routes, clock)
        self.digests = Digesting(ledger, press, outlets, clock, DESK)

    async def pace(self, channel: str) -> Used | None:
        """How much of its tightest limit it has used; None where it has no limit or cannot be opened here."""
        outlet = self._outlets.get(channel)
        if outlet is None or not outlet.paces:
            return None
        now = self._clock()
        since = now - max(one.per for one in outlet.paces)
        return fullest(channel, outlet.paces, await self._ledger.claims.sends(outlet.lane, since), now)

    def broadcasting(self, newsroom: str, needed: int) -> Broadcasting:
        """The same for what goes to readers; `needed` editors a message."""
        return Broadcasting(self._ledger, self._press, self._outlets, self._clock, newsroom=newsroom, needed=needed)

    async def broken(self) -> tuple[Mistake, ...]:
        """What is wrong with the templates at this moment."""
        return await self._press.broken([outlet.channel.facts for outlet in self._outlets.values()])

    async def edit(self, story: int, wording: Wording, who: str, channel: str | None = None) -> Done:
        """An editor's words, for one channel or all; tried on each at once.

        `moved` is how many waiting posts get them; where it is out already, `why_not` names the channels. Raises
        TooLong with the length and the limit of the first channel that they do not fit: nothing is kept then.
        """
        known = await self._known(story, channel)
        if wording == Wording():
            raise OrderError("write a headline, a summary or hashtags")
        typesetting = Typesetting(self._ledger, self._press)
        key, rows = channel or "", await self._ledger.deliveries.of_story(story)
        before = next((one.wording for one in known.given.worded if one.channel == key), Wording())
        mine = Worded(key, wording.over(before), known.story.revision, who, self._clock())
        others = tuple(one for one in known.given.worded if one.channel != key)
        given = replace(known.given, worded=(*others, mine))
        for name in (channel,) if channel else known.channels:
            outlet = self._outlets[name]
            own = [row for row in rows if row.channel == name]
            job = await typesetting.job(known.story, given, name, own, "", Act.POST, correction=False)
            edition = await typesetting.edition(known.story, given, outlet, job, strict=True)
            facts = outlet.channel.facts
            if (
                wording.headline
                and facts.limit
                and any(note.startswith("the headline is short") for note in edition.notes)
            ):
                raise TooLong(name, count(wording.headline, facts.unit), facts.limit, facts.unit)
        await self._ledger.wordings.put(story, key, wording, who, self._clock())
        concerned = [row for row in rows if channel in (None, row.channel)]
        waiting = sum(row.state in (State.PLANNED, State.HELD) for row in concerned)
        out = dict.fromkeys(row.channel for row in concerned if row.state in OUT)
        why = f"out already on {', '.join(out)}: correct it there" if out else ""
        return Done(story, done=True, moved=waiting, why_not=why)

    async def now(self, story: int, who: str, why: str) -> Done:
        """Breaking: overtakes all once as many editors want it as the newsroom's rule says."""
        await self._known(story)
        return await self._ledger.orders.hurry(story, self._desk.approval.breaking, who, why, self._clock())

    async def skip(self, story: int, channel: str, who: str, why: str) -> Done:
        """This channel does not get it."""
        await self._known(story, channel)
        return await self._ledger.orders.skip(story, channel, who, why, self._clock())

    async def add(self, story: int, channel: str, who: str, why: str) -> Done:
        """This channel gets it; a daemon composes it."""
        await self._known(story, channel)
        return await self._ledger.orders.add(story, channel, who, why, self._clock())

    async def post(
        self, headline: str, text: str, language: str, who: str, *, section: str | None = None, link: str | None = None
    ) -> Recorded:
        """A story that an editor writes without any article; it is composed like any other, by the routes."""
        if not headline.strip():
            raise OrderError("write a headline")
        article = desk_article(headline, text, language, section=section, link=link)
        key, print_ = f"desk:{uuid4().hex}", identity.fingerprint(article)
        return await self._ledger.stories.record(
            DESK, article, [key], print_, self._clock(), why=f"written at the desk by {who}"
        )

    async def effects(self, story: int, correction: Correction) -> tuple[Effect, ...]:
        """What the correction would do on each channel; nothing is changed."""
        known = await self._known(story)
        self._sensible(known.story.article, correction)
        rows = await self._ledger.deliveries.of_story(story)
        told = []
        for name in dict.fromkeys((*known.channels, *(row.channel for row in rows))):
            own = [row for row in rows if row.channel == name]
            link = next((row.receipt.permalink for row in reversed(own) if row.receipt), None)
            outlet = self._outlets.get(name)
            if outlet is None:
                told.append(Effect(name, Way.NOTHING, "the channel cannot be opened", link))
                continue
            editable, policy = outlet.channel.facts.editable, outlet.corrections
            step = correcting.step_for(own, editable=editable, policy=policy, kind=correction.kind, said=False)
            way = correcting.way(step, own, threadable=isinstance(outlet.channel, Threadable))
            told.append(Effect(name, way, step.why, link))
        return tuple(told)

    async def correct(self, story: int, correction: Correction, who: str) -> Recorded:
        """A new revision by the desk: what is planned is recomposed, what is out follows as `effects` said."""
        known = await self._known(story)
        self._sensible(known.story.article, correction)

        def change(article: Article) -> Article:
            self._sensible(article, correction)  # the newest may be another than the one that was looked at
            return correcting.changed(article, correction)

        return await self._ledger.corrections.make(story, correction, change, who, self._clock())

    async def pin(self, story: int, until: datetime | None, who: str, channels: Sequence[str] | None = None) -> Done:
        """Keep it on top of these channels, or of all that can and that it goes to."""
        known = await self._known(story)
        able = [name for name, outlet in self._outlets.items() if isinstance(outlet.channel, Pinnable)]
        for name in channels or ():
            if name not in able:
                raise OrderError(f"{name} cannot pin: these can: {', '.join(able) or 'none'}")
        rows = await self._ledger.deliveries.of_story(story)
        goes = {*known.channels, *(row.channel for row in rows if row.state in OUT)}
        chosen = list(channels) if channels else [name for name in able if name in goes]
        if not chosen:
            raise OrderError("it goes to no channel that can pin")
        return await self._ledger.pins.pin(story, chosen, until, who, self._clock())

    async def withdraw(self, story: int, who: str, why: str, *, reprints: bool = False) -> tuple[Withdrawn, ...]:
        """Take it back everywhere; with `reprints` also every other story of its cluster."""
        await self._known(story)
        doors = doors_of(self._outlets)
        able = [name for name, outlet in doors.items() if isinstance(outlet.channel, Withdrawable)]
        return await self._ledger.withdrawals.withdraw(story, able, who, why, self._clock(), reprints=reprints)

    async def picture(self, story: int, data: bytes, who: str) -> Done:
        """A picture that an editor sends, for the card. Raises PressError where it cannot be drawn."""
        await self._known(story)
        return await self._ledger.orders.picture(story, await self.keep(data), who, self._clock())

    async def keep(self, data: bytes) -> str:
        """The address of a picture for a story that is still being written. Raises PressError."""
        return await asyncio.to_thread(kept, self._pictures, data)

    async def shown(self, file: Path) -> Path | None:
        """A reader's picture as anybody may look at it, made once; None where it cannot be drawn."""
        proof = self._pictures / f"shown-{file.stem}.jpg"
        try:
            if not proof.is_file():
                await asyncio.to_thread(redrawn, file, proof)
        except (PressError, OSError):
            return None
        return proof

    async def pictures(self, story: int) -> tuple[str, ...]:
        """Addresses of the article's pictures, to choose from."""
        article = (await self._known(story)).story.article
        own = [article.picture, *(block.picture for block in article.blocks)]
        return tuple(dict.fromkeys(one.url for one in own if one is not None))

    def _sensible(self, article: Article, correction: Correction) -> None:
        why = CORRECTED if is_digest(article) else correcting.objection(article, correction)
        if why is not None:
            raise OrderError(why)

    async def _known(self, story: int, channel: str | None = None) -> _Known:
        found = await self._ledger.stories.get(story)
        if found is None:
            raise OrderError(f"no story {story}: `queue` and the page show the numbers")
        if channel is not None and channel not in self._outlets:
            raise OrderError(f"no channel {channel}: known are {', '.join(doors_of(self._outlets))}")
        given = await self._ledger.orders.given(story)
        verdicts = overridden(route(found, self._routes, self._outlets), given.overrides)
        return _Known(found, given, tuple(verdict.channel for verdict in verdicts if verdict.yes))
