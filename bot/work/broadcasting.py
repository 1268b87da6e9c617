"""Broadcasting: a message of the newsroom's own, shown before it goes, and then planned for reader after reader."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.errors import OrderError, PressError
from bot.ledger import Ledger
from bot.ledger.subscriber_rows import choices_of, timing_of
from bot.model.broadcast import Broadcast, Carried, Draft, Proof
from bot.model.channel import Withdrawable
from bot.model.delivery import BREAKING
from bot.model.edition import Edition
from bot.model.story import Story
from bot.model.subscriber import Fanout, Form, Progress, Wanting
from bot.press import Press
from bot.press.job import Job, Occasion
from bot.rules import broadcasting, matching
from bot.rules.ordered import desk_article
from bot.work.outlet import Clock, Outlet
from bot.work.outlets import carriers_of, told

log = structlog.get_logger(__name__)

_SOURCE = "desk"
Steer = Callable[[int, str, str, datetime], Awaitable[bool]]


class Broadcasting:
    """Over the carriers that can be opened. All raise LedgerError; orders that cannot be carried out OrderError."""

    def __init__(
        self, ledger: Ledger, press: Press, outlets: Mapping[str, Outlet], clock: Clock, *, newsroom: str, needed: int
    ) -> None:
        """`needed`: editors that a broadcast takes."""
        self._ledger, self._press, self._carriers, self._clock = ledger, press, carriers_of(outlets), clock
        self._newsroom, self.needed = newsroom, needed

    @property
    def carriers(self) -> tuple[str, ...]:
        """By name."""
        return tuple(self._carriers)

    def able(self, carrier: str) -> bool:
        """Whether it can take back what is out."""
        outlet = self._carriers.get(carrier)
        return outlet is not None and isinstance(outlet.channel, Withdrawable)

    async def proofs(self, draft: Draft) -> tuple[Proof, ...]:
        """How each carrier would bring it, to how many, and how long that takes; nothing is written down."""
        return tuple([await self._proof(draft, name) for name in draft.carriers or self.carriers])

    async def begin(self, draft: Draft, who: str) -> Broadcast:
        """Have it sent, or wait for the editors that it still takes.

        Raises OrderError where a carrier cannot bring it as it stands, or where it is for nobody.
        """
        proofs = await self.proofs(draft)
        if (bad := next((one for one in proofs if one.problem), None)) is not None:
            raise OrderError(bad.problem)
        made = {one.carrier: one.edition for one in proofs if one.edition is not None and one.readers}
        if not made:
            raise OrderError("it would reach nobody: no reader has chosen that")
        begun = await self._ledger.broadcasts.begin(draft, made, who, self.needed, self._clock())
        log.info("a broadcast was written", broadcast=begun.id, by=who, carriers=",".join(made), missing=begun.missing)
        if begun.missing:
            subject, now = f"broadcast {begun.id} asks", self._clock()
            said = f"{who} wants to send readers a message, “{begun.title}”: {_takes(begun.missing)}"
            await self._ledger.notices.add(subject, said, now)
        return begun

    async def sign(self, number: int, who: str) -> Broadcast:
        """One editor more. Raises OrderError where they cannot."""
        return await self._ledger.broadcasts.sign(number, who, self._clock())

    async def stop(self, number: int, who: str, why: str) -> int:
        """Nothing of it is sent until it goes on; on how many carriers."""
        return await self._each(number, self._ledger.fanouts.stop, who, why)

    async def go_on(self, number: int, who: str, why: str) -> int:
        """It goes on where it was."""
        return await self._each(number, self._ledger.fanouts.go_on, who, why)

    async def cancel(self, number: int, who: str, why: str) -> int:
        """What waits of it is not sent any more; what is out stays."""
        return await self._each(number, self._ledger.fanouts.cancel, who, why)

    async def withdraw(self, number: int, who: str, why: str) -> bool:
        """The same, and what is out is deleted where the carrier can."""
        await self._known(number)
        return await self._ledger.broadcasts.withdraw(number, who, why, self._clock())

    async def carried(self, one: Fanout) -> Carried:
        """How far it is, and how long it still takes."""
        counts = await self._ledger.fanouts.counts(one.id)
        lost = await self._ledger.circulation.lost_by(one)
        outlet = self._carriers.get(one.carrier)
        going = one.state in (Progress.PLANNING, Progress.GOING) and counts.waiting > 0
        left = broadcasting.takes(counts.waiting, outlet.paces) if outlet is not None and going else None
        return Carried(one, counts, lost, left)

    async def of_story(self, story: int) -> tuple[Carried, ...]:
        """How far a story is on its way to readers, carrier by carrier."""
        return tuple([await self.carried(one) for one in await self._ledger.fanouts.of_story(story)])

    async def of_broadcast(self, one: Broadcast) -> tuple[Carried, ...]:
        """The same of a message."""
        found = [await self._ledger.fanouts.get(number) for number in one.fanouts]
        return tuple([await self.carried(fanout) for fanout in found if fanout is not None])

    async def _each(self, number: int, steer: Steer, who: str, why: str) -> int:
        now = self._clock()
        return sum([await steer(one, who, why, now) for one in (await self._known(number)).fanouts])

    async def _known(self, number: int) -> Broadcast:
        found = await self._ledger.broadcasts.get(number)
        if found is None:
            raise OrderError(f"there is no broadcast {number}")
        return found

    async def _proof(self, draft: Draft, carrier: str) -> Proof:
        outlet = self._carriers.get(carrier)
        if outlet is None:
            return Proof(carrier, None, 0, None, f"{carrier}: the channel cannot be opened")
        every = await self._ledger.circulation.choices(carrier)
        readers = sum(many for choices, many in every if broadcasting.is_for(draft, choices).yes)
        ahead = await self._ledger.circulation.ahead(outlet.lane, BREAKING if draft.urgent else 0)
        takes = broadcasting.takes(readers + ahead, outlet.paces)
        try:
            return Proof(carrier, await self._edition(draft, outlet), readers, takes)
        except PressError as err:
            return Proof(carrier, None, readers, takes, str(err))

    async def _edition(self, draft: Draft, outlet: Outlet) -> Edition:
        """As it was written, or not at all: nothing of it is left out. Raises PressError."""
        first, _, rest = draft.text.strip().partition("\n")
        headline, text = (first, rest.strip()) if rest.strip() else (self._newsroom, first)
        article, now = desk_article(headline, text, draft.language), self._clock()
        facts = replace(told(outlet, Form.TEXT), card=None, pictures=None)
        job = Job(occasion=Occasion.BREAKING if draft.urgent else Occasion.POST, given=text)
        return await self._press.edition(Story(0, _SOURCE, 1, article, now, now), outlet.name, facts, job)


async def spread(ledger: Ledger, one: Fanout, lane: str, size: int, now: datetime) -> None:
    """Plan a broadcast for the next of a carrier's readers, in one transaction."""
    chunks, broadcast = ledger.chunks, await ledger.broadcasts.of_fanout(one.id)
    readers = await chunks.readers(one, size) if broadcast is not None else ()
    if broadcast is None or not readers:
        await chunks.planned(one, now)
        log.info("broadcast planned", fanout=one.id, channel=one.carrier, deliveries=one.planned)
        return
    shared = next(iter((await chunks.editions(one)).values()))
    wanting = []
    for reader in readers:
        answer = broadcasting.is_for(broadcast.draft, choices_of(reader.choices))
        if answer.yes:
            timing = broadcasting.at_once(timing_of(reader.timing))
            urgent = broadcast.draft.urgent
            moment = matching.at_once(timing, "", 0, max(now, one.due_at), breaking=urgent)
            wanting.append(Wanting(reader.id, moment.due_at or now, shared, answer.why))
    await chunks.write(one, readers[-1].id, lane, wanting, now)


def finishes(proofs: tuple[Proof, ...], now: datetime) -> datetime | None:
    """When the last of all readers has it, told before it starts; None where nothing sets the pace."""
    longest = max((one.takes for one in proofs if one.takes is not None), default=None)
    return None if longest is None else now + longest + timedelta(seconds=1)


def _takes(editors: int) -> str:
    return f"it takes {'another editor' if editors == 1 else f'{editors} editors more'}"
