"""One pinned story a channel, never two, until its end; the ledger says which, and a round makes it so."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.channels.rehearsal import Rehearsal
from bot.errors import OrderError, Refused, Unavailable, Uncertain
from bot.ledger import Ledger
from bot.model.decision import Verb
from bot.model.delivery import Receipt
from bot.press import Press
from bot.settings import Desk, Newsroom, Route
from bot.work.ordering import Ordering
from bot.work.outlet import Outlet
from bot.work.pinning import Pinning
from tests.fakes.scripted import Scripted
from tests.fakes.stories import planned_story

MINUTE = timedelta(minutes=1)


class Board(Scripted):
    """A channel with a place on top; what is there, and the most there ever was."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.top: list[str] = []
        self.most = 0
        self.lost = False
        self.trouble: list[Exception] = []

    async def pin(self, receipt: Receipt) -> None:
        if self.trouble:
            raise self.trouble.pop()
        if receipt.platform_id not in self.top:
            self.top.append(receipt.platform_id)
        self.most = max(self.most, len(self.top))
        if self.lost:
            self.lost = False
            raise Uncertain(self.name, "no answer")

    async def unpin(self, receipt: Receipt) -> None:
        if self.trouble:
            raise self.trouble.pop()
        self.top = [one for one in self.top if one != receipt.platform_id]


class Room:
    def __init__(self, ledger: Ledger, now: datetime, folder: Path) -> None:
        self.ledger, self.now, self.board = ledger, now, Board("main")
        self.outlets = {"main": Outlet("main", self.board, "lane"), "plain": Outlet("plain", Scripted("plain"), "lane")}
        press = Press(Newsroom(name="河湾日报"), Path(__file__).resolve().parents[2] / "templates", None, folder)
        routes = (Route(channels=("main", "plain")),)
        self.order = Ordering(ledger, press, self.outlets, routes, Desk(), lambda: self.now)
        self.pinning = Pinning(ledger, self.outlets, lambda: self.now)

    async def out(self) -> int:
        """A story that is out on the board; its number is its post's."""
        story = await planned_story(self.ledger, self.now, "main")
        claim = await self.ledger.claims.next(["main"], "w", self.now, MINUTE, lambda *_: None)
        assert claim is not None
        assert await self.ledger.claims.sent(claim, Receipt(f"p{story}", self.now), self.now)
        return story


@pytest.fixture
def room(ledger: Ledger, now: datetime, tmp_path: Path) -> Room:
    return Room(ledger, now, tmp_path)


async def test_a_story_is_pinned_where_the_channel_can(room: Room) -> None:
    story = await room.out()
    assert (await room.order.pin(story, None, "陈静")).moved == 1
    await room.pinning.tick()
    assert room.board.top == [f"p{story}"]
    [pin] = await room.ledger.pins.current("main")
    assert (pin.story, pin.receipt) == (story, Receipt(f"p{story}", room.now))
    said = [(one.verb, one.who) for one in await room.ledger.history.of_story(story)]
    assert [line for line in said if line[0] is Verb.PINNED] == [(Verb.PINNED, "陈静"), (Verb.PINNED, "pinning")]


async def test_another_takes_its_place_and_there_are_never_two(room: Room) -> None:
    first, second = await room.out(), await room.out()
    for story in (first, second):
        await room.order.pin(story, None, "陈静")
        await room.pinning.tick()
    assert (room.board.top, room.board.most) == ([f"p{second}"], 1)


async def test_a_pin_that_was_replaced_before_it_was_up_leaves_no_trace_on_the_channel(room: Room) -> None:
    first, second = await room.out(), await room.out()
    for story in (first, second):
        await room.order.pin(story, None, "陈静")
    await room.pinning.tick()
    assert (room.board.top, room.board.most) == ([f"p{second}"], 1)


async def test_it_is_taken_down_at_its_end(room: Room) -> None:
    story = await room.out()
    await room.order.pin(story, room.now + MINUTE, "陈静")
    await room.pinning.tick()
    room.now += MINUTE
    await room.pinning.tick()
    assert room.board.top == []
    assert await room.ledger.pins.current() == ()


