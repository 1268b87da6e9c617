"""A button does what it says, once, for whom it was made; forged, expired, moved or replayed it does nothing."""

from datetime import datetime, timedelta

import pytest

from bot.model.decision import Verb
from bot.model.delivery import State
from bot.talk.buttons import LIFE, ROOM, Seal, lengthened, shortened
from tests.desk.conftest import ANA, Office, until
from tests.fakes.stories import planned_story

MINUTE = timedelta(minutes=1)
OUT_OF_DATE = {"zh": "!这个按钮已经过时，请重新发指令。", "en": "!This button is out of date. Please ask again."}


async def state(office: Office, story: int) -> State:
    [row] = await office.ledger.deliveries.of_story(story)
    return row.state


async def test_a_story_is_held_and_released_by_two_taps_on_one_message(either: Office) -> None:
    story = await planned_story(either.ledger, either.now + MINUTE, "weekly")
    [shown] = await either.posts(either.chen, f"/story {story}")
    assert shown.buttons[0][0] == "压稿"
    sent = len(either.api.posted)
    [toast] = await either.press(either.chen, "压稿", shown)
    assert "weekly：已压下" in toast
    assert await state(either, story) is State.HELD
    assert shown.buttons[0] == ["放行", "撤销"]
    [toast] = await either.press(either.chen, "放行", shown)
    assert "weekly：已放行，今天 16:01 发出" in toast
    assert await state(either, story) is State.PLANNED
    assert len(either.api.posted) == sent
    who = [(one.verb, one.who) for one in await either.ledger.history.of_story(story) if one.who == "陈静"]
    assert who == [(Verb.HELD, "陈静"), (Verb.RELEASED, "陈静")]


async def test_a_long_list_turns_its_pages_in_one_message(office: Office) -> None:
    for number in range(17):
        await planned_story(office.ledger, office.now + number * MINUTE, "weekly")
    [queue] = await office.posts(office.ana, "/queue")
    assert queue.buttons == [["2/3 ›"], ["Change the order"]]
    await office.press(office.ana, "2/3 ›", queue)
    assert queue.text.startswith("<b>17 waiting</b> (page 2 of 3)")
    assert queue.buttons == [["‹ 1/3", "3/3 ›"], ["Change the order"]]
    await office.press(office.ana, "‹ 1/3", queue)
    assert queue.text.startswith("<b>17 waiting</b> (page 1 of 3)")
    assert len(office.told(ANA)) == 1


@pytest.mark.parametrize("data", ["", "hold 1", "x" * 64, "AAAAAAAAbbbbbbbbbbbhold 1", "🙂" * 16, "天" * 21])
async def test_a_forged_button_does_nothing(office: Office, data: str) -> None:
    story = await planned_story(office.ledger, office.now, "weekly")
    [shown] = await office.posts(office.ana, f"/story {story}")
    [toast] = await office.press(office.ana, data or " ", shown)
    assert toast == OUT_OF_DATE["en"]
    assert await state(office, story) is State.PLANNED


async def test_a_button_works_in_its_own_chat_and_message_only_and_for_a_while(office: Office) -> None:
    story = await planned_story(office.ledger, office.now, "weekly")
    [shown] = await office.posts(office.chen, f"/story {story}")
    [elsewhere] = await office.posts(office.ana, f"/story {story}")
    [again] = await office.posts(office.chen, f"/story {story}")
    hold = shown.data("压稿")
    assert await office.press(office.ana, hold, elsewhere) == [OUT_OF_DATE["en"]]
    assert await office.press(office.chen, hold, again) == [OUT_OF_DATE["zh"]]
    office.now += LIFE + MINUTE
    assert await office.press(office.chen, hold, shown) == [OUT_OF_DATE["zh"]]
    assert await state(office, story) is State.PLANNED


async def test_a_button_of_yesterdays_keyboard_is_stale_and_says_who_decided(office: Office) -> None:
    story = await planned_story(office.ledger, office.now, "weekly")
    [shown] = await office.posts(office.chen, f"/story {story}")
    hold = shown.data("压稿")
    await office.press(office.chen, "压稿", shown)
    await office.press(office.chen, "放行", shown)
    assert await office.press(office.chen, hold, shown) == ["!陈静 已在今天 16:00放行，这个按钮已经过时。"]
    assert await state(office, story) is State.PLANNED


