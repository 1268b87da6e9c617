"""Subscribers' digests: whose hour has come gets what came since, one edition for all who are told the same."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from bot.errors import PressError
from bot.ledger import Ledger
from bot.ledger.subscriber_rows import choices_of, reading_of, timing_of
from bot.model.reader_digest import Due, Line, Tellable
from bot.model.story import Story
from bot.model.subscriber import Fanout, Form, Reading, Rhythm, Wanting
from bot.press import Digest, Press
from bot.press.digest import DigestEdition
from bot.rules.fanning import corrects
from bot.rules.matching import Read, read, wanted
from bot.rules.reader_digests import Pick, by_weight, lines, pick
from bot.rules.summarising import analyse
from bot.work.outlet import Clock, Outlet
from bot.work.outlets import carriers_of, told

log = structlog.get_logger(__name__)

CHUNK = 2_000
"""Readers a transaction."""
_NONE: frozenset[int] = frozenset()


@dataclass
class _Round:
    """One carrier's readers whose digest is due, and everything that is read once for all of them."""

    outlet: Outlet
    now: datetime
    pinned: frozenset[int]
    wrong: Mapping[tuple[int, int], Story]
    """What was told wrongly: by story and the revision that was told, the story as it is now."""
    fanout: Fanout | None = None
    made: dict[str, int | None] = field(default_factory=dict)
    """Shared editions by variant."""
    broken: dict[str, PressError] = field(default_factory=dict)
    sent: int = 0


