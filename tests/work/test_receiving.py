"""What was brought is done with only when the ledger has it, and takes turns with what is looked for."""

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.errors import LedgerError, SourceUnreachable, SourceUnreadable
from bot.ledger import Ledger
from bot.model.arrival import Arrival, Letter
from bot.model.delivery import Act
from bot.model.source import Found, Gone, Look, Memory
from bot.rules import clearance
from bot.rules.identity import keys
from bot.work.pickup import AGAIN, Pickup
from tests.fakes.stories import article


class Box:
    """A letter box: each body is a headline; it remembers every mark it has seen."""

    name, every = "box", timedelta(hours=1)

    def __init__(self) -> None:
        self.dies = self.slow = False

    async def look(self, memory: Memory, now: datetime) -> Look:
        if self.slow:
            await asyncio.sleep(0.05)
        return Look(Memory(marks={**memory.marks, "looked": "x"}))

    async def read(self, arrival: Arrival, memory: Memory, now: datetime) -> Look:
        said = arrival.body.decode()
        if said == "unreadable":
            raise SourceUnreadable(self.name, "headline")
        if said == "away":
            raise SourceUnreachable(self.name, "the site is away")
        if said.startswith("gone "):
            return Look(memory, gone=(Gone(said.removeprefix("gone "), None, "deleted"),))
        made = article(said)
        return Look(Memory(marks={**memory.marks, said: "x"}), (Found(made, arrival.key, why="brought"),))

    async def taken(self, found: Found) -> None:
        if self.dies:
            raise LedgerError("died here")

    async def close(self) -> None:
        pass


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
async def pickup(ledger: Ledger, box: Box, now: datetime) -> Pickup:
    await ledger.notes.register(["box"], now)
    return Pickup(ledger, {"box": box}, lambda: now, lambda _: None)


async def bring(ledger: Ledger, now: datetime, *bodies: str) -> None:
    for body in bodies:
        assert await ledger.arrivals.receive("box", Letter(body, body.encode()), now)


async def test_what_is_recorded_and_not_crossed_off_is_read_again_and_known(
    ledger: Ledger, box: Box, pickup: Pickup, now: datetime
) -> None:
    await bring(ledger, now, "大桥通车")
    box.dies = True
    with pytest.raises(LedgerError):
        await pickup.receive("box")
    assert await ledger.arrivals.due(now) == ("box",)
    box.dies = False
    tally = await pickup.receive("box")
    assert (tally.new, tally.revised, tally.known) == (0, 0, 1)
    assert await ledger.arrivals.due(now) == ()
    assert [story.revision for story in await ledger.stories.recent(9)] == [1]


async def test_one_that_cannot_be_read_holds_up_no_other(ledger: Ledger, pickup: Pickup, now: datetime) -> None:
    await bring(ledger, now, "unreadable", "away", *(f"第{number}条" for number in range(25)))
    tally = await pickup.receive("box")
    assert (tally.new, tally.problems) == (25, ("unreadable: headline", "the site is away"))
    assert await ledger.arrivals.due(now) == ()
    assert await ledger.arrivals.due(now + AGAIN) == ("box",)


async def test_a_look_and_a_letter_at_once_lose_nothing_of_the_memory(
    ledger: Ledger, box: Box, pickup: Pickup, now: datetime
) -> None:
    await bring(ledger, now, "大桥通车")
    box.slow = True
    await asyncio.gather(pickup.look("box"), pickup.receive("box"))
    assert set((await ledger.notes.memory("box")).marks) == {"looked", "大桥通车"}


async def test_a_letter_does_not_move_the_next_look(ledger: Ledger, pickup: Pickup, now: datetime) -> None:
    await pickup.look("box")
    [before] = await ledger.notes.all()
    await bring(ledger, now, "大桥通车")
    await pickup.receive("box")
    assert await ledger.notes.all() == (before,)


async def test_a_story_that_is_taken_back_before_it_was_composed_waits_for_an_editor(
    ledger: Ledger, pickup: Pickup, now: datetime
) -> None:
    made = article("大桥通车")
    await ledger.stories.record("box", made, [*keys("box", made), "guid:box:1"], "print", now)
    await bring(ledger, now, "gone 1")
    await pickup.receive("box")
    [story] = await ledger.stories.recent(9)
    assert story.held == "deleted: an editor decides"
    assert clearance.objection(Act.POST, story, now, not_older_than=None) == story.held
    [notice] = await ledger.notices.untold()
    assert "what was waiting is held" in notice.text
