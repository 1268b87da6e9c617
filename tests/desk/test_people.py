"""Who is of the desk, what each role may do, and how people come and go."""

import re
from typing import Any

import pytest

from bot.desk.people import BREATH
from bot.desk.registry import VERBS
from bot.desk.verbs.people import INVITED
from bot.model.decision import Verb
from bot.model.delivery import State
from bot.model.desk import Invitation, Role
from tests.desk.conftest import ANA, CHEN, EDITORS, Office, until
from tests.fakes.stories import planned_story

LIN = 503
NO = "Sorry, I work for the editors of this newsroom only and cannot help you."


async def let_in(office: Office, role: Role, **limits: Any) -> dict[str, Any]:
    """Somebody of that role, by an invitation."""
    until = office.now + INVITED
    await office.ledger.people.invite(Invitation("word", role, "陈静", until, **limits), office.now)
    lin = office.api.person(LIN, "林", "en")
    assert "Welcome to the desk, 林!" in await office.ask(lin, "/start word")
    return lin


async def test_an_invitation_lets_one_person_in_and_removing_sends_them_away(either: Office) -> None:
    made = await either.ask(either.chen, "/invite 编辑")
    link = re.search(r"https://t\.me/crier_test_bot\?start=(\S+)", made)
    assert link is not None
    assert "身份：编辑" in made
    lin, eve = either.api.person(LIN, "林", "en"), either.api.person(900, "Eve", "en")
    assert await either.ask(lin, f"/start {link[1]}") == (
        "Welcome to the desk, 林! You are an editor here. What you can do is in /help."
    )
    assert "Sorry, I work for the editors" in await either.ask(eve, f"/start {link[1]}")
    story = await planned_story(either.ledger, either.now, "weekly")
    assert "weekly: held" in await either.ask(lin, f"/hold {story} look again")
    assert any(key[0] == str(LIN) for key in either.api.menus)
    assert f"{LIN} 林，编辑" in await either.ask(either.chen, "/people")
    assert await either.ask(either.ana, f"/remove {LIN}") == "林 (503) is no longer of the desk."
    assert "Sorry" in await either.ask(lin, f"/release {story}")
    assert not any(key[0] == str(LIN) for key in either.api.menus)
    [row] = await either.ledger.deliveries.of_story(story)
    assert row.state is State.HELD
    told = [(one.verb, one.who, one.why) for one in await either.ledger.history.lately(10)]
    assert (Verb.INVITED, "陈静", "editor") in told
    assert (Verb.ADMITTED, "林", "editor, invited by 陈静") in told
    assert (Verb.REMOVED, "Ana", "林 (editor)") in told


async def test_who_is_sent_away_while_the_desk_is_away_loses_their_menu_when_it_is_back(either: Office) -> None:
    await let_in(either, Role.EDITOR)
    assert (str(LIN), "") in either.api.menus
    await either.bots[0].stop()
    await either.ledger.people.remove(LIN, "command line", either.now)
    await either.open()
    await until(lambda: (str(LIN), "") not in either.api.menus)
    assert (str(ANA), "") in either.api.menus


async def test_a_menu_follows_its_reader_into_another_language(office: Office) -> None:
    lin = await let_in(office, Role.READER)
    await office.ask(lin, "/language zh")
    await office.bots[0].run_notices()
    assert office.api.menus[str(LIN), ""][0]["description"] == "看待发稿件"


async def test_an_invitation_runs_out_after_a_day_and_a_guessed_one_reveals_nothing(office: Office) -> None:
    made = await office.ask(office.ana, "/invite reader")
    link = re.search(r"start=(\S+)", made)
    assert link is not None
    office.now += INVITED
    lin = office.api.person(LIN, "林", "en")
    assert await office.ask(lin, f"/start {link[1]}") == (
        "Sorry, I work for the editors of this newsroom only and cannot help you."
    )
    assert await office.ledger.people.all() == ()


MAY = {
    Role.READER: {"/queue", "/story {}", "/channels", "/sources", "/help"},
    Role.CONTRIBUTOR: {"/queue", "/story {}", "/channels", "/sources", "/help"},
    Role.EDITOR: {"/queue", "/story {}", "/channels", "/sources", "/help", "/hold {}", "/pause weekly", "/contact {}"},
}
ALL = MAY[Role.EDITOR] | {"/invite editor", "/people", "/remove 502"}