class DigestRound:
    """Asks every few seconds; a round with nobody due costs three small questions."""

    def __init__(
        self,
        ledger: Ledger,
        press: Press,
        outlets: Mapping[str, Outlet],
        clock: Clock,
        on_planned: Callable[[str], None],
        *,
        chunk: int = CHUNK,
    ) -> None:
        self._ledger, self._press, self._carriers, self._clock = ledger, press, carriers_of(outlets), clock
        self._on_planned, self._size = on_planned, chunk
        self._stories: dict[tuple[int, int], Story] = {}
        self._read: dict[tuple[int, int], Read] = {}

    async def round(self) -> int:
        """Plan whatever is due; how many readers get one. Raises LedgerError."""
        now = await self._ledger.reader_digests.mark(self._clock())
        planned = 0
        for name, outlet in self._carriers.items():
            await self._renew(outlet, now)
            due = await self._ledger.reader_digests.due(name, now, 0, self._size)
            if not due:
                continue
            pinned = await self._ledger.reader_digests.pinned()
            this = _Round(outlet, now, pinned, await self._wrong(outlet, now))
            await self._carrier(this, due)
            planned += this.sent
            if this.sent:
                log.info("digests planned", channel=name, deliveries=this.sent, editions=len(this.made))
        return planned

    async def _carrier(self, this: _Round, due: Sequence[Due]) -> None:
        seen = set[tuple[int, int]]()
        while due:
            seen |= await self._chunk(this, due)
            self._on_planned(this.outlet.lane)
            due = await self._ledger.reader_digests.due(this.outlet.name, this.now, due[-1].reader, self._size)
        self._stories = {key: story for key, story in self._stories.items() if key in seen}
        self._read = {key: found for key, found in self._read.items() if key in seen}

    async def _chunk(self, this: _Round, due: Sequence[Due]) -> set[tuple[int, int]]:
        ledger, carrier = self._ledger.reader_digests, this.outlet.name
        readers = [one.reader for one in due]
        kept = await ledger.kept(readers)
        back, since = _NONE.union(*kept.values()), min(one.since for one in due)
        material = by_weight(await ledger.material(carrier, since, back, this.now, self._stories))
        doubtful = [one.reader for one in due if one.changed or timing_of(one.timing).rhythm is Rhythm.AT_ONCE]
        got = await ledger.got(carrier, doubtful, material)
        wrong = await self._told_wrongly(this, readers)
        wanting: list[Wanting] = []
        later: list[tuple[int, int]] = []
        done: list[Due] = []
        answers: dict[str, tuple[Tellable, ...]] = {}
        picks: dict[tuple[str, datetime, bool], Pick] = {}
        for one in due:
            if one.choices not in answers:
                answers[one.choices] = self._wanted(one.choices, material)
            rhythm, own = timing_of(one.timing).rhythm, (kept.get(one.reader, _NONE), got.get(one.reader, _NONE))
            alike = (one.choices, one.since, rhythm is Rhythm.AT_ONCE)
            plain = own == (_NONE, _NONE) and rhythm is not Rhythm.AT_ONCE
            if not plain or alike not in picks:
                picked = pick(one, rhythm, answers[one.choices], *own)
                if plain:
                    picks[alike] = picked
            else:
                picked = picks[alike]
            stories = {it.story.id: it.story for it in picked.told} | wrong.get(one.reader, {})
            again = [(story.id, story.revision) for story in wrong.get(one.reader, {}).values()]
            try:
                shared = await self._edition(this, reading_of(one.reading), lines(picked.told, again), stories)
            except PressError:  # they stay due: the next round tries again
                continue
            done.append(one)
            later += [(one.reader, story) for story in picked.later]
            if shared is not None:
                wanting.append(Wanting(one.reader, this.now, shared, f"a digest of {len(stories)} stories"))
        this.sent += await ledger.write(this.fanout, this.outlet.lane, done, wanting, later, this.now)
        return {(it.story.id, it.story.revision) for it in material}

    def _wanted(self, choices: str, material: Sequence[Tellable]) -> tuple[Tellable, ...]:
        mine = choices_of(choices)
        return tuple(it for it in material if wanted(self._readable(it.story), mine, breaking=it.urgent).yes)

    def _readable(self, story: Story) -> Read:
        key = (story.id, story.revision)
        if key not in self._read:
            self._read[key] = read(story)
        return self._read[key]

    async def _edition(
        self, this: _Round, reading: Reading, told_: Sequence[Line], stories: Mapping[int, Story]
    ) -> int | None:
        """The number of the edition that tells these; None where there is nothing to tell. Raises PressError."""
        if not told_:
            return None
        form = Form.TEXT if reading.form is Form.TEXT else Form.CARD
        variant = f"{reading.language} {form} {_hashed(told_)}"
        if variant in this.broken:
            raise this.broken[variant]
        if variant not in this.made:
            try:
                made = await self._composed(this.outlet, variant, told_, stories, this.pinned, this.now)
            except PressError as err:
                this.broken[variant] = err
                await self._ledger.notices.add(f"template {err.template}", str(err), this.now)
                raise
            this.made[variant] = None
            if made is not None:
                edition = made.edition
                if this.fanout is None:
                    this.fanout = await self._ledger.reader_digests.open(this.outlet.name, edition.headline, this.now)
                kept = [line for line in told_ if line.story in made.stories]
                this.made[variant] = await self._ledger.reader_digests.keep(this.fanout, variant, edition, kept)
        return this.made[variant]

    async def _composed(
        self,
        outlet: Outlet,
        variant: str,
        told_: Sequence[Line],
        stories: Mapping[int, Story],
        pinned: frozenset[int],
        now: datetime,
    ) -> DigestEdition | None:
        language, form, _ = variant.split(" ")
        digest = Digest(
            tuple(stories[line.story] for line in told_),
            now,
            language,
            pinned=pinned,
            corrected=frozenset(line.story for line in told_ if line.corrected),
        )
        await outlet.facts()
        return await self._press.digest(digest, outlet.name, told(outlet, Form(form)))

    async def _wrong(self, outlet: Outlet, now: datetime) -> dict[tuple[int, int], Story]:
        """What the carrier's readers were told, and have to be told again."""
        found: dict[tuple[int, int], Story] = {}
        following = self._ledger.digest_following
        for one in await following.revised(outlet.name, now):
            keys = {(one.story, revision) for revision in (one.revision, *one.told)}
            known = await following.stories(keys)
            story = known[one.story, one.revision]
            if story.held is not None or story.orders.objection is not None:
                continue
            given = await self._ledger.orders.given(one.story)
            kind = given.correction.kind if given.correction else None
            said = analyse(story.article).correction
            for revision in one.told:
                before = known.get((one.story, revision))
                new = said is not None and said != (analyse(before.article).correction if before else None)
                if corrects(outlet.corrections, kind, said=new):
                    found[one.story, revision] = story
        return found

    async def _told_wrongly(self, this: _Round, readers: Sequence[int]) -> dict[int, dict[int, Story]]:
        """What is to be told again, by reader and story."""
        if not this.wrong:
            return {}
        stories = {story for story, _ in this.wrong}
        known = await self._ledger.digest_following.told(this.outlet.name, readers, stories)
        return {
            reader: {story: this.wrong[story, at] for story, at in mine.items() if (story, at) in this.wrong}
            for reader, mine in known.items()
        }

    async def _renew(self, outlet: Outlet, now: datetime) -> None:
        """Take out of digests on their way what was withdrawn, or is held, since."""
        following = self._ledger.digest_following
        for one in await following.stale(outlet.name):
            known = await following.stories({(line.story, line.revision) for line in one.left})
            stories = {story.id: story for story in known.values()}
            order = sorted(one.left, key=lambda line: (line.corrected, stories[line.story].first_seen), reverse=True)
            pinned = await self._ledger.reader_digests.pinned()
            made = await self._composed(outlet, one.variant, order, stories, pinned, now) if order else None
            kept = [line for line in order if made is not None and line.story in made.stories]
            edition = replace(made.edition, notes=()) if made is not None else None
            await following.renew(one, edition, kept, now)


def _hashed(told_: Sequence[Line]) -> str:
    text = ",".join(f"{line.story}.{line.revision}{'!' if line.corrected else ''}" for line in told_)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