async def test_the_same_press_twice_acts_once(office: Office) -> None:
    story = await planned_story(office.ledger, office.now, "weekly")
    [shown] = await office.posts(office.ana, f"/story {story}")
    press = office.api.presses(office.ana, "Hold", shown)
    await office.ask(office.chen, "/id")
    await office.bots[0].stop()
    await office.ledger.deliveries.release(story, "陈静", "", office.now)
    office.api.updates.append(press)
    await office.bot().start()
    await office.ask(office.ana, "/id")
    assert await state(office, story) is State.PLANNED
    held = [one for one in await office.ledger.history.of_story(story) if one.verb is Verb.HELD]
    assert len(held) == 1


async def test_a_stranger_presses_in_vain_and_learns_nothing(office: Office) -> None:
    group = office.api.group(-200, "夜班")
    story = await planned_story(office.ledger, office.now, "weekly")
    [shown] = await office.posts(office.ana, f"/story {story}", chat=group)
    stranger = office.api.person(900, "Nobody", "en")
    assert await office.press(stranger, "Hold", shown) == [""]
    assert await state(office, story) is State.PLANNED


async def test_a_press_is_answered_while_the_ledger_is_away(office: Office) -> None:
    story = await planned_story(office.ledger, office.now, "weekly")
    [shown] = await office.posts(office.ana, f"/story {story}")
    async with office.ledger._store.write() as connection:
        await connection.exec_driver_sql("ALTER TABLE desk_messages RENAME TO gone")
    [toast] = await office.press(office.ana, "Hold", shown)
    assert toast.startswith("!The system does not answer right now")


async def test_two_editors_race_and_the_second_sees_who_was_first(office: Office) -> None:
    group = office.api.group(-200, "夜班")
    story = await planned_story(office.ledger, office.now, "weekly")
    [shown] = await office.posts(office.chen, f"/story {story}", chat=group)
    first, second = office.api.presses(office.chen, "压稿", shown), office.api.presses(office.ana, "压稿", shown)
    await office.ask(office.chen, "/id")
    assert first not in office.api.updates
    assert second not in office.api.updates
    assert office.api.toasts[-1] == "!陈静 decided on this today 16:00 (held): this button is out of date."
    assert len([one for one in await office.ledger.history.of_story(story) if one.verb is Verb.HELD]) == 1


def test_an_order_with_long_names_fits_and_finds_its_names_again() -> None:
    names = ("the-channel-of-the-whole-riverbend-region-in-english", "河湾日报的官方微博频道和它的备用频道")
    for name in names:
        order = f"settle 123456 {name} not out"
        short = shortened(order)
        assert len(short.encode()) <= ROOM
        assert lengthened(short, names) == order
    assert shortened("hold 12 weekly") == "hold 12 weekly"


def test_another_desks_seal_opens_nothing(now: datetime) -> None:
    ours, theirs = Seal("1:a"), Seal("1:b")
    data = ours.data(ours.word(now), -200, "hold 12")
    assert len(data.encode()) <= 64
    pressed = ours.open(data, -200)
    assert pressed is not None
    assert (pressed.order, pressed.made_at) == ("hold 12", now)
    assert theirs.open(data, -200) is None
    assert ours.open(data, -201) is None
    assert ours.open(data.replace("hold", "kill"), -200) is None


async def test_a_press_whose_work_takes_long_is_taken_at_once_and_answered_when_it_is_done(office: Office) -> None:
    story = await planned_story(office.ledger, office.now, "weekly")
    [shown] = await office.posts(office.ana, f"/story {story}")
    async with office.ledger._store.write():  # nobody else can write meanwhile
        press = office.api.presses(office.ana, "Hold", shown)
        await until(lambda: office.api.toasts)
        assert press in office.api.updates
    await until(lambda: press not in office.api.updates)
    assert office.api.toasts == [""]
    assert "<b>Hold" in shown.text
    assert await state(office, story) is State.HELD


async def test_a_command_whose_work_takes_long_shows_that_it_is_under_way(office: Office) -> None:
    story = await planned_story(office.ledger, office.now, "weekly")
    async with office.ledger._store.write():
        command = office.api.says(office.ana, f"/hold {story}")
        await until(lambda: [method for method, _ in office.api.calls if method == "sendChatAction"])
    await until(lambda: command not in office.api.updates)
    assert "weekly: held" in office.told(ANA)[-1]