@pytest.mark.parametrize("role", MAY)
async def test_each_role_may_do_its_own_and_is_told_who_may_do_the_rest(office: Office, role: Role) -> None:
    lin = await let_in(office, role)
    story = await planned_story(office.ledger, office.now, "telegram-zh")
    refused = {order for order in sorted(ALL) if "Nothing was changed." in await office.ask(lin, order.format(story))}
    assert refused == ALL - MAY[role]
    help_ = await office.ask(lin, "/help")
    assert ("/hold" in help_) is (role is Role.EDITOR)
    assert "/invite" not in help_


async def test_somebody_limited_to_a_channel_decides_for_that_channel_only(office: Office) -> None:
    lin = await let_in(office, Role.EDITOR, channels=("weekly",))
    story = await planned_story(office.ledger, office.now, "telegram-zh", "weekly")
    assert "your channels are weekly" in await office.ask(lin, f"/hold {story} telegram-zh")
    held = await office.ask(lin, f"/hold {story} figures")
    assert "weekly: held" in held
    states = {row.channel: row.state for row in await office.ledger.deliveries.of_story(story)}
    assert states == {"telegram-zh": State.PLANNED, "weekly": State.HELD}


async def test_somebody_limited_to_a_section_decides_on_its_stories_only(shut: Office) -> None:
    limited = [*EDITORS, {"id": LIN, "name": "林", "role": "editor", "sections": ["体育"], "language": "zh"}]
    await shut.open(editors=limited)
    lin = shut.api.person(LIN, "林")
    story = await planned_story(shut.ledger, shut.now, "weekly")
    assert "您负责的栏目是体育。什么都没有改。" in await shut.ask(lin, f"/hold {story}")
    assert f"#{story}" in await shut.ask(lin, f"/story {story}")


async def test_who_stands_in_the_settings_is_not_removed_from_the_phone(office: Office) -> None:
    assert "501 写在设置里" in await office.ask(office.chen, f"/remove {CHEN}")
    assert "Nobody of the desk has the number 7" in await office.ask(office.ana, "/remove 7")
    assert "Give their number" in await office.ask(office.ana, "/remove")


async def test_in_a_group_a_link_is_not_shown_to_everybody(office: Office) -> None:
    group = office.api.group(-200, "夜班")
    said = await office.ask(office.ana, "/invite admin", chat=group)
    assert "write it to me in our own chat" in said
    assert "t.me" not in said


async def test_a_role_is_picked_by_button(office: Office) -> None:
    [asked] = await office.posts(office.ana, "/invite boss")
    assert asked.buttons == [["Reader"], ["Contributor"], ["Editor"], ["Admin"]]
    await office.press(office.ana, "Editor", asked)
    assert "As an editor" in asked.text
    assert "?start=" in asked.text
    assert len(office.told(ANA)) == 1


async def test_verbs_answer_to_their_chinese_names_with_and_without_a_slash(office: Office) -> None:
    story = await planned_story(office.ledger, office.now, "weekly")
    assert "weekly：已压下" in await office.ask(office.chen, f"压稿 {story} 待核实")
    assert "weekly：已放行" in await office.ask(office.chen, f"／放行 {story}")
    assert "没看懂" in await office.ask(office.chen, "压稿吧")
    group = office.api.group(-200, "夜班")
    assert await office.ask(office.chen, f"压稿 {story}", chat=group) == ""


async def test_everybody_is_answered_in_their_own_language(office: Office) -> None:
    lin = await let_in(office, Role.READER)
    assert "Nothing is waiting" in await office.ask(lin, "/queue")
    [asked] = await office.posts(lin, "/language")
    await office.press(lin, "中文", asked)
    assert "眼下没有待发的稿件" in await office.ask(lin, "/queue")
    assert "stands in the settings file" in await office.ask(office.ana, "/language zh")


async def test_whoever_is_nobody_tries_everything_in_vain(office: Office) -> None:
    story = await planned_story(office.ledger, office.now, "weekly")
    stranger = office.api.person(900, "Eve", "en")
    for verb in (*VERBS, "start", "submit"):
        answer = await office.ask(stranger, f"/{verb} {story} weekly")
        assert answer in ("", NO, "Your Telegram number is 900."), verb
        office.now += BREATH
    [row] = await office.ledger.deliveries.of_story(story)
    assert row.state is State.PLANNED
    assert await office.ledger.lanes.paused() == {}
    assert await office.ledger.people.all() == ()


async def test_nobody_takes_the_name_of_a_room_of_the_house(office: Office) -> None:
    invitation = Invitation("word", Role.EDITOR, "陈静", office.now + INVITED)
    await office.ledger.people.invite(invitation, office.now)
    await office.ask(office.api.person(LIN, "Dispatch", "en"), "/start word")
    assert [one.name for one in await office.ledger.people.all()] == ["Dispatch (503)"]
