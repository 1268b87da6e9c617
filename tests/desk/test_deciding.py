"""Editors decide from the phone, and the platforms get what was decided: no more, no sooner, signed by whom."""

from datetime import timedelta
from typing import Any

import pytest

from bot.desk.verb import PATIENCE
from bot.model.decision import Verb
from bot.model.delivery import State
from bot.model.desk import Invitation, Role
from tests.desk.conftest import ANA, CHEN, Office, seen
from tests.desk.floor import ROUTED
from tests.fakes.bot_api import Posted

MINUTE = timedelta(minutes=1)
ONE, TWO = {"editors": 1}, {"sections": {"时政": 2}}
NOTHING: dict[str, list[str]] = {"telegram-zh": [], "telegram-en": [], "weekly": [], "partners": []}


async def arrived(office: Office, chat: int) -> Posted:
    """The story's message in that chat."""
    await office.bots[-1].run_notices()
    return [one for one in office.api.posted if one.chat == chat][-1]


async def sent(office: Office) -> dict[str, list[str]]:
    """What every platform has once the daemon has worked, two minutes later."""
    office.now += 2 * MINUTE
    await office.floor.works()
    return office.floor.got()


async def states(office: Office, story: int) -> set[State]:
    return {row.state for row in await office.ledger.deliveries.of_story(story)}


async def test_a_story_waits_is_approved_by_a_tap_and_goes_out_signed(shut: Office) -> None:
    await shut.open(approval=ONE)
    story = await shut.floor.story()
    message = await arrived(shut, CHEN)
    assert message.buttons[:2] == [["签发", "退稿"], ["突发速发", "定时"]]
    assert await sent(shut) == NOTHING
    [toast] = await shut.press(shut.chen, "签发", message)
    assert toast.startswith(f"签发 #{story} 河湾大桥修复通车 陈静 已签发，责任编辑：陈静")
    assert "签发：陈静（责任编辑 陈静）" in message.text
    assert message.buttons[-1] == ["撤销"]
    got = await sent(shut)
    assert ["责任编辑：陈静" in got[one][0] for one in ("telegram-zh", "weekly")] == [True, True]
    assert got["partners"] == ["河湾大桥修复通车"]
    assert got["telegram-en"] == []
    await shut.bots[0].run_notices()
    assert '已发，<a href="https://t.me/riverbend_daily/1">查看</a>' in message.text
    assert message.buttons[0] == ["撤稿"]


async def test_two_editors_sign_what_the_newsroom_wants_signed_twice(shut: Office) -> None:
    await shut.open(approval=TWO)
    story = await shut.floor.story(section="时政")
    chinese = await arrived(shut, CHEN)
    await shut.press(shut.chen, "签发", chinese)
    assert "签发：陈静，还差 1 位编辑" in chinese.text
    assert await sent(shut) == NOTHING
    asked = await arrived(shut, ANA)
    assert "陈静 has approved it: it takes another editor" in seen(asked)
    assert "已签发，还需另一位编辑" not in "".join(shut.told(CHEN))
    again = await shut.ask(shut.chen, f"/签发 {story}")
    assert "您已签发，还需另一位编辑" in again
    await shut.press(shut.ana, f"Approve #{story}", asked)
    assert "签发：陈静、Ana（责任编辑 Ana）" in chinese.text
    assert "责任编辑：Ana" in (await sent(shut))["telegram-zh"][0]


async def test_who_comes_second_is_told_who_was_first_and_when(shut: Office) -> None:
    await shut.open(approval=ONE)
    story = await shut.floor.story()
    await shut.ask(shut.chen, f"/approve {story}")
    late = await shut.ask(shut.ana, f"/approve {story}")
    assert "approved already by 陈静" in late
    assert "陈静 decided today 16:00: approved." in late
    assert "责任编辑：陈静" in (await sent(shut))["telegram-zh"][0]


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_rejection_asks_for_its_reason_and_nothing_of_the_story_goes_out(shut: Office, language: str) -> None:
    await shut.open(approval=ONE)
    story = await shut.floor.story()
    who, chat = (shut.chen, CHEN) if language == "zh" else (shut.ana, ANA)
    button, asks = ("退稿", "为什么退？") if language == "zh" else ("Reject", "Why?")
    message = await arrived(shut, chat)
    await shut.press(who, button, message)
    assert asks in shut.told(chat)[-1]
    assert await states(shut, story) == {State.HELD}
    said = await shut.ask(who, "河湾以外的事")
    assert "河湾以外的事" in said
    assert await states(shut, story) == {State.CANCELLED}
    assert await sent(shut) == NOTHING
    other = await shut.ask(shut.ana if language == "zh" else shut.chen, f"/approve {story}")
    assert "河湾以外的事" in other
    assert await sent(shut) == NOTHING


async def test_a_rejection_that_nobody_explains_is_none(shut: Office) -> None:
    await shut.open()
    story = await shut.floor.story()
    await shut.ask(shut.chen, f"/reject {story}")
    shut.now += PATIENCE
    await shut.ask(shut.chen, "不要了")
    assert len((await sent(shut))["telegram-zh"]) == 1


async def test_a_rejected_story_is_let_go_by_release(shut: Office) -> None:
    await shut.open()
    story = await shut.floor.story()
    await shut.ask(shut.chen, f"/reject {story} 重复")
    assert await sent(shut) == NOTHING
    await shut.ask(shut.ana, f"/release {story}")
    assert (await sent(shut))["partners"] == ["河湾大桥修复通车"]


