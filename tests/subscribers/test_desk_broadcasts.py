"""A message of the newsroom's own, from what is written to what each reader's platform has."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import OrderError
from bot.ledger import Ledger
from bot.model.broadcast import Broadcast, Draft
from bot.model.channel import Pace, Scope
from bot.model.subscriber import Choices, Counts, Membership, Progress, Rhythm, Timing
from bot.rules.broadcasting import Named, is_for, read, takes
from bot.work.broadcasting import Broadcasting
from tests.fakes.carried import Readership

TEXT = "报社开放日\n周六上午，读者可以到印刷车间看开印。"


class House(Readership):
    """With somebody who writes to all of them."""

    def broadcasting(self, needed: int = 1) -> Broadcasting:
        return Broadcasting(self.ledger, self.press, self.outlets, self.clock, newsroom="河湾日报", needed=needed)

    async def counts(self, one: Broadcast) -> Counts:
        return await self.ledger.fanouts.counts(one.fanouts[0])

    async def state(self, one: Broadcast) -> Progress:
        found = await self.ledger.fanouts.get(one.fanouts[0])
        assert found is not None
        return found.state


@pytest.fixture
def room(ledger: Ledger, now: datetime, tmp_path: Path) -> House:
    return House(ledger, now, tmp_path)


async def test_everybody_gets_it_as_it_was_written_whatever_their_rhythm(room: House) -> None:
    await room.readers(3, Choices(topics=("体育",)))
    await room.readers(1, timing=Timing(rhythm=Rhythm.WEEKLY, most=1))
    await room.readers(1, Choices(breaking_only=True))
    one = await room.broadcasting().begin(Draft(TEXT, "zh"), "陈静")
    await room.all()
    assert len(room.letters.posted) == 4
    assert all("报社开放日" in text and "印刷车间" in text for text in room.got)
    assert (await room.state(one), await room.counts(one)) == (Progress.DONE, Counts(sent=4))


async def test_of_a_topic_only_those_get_it_who_would_get_its_stories(room: House) -> None:
    chosen = await room.readers(2, Choices(topics=("城市",)))
    await room.readers(2, Choices(topics=("体育",)))
    await room.readers(1, Choices(topics=("城市",), languages=("en",)))
    broadcasting, draft = room.broadcasting(), Draft(TEXT, "zh", ("城市",))
    [proof] = await broadcasting.proofs(draft)
    assert proof.readers == len(chosen)
    await broadcasting.begin(draft, "陈静")
    await room.all()
    assert len(room.letters.posted) == 2


async def test_it_waits_for_a_second_editor_and_nobody_can_go_on_without_one(room: House) -> None:
    await room.readers(2)
    broadcasting = room.broadcasting(needed=2)
    one = await broadcasting.begin(Draft(TEXT, "zh"), "陈静")
    assert not await broadcasting.go_on(one.id, "陈静", "")
    with pytest.raises(OrderError, match="another editor"):
        await broadcasting.sign(one.id, "陈静")
    await room.all()
    assert not room.letters.posted
    assert not (await broadcasting.sign(one.id, "Ana")).missing
    await room.all()
    assert len(room.letters.posted) == 2
    with pytest.raises(OrderError, match="already by Ana"):
        await broadcasting.sign(one.id, "Lin")


async def test_a_daemon_that_dies_in_the_middle_doubles_and_forgets_nobody(room: House) -> None:
    readers = await room.readers(8)
    one = await room.broadcasting().begin(Draft(TEXT, "zh"), "陈静")
    for _ in range(5):  # a process that dies after each transaction
        room.open()
        [fanout] = await room.ledger.chunks.due(room.now) or [None]
        if fanout is not None:
            await room.fanning._step(fanout, room.outlets.carriers["letters"])
            await room.drain()
    await room.all()
    assert len({key for key, _ in room.letters.posted}) == len(room.letters.posted) == len(readers)
    assert await room.counts(one) == Counts(sent=8)


async def test_it_is_stopped_in_the_middle_goes_on_and_the_rest_is_cancelled(room: House) -> None:
    await room.readers(6)
    broadcasting = room.broadcasting()
    one = await broadcasting.begin(Draft(TEXT, "zh"), "陈静")
    [fanout] = await room.ledger.chunks.due(room.now)
    await room.fanning._step(fanout, room.outlets.carriers["letters"])  # the first three
    await room.drain()
    assert await broadcasting.stop(one.id, "Ana", "wrong date") == 1
    await room.all()
    assert len(room.letters.posted) == 3
    assert await broadcasting.go_on(one.id, "Ana", "") == 1
    await room.fan_out()
    assert await broadcasting.cancel(one.id, "Ana", "wrong date") == 1
    await room.all()
    assert (await room.state(one), await room.counts(one)) == (Progress.DONE, Counts(sent=3, cancelled=3))


async def test_what_is_out_is_taken_back_where_the_carrier_can(room: House) -> None:
    await room.readers(3)
    broadcasting = room.broadcasting()
    one = await broadcasting.begin(Draft(TEXT, "zh"), "陈静")
    await room.all()
    assert await broadcasting.withdraw(one.id, "Ana", "wrong date")
    await room.all()
    assert [what for _, what in room.letters.edited] == ["withdrawn"] * 3
    assert not await broadcasting.withdraw(one.id, "Ana", "again")


async def test_what_does_not_fit_is_not_begun_and_says_by_how_much(room: House) -> None:
    await room.readers(1)
    draft = Draft("通知\n" + "很长的话。" * 2000, "zh")
    [proof] = await room.broadcasting().proofs(draft)
    assert "limit" in proof.problem
    with pytest.raises(OrderError, match="limit"):
        await room.broadcasting().begin(draft, "陈静")
    assert not await room.ledger.broadcasts.lately()


async def test_it_reaches_nobody_and_says_so(room: House) -> None:
    [reader] = await room.readers(1)
    await room.become(reader, Membership.PAUSED)
    with pytest.raises(OrderError, match="nobody"):
        await room.broadcasting().begin(Draft(TEXT, "zh"), "陈静")


async def test_a_figure_says_how_far_it_is_and_how_long_it_takes(room: House) -> None:
    room.letters.facts = replace(room.letters.facts, pace=(Pace(30, timedelta(seconds=1), Scope.ACCOUNT),))
    room.open()
    readers = await room.readers(6)
    broadcasting = room.broadcasting()
    [proof] = await broadcasting.proofs(Draft(TEXT, "zh"))
    assert (proof.readers, proof.takes) == (6, timedelta(seconds=0.2))
    one = await broadcasting.begin(Draft(TEXT, "zh"), "陈静")
    await room.fan_out()
    await room.ledger.fanouts.gone(readers[0], "blocked", room.now)
    [carried] = await broadcasting.of_broadcast(one)
    assert carried.left == timedelta(seconds=5 / 30)
    assert (carried.counts, carried.lost) == (Counts(planned=5, cancelled=1), 1)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("周六开放日", Named("周六开放日")),
        ("周六开放日 给 城市、体育", Named("周六开放日", ("城市", "体育"))),
        ("Open day to sport and city", Named("Open day", ("Sport", "City"))),
        ("Open day to sport by letters", Named("Open day", ("Sport",), ("letters",))),
        ("Open day by letters", Named("Open day", None, ("letters",))),
        ("Come to town", Named("Come to town")),
        ("改由 letters 发送给 读者", Named("改由 letters 发送给 读者")),
    ],
)
def test_the_end_of_an_order_names_topics_and_carriers_where_all_are_known(words: str, named: Named) -> None:
    assert read(words, ("城市", "体育", "Sport", "City"), ("letters", "chat")) == named


@pytest.mark.parametrize(
    ("choices", "yes"),
    [
        (Choices(), True),
        (Choices(topics=("城市",)), True),
        (Choices(topics=("体育",)), False),
        (Choices(muted=("城市",)), False),
        (Choices(languages=("en",)), False),
        (Choices(breaking_only=True), False),
    ],
)
def test_a_topic_is_told_to_who_would_get_a_story_of_it(choices: Choices, yes: bool) -> None:
    assert is_for(Draft(TEXT, "zh", ("城市",)), choices).yes is yes


def test_a_longer_window_keeps_a_place_for_breaking_news() -> None:
    assert takes(490, [Pace(50, timedelta(minutes=1), Scope.ACCOUNT)]) == timedelta(minutes=10)
    assert takes(1, [Pace(1, timedelta(seconds=1))]) is None
