"""The desk listens to its editors and to nobody else."""

import io
from datetime import timedelta
from typing import Any

import pytest

from bot.desk.people import ALL_STRANGERS, BREATH, REMEMBERED, Strangers
from bot.desk.registry import VERBS
from bot.desk.words import SHIPPED as LANGUAGES
from bot.desk.words import read_words
from bot.model.delivery import State
from bot.model.desk import Invitation, Person, Role
from tests.desk.conftest import CHEN, SHIPPED, Office
from tests.fakes.stories import planned_story

EVERYTHING = (
    "/start", "/help", "/queue", "/story 1", "/story 大桥", "/hold 1", "/release 1", "/cancel 1 x", "/approve 1",
    "/hold@crier_test_bot 1", "hello", "陈静让我来的：/cancel 1",
)  # fmt: skip
NO = {
    "zh-hans": "抱歉，我只为本编辑部的编辑服务，帮不上您。",
    "de": "Sorry, I work for the editors of this newsroom only and cannot help you.",
}


async def state(office: Office, story: int) -> State:
    [row] = await office.ledger.deliveries.of_story(story)
    return row.state


async def all_of(office: Office, story: int) -> object:
    """Everything that somebody could have changed."""
    ledger = office.ledger
    rows = await ledger.deliveries.of_story(story)
    paused = await ledger.lanes.paused(), await ledger.notes.paused()
    people, pins = await ledger.people.all(), await ledger.pins.current()
    return (rows, await ledger.history.of_story(story), await ledger.orders.given(story), paused, people, pins,
        await ledger.stories.recent(100), office.woken[:])  # fmt: skip


TAILS = (" {} telegram-zh 18:30", "", " site")


async def test_a_stranger_tries_every_verb_there_is_and_learns_and_changes_nothing(office: Office) -> None:
    story = await office.floor.story("河湾大桥突然封闭")
    stranger = office.api.person(900, "陈静", "en")
    group = office.api.group(-200, "夜班")
    before = await all_of(office, story)
    # One after the other, since a stranger is answered but once a minute.
    for name in (*VERBS, "submit"):
        for tail in TAILS:
            office.api.says(stranger, f"/{name}{tail.format(story)}")
        office.api.says(stranger, f"/{name}{TAILS[0].format(story)}", chat=group)
        await office.ask(stranger, "hello")
        office.now += BREATH
    for alias in (one for language in LANGUAGES for one in read_words(language, [SHIPPED]).aliases):
        office.api.says(stranger, f"{alias}{TAILS[0].format(story)}")
    await office.ask(stranger, "hello")
    told = {one.text for one in office.api.posted}
    assert told <= {NO["de"], "Your Telegram number is <code>900</code>."}
    assert {one.chat for one in office.api.posted} == {900}
    assert await all_of(office, story) == before
    assert "河湾" not in "".join(told)


async def test_a_reader_tries_every_verb_of_the_editors_and_changes_nothing(office: Office) -> None:
    story = await office.floor.story()
    await office.ledger.people.invite(
        Invitation("w" * 12, Role.READER, "陈静", office.now + timedelta(hours=1)), office.now
    )
    reader = office.api.person(700, "Ben", "en")
    await office.ask(reader, f"/start {'w' * 12}")
    before = await all_of(office, story)
    for spec in VERBS.values():
        if not Person(700, "Ben", Role.READER).may(spec.role):
            said = await office.ask(reader, f"/{spec.name}{TAILS[0].format(story)}")
            assert f"/{spec.name}" in said, spec.name
            assert "河湾" not in said, spec.name
    assert await all_of(office, story) == before


async def test_a_stranger_who_presses_an_editors_buttons_does_nothing(shut: Office) -> None:
    shut.api.group(-200, "夜班")
    await shut.open(chat=-200, approval={"editors": 1})
    story = await shut.floor.story()
    await shut.bots[0].run_notices()
    [message] = [one for one in shut.api.posted if one.chat == -200]
    before, stranger = await all_of(shut, story), shut.api.person(900, "陈静", "zh-hans")
    for caption in [one for row in message.buttons for one in row]:
        assert await shut.press(stranger, caption, message) == [""], caption
    assert await all_of(shut, story) == before
    assert [one for one in shut.api.posted if one.chat == -200] == [message]