async def test_breaking_news_overtakes_all_that_waits(office: Office) -> None:
    await office.floor.story("图书馆延长开放")
    urgent = await office.floor.story("河湾大桥突然封闭")
    said = await office.ask(office.ana, f"/now {urgent} police confirm it")
    assert "It goes out now, before all others" in said
    await office.floor.works()
    got = office.floor.got()
    assert got["partners"] == ["河湾大桥突然封闭"]
    assert "突发" in got["telegram-zh"][0]


@pytest.mark.parametrize("who", ["chen", "ana"])
async def test_where_it_takes_two_the_wish_arrives_at_the_other_with_a_button(shut: Office, who: str) -> None:
    await shut.open(approval={"breaking": 2})
    story = await shut.floor.story()
    first, other = (shut.chen, shut.ana) if who == "chen" else (shut.ana, shut.chen)
    said = await shut.ask(first, f"/now {story}")
    assert ("还需 1 位编辑同意才发" if who == "chen" else "it takes 1 more to say so") in said
    await shut.floor.works()
    assert shut.floor.got() == NOTHING
    asked = await arrived(shut, int(other["id"]))
    assert ("wants it out now" if who == "chen" else "要按突发速发") in seen(asked)
    assert not any("另一位编辑同意" in one or "wants it" in one for one in shut.told(int(first["id"])))
    await shut.press(other, f"Now #{story}" if who == "chen" else f"同意速发 #{story}", asked)
    await shut.floor.works()
    assert "突发" in shut.floor.got()["telegram-zh"][0]


async def test_an_approval_is_taken_back_within_a_minute_by_the_button(shut: Office) -> None:
    await shut.open(approval=ONE)
    story = await shut.floor.story()
    message = await arrived(shut, CHEN)
    await shut.press(shut.chen, "签发", message)
    await shut.press(shut.chen, "撤销", message)
    assert await states(shut, story) == {State.HELD}
    assert message.buttons[0] == ["签发", "退稿"]
    assert await sent(shut) == NOTHING
    assert [one.verb for one in await shut.ledger.history.of_story(story)][-1] is Verb.UNDONE


async def test_undo_is_offered_after_every_order_for_a_minute_to_who_gave_it(shut: Office) -> None:
    await shut.open(approval=ONE)
    story = await shut.floor.story()
    chinese, english = await arrived(shut, CHEN), await arrived(shut, ANA)
    await shut.press(shut.chen, "签发", chinese)
    assert ["Undo"] not in english.buttons
    shut.now += 2 * MINUTE
    await shut.bots[0].run_notices()
    assert ["撤销"] not in chinese.buttons
    assert "没有撤销：您上一步操作（签发）已超过一分钟" in await shut.ask(shut.chen, "/撤销")
    assert "there is no order of yours that can be taken back" in await shut.ask(shut.ana, f"/undo {story}")


async def test_what_is_out_is_not_taken_back(office: Office) -> None:
    story = await office.floor.story()
    office.now += 2 * MINUTE
    await office.ask(office.ana, f"/now {story}")
    await office.floor.works()
    said = await office.ask(office.ana, "/undo")
    assert "taken back" in said
    assert office.floor.got()["partners"] == ["河湾大桥修复通车"]


async def test_every_kind_of_order_answers_with_the_way_back(office: Office) -> None:
    story = await office.floor.story()
    for order in ("hold", "release", "skip {} weekly", "add {} weekly", "schedule", "cancel"):
        words = order.format(story) if "{}" in order else f"{order} {story}"
        [answer] = await office.posts(office.ana, f"/{words} 18:30" if order == "schedule" else f"/{words}")
        if order == "schedule":
            await office.press(office.ana, answer.buttons[0][0], answer)
        assert "Undo" in answer.buttons[-1], order


async def invited(office: Office, **limits: tuple[str, ...]) -> dict[str, Any]:
    """林晓, who decides on these sections or channels only."""
    lin = office.api.person(503, "林晓")
    word = "w" * 12
    await office.ledger.people.invite(
        Invitation(word, Role.EDITOR, "陈静", office.now + timedelta(days=1), **limits), office.now
    )
    await office.ask(lin, f"/start {word}")
    return lin


async def test_who_decides_on_other_sections_sees_no_message_and_changes_nothing(shut: Office) -> None:
    await shut.open(approval=ONE)
    lin = await invited(shut, sections=("体育",))
    story = await shut.floor.story(section="时政")
    await shut.bots[0].run_notices()
    assert "河湾大桥" not in "".join(shut.told(503))
    for verb in ("approve", "reject", "now", "schedule", "embargo", "skip", "add", "order", "hold", "withdraw"):
        assert "不归您决定" in await shut.ask(lin, f"/{verb} {story} weekly 18:30"), verb
    assert await sent(shut) == NOTHING
    assert {one.who for one in await shut.ledger.history.of_story(story)}.isdisjoint({"林晓"})


async def test_who_decides_for_one_channel_sees_that_one_and_cannot_decide_on_all(shut: Office) -> None:
    await shut.open(not_older_than="1s")
    lin = await invited(shut, channels=("weekly",))
    shut.now -= timedelta(hours=1)
    story = await shut.floor.story()
    shut.now += timedelta(hours=1)
    await shut.ask(shut.chen, f"/hold {story} 等消息")
    message = await arrived(shut, 503)
    assert ("weekly" in message.text, "telegram-zh" in message.text) == (True, False)
    assert message.buttons[0] == ["放行", "取消"]
    assert "不归您决定" in await shut.ask(lin, f"/approve {story}")
    await shut.press(lin, "放行", message)
    got = await sent(shut)
    assert [len(got[one]) for one in ROUTED] == [0, 1, 0]
