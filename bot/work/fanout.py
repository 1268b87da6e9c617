"""Fan-out: match a story to a carrier's subscribers and plan their deliveries, chunk by chunk."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from bot.errors import PressError
from bot.ledger import Ledger
from bot.ledger.fanout_rows import CANCELLED
from bot.ledger.subscriber_rows import choices_of, reading_of, timing_of
from bot.model.channel import Withdrawable
from bot.model.delivery import BREAKING
from bot.model.story import Story
from bot.model.subscriber import Fanned, Fanout, Form, Has, Progress, Reader, Wanting
from bot.press import Press
from bot.rules.matching import Answer, Read, at_once, read, wanted
from bot.work.broadcasting import spread
from bot.work.outlet import Clock, Outlet
from bot.work.outlets import carriers_of
from bot.work.variants import Variants

log = structlog.get_logger(__name__)

CHUNK = 2_000
"""Subscribers a transaction: a tenth of a second, in which nobody else can write."""
GIVE_WAY = timedelta(seconds=0.1)
"""A fan-out that something more urgent overtakes asks this often whether it may go on."""
COMPOSED = timedelta(seconds=1)
"""A newer revision is being composed."""
TEMPLATE_RETRY = timedelta(seconds=30)


@dataclass
class _Matching:
    """One story against many choices, each looked at once."""

    story: tuple[int, int]
    breaking: bool
    read: Read
    answers: dict[str, Answer] = field(default_factory=dict)

    def answer(self, choices: str) -> Answer:
        if choices not in self.answers:
            self.answers[choices] = wanted(self.read, choices_of(choices), breaking=self.breaking)
        return self.answers[choices]


class FanningOut:
    """From a story to promises for each of its readers."""

    def __init__(
        self,
        ledger: Ledger,
        press: Press,
        outlets: Mapping[str, Outlet],
        clock: Clock,
        stopping: asyncio.Event,
        on_planned: Callable[[str], None],
        *,
        full: bool = False,
        chunk: int = CHUNK,
    ) -> None:
        """`full`: readers may have the whole article."""
        self._ledger, self._carriers, self._clock = ledger, carriers_of(outlets), clock
        self._stopping, self._on_planned, self._full, self._size = stopping, on_planned, full, chunk
        self._variants = Variants(ledger, press)
        self._matching: _Matching | None = None
        self._first: set[tuple[int, int]] = set()
        """Fan-outs and revisions that this process planned from the beginning, with nobody before them."""

    async def run(self, fanout: str) -> timedelta | None:
        """Plan it to its end, or as far as nothing stands against it; when to come again."""
        while not self._stopping.is_set():
            due = await self._ledger.chunks.due(self._clock())
            one = next((one for one in due if one.id == int(fanout)), None)
            outlet = self._carriers.get(one.carrier) if one else None
            if one is None or outlet is None:
                return None
            if _rank(due[0]) > _rank(one):
                return GIVE_WAY
            try:
                wait = await self._step(one, outlet)
            except PressError as err:
                await self._ledger.notices.add(f"template {err.template}", str(err), self._clock())
                return TEMPLATE_RETRY
            if wait is not None:
                return wait
            self._on_planned(outlet.lane)
        return None

    async def _step(self, one: Fanout, outlet: Outlet) -> timedelta | None:
        """One transaction of it."""
        chunks, now = self._ledger.chunks, self._clock()
        if one.state is Progress.STOPPED:
            await chunks.cancel_some(one, self._size, now)
            return None
        if one.withdrawn:
            able = isinstance(outlet.channel, Withdrawable)
            if not await chunks.take_back(one, self._size, now, able=able):
                await chunks.planned(one, now)
            return None
        if one.kind is Fanned.BROADCAST:
            await spread(self._ledger, one, outlet.lane, self._size, now)
            return None
        story = await self._ledger.stories.get(one.story) if one.story is not None else None
        if story is None or story.revision != one.revision:
            return COMPOSED
        readers = await chunks.readers(one, self._size)
        if not readers:
            await chunks.planned(one, now)
            self._first.discard((one.id, one.revision))
            log.info("fan-out planned", fanout=one.id, story=story.id, channel=one.carrier, deliveries=one.planned)
            return None
        await self._chunk(one, story, outlet, readers)
        return None

    async def _chunk(self, one: Fanout, story: Story, outlet: Outlet, readers: Sequence[Reader]) -> None:
        chunks, now = self._ledger.chunks, self._clock()
        has = await self._have(one, readers)
        follows = [await self._has(one, story, outlet, reader) for reader in readers if reader.id in has]
        if one.revision > 1:
            has |= await self._told(one, story, [reader.id for reader in readers])
        wanting: list[Wanting] = []
        kept: list[int] = []
        matching = self._matched(story, one)
        for reader in readers if not one.why.startswith(CANCELLED) else ():
            answer = matching.answer(reader.choices)
            if reader.id in has or not answer.yes:
                continue
            timing = timing_of(reader.timing)
            moment = at_once(timing, reader.day, reader.sent, max(now, one.due_at), breaking=matching.breaking)
            if moment.kept:
                kept.append(reader.id)
            elif moment.due_at is not None:
                shared = await self._variants.post(one, story, outlet, self._form(reader))
                day = moment.day if timing.most is not None else ""
                wanting.append(Wanting(reader.id, moment.due_at, shared, answer.why, day))
        await chunks.write(one, readers[-1].id, outlet.lane, wanting, now, kept=kept, has=follows)

    async def _have(self, one: Fanout, readers: Sequence[Reader]) -> frozenset[int]:
        """Who of them has it already; nobody is asked about where this is its first run."""
        if one.cursor == 0:
            self._first.discard((one.id, one.revision))
            if not await self._ledger.chunks.begun(one):
                self._first.add((one.id, one.revision))
        if (one.id, one.revision) in self._first:
            return frozenset()
        return await self._ledger.chunks.have(one, [reader.id for reader in readers])

    async def _told(self, one: Fanout, story: Story, readers: Sequence[int]) -> frozenset[int]:
        """Whom digests told an older revision, or tell it next: a new one is no story of its own to them."""
        told = await self._ledger.digest_following.told(one.carrier, readers, [story.id])
        return frozenset(told) | await self._ledger.chunks.kept(one, readers)

    async def _has(self, one: Fanout, story: Story, outlet: Outlet, reader: Reader) -> Has:
        form = self._form(reader)
        post = await self._variants.post(one, story, outlet, form)
        edit, correction = await self._variants.follow(one, story, outlet, form)
        return Has(reader.id, post, edit, correction)

    def _form(self, reader: Reader) -> Form:
        form = reading_of(reader.reading).form
        return Form.CARD if form is Form.FULL and not self._full else form

    def _matched(self, story: Story, one: Fanout) -> _Matching:
        breaking = one.priority >= BREAKING
        known = self._matching
        if known is None or known.story != (story.id, story.revision) or known.breaking is not breaking:
            self._matching = known = _Matching((story.id, story.revision), breaking, read(story))
        return known


def _rank(one: Fanout) -> tuple[bool, int]:
    """What is taken back goes before all that is sent, what is breaking before the rest."""
    return one.withdrawn, one.priority
