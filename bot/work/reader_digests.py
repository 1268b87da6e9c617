"""Subscribers' digests: whose hour has come gets what came since, one edition for all who are told the same."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.errors import PressError
from bot.ledger import Ledger
from bot.ledger.subscriber_rows import choices_of, reading_of, timing_of
from bot.model.reader_digest import Due, Line, Tellable, Told
from bot.model.story import Story
from bot.model.subscriber import Choices, Fanout, Form, Reading, Rhythm, Wanting
from bot.press import Digest, Press
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
    made: dict[str, int] = field(default_factory=dict)
    """Shared editions by variant."""
    broken: dict[str, PressError] = field(default_factory=dict)
    sent: int = 0


class _Picks:
    """What each reader of a chunk is told; those who chose alike are answered once."""

    def __init__(self, material: Sequence[Tellable], readable: Callable[[Story], Read]) -> None:
        self._material, self._readable = material, readable
        self._wanted: dict[str, tuple[Tellable, ...]] = {}
        self._plain: dict[tuple[str, datetime], Pick] = {}

    def of(self, one: Due, kept: frozenset[int], got: frozenset[int]) -> Pick:
        rhythm, key = timing_of(one.timing).rhythm, (one.choices, one.since)
        plain = not kept and not got and rhythm is not Rhythm.AT_ONCE
        if plain and key in self._plain:
            return self._plain[key]
        if one.choices not in self._wanted:
            self._wanted[one.choices] = self._answered(choices_of(one.choices))
        found = pick(one, rhythm, self._wanted[one.choices], kept, got)
        if plain:
            self._plain[key] = found
        return found

    def _answered(self, choices: Choices) -> tuple[Tellable, ...]:
        return tuple(it for it in self._material if wanted(self._readable(it.story), choices, breaking=it.urgent).yes)


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
        if not self._carriers:
            return 0
        now, planned = await self._ledger.reader_digests.mark(self._clock()), 0
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
        before, since = await ledger.kept(readers), min(one.since for one in due)
        back = _NONE.union(*before.values())
        material = by_weight(await ledger.material(carrier, since, back, this.now, self._stories))
        # How far fan-outs are was read first, what came of them after: nothing is told in both ways, or in none.
        kept = await ledger.kept(readers)
        doubtful = [one.reader for one in due if one.changed or timing_of(one.timing).rhythm is Rhythm.AT_ONCE]
        got = await ledger.got(carrier, doubtful, material)
        wrong = await self._told_wrongly(this, readers)
        picks = _Picks(material, self._readable)
        done: list[Due] = []
        get: list[tuple[int, str, int]] = []
        later: list[tuple[int, int]] = []
        new: dict[str, Told] = {}
        for one in due:
            picked = picks.of(one, kept.get(one.reader, _NONE), got.get(one.reader, _NONE))
            again = wrong.get(one.reader, {})
            stories = {it.story.id: it.story for it in picked.told} | again
            tells = lines(picked.told, [(story.id, story.revision) for story in again.values()])
            if tells:
                variant = _variant(reading_of(one.reading), tells)
                try:
                    await self._make(this, variant, tells, stories, new)
                except PressError:  # they stay due: the next round tries again
                    continue
                get.append((one.reader, variant, len(tells)))
            done.append(one)
            later += [(one.reader, story) for story in picked.later]
        await self._keep(this, new)
        wanting = [
            Wanting(reader, this.now, this.made[variant], f"a digest of {many} stories")
            for reader, variant, many in get
        ]
        known = {it.story.id for it in material}
        seen = {(reader, story) for reader, some in kept.items() for story in some if story in known}
        seen |= {(reader, story) for reader, some in before.items() for story in some}
        this.sent += await ledger.write(this.fanout, this.outlet.lane, done, wanting, later, this.now, seen=seen)
        return {(it.story.id, it.story.revision) for it in material}

    def _readable(self, story: Story) -> Read:
        key = (story.id, story.revision)
        if key not in self._read:
            self._read[key] = read(story)
        return self._read[key]

    async def _make(
        self, this: _Round, variant: str, tells: Sequence[Line], stories: Mapping[int, Story], new: dict[str, Told]
    ) -> None:
        """Compose the edition that tells these, if nobody in this round is told the same. Raises PressError."""
        if variant in this.broken:
            raise this.broken[variant]
        if variant in this.made or variant in new:
            return
        try:
            new[variant] = await self._composed(this.outlet, variant, tells, stories, this.pinned, this.now)
        except PressError as err:
            this.broken[variant] = err
            await self._ledger.notices.add(f"template {err.template}", str(err), this.now)
            raise

    async def _keep(self, this: _Round, new: Mapping[str, Told]) -> None:
        """Write down what a chunk needs, and the round's fan-out before its first."""
        if not new:
            return
        if this.fanout is None:
            title = next(iter(new.values())).edition.headline
            this.fanout = await self._ledger.reader_digests.open(this.outlet.name, title, this.now)
        this.made |= await self._ledger.reader_digests.keep(this.fanout, new)

    async def _composed(
        self,
        outlet: Outlet,
        variant: str,
        tells: Sequence[Line],
        stories: Mapping[int, Story],
        pinned: frozenset[int],
        now: datetime,
    ) -> Told:
        language, form, _ = variant.split(" ")
        digest = Digest(
            tuple(stories[line.story] for line in tells),
            now,
            language,
            pinned=pinned,
            corrected=frozenset(line.story for line in tells if line.corrected),
        )
        await outlet.facts()
        made = await self._press.digest(digest, outlet.name, told(outlet, Form(form)))
        if made is None:
            raise AssertionError(tells)
        return Told(made.edition, tuple(line for line in tells if line.story in made.stories))

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
            await following.renew(one, made, now)


def _variant(reading: Reading, tells: Sequence[Line]) -> str:
    """Who is told the same, in the same words; of the forms only that without a card differs."""
    form = Form.TEXT if reading.form is Form.TEXT else Form.CARD
    text = ",".join(f"{line.story}.{line.revision}{'!' if line.corrected else ''}" for line in tells)
    return f"{reading.language} {form} {hashlib.sha256(text.encode()).hexdigest()[:32]}"
