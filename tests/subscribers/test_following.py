"""What readers have follows its story, and what editors order of it."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.ledger import Ledger
from bot.model.delivery import Act, State
from bot.model.ledger import Fate
from bot.model.order import Wording
from bot.model.subscriber import Choices, Counts, Progress
from bot.rules.follow import Corrections
from bot.settings import Desk, Route
from bot.work.ordering import Ordering
from tests.fakes.carried import Readership
from tests.fakes.scripted import FACTS
from tests.fakes.stories import article

CITY = replace(article(), section="城市")
LATER = replace(CITY, headline="河湾大桥提前通车")
WHO, WHY = "陈静", "because"


@pytest.fixture
def room(ledger: Ledger, now: datetime, tmp_path: Path) -> Readership:
    return Readership(ledger, now, tmp_path)


def ordering(room: Readership) -> Ordering:
    return Ordering(room.ledger, room.press, room.outlets, (Route(channels=("main",)),), Desk(), room.clock)


async def counts(room: Readership, story: int) -> tuple[Progress, Counts]:
    [(one, found)] = await room.ledger.fanouts.why(story)
    return one.state, found


async def half_out(room: Readership) -> int:
    """Six readers, of whom three have it."""
    await room.readers(6)
    story = await room.publish(CITY)
    [one] = await room.ledger.chunks.due(room.now)
    await room.fanning._step(one, room.outlets.carriers["letters"])
    await room.drain()
    assert len(room.got) == 3
    await room.fan_out()
    return story


async def test_a_revision_renews_what_waits_and_edits_what_is_out(room: Readership) -> None:
    story = await half_out(room)
    room.now += timedelta(hours=1)
    await room.publish(LATER, revision="2")
    await room.all()
    assert ["提前" in text for text in room.got] == [False] * 3 + [True] * 3
    assert sorted(room.letters.edited) == sorted((f"to {number}", room.letters.edited[0][1]) for number in (1, 2, 3))
    assert "提前" in room.letters.edited[0][1]
    assert await counts(room, story) == (Progress.DONE, Counts(sent=9))


async def test_old_words_never_leave_once_the_revision_is_known(room: Readership) -> None:
    story = await half_out(room)
    await room.publish(LATER, revision="2")
    await room.drain()  # before the fan-out work came by
    assert len(room.got) == 3
    assert (await counts(room, story))[1] == Counts(sent=3, planned=3)


@pytest.mark.parametrize(("policy", "posts"), [("always", 6), ("never", 3), ("said", 3)])
async def test_what_cannot_be_edited_is_corrected_as_the_carrier_does(
    ledger: Ledger, now: datetime, tmp_path: Path, policy: Corrections, posts: int
) -> None:
    room = Readership(ledger, now, tmp_path, facts=replace(FACTS, editable=False))
    room.corrections = policy
    room.open()
    await room.readers(3)
    await room.publish(CITY)
    await room.all()
    await room.publish(LATER, revision="2")
    await room.all()
    assert (len(room.got), room.letters.edited) == (posts, [])
    assert sorted(room.letters.answered) == [f"to {number}" for number in (1, 2, 3)][: posts - 3]


async def test_who_came_after_the_story_is_not_told_of_its_revision(room: Readership) -> None:
    await room.readers(1)
    await room.publish(CITY)
    await room.all()
    room.now += timedelta(days=3)
    await room.readers(1)
    await room.publish(LATER, revision="2")
    await room.all()
    assert (len(room.got), len(room.letters.edited)) == (1, 1)


async def test_a_withdrawal_cancels_what_waits_and_deletes_what_is_out(room: Readership) -> None:
    story = await half_out(room)
    told = await ordering(room).withdraw(story, WHO, WHY)
    assert ("letters", Fate.DELETING) in [(one.channel, one.fate) for one in told]
    await room.drain()
    assert len(room.got) == 3  # nothing leaves between the order and the work
    await room.all()
    assert sorted(room.letters.edited) == [(f"to {number}", "withdrawn") for number in (1, 2, 3)]
    assert await counts(room, story) == (Progress.DONE, Counts(sent=6, cancelled=3))
    await room.publish(LATER, revision="2")
    await room.all()
    assert len(room.got) == 3


async def test_a_hold_stops_the_fan_out_and_a_release_lets_it_go_on(room: Readership) -> None:
    story = await half_out(room)
    await room.ledger.deliveries.hold(story, WHO, WHY, room.now)
    await room.all()
    assert len(room.got) == 3
    await room.ledger.deliveries.release(story, WHO, WHY, room.now)
    await room.all()
    assert await counts(room, story) == (Progress.DONE, Counts(sent=6))


async def test_only_the_carrier_is_held(room: Readership) -> None:
    story = await half_out(room)
    await room.ledger.deliveries.hold(story, WHO, WHY, room.now, channel="letters")
    await room.all()
    assert (len(room.got), (await counts(room, story))[0]) == (3, Progress.STOPPED)
    await room.ledger.deliveries.release(story, WHO, WHY, room.now, channel="letters")
    await room.all()
    assert len(room.got) == 6


async def test_nothing_is_matched_before_an_embargo_ends(room: Readership) -> None:
    await room.readers(2)
    story = (await room.ledger.stories.record("inbox", CITY, ["k"], "1", room.now)).story
    until = room.now + timedelta(hours=2)
    await room.ledger.orders.embargo(story, until, WHO, WHY, room.now)
    await room.compose.compose(story)
    await room.all()
    assert (await counts(room, story))[1] == Counts()
    room.now = until
    await room.all()
    assert len(room.got) == 2


async def test_an_embargo_in_the_middle_stops_it(room: Readership) -> None:
    story = await half_out(room)
    await room.ledger.orders.embargo(story, room.now + timedelta(hours=2), WHO, WHY, room.now)
    await room.all()
    assert len(room.got) == 3


async def test_it_is_stopped_goes_on_and_is_cancelled_in_the_middle(room: Readership) -> None:
    story = await half_out(room)
    [one] = await room.ledger.fanouts.of_story(story)
    fanouts = room.ledger.fanouts
    assert await fanouts.stop(one.id, WHO, WHY, room.now)
    await room.all()
    assert len(room.got) == 3
    assert await fanouts.go_on(one.id, WHO, WHY, room.now)
    assert not await fanouts.go_on(one.id, WHO, WHY, room.now)
    await fanouts.cancel(one.id, WHO, WHY, room.now)
    await room.all()
    assert await counts(room, story) == (Progress.DONE, Counts(sent=3, cancelled=3))


async def test_a_carrier_is_skipped_and_added_by_its_name(room: Readership) -> None:
    await room.readers(2)
    desk = ordering(room)
    story = (await room.ledger.stories.record("inbox", CITY, ["k"], "1", room.now)).story
    await desk.skip(story, "letters", WHO, WHY)
    await room.compose.compose(story)
    await room.all()
    assert await room.ledger.fanouts.of_story(story) == ()
    await desk.add(story, "letters", WHO, WHY)
    await room.compose.compose(story)
    await room.all()
    assert len(room.got) == 2


async def test_what_was_skipped_in_the_middle_is_added_again(room: Readership) -> None:
    story = await half_out(room)
    await ordering(room).skip(story, "letters", WHO, WHY)
    await room.all()
    assert len(room.got) == 3
    await ordering(room).add(story, "letters", WHO, WHY)
    await room.all()
    assert await counts(room, story) == (Progress.DONE, Counts(sent=6))


async def test_a_rejected_story_reaches_nobody_until_it_is_released(room: Readership) -> None:
    story = await half_out(room)
    await room.ledger.orders.reject(story, WHO, WHY, room.now)
    await room.all()
    assert len(room.got) == 3
    await room.ledger.deliveries.release(story, WHO, WHY, room.now)
    await room.all()
    assert len(room.got) == 6


async def test_editors_words_reach_what_waits(room: Readership) -> None:
    story = await half_out(room)
    await ordering(room).edit(story, Wording(headline="大桥通了"), WHO)
    await room.drain()
    assert len(room.got) == 3
    await room.compose.compose(story)
    await room.all()
    assert ["大桥通了" in text for text in room.got] == [False] * 3 + [True] * 3


async def test_a_reprint_does_not_reach_the_same_readers_twice(room: Readership) -> None:
    await room.readers(1)
    long = replace(CITY, blocks=article(body="桥面今早恢复双向通行，公交同步恢复原线，行人请走南侧便道。" * 20).blocks)
    first = await room.publish(long, key="first")
    again = replace(long, headline="转载：河湾大桥修复通车", byline=replace(long.byline, credit="北岸晚报"))
    second = await room.publish(again, key="second")
    known = await room.ledger.stories.get(second)
    assert known is not None
    assert known.cluster == first
    await room.all()
    assert len(room.got) == 1


async def test_old_rows_become_figures_and_are_too_old_to_correct(room: Readership) -> None:
    await room.readers(2)
    await room.readers(1, Choices(muted=("大桥",)))
    story = await room.publish(CITY)
    await room.all()
    while await room.ledger.fanouts.fold(room.now + timedelta(days=1)):
        pass
    [one] = await room.ledger.fanouts.of_story(story)
    assert await room.ledger.deliveries.of_story(one.number) == ()
    assert await counts(room, story) == (Progress.DONE, Counts(sent=2))
    await room.publish(LATER, revision="2")
    await room.all()
    assert room.letters.edited == []
    said = [one.why for one in await room.ledger.history.of_story(story) if one.channel == "letters"]
    assert any(why.startswith("too old to correct") for why in said)
    told = await ordering(room).withdraw(story, WHO, WHY)
    assert ("letters", Fate.STAYS) in [(one.channel, one.fate) for one in told]


async def test_a_carrier_that_left_the_settings_sends_nothing(room: Readership) -> None:
    story = await half_out(room)
    await room.ledger.lanes.assign_carried({}, room.now)
    await room.all()
    assert (len(room.got), (await counts(room, story))[0]) == (3, Progress.STOPPED)


async def test_what_waits_moves_into_the_carriers_lane(room: Readership) -> None:
    story = await half_out(room)
    await room.ledger.lanes.assign_carried({"letters": "another"}, room.now)
    [one] = await room.ledger.fanouts.of_story(story)
    rows = await room.ledger.deliveries.of_story(one.number)
    assert {row.lane for row in rows if row.state is State.PLANNED} == {"another"}
    assert all(row.act is Act.POST for row in rows)
