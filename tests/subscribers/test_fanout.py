"""A story on its way to its readers."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from bot.errors import Refused, Uncertain
from bot.ledger import Ledger
from bot.ledger.subscriber_tables import kept_back
from bot.model.subscriber import Choices, Counts, Form, Membership, Progress, Reading, Rhythm, Timing, channel_of
from bot.work.reader_why import why_reader
from tests.fakes.carried import LANE, Readership
from tests.fakes.stories import article

CITY = replace(article(), section="城市")


@pytest.fixture
def room(ledger: Ledger, now: datetime, tmp_path: Path) -> Readership:
    return Readership(ledger, now, tmp_path)


async def fanout(room: Readership, story: int) -> tuple[Progress, Counts]:
    [(one, counts)] = await room.ledger.fanouts.why(story)
    return one.state, counts


async def test_who_asked_for_it_gets_it_once(room: Readership) -> None:
    await room.readers(4, Choices(topics=("城市",)))
    await room.readers(4, Choices(topics=("体育",)))
    story = await room.publish(CITY)
    await room.all()
    await room.all()
    assert len(room.letters.posted) == len({key for key, _ in room.letters.posted}) == 4
    assert await fanout(room, story) == (Progress.DONE, Counts(sent=4))
    assert LANE in room.woken


async def test_the_newsrooms_own_channels_know_nothing_of_readers(room: Readership) -> None:
    await room.readers(2)
    story = await room.publish(CITY)
    await room.all()
    assert list(room.outlets) == ["main"]
    assert [row.channel for row in await room.ledger.deliveries.of_story(story)] == ["main"]
    assert [row.channel for row in await room.ledger.deliveries.queue()] == ["main"]
    assert not [one for one in await room.ledger.history.of_story(-1) if one.channel]


async def test_a_crash_between_any_two_steps_loses_and_doubles_nobody(room: Readership) -> None:
    readers = await room.readers(10)
    await room.publish(CITY)
    for _ in range(6):  # a process that dies after each transaction
        room.open()
        [one] = await room.ledger.chunks.due(room.now) or [None]
        if one is not None:
            await room.fanning._step(one, room.outlets.carriers["letters"])
            await room.drain()
    await room.all()
    assert Counter(text for text, _ in room.letters.posted).most_common(1)[0][1] == 1
    assert len(room.letters.posted) == len(readers)


async def test_a_crash_in_the_middle_of_sending_loses_and_doubles_nobody(room: Readership) -> None:
    await room.readers(3)
    room.letters.script.append(asyncio.Event())  # its answer never comes
    story = await room.publish(CITY)
    await room.fan_out()
    drain = asyncio.create_task(room.drain())
    async with asyncio.timeout(30):
        await room.letters.called.wait()
        drain.cancel()
        await asyncio.gather(drain, return_exceptions=True)
    room.open()
    await room.all()
    [(_, counts)] = await room.ledger.fanouts.why(story)
    assert counts.uncertain >= 1
    assert counts.sent + counts.uncertain == 3
    assert len({key for key, _ in room.letters.posted}) == len(room.letters.posted)


async def test_a_chunk_that_two_workers_plan_is_written_once(room: Readership) -> None:
    await room.readers(3)
    story = await room.publish(CITY)
    [one] = await room.ledger.chunks.due(room.now)
    for _ in range(2):
        await room.fanning._step(one, room.outlets.carriers["letters"])
    assert (await fanout(room, story))[1] == Counts(planned=3)


async def test_each_form_is_composed_once(room: Readership) -> None:
    await room.readers(3)
    await room.readers(3, reading=Reading(form=Form.TEXT))
    await room.readers(1, reading=Reading(form=Form.FULL))
    await room.publish(replace(CITY, lead="桥面今早恢复双向通行，公交同步恢复原线，行人请走南侧便道。" * 3))
    await room.all()
    assert len(set(room.got)) == 2
    assert Counter(room.got).most_common(1)[0][1] == 4


@pytest.mark.parametrize(
    ("timing", "due"),
    [
        (Timing("Asia/Shanghai", quiet=(time(15), time(17))), timedelta(hours=1)),
        (Timing(rhythm=Rhythm.DAILY), None),
        (Timing(rhythm=Rhythm.WEEKLY), None),
        (Timing(), timedelta(0)),
    ],
)
async def test_it_comes_when_they_said(room: Readership, timing: Timing, due: timedelta | None) -> None:
    [reader] = await room.readers(1, timing=timing)
    story = await room.publish(CITY)
    await room.fan_out()
    [one] = await room.ledger.fanouts.of_story(story)
    rows = await room.ledger.deliveries.of_story(one.number)
    assert [(row.channel, row.due_at - room.now) for row in rows] == (
        [] if due is None else [(channel_of("letters", reader), due)]
    )


async def test_what_is_over_the_daily_number_is_kept_for_the_digest(room: Readership) -> None:
    [reader] = await room.readers(1, timing=Timing(most=1))
    await room.publish(CITY)
    await room.all()
    second = await room.publish(replace(CITY, headline="图书馆延长开放"), key="second")
    await room.all()
    assert len(room.letters.posted) == 1
    async with room.ledger._store.read() as connection:
        rows = (await connection.execute(kept_back.select())).all()
    assert [(row.subscriber, row.story) for row in rows] == [(reader, second)]


async def test_breaking_news_overtakes_an_ordinary_fan_out_in_planning_and_in_sending(room: Readership) -> None:
    await room.readers(9)
    ordinary = await room.publish(CITY)
    [slow] = await room.ledger.fanouts.of_story(ordinary)
    await room.fanning._step(slow, room.outlets.carriers["letters"])
    urgent = await room.publish(replace(CITY, headline="大桥封闭"), key="urgent")
    await room.ledger.orders.hurry(urgent, 1, "陈静", "", room.now)
    await room.compose.compose(urgent)
    assert await room.fanning.run(str(slow.id)) is not None
    assert (await fanout(room, ordinary))[1] == Counts(planned=3)
    [fast] = await room.ledger.fanouts.of_story(urgent)
    await room.fanning.run(str(fast.id))
    await room.all()
    assert ["大桥封闭" in text for text in room.got] == [True] * 9 + [False] * 9


async def test_who_left_meanwhile_gets_nothing_and_nothing_is_wrong(room: Readership) -> None:
    readers = await room.readers(3)
    story = await room.publish(CITY)
    await room.fan_out()
    await room.become(readers[1], Membership.LEFT)
    await room.all()
    assert len(room.letters.posted) == 2
    assert (await fanout(room, story))[1] == Counts(sent=2, cancelled=1)
    assert await room.ledger.notices.untold() == ()


async def test_who_is_gone_is_lost_and_the_carrier_goes_on(room: Readership) -> None:
    readers = await room.readers(3)
    room.letters.script.append(Refused("letters", "the bot was blocked", account=True, gone=True))
    story = await room.publish(CITY)
    await room.all()
    assert sorted((await room.states()).values()) == ["active", "active", "lost"]
    assert await room.ledger.lanes.paused() == {}
    assert (await fanout(room, story))[1] == Counts(sent=2, failed=1)
    assert len(readers) == 3


async def test_an_account_that_is_refused_pauses_the_carrier_and_all_its_readers(room: Readership) -> None:
    await room.readers(2)
    room.letters.script.append(Refused("letters", "the token is none", account=True))
    story = await room.publish(CITY)
    await room.all()
    assert list(await room.ledger.lanes.paused()) == ["letters"]
    sent = len(room.letters.posted)
    await room.all()
    assert len(room.letters.posted) == sent
    await room.ledger.lanes.resume("letters", "陈静", room.now)
    room.now += timedelta(minutes=20)
    await room.all()
    assert (await fanout(room, story))[1] == Counts(sent=2)


async def test_what_is_uncertain_is_told_once_and_settled_at_once(room: Readership) -> None:
    await room.readers(3)
    room.letters.script.extend([Uncertain("letters", "no answer")] * 3)
    story = await room.publish(CITY)
    await room.all()
    [notice] = await room.ledger.notices.untold()
    assert "3 uncertain" in notice.text
    [one] = await room.ledger.fanouts.of_story(story)
    assert await room.ledger.fanouts.settle_all(one.id, "陈静", "seen", room.now, out=True) == 3
    assert (await fanout(room, story))[1] == Counts(sent=3)


async def test_what_was_not_out_is_sent_again(room: Readership) -> None:
    await room.readers(2)
    room.letters.script.extend([Uncertain("letters", "no answer")] * 2)
    story = await room.publish(CITY)
    await room.all()
    [one] = await room.ledger.fanouts.of_story(story)
    await room.ledger.fanouts.settle_all(one.id, "陈静", "not there", room.now, out=False)
    await room.all()
    assert await fanout(room, story) == (Progress.DONE, Counts(sent=2))


async def test_why_is_told_in_counts_and_for_one_reader(room: Readership) -> None:
    [yes] = await room.readers(1, Choices(topics=("城市",)))
    [no] = await room.readers(1, Choices(muted=("大桥",)))
    number = await room.publish(CITY)
    await room.fan_out()
    told = [await why_reader(room.ledger, number, channel_of("letters", one), room.now) for one in (yes, no)]
    assert told == ["planned: follows 城市", "not sent: muted 大桥"]


async def test_a_story_that_is_breaking_before_it_is_composed_goes_at_once(room: Readership) -> None:
    await room.readers(2)
    story = (await room.ledger.stories.record("inbox", CITY, ["k"], "1", room.now)).story
    await room.ledger.orders.hurry(story, 1, "陈静", "", room.now)
    assert await room.compose.compose(story) is None
    await room.all()
    assert len(room.got) == 2
