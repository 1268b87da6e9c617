"""A conversation goes on where it was left, over a restart, until it is over or somebody says never mind."""

from datetime import timedelta

import pytest

from bot.desk.verb import PATIENCE
from tests.desk.conftest import ANA, Office
from tests.fakes.stories import planned_story

WHOM = "Whom do you invite?"


async def test_a_question_is_answered_by_the_next_words(either: Office) -> None:
    assert WHOM in await either.ask(either.ana, "/invite")
    assert "There is no role “boss”" in await either.ask(either.ana, "boss")
    assert "?start=" in await either.ask(either.ana, "editor weekly")
    assert "I do not understand “editor”" in await either.ask(either.ana, "editor")


async def test_a_conversation_survives_a_restart(office: Office) -> None:
    assert "要邀请什么身份的人" in await office.ask(office.chen, "/invite")
    await office.bots[0].stop()
    await office.bot().start()
    assert "身份：读者" in await office.ask(office.chen, "读者")


@pytest.mark.parametrize("words", ["算了", "Never mind.", "never mind", "/nevermind", "不用了！"])
async def test_never_mind_ends_it(office: Office, words: str) -> None:
    await office.ask(office.ana, "/invite")
    assert await office.ask(office.ana, words) == "All right, never mind. Nothing was changed."
    assert "I do not understand" in await office.ask(office.ana, "editor")
    assert await office.ask(office.ana, "/nevermind") == "I was not waiting for an answer."


async def test_a_question_waits_for_who_was_asked_where_they_were_asked_and_not_for_ever(office: Office) -> None:
    group = office.api.group(-200, "夜班")
    await office.ask(office.ana, "/invite")
    assert "没看懂“editor”" in await office.ask(office.chen, "editor")
    assert await office.ask(office.ana, "editor", chat=group) == ""
    office.now += PATIENCE
    assert "I do not understand “editor”" in await office.ask(office.ana, "editor")


async def test_a_command_in_between_is_carried_out_and_the_question_stays(office: Office) -> None:
    story = await planned_story(office.ledger, office.now + timedelta(minutes=1), "weekly")
    await office.ask(office.ana, "/invite")
    assert "weekly: held" in await office.ask(office.ana, f"/hold {story} wait")
    assert "?start=" in await office.ask(office.ana, "reader")


async def test_what_somebody_forwards_is_no_answer(office: Office) -> None:
    await office.ask(office.ana, "/invite")
    origin = {"type": "hidden_user", "sender_user_name": "x", "date": 1_795_000_000}
    assert "?start=" not in await office.ask(office.ana, "admin", forward_origin=origin)


async def test_the_same_answer_twice_counts_once(office: Office) -> None:
    await office.ask(office.ana, "/invite")
    update = office.api.says(office.ana, "editor")
    await office.ask(office.chen, "/id")
    await office.bots[0].stop()
    office.api.updates.append(update)
    await office.bot().start()
    await office.ask(office.chen, "/id")
    made = [text for text in office.told(ANA) if "?start=" in text]
    assert len(made) == 1
