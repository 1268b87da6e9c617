"""A conversation goes on where it was left, over a restart, until it is over or somebody says never mind."""

from datetime import timedelta

import pytest

from bot.desk.verb import PATIENCE
from tests.desk.conftest import ANA, Office, seen
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


@pytest.mark.parametrize(("person", "open_", "comes_back", "never_mind"), [
    ("chen", "刚才的“直接写一篇稿件”（河湾早市搬家）还没完，接着说就行。", "接着来", "好，不问了。"),
    ("ana", "Still open: /post (河湾早市搬家). Just go on with it.", "Go on", "All right, never mind."),
])  # fmt: skip
async def test_a_draft_comes_back_after_another_question(
    either: Office, person: str, open_: str, comes_back: str, never_mind: str
) -> None:
    who = getattr(either, person)
    story = await planned_story(either.ledger, either.now, "weekly")
    await either.ask(who, "/post 河湾早市搬家")
    await either.ask(who, f"/reject {story}")
    [rejected, back] = await either.posts(who, "数字待核实")
    assert f"#{story}" in rejected.text
    assert seen(back) == open_
    await either.press(who, comes_back, back)
    [shown] = [one for one in await either.posts(who, "早市搬到桥西。") if "早市搬到桥西。" in one.text]
    assert "河湾早市搬家" in shown.text
    await either.ask(who, "/invite")
    assert await either.ask(who, "算了") == f"{never_mind}{open_of(never_mind)}\n{open_}"
    assert "早市搬到桥西。" in await either.ask(who, "/post")


def open_of(never_mind: str) -> str:
    return "什么都没有改。" if "好" in never_mind else " Nothing was changed."
