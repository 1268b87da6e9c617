"""A time is repeated with its zone before it counts, and nothing leaves before it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.desk.answers.timing import Sure
from bot.desk.replies import Replies
from bot.model.order import Orders
from bot.rules.moments import moment
from tests.desk.conftest import ANA, CHEN, SHIPPED, Office, seen
from tests.fakes.bot_api import Posted

NOTHING: dict[str, list[str]] = {"telegram-zh": [], "telegram-en": [], "weekly": [], "partners": []}
SECOND = timedelta(seconds=1)


def at(day: str) -> datetime:
    """On the newsroom's clock."""
    return datetime.fromisoformat(f"{day}+08:00").astimezone(UTC)


async def orders(office: Office, story: int) -> Orders:
    return (await office.ledger.orders.given(story)).orders


async def works_at(office: Office, moment: datetime) -> list[str]:
    """What the partner has when the daemon has worked at that time."""
    office.now = moment
    await office.floor.works()
    return office.floor.got()["partners"]


async def asked(office: Office, text: str, *, english: bool = False) -> Posted:
    [answer] = await office.posts(office.ana if english else office.chen, text)
    return answer


@pytest.mark.parametrize(
    ("words", "shown", "button", "when"),
    [
        (
            "/schedule {} 18:30",
            "today 18:30 (Tuesday, Asia/Shanghai, UTC+08:00)",
            "Yes, 11-24 18:30",
            "2026-11-24T18:30",
        ),
        ("/schedule {} tomorrow 9am", "tomorrow 09:00 (Wednesday", "Yes, 11-25 09:00", "2026-11-25T09:00"),
        (
            "定时 {} 明早八点半",
            "明天 08:30（周三，Asia/Shanghai 时间，UTC+08:00）",
            "定在 11-25 08:30",
            "2026-11-25T08:30",
        ),
        ("定时 {} 2小时后", "今天 18:00（周二", "定在 11-24 18:00", "2026-11-24T18:00"),
    ],
)
async def test_a_time_counts_once_it_was_confirmed(
    office: Office, words: str, shown: str, button: str, when: str
) -> None:
    story = await office.floor.story()
    person = office.ana if button.startswith("Yes") else office.chen
    [question] = await office.posts(person, words.format(story))
    assert shown in seen(question)
    assert (await orders(office, story)).scheduled is None
    await office.press(person, button, question)
    assert (await orders(office, story)).scheduled == at(when)
    assert "Undo" in question.buttons[-1] or "撤销" in question.buttons[-1]
    assert await works_at(office, at(when) - SECOND) == []
    assert await works_at(office, at(when)) == ["河湾大桥修复通车"]


async def test_of_several_readings_each_is_a_button(office: Office) -> None:
    story = await office.floor.story()
    question = await asked(office, f"/定时 {story} 明天8点")
    assert question.buttons == [["定在 11-25 08:00"], ["定在 11-25 20:00"], ["换个时间"]]
    assert "也可能是 20:00" in seen(question)
    await office.press(office.chen, "定在 11-25 20:00", question)
    assert await works_at(office, at("2026-11-25T19:59")) == []
    assert await works_at(office, at("2026-11-25T20:00")) == ["河湾大桥修复通车"]


async def test_what_is_past_or_not_understood_is_said_and_asked_again(office: Office) -> None:
    story = await office.floor.story()
    past = await asked(office, f"/schedule {story} today 9:00", english=True)
    assert "today 09:00 (Tuesday, Asia/Shanghai, UTC+08:00) is past." in seen(past)
    wrong = await asked(office, "whenever", english=True)
    assert "“whenever” is no time that I understand." in seen(wrong)
    question = await asked(office, "19:15", english=True)
    await office.press(office.ana, "Yes, 11-24 19:15", question)
    assert await works_at(office, at("2026-11-24T19:15")) == ["河湾大桥修复通车"]


async def test_a_confirmation_that_comes_too_late_asks_again(office: Office) -> None:
    story = await office.floor.story()
    question = await asked(office, f"/schedule {story} 18:30", english=True)
    office.now = at("2026-11-24T18:31")
    await office.press(office.ana, "Yes, 11-24 18:30", question)
    assert "is past" in office.told(ANA)[-1] or "is past" in seen(question)
    assert (await orders(office, story)).scheduled is None


