"""Digests of subscribers: what came since the last one, each story once, at the reader's own hour."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, update

from bot.ledger import Ledger
from bot.ledger.subscriber_tables import fanouts, kept_back, shared_editions
from bot.model.story import Article
from bot.model.subscriber import Choices, Fanned, Form, Membership, Progress, Reading, Rhythm, Timing
from bot.work.reader_digests import _Round
from tests.fakes.carried import Readership
from tests.fakes.scripted import FACTS
from tests.fakes.stories import article

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
DAILY = Timing("UTC", Rhythm.DAILY, time(18))
"""Ten hours after the tests begin."""


def story(headline: str, section: str = "城市", **others: object) -> Article:
    return replace(article(headline, body=f"{headline}的消息今早发布。"), section=section, **others)  # type: ignore[arg-type]


@pytest.fixture
def room(ledger: Ledger, now: datetime, tmp_path: Path) -> Readership:
    return Readership(ledger, now, tmp_path)


async def told(room: Readership, after: timedelta = 10 * HOUR) -> list[str]:
    """What readers get once so much time is over; then the clock stands there."""
    before = len(room.letters.posted)
    await room.digests.round()
    room.now += after
    await room.fan_out()
    await room.digests.round()
    await room.all()
    return list(room.got[before:])


async def waiting(room: Readership) -> list[tuple[int, int]]:
    async with room.ledger._store.read() as connection:
        rows = await connection.execute(select(kept_back.c.subscriber, kept_back.c.story))
        return [(row.subscriber, row.story) for row in rows]


async def change(room: Readership, reader: int, timing: Timing) -> None:
    """As the reader's own page does it."""
    people = room.ledger.subscribers(Fernet.generate_key().decode())
    one = await people.get(reader)
    assert one is not None
    await people.keep(replace(one, timing=timing), room.now)


async def test_a_digest_tells_once_what_came_since_the_last_one_by_section(room: Readership) -> None:
    await room.readers(1, timing=DAILY)
    for n, (headline, section) in enumerate([("大桥通车", "城市"), ("球队夺冠", "体育"), ("地铁延长", "城市")]):
        room.now += MINUTE
        await room.publish(story(headline, section), key=str(n))
    await room.all()
    [first] = await told(room)
    assert [line for line in ("城市", "地铁延长", "大桥通车", "体育", "球队夺冠") if line in first] == [
        "城市", "地铁延长", "大桥通车", "体育", "球队夺冠",
    ]  # fmt: skip
    assert first.index("城市") < first.index("地铁延长") < first.index("大桥通车") < first.index("体育")
    assert await told(room, DAY) == []
    await room.publish(story("图书馆开放"), key="next")
    [second] = await told(room, DAY)
    assert "图书馆开放" in second
    assert "大桥" not in second


async def test_who_chose_alike_shares_one_edition_and_the_rest_gets_their_own(room: Readership) -> None:
    await room.readers(7, Choices(topics=("城市",)), DAILY)
    await room.readers(2, Choices(topics=("体育",)), DAILY)
    await room.readers(2, Choices(topics=("体育",)), DAILY, Reading("en"))
    await room.readers(2, Choices(topics=("科技",)), DAILY)
    await room.publish(story("大桥通车"), key="1")
    await room.publish(story("球队夺冠", "体育"), key="2")
    got = Counter(await told(room))
    assert sorted(got.values()) == [2, 2, 7]
    assert sum("The news in brief" in text for text in got) == 1
    async with room.ledger._store.read() as connection:
        assert len((await connection.execute(shared_editions.select())).all()) == 3
        rounds = (await connection.execute(fanouts.select().where(fanouts.c.kind == Fanned.DIGEST.value))).all()
    assert [(row.planned, row.state) for row in rounds] == [(11, Progress.DONE.value)]


async def test_a_crash_between_any_two_chunks_loses_and_doubles_nobody(room: Readership) -> None:
    readers = await room.readers(8, timing=DAILY)
    await room.publish(story("大桥通车"))
    await room.fan_out()
    await room.digests.round()
    room.now += 10 * HOUR
    for _ in range(4):  # a process that dies after each chunk
        room.open()
        carrier = room.outlets.carriers["letters"]
        now = await room.ledger.reader_digests.mark(room.now)
        due = await room.ledger.reader_digests.due("letters", now, 0, 3)
        if due:
            await room.digests._chunk(_Round(carrier, now, frozenset(), {}), due)
    await room.digests.round()
    await room.all()
    assert len(room.got) == len(readers)


