"""A story is taken back by one list, which follows what becomes of it until nothing of it is left."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model.decision import Verb
from bot.model.delivery import Act, Receipt, State
from tests.desk.conftest import Office, seen
from tests.fakes.pairs import articles
from tests.fakes.stories import plan

MINUTE = timedelta(minutes=1)


async def out(office: Office) -> int:
    """A story that every platform has."""
    story = await office.floor.story()
    office.now += 2 * MINUTE
    await office.floor.works()
    return story


@pytest.mark.parametrize(
    ("chinese", "asked", "deleting", "stays", "button", "done", "complete"),
    [
        (True, "为什么撤", "telegram-zh：正在删除已发内容", "weekly：撤不下来，请到平台处理", "weekly #{} 已手动撤下",
         "weekly：陈静 今天 16:03 已在平台撤下", "全部撤下。"),
        (False, "Write the reason", "telegram-zh: what is out is being deleted", "weekly: stays out, please",
         "weekly #{} is down", "weekly: taken down by Ana today 16:03", "All of it is down."),
    ],
)  # fmt: skip
async def test_the_list_is_edited_until_everything_is_down(
    office: Office, chinese: bool, asked: str, deleting: str, stays: str, button: str, done: str, complete: str
) -> None:
    who = office.chen if chinese else office.ana
    story = await out(office)
    assert len(office.floor.posts("telegram-zh")) == 1
    assert asked in await office.ask(who, f"/withdraw {story}")
    [shown] = await office.posts(who, "数字写错了")
    assert deleting in seen(shown)
    assert stays in seen(shown)
    assert complete not in seen(shown)
    office.now += MINUTE
    await office.floor.works()
    await office.bots[0].run_notices()
    assert office.floor.posts("telegram-zh") == []
    assert deleting not in seen(shown)
    await office.press(who, button.format(story), shown)
    [partner] = [one for row in shown.buttons for one in row if "partners" in one]
    await office.press(who, partner, shown)
    assert done in seen(shown)
    assert complete in seen(shown)
    assert shown.buttons == []
    history = await office.ledger.history.of_story(story)
    assert [one.channel for one in history if one.why == "by hand"] == ["weekly", "partners"]
    assert ("数字写错了") in {one.why for one in history if one.verb is Verb.WITHDRAWN}
    assert await office.ledger.corrections.unseen() == ()


async def test_a_restart_keeps_the_question_and_the_list(office: Office) -> None:
    story = await out(office)
    await office.ask(office.ana, f"/withdraw {story}")
    await office.bots[0].stop()
    bot = await office.open()
    [shown] = await office.posts(office.ana, "wrong figures")
    await bot.stop()
    office.now += MINUTE
    await office.floor.works()
    bot = await office.open()
    await office.ask(office.ana, "/id")
    await bot.run_notices()
    assert "telegram-zh: deleted today 16:03" in seen(shown)


async def test_a_deletion_that_the_platform_refuses_is_done_by_hand_or_tried_again(office: Office) -> None:
    story = await out(office)
    office.api.too_old_to_delete = True
    [shown] = await office.posts(office.ana, f"/withdraw {story} wrong figures")
    office.now += MINUTE
    await office.floor.works()
    await office.bots[0].run_notices()
    assert "telegram-zh: was not deleted" in seen(shown)
    assert "https://t.me/" in shown.text or "see it" in seen(shown)
    await office.press(office.ana, f"telegram-zh #{story} is down", shown)
    assert "telegram-zh: taken down by Ana today 16:03" in seen(shown)
    deletion = (await office.ledger.deliveries.of_story(story))[-1]
    assert not await office.ledger.withdrawals.by_hand(story, "telegram-zh", "陈静", office.now)
    assert deletion.act is Act.DELETE


async def test_reprints_go_by_one_button_and_stand_in_the_same_list(office: Office) -> None:
    made = next(one for one in articles() if one.language == "zh" and sum(map(len, one.paragraphs)) > 200)
    first, second = [
        (await office.ledger.stories.record(source, replace(made, headline=source), [source], source, office.now)).story
        for source in ("daily", "portal")
    ]
    for story in (first, second):
        assert await office.ledger.deliveries.plan(story, 1, [plan(story, "telegram-zh", office.now)], [], office.now)
        claimed = await office.ledger.claims.next(["telegram-zh"], "w", office.now, MINUTE, lambda *_: None)
        assert claimed is not None
        await office.ledger.claims.sent(claimed, Receipt("1", office.now), office.now)
    [shown] = await office.posts(office.chen, f"/withdraw {first} 写错了")
    await office.press(office.chen, f"转载也撤：#{second}", shown)
    assert f"#{second} telegram-zh：正在删除" in seen(shown)
    rows = await office.ledger.deliveries.of_story(second)
    assert (rows[-1].act, rows[-1].state) == (Act.DELETE, State.PLANNED)