async def test_the_storys_message_asks_for_the_time_with_usual_ones_to_tap(shut: Office) -> None:
    await shut.open(approval={"editors": 1})
    story = await shut.floor.story()
    await shut.bots[0].run_notices()
    [message] = [one for one in shut.api.posted if one.chat == CHEN]
    await shut.press(shut.chen, "定时", message)
    [_, question] = [one for one in shut.api.posted if one.chat == CHEN]
    assert question.buttons == [["半小时后"], ["一小时后"], ["明天 09:00"]]
    await shut.press(shut.chen, "一小时后", question)
    sure = [one for one in shut.api.posted if one.chat == CHEN][-1]
    await shut.press(shut.chen, "定在 11-24 17:00", sure)
    assert "定时：今天 17:00（周二" in message.text
    await shut.ask(shut.chen, f"/approve {story}")
    assert await works_at(shut, at("2026-11-24T16:59")) == []
    assert await works_at(shut, at("2026-11-24T17:00")) == ["河湾大桥修复通车"]


async def test_a_reply_with_a_time_is_about_the_story_of_the_message(office: Office) -> None:
    story = await office.floor.story()
    shown = await asked(office, f"/story {story}", english=True)
    [question] = await office.posts(office.ana, "/schedule 18:30", replying=shown)
    assert f"#{story}" in question.text
    await office.press(office.ana, "Yes, 11-24 18:30", question)
    assert (await orders(office, story)).scheduled == at("2026-11-24T18:30")


@pytest.mark.parametrize("english", [True, False])
async def test_nothing_leaves_before_an_embargo_not_even_breaking_news(office: Office, *, english: bool) -> None:
    story = await office.floor.story()
    question = await asked(office, f"/embargo {story} 20:00" if english else f"限时 {story} 晚上八点", english=english)
    assert ("Nothing leaves before today 20:00" if english else "今天 20:00（周二") in seen(question)
    await office.press(office.ana if english else office.chen, question.buttons[0][0], question)
    await office.ask(office.chen, f"/now {story}")
    assert await works_at(office, at("2026-11-24T19:59")) == []
    assert await works_at(office, at("2026-11-24T20:00")) == ["河湾大桥修复通车"]


async def test_an_embargo_is_lifted_by_word_or_button(office: Office) -> None:
    story = await office.floor.story()
    question = await asked(office, f"/embargo {story} 20:00", english=True)
    await office.press(office.ana, question.buttons[0][0], question)
    assert (await orders(office, story)).embargo == at("2026-11-24T20:00")
    again = await asked(office, f"/限时 {story}")
    assert "现在限时到今天 20:00" in seen(again)
    await office.press(office.chen, "解除限时", again)
    assert (await orders(office, story)).embargo is None
    assert await works_at(office, at("2026-11-24T16:02")) == ["河湾大桥修复通车"]


async def test_a_schedule_is_taken_back_by_its_button(office: Office) -> None:
    story = await office.floor.story()
    question = await asked(office, f"/schedule {story} 18:30", english=True)
    await office.press(office.ana, "Yes, 11-24 18:30", question)
    await office.press(office.ana, "Undo", question)
    assert await works_at(office, at("2026-11-24T16:02")) == ["河湾大桥修复通车"]


async def test_nothing_goes_out_without_a_confirmation(office: Office) -> None:
    story = await office.floor.story()
    await office.ask(office.ana, f"/hold {story}")
    await asked(office, f"/schedule {story} 16:30", english=True)
    assert await works_at(office, at("2026-11-24T16:31")) == []
    assert office.floor.got() == NOTHING


BERLIN = ZoneInfo("Europe/Berlin")


def test_of_an_hour_that_the_clocks_show_twice_both_can_be_tapped() -> None:
    read = moment("tomorrow 02:30", datetime(2026, 10, 24, 12, 0, tzinfo=BERLIN), BERLIN)
    assert read is not None
    sure = Sure("schedule", 12, "大桥通车", (read.at, *read.others), (read.ambiguous,))
    first, second, _ = (row[0] for row in sure.rows)
    assert (first.about, second.about) == ("10-25 02:30 +0200", "10-25 02:30 +0100")
    assert int(second.order.partition("=")[2]) - int(first.order.partition("=")[2]) == 3600
    shown = Replies(SHIPPED, None, BERLIN).render(sure, "zh", read.at - timedelta(hours=9))
    assert "UTC+02:00" in shown
    assert "UTC+01:00" in shown
    assert "夏令时结束，02:30 会出现两次" in shown


@pytest.mark.parametrize(("language", "said"), [("zh", "夏令时开始，时钟跳过"), ("en", "the clocks jump over")])
def test_a_time_that_the_clocks_jump_over_is_said(language: str, said: str) -> None:
    read = moment("tomorrow 02:30", datetime(2026, 3, 28, 12, 0, tzinfo=BERLIN), BERLIN)
    assert read is not None
    sure = Sure("embargo", 12, "大桥通车", (read.at,), (read.ambiguous,))
    shown = Replies(SHIPPED, None, BERLIN).render(sure, language, read.at - timedelta(hours=9))
    assert said in shown
    assert "03:30" in shown