async def test_a_digest_that_two_workers_plan_is_planned_once(room: Readership) -> None:
    await room.readers(2, timing=DAILY)
    await room.publish(story("大桥通车"))
    await room.fan_out()
    await room.digests.round()
    room.now += 10 * HOUR
    now = await room.ledger.reader_digests.mark(room.now)
    due = await room.ledger.reader_digests.due("letters", now, 0, 9)
    await room.digests.round()
    assert await room.ledger.reader_digests.write(None, "lane", due, [], [], now) == 0
    await room.all()
    assert len(room.got) == 2


@pytest.mark.parametrize("pinned", [True, False])
async def test_the_pinned_story_stands_on_top(room: Readership, pinned: bool) -> None:
    await room.readers(1, timing=DAILY)
    first = await room.publish(story("大桥通车"), key="1")
    room.now += MINUTE
    await room.publish(story("球队夺冠", "体育"), key="2")
    await room.all()
    if pinned:
        await room.ledger.pins.pin(first, ["main"], None, "陈静", room.now)
    [text] = await told(room)
    assert ("头条" in text, text.index("大桥") < text.index("球队")) == (pinned, pinned)


async def test_reading_decides_the_words_and_the_cover(ledger: Ledger, now: datetime, tmp_path: Path) -> None:
    room = Readership(ledger, now, tmp_path)
    room.letters.facts = FACTS
    for reading in (Reading("zh"), Reading("en"), Reading("en", Form.TEXT)):
        await room.readers(1, timing=DAILY, reading=reading)
    await room.publish(story("大桥通车"))
    await told(room)
    async with room.ledger._store.read() as connection:
        rows = (await connection.execute(select(shared_editions.c.variant, shared_editions.c.edition))).all()
    made = {row.variant.rpartition(" ")[0]: ("The news" in row.edition, '"card"' in row.edition) for row in rows}
    digests = {key: made[key] for key in ("zh card", "en card", "en text")}
    assert digests == {"zh card": (False, True), "en card": (True, True), "en text": (True, False)}


async def test_what_is_withdrawn_is_left_out_also_of_a_digest_that_waits(room: Readership) -> None:
    await room.readers(2, timing=DAILY)
    await room.readers(2, Choices(topics=("体育",)), DAILY)
    gone = await room.publish(story("大桥通车"), key="1")
    await room.publish(story("地铁延长"), key="2")
    await room.all()
    lost = await room.publish(story("球队夺冠", "体育"), key="3")
    await room.fan_out()
    await room.digests.round()
    room.now += 10 * HOUR
    await room.digests.round()
    for one in (gone, lost):
        await room.ledger.withdrawals.withdraw(one, ["main"], "陈静", "错误", room.now)
    await room.digests.round()
    await room.all()
    texts = [text for text in room.got if "要闻速览" in text]
    assert [("地铁延长" in text, "大桥" in text, "球队" in text) for text in texts] == [(True, False, False)] * 2


async def test_what_is_held_meanwhile_stands_in_the_digest_after_its_release(room: Readership) -> None:
    [reader] = await room.readers(1, timing=DAILY)
    number = await room.publish(story("大桥通车"), key="1")
    await room.all()
    [one] = await room.ledger.fanouts.of_story(number)
    await room.digests.round()
    async with room.ledger._store.write() as connection:
        await connection.execute(update(fanouts).where(fanouts.c.id == one.id).values(state=Progress.STOPPED.value))
    assert await told(room) == []
    assert await waiting(room) == [(reader, number)]
    assert await room.ledger.fanouts.go_on(one.id, "陈静", "", room.now)
    [text] = await told(room, DAY)
    assert "大桥通车" in text
    assert await waiting(room) == []


async def test_what_is_held_while_a_digest_waits_stands_in_the_next(room: Readership) -> None:
    await room.readers(2, timing=DAILY)
    number = await room.publish(story("大桥通车"), key="1")
    await room.all()
    room.now += 10 * HOUR
    assert await room.digests.round() == 2
    [one] = await room.ledger.fanouts.of_story(number)
    async with room.ledger._store.write() as connection:
        await connection.execute(update(fanouts).where(fanouts.c.id == one.id).values(state=Progress.STOPPED.value))
    assert await told(room, MINUTE) == []
    assert await room.ledger.fanouts.go_on(one.id, "陈静", "", room.now)
    assert ["大桥通车" in text for text in await told(room, DAY)] == [True, True]


async def test_a_correction_is_said_once_to_who_was_told_it_wrongly(room: Readership) -> None:
    await room.readers(2, timing=DAILY)
    await room.readers(1, Choices(topics=("体育",)), DAILY)
    await room.publish(story("大桥通车"), key="1", revision="1")
    assert len(await told(room)) == 2
    right = replace(story("大桥通车"), blocks=article(body="更正：大桥周五通车，不是周四。").blocks)
    await room.publish(right, key="1", revision="2")
    got = await told(room, DAY)
    assert ["更正：大桥通车" in text and "大桥周五通车" in text for text in got] == [True, True]
    assert await told(room, DAY) == []