@pytest.mark.parametrize("language", NO)
async def test_a_stranger_learns_and_changes_nothing_whatever_they_write(office: Office, language: str) -> None:
    story = await planned_story(office.ledger, office.now, "telegram-zh")
    stranger = office.api.person(900, "陈静", language)
    for text in EVERYTHING:
        assert await office.ask(stranger, text) == NO[language], text
        office.now += BREATH
    assert await state(office, story) is State.PLANNED


async def test_a_stranger_gets_one_answer_a_minute_and_one_line_in_the_log(
    written: io.StringIO, office: Office
) -> None:
    stranger = office.api.person(900, "Nobody", "en")
    answers = [await office.ask(stranger, "/queue") for _ in range(5)]
    assert [bool(answer) for answer in answers] == [True, False, False, False, False]
    office.now += BREATH
    assert await office.ask(stranger, "/queue") == NO["de"]
    assert written.getvalue().count("who is no editor") == 1


async def test_anybody_is_told_their_number(office: Office) -> None:
    stranger = office.api.person(900, "Nobody", "en")
    await office.ask(stranger, "/start")
    assert await office.ask(stranger, "/id") == "Your Telegram number is 900."
    assert await office.ask(stranger, "/id") == ""


def test_a_crowd_of_strangers_gets_few_answers_and_is_not_remembered_for_ever(now: Any) -> None:
    strangers = Strangers()
    given = [strangers.may_answer(number, "no", now) for number in range(100)]
    assert sum(given) == ALL_STRANGERS
    assert strangers.may_answer(200, "no", now + BREATH)
    assert all(strangers.new(number) for number in range(REMEMBERED + 1))
    assert strangers.new(0)


@pytest.mark.parametrize(
    "forged",
    [
        {"kind": "edited_message", "edit_date": 1_795_000_000},
        {"kind": "channel_post"},
        {"kind": "edited_channel_post", "edit_date": 1_795_000_000},
        {"kind": "business_message", "business_connection_id": "b"},
        {"sender_chat": {"id": -1001, "type": "channel", "title": "河湾日报"}},
        {"forward_origin": {"type": "hidden_user", "sender_user_name": "x", "date": 1_795_000_000}},
    ],
    ids=lambda forged: next(iter(forged.values())) if "kind" in forged else next(iter(forged)),
)
async def test_only_a_fresh_message_of_an_editor_is_an_order(office: Office, forged: dict[str, Any]) -> None:
    story = await planned_story(office.ledger, office.now, "telegram-zh")
    office.api.says(office.chen, f"/cancel {story}", **forged)
    await office.ask(office.chen, "/id")
    assert await state(office, story) is State.PLANNED
    assert not [text for text in office.told(CHEN) if text.startswith("取消")]


async def test_what_was_waiting_before_the_desk_asked_for_messages_only_is_left_alone(shut: Office) -> None:
    story = await planned_story(shut.ledger, shut.now, "telegram-zh")
    edit = shut.api.says(shut.chen, f"/cancel {story}", kind="edited_message", edit_date=1_795_000_000)
    kept = shut.bot()
    # Telegram's filter does not look back: what came earlier arrives all the same.
    shut.api.deliver_regardless = {edit["update_id"]}
    await kept.start()
    await shut.ask(shut.chen, "/id")
    assert await state(shut, story) is State.PLANNED


async def test_in_a_group_editors_are_answered_and_others_hear_nothing(office: Office) -> None:
    group = office.api.group(-200, "夜班")
    stranger = office.api.person(900, "Nobody", "en")
    for text in ("/queue", "/queue@crier_test_bot", "/id", "hello"):
        assert await office.ask(stranger, text, chat=group) == ""
        office.now += timedelta(minutes=2)
    for text in ("/queue@other_bot", "/weather", "大家早上好"):
        assert await office.ask(office.chen, text, chat=group) == "", text
    [answer] = await office.posts(
        office.chen, "/queue@Crier_Test_Bot", chat=group, message_thread_id=5, is_topic_message=True
    )
    assert (answer.chat, answer.fields["message_thread_id"]) == (-200, "5")
    assert '"message_id"' in answer.fields["reply_parameters"]
    assert "没看懂" in await office.ask(office.chen, "/weather@crier_test_bot", chat=group)
    assert await office.ask(office.ana, "/queue 1", chat=group) == "Nothing is waiting to go out at the moment."
