"""What the house wants its editors to know reaches each of them once."""

import io
from datetime import timedelta

import pytest

from bot.desk.notices import DEAF
from bot.work.alarms import Alarms
from tests.desk.conftest import ANA, CHEN, Office, until
from tests.fakes.faults import Fault
from tests.fakes.serve import serve
from tests.fakes.stories import planned_story

OLD = "the story is 9 hours old, the limit is 6 hours: an editor releases it"


async def open_two(office: Office) -> int:
    story = await planned_story(office.ledger, office.now, "telegram-zh", headline="图书馆延长开放")
    await office.ledger.notices.add(f"story {story} held", f"#{story} 图书馆延长开放: {OLD}", office.now)
    await office.ledger.lanes.pause("weekly", "the bot was kicked", office.now)
    return story


async def test_all_that_is_open_is_told_in_one_message_to_each_editor_once(office: Office) -> None:
    story = await open_two(office)
    await office.bots[0].run_notices()
    await office.bots[0].run_notices()
    [chinese] = office.told(CHEN)
    assert chinese == (
        f"请您留意\n\n· #{story} 图书馆延长开放：稿件是 9 小时前的，超过 6 小时的时限，等编辑放行\n"
        "· weekly：频道已暂停：the bot was kicked"
    )
    [english] = office.told(ANA)
    assert english == (f"For your attention\n\n· #{story} 图书馆延长开放: {OLD}\n· weekly: paused: the bot was kicked")
    assert await office.ledger.notices.untold() == ()


async def test_a_notice_stays_open_while_the_bot_api_is_away(shut: Office) -> None:
    await open_two(shut)
    async with serve(shut.api.app) as elsewhere:
        bot = await shut.open(api=elsewhere)
    await bot.run_notices()
    await bot.run_notices()
    assert len(await shut.ledger.notices.untold()) == 2
    async with serve(shut.api.app, int(elsewhere.rpartition(":")[2])):
        await shut.ask(shut.chen, "/id")
        await bot.run_notices()
        assert await shut.ledger.notices.untold() == ()
        assert len(shut.told(ANA)) == 1
        await bot.stop()


async def test_an_editor_whose_copy_was_lost_gets_it_later_and_the_other_not_twice(office: Office) -> None:
    await open_two(office)
    office.api.faults.waiting.extend([None, Fault.UNAVAILABLE])  # type: ignore[list-item]
    await office.bots[0].run_notices()
    assert [len(office.told(CHEN)), len(office.told(ANA))] == [1, 0]
    assert await office.ledger.notices.untold() == ()
    await office.bots[0].run_notices()
    await office.bots[0].run_notices()
    assert [len(office.told(CHEN)), len(office.told(ANA))] == [1, 1]


async def test_an_editor_who_cannot_be_written_to_does_not_keep_the_others_from_knowing(
    written: io.StringIO, office: Office
) -> None:
    office.api.blocked_by.add(CHEN)
    await open_two(office)
    for _ in range(3):
        await office.bots[0].run_notices()
    assert len(office.told(ANA)) == 1
    assert await office.ledger.notices.untold() == ()
    assert written.getvalue().count("cannot be written to") == 1


async def test_where_nobody_can_be_written_to_notices_wait_for_the_first_who_writes(office: Office) -> None:
    office.api.blocked_by |= {CHEN, ANA}
    await open_two(office)
    for _ in range(5):
        await office.bots[0].run_notices()
    assert [method for method, _ in office.api.calls].count("sendMessage") == 2
    assert len(await office.ledger.notices.untold()) == 2
    office.api.blocked_by.clear()
    await office.ask(office.ana, "/start")
    await office.bots[0].run_notices()
    assert "For your attention" in office.told(ANA)[-1]
    assert await office.ledger.notices.untold() == ()
    office.now += DEAF + timedelta(seconds=1)
    await office.bots[0].run_notices()
    assert office.told(CHEN) == []


async def test_a_desk_that_is_started_anew_does_not_tell_again(office: Office) -> None:
    await open_two(office)
    await office.bots[0].run_notices()
    await office.bots[0].stop()
    office.api.calls.clear()
    second = await office.open()
    await until(lambda: office.api.calls)
    await second.run_notices()
    assert [len(office.told(CHEN)), len(office.told(ANA))] == [1, 1]


async def test_very_many_alarms_come_in_several_messages_that_telegram_takes(office: Office) -> None:
    for number in range(70):
        await office.ledger.notices.add(f"story {number} gone", f"#{number} is gone", office.now)
    for _ in range(4):
        await office.bots[0].run_notices()
    assert await office.ledger.notices.untold() == ()
    assert [len(one.rows) for one in office.api.posted if one.chat == CHEN] == [20, 20, 20, 10]


@pytest.mark.parametrize(("number", "said", "button"), [(501, "过了时间", "看 #{}"), (502, "not out", "See #{}")])
async def test_what_is_published_but_missing_on_a_channel_is_told_with_a_way_to_look(
    office: Office, number: int, said: str, button: str
) -> None:
    story = await planned_story(office.ledger, office.now, "telegram-zh")
    office.now += timedelta(hours=1)
    alarms = Alarms(office.ledger, {}, office.folder, timedelta(minutes=30), lambda: office.now)
    await alarms.round()
    await alarms.round()
    await office.bots[0].run_notices()
    [told] = [one for one in office.api.posted if one.chat == number and said in one.text]
    await office.press({501: office.chen, 502: office.ana}[number], button.format(story), told)
    assert "telegram-zh" in office.told(number)[-1]


@pytest.mark.parametrize(("who", "see", "fault", "again", "mended"), [
    ("chen", "检查模板和磁盘", "第 2 行", "再查一次", "模板都没有问题"),
    ("ana", "Check", "line 2", "Check again", "All templates are fine"),
])  # fmt: skip
async def test_a_broken_template_is_told_with_its_line_and_tried_again_at_the_press_of_a_button(
    shut: Office, who: str, see: str, fault: str, again: str, mended: str
) -> None:
    template = shut.folder / "own" / "posts" / "telegram.html.j2"
    template.parent.mkdir(parents=True)
    template.write_text("{{ headline }}\n{{ credit }}\n", "utf-8")
    await shut.open(own=shut.folder / "own")
    template.write_text("{{ headline }}\n{{ credit.nobody.there }} {# longer #}\n", "utf-8")
    await shut.floor.story()
    await shut.bots[0].run_notices()
    person = getattr(shut, who)
    [alarm] = [one for one in shut.api.posted if one.chat == person["id"] and [see] in one.buttons]
    await shut.press(person, see, alarm)
    told = shut.api.posted[-1]
    assert fault in told.text
    assert "{{ credit.nobody.there }}" in told.text
    template.write_text("{{ headline }} again\n{{ credit }}\n", "utf-8")
    await shut.press(person, again, told)
    assert mended in told.text