async def test_it_is_taken_down_by_an_editor(room: Room) -> None:
    story = await room.out()
    await room.order.pin(story, None, "陈静")
    await room.pinning.tick()
    assert (await room.ledger.pins.unpin(story, "林晓", "old", room.now)).moved == 1
    await room.pinning.tick()
    assert room.board.top == []
    assert (await room.ledger.pins.unpin(story, "林晓", "old", room.now)).why_not == "it is not pinned"


async def test_after_a_restart_it_is_on_top_again(room: Room) -> None:
    story = await room.out()
    await room.order.pin(story, None, "陈静")
    await room.pinning.tick()
    room.board.top.clear()  # while nobody looked
    await room.pinning.tick()
    assert room.board.top == []
    await Pinning(room.ledger, room.outlets, lambda: room.now).tick()
    assert room.board.top == [f"p{story}"]


async def test_a_story_that_is_not_out_is_pinned_when_it_is(room: Room) -> None:
    story = await planned_story(room.ledger, room.now, "main")
    await room.order.pin(story, None, "陈静")
    await room.pinning.tick()
    assert room.board.top == []
    given = await room.ledger.orders.given(story)
    assert await room.ledger.wordings.renewed(story, given, {}, room.now)  # as compose does: it is made as pinned
    claim = await room.ledger.claims.next(["main"], "w", room.now, MINUTE, lambda *_: None)
    assert claim is not None
    await room.ledger.claims.sent(claim, Receipt("p", room.now), room.now)
    await room.pinning.tick()
    assert room.board.top == ["p"]


async def test_while_the_old_cannot_be_taken_down_the_new_waits(room: Room) -> None:
    first, second = await room.out(), await room.out()
    await room.order.pin(first, None, "陈静")
    await room.pinning.tick()
    await room.order.pin(second, None, "陈静")
    room.board.trouble.append(Unavailable("main", "HTTP 503"))
    await room.pinning.tick()
    assert room.board.top == [f"p{first}"]
    room.now += MINUTE
    await room.pinning.tick()
    assert (room.board.top, room.board.most) == ([f"p{second}"], 1)


async def test_a_pin_whose_answer_was_lost_is_taken_down_when_another_takes_its_place(room: Room) -> None:
    first, second = await room.out(), await room.out()
    await room.order.pin(first, None, "陈静")
    room.board.lost = True
    await room.pinning.tick()
    assert room.board.top == [f"p{first}"]
    await room.order.pin(second, None, "陈静")
    await room.pinning.tick()
    assert room.board.top == [f"p{second}"]


async def test_a_refused_pin_ends_and_the_desk_hears_of_it_once(room: Room) -> None:
    story = await room.out()
    await room.order.pin(story, None, "陈静")
    room.board.trouble.append(Refused("main", "not enough rights"))
    await room.pinning.tick()
    assert await room.ledger.pins.current() == ()
    [notice] = await room.ledger.notices.untold()
    assert notice.text == f"#{story}: main refuses to pin it: not enough rights"


async def test_a_withdrawn_story_leaves_the_top(room: Room) -> None:
    story = await room.out()
    await room.order.pin(story, None, "陈静")
    await room.pinning.tick()
    await room.order.withdraw(story, "陈静", "wrong")
    await room.pinning.tick()
    assert room.board.top == []


async def test_a_channel_that_cannot_pin_is_named(room: Room) -> None:
    story = await room.out()
    with pytest.raises(OrderError, match="plain cannot pin: these can: main"):
        await room.order.pin(story, None, "陈静", ["plain"])


async def test_a_rehearsal_writes_down_what_is_on_top(room: Room, tmp_path: Path) -> None:
    rehearsal = Rehearsal("main", room.board.facts, tmp_path, None, lambda: room.now)
    first, second = Receipt("one", room.now), Receipt("two", room.now)
    await rehearsal.pin(first)
    await rehearsal.pin(second)
    await rehearsal.unpin(first)
    assert (tmp_path / "main" / "pinned.txt").read_text(encoding="utf-8") == "two"
    await rehearsal.unpin(second)
    assert (tmp_path / "main" / "pinned.txt").read_text(encoding="utf-8") == ""


async def test_an_end_that_is_past_is_no_end(room: Room) -> None:
    story = await room.out()
    assert (await room.order.pin(story, room.now, "陈静")).why_not == "its end is past"