async def test_a_typo_is_corrected_in_silence(room: Readership) -> None:
    await room.readers(1, timing=DAILY)
    await room.publish(story("大桥通车"), key="1", revision="1")
    await told(room)
    await room.publish(replace(story("大桥通车"), tags=("交通",)), key="1", revision="2")
    assert await told(room, DAY) == []


async def test_what_is_over_the_daily_number_comes_in_one_digest_the_next_morning(room: Readership) -> None:
    [reader] = await room.readers(1, timing=Timing("UTC", at=time(7), most=1))
    for n, headline in enumerate(("大桥通车", "图书馆开放", "地铁延长")):
        await room.publish(story(headline), key=str(n))
        await room.all()
    assert len(room.got) == 1
    assert len(await waiting(room)) == 2
    [text] = await told(room, DAY - HOUR)
    assert ("大桥" in text, "图书馆" in text, "地铁" in text) == (False, True, True)
    await room.publish(replace(story("地铁延长"), tags=("交通",)), key="2", revision="2")
    assert await told(room, DAY) == []
    assert await waiting(room) == []
    assert reader in await room.states()


async def test_who_turns_to_digests_gets_nothing_of_it_twice(room: Readership) -> None:
    [reader] = await room.readers(1)
    await room.publish(story("大桥通车"), key="1")
    await room.all()
    room.now += MINUTE
    await change(room, reader, DAILY)
    await room.publish(story("地铁延长"), key="2")
    [text] = await told(room)
    assert ("大桥" in text, "地铁" in text) == (False, True)


async def test_who_was_not_reached_yet_misses_nothing_when_a_digest_and_a_revision_come_between(
    room: Readership,
) -> None:
    readers = await room.readers(4, timing=Timing("UTC", at=time(7), most=5))
    await room.publish(story("大桥通车"), key="1", revision="1")
    [one] = await room.ledger.chunks.due(room.now)
    await room.fanning._step(one, room.outlets["letters"])  # a chunk of three
    await room.digests.round()
    room.now += DAY
    await room.digests.round()
    await room.publish(replace(story("大桥通车"), tags=("交通",)), key="1", revision="2")
    await room.all()
    await told(room, DAY)
    reached = Counter(int(key.rpartition("-")[2]) for key, _ in room.letters.posted)
    assert reached == dict.fromkeys(readers, 1)


async def test_who_turns_back_gets_what_waited_in_a_last_digest_and_the_rest_at_once(room: Readership) -> None:
    [reader] = await room.readers(1, timing=DAILY)
    await room.publish(story("大桥通车"), key="1", revision="1")
    await room.all()
    await room.digests.round()
    room.now += MINUTE
    await change(room, reader, Timing())
    await room.publish(story("地铁延长"), key="2")
    await room.all()
    room.now += MINUTE
    got = await told(room, MINUTE)
    assert [("大桥" in text, "地铁" in text) for text in [room.got[0], *got]] == [(False, True), (True, False)]
    assert await told(room, DAY) == []
    await room.publish(replace(story("大桥通车"), tags=("交通",)), key="1", revision="2")
    assert await told(room, DAY) == []


async def test_who_paused_is_told_only_what_came_after_they_went_on(room: Readership) -> None:
    [reader] = await room.readers(1, timing=DAILY)
    await room.publish(story("大桥通车"), key="1")
    await room.all()
    await room.become(reader, Membership.PAUSED)
    assert await told(room) == []


async def test_nothing_is_planned_while_the_carrier_is_paused_and_one_digest_after(room: Readership) -> None:
    await room.readers(2, timing=DAILY)
    await room.publish(story("大桥通车"), key="1")
    await room.all()
    await room.ledger.lanes.pause("letters", "the server moves", room.now)
    assert await told(room, 3 * DAY) == []
    await room.ledger.lanes.resume("letters", "陈静", room.now)
    assert len(await told(room, MINUTE)) == 2


async def test_quiet_hours_do_not_move_a_digest(room: Readership) -> None:
    await room.readers(1, timing=replace(DAILY, quiet=(time(17), time(20))))
    await room.publish(story("大桥通车"))
    assert len(await told(room)) == 1


async def test_a_template_that_breaks_is_told_and_the_digest_comes_once_it_is_mended(room: Readership) -> None:
    room.letters.facts = replace(room.letters.facts, limit=5)
    await room.readers(4, timing=DAILY)
    await room.publish(story("大桥通车"))
    assert await told(room) == []
    [notice] = [one for one in await room.ledger.notices.untold() if "headline fits" in one.text]
    assert notice.text
    room.letters.facts = replace(room.letters.facts, limit=4096)
    assert len(await told(room, MINUTE)) == 4
