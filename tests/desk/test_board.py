"""A story that waits for an editor is one message at the desk, which tells how it goes on."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.model.decision import Decision, Verb
from bot.model.delivery import State
from bot.model.edition import Card
from tests.desk.conftest import ANA, CHEN, Office
from tests.fakes.bot_api import Posted
from tests.fakes.stories import article, plan

OLD = "the story is 9 hours old, the limit is 6 hours: an editor releases it"
DESK = -200
PNG = b"\x89PNG"


async def held_story(office: Office, headline: str = "图书馆延长开放", card: Card | None = None) -> int:
    """A story that the house holds until an editor lets it go."""
    made = article(headline)
    recorded = await office.ledger.stories.record("site", made, [headline], headline, office.now)
    plans = [
        replace(one, reason=OLD, edition=replace(one.edition, card=card))
        for one in (plan(recorded.story, name, office.now, state=State.HELD, headline=headline)
            for name in ("telegram-zh", "weekly"))
    ]  # fmt: skip
    why = [Decision(Verb.HELD, "compose", OLD, office.now, recorded.story, 1, one.channel) for one in plans]
    assert await office.ledger.deliveries.plan(recorded.story, 1, plans, why, office.now)
    await office.ledger.notices.add(f"story {recorded.story} held", f"#{recorded.story} {headline}: {OLD}", office.now)
    return recorded.story


def of(office: Office, chat: int) -> list[Posted]:
    return [posted for posted in office.api.posted if posted.chat == chat]


async def with_group(shut: Office, **more: Any) -> None:
    shut.api.group(DESK, "夜班")
    await shut.open(chat=DESK, topic=7, **more)


async def test_a_waiting_story_arrives_once_in_the_desks_topic_with_its_card(shut: Office, tmp_path: Path) -> None:
    (tmp_path / "c.png").write_bytes(PNG)
    await with_group(shut, cards=tmp_path)
    story = await held_story(shut, card=Card("c.png", "image/png", 1200, 675, 4, ""))
    for _ in range(3):
        await shut.bots[0].run_notices()
    [message] = of(shut, DESK)
    assert (message.photo, message.fields["message_thread_id"]) == (PNG, "7")
    assert message.text.startswith(f"<b>#{story} 图书馆延长开放</b>\n来源：河湾日报\n")
    assert "<b>等编辑决定</b>：稿件是 9 小时前的" in message.text
    assert "telegram-zh、weekly：已压下" in message.text
    assert message.buttons[0] in (["放行", "取消"], ["签发", "退稿"])
    assert await shut.ledger.notices.untold() == ()
    assert of(shut, CHEN) == []


async def test_the_message_is_edited_as_the_story_goes_on_and_nothing_else_is_said(shut: Office) -> None:
    await with_group(shut)
    story = await held_story(shut)
    await shut.bots[0].run_notices()
    [message] = of(shut, DESK)
    release = message.buttons[0][0]
    [toast] = await shut.press(shut.ana, release, message)
    assert toast
    assert "Ana，今天 16:00" in message.text
    assert "telegram-zh：待发，马上发出" in message.text
    assert message.buttons[0] == ["压稿", "取消"]
    await shut.ask(shut.chen, f"/cancel {story} 重复")  # in his own chat
    assert "telegram-zh：已取消（陈静：重复）" in message.text
    assert "陈静，今天 16:00：取消" in message.text
    await shut.bots[0].run_notices()
    assert of(shut, DESK) == [message]


async def test_where_there_is_no_desk_chat_each_editor_has_the_message_and_all_are_edited(office: Office) -> None:
    story = await held_story(office)
    await office.bots[0].run_notices()
    [chinese], [english] = of(office, CHEN), of(office, ANA)
    assert "Waits for an editor" in english.text
    await office.press(office.ana, english.buttons[0][0], english)
    assert "Ana, today 16:00: " in english.text
    assert "Ana，今天 16:00：" in chinese.text
    assert {row.state for row in await office.ledger.deliveries.of_story(story)} == {State.PLANNED}


async def test_two_editors_decide_at_once_and_the_first_wins(office: Office) -> None:
    story = await held_story(office)
    await office.bots[0].run_notices()
    [chinese], [english] = of(office, CHEN), of(office, ANA)
    office.api.presses(office.chen, "签发", chinese)
    office.api.presses(office.ana, "Reject", english)
    await office.ask(office.ana, "/id")
    assert {row.state for row in await office.ledger.deliveries.of_story(story)} == {State.PLANNED}
    assert office.api.toasts[-1].startswith("!陈静 decided on this today 16:00")


async def test_many_stories_come_a_few_at_a_time_and_none_twice(office: Office) -> None:
    for number in range(7):
        await held_story(office, f"第{number}条")
    await office.bots[0].run_notices()
    assert len(of(office, CHEN)) == 5
    await office.bots[0].run_notices()
    await office.bots[0].run_notices()
    assert len(of(office, CHEN)) == 7
    assert await office.ledger.notices.untold() == ()


async def test_a_flood_limit_of_the_chat_is_waited_out(office: Office) -> None:
    await held_story(office)
    office.api.floods[CHEN] = [30]
    await office.bots[0].run_notices()
    assert of(office, CHEN) == []
    office.now += timedelta(seconds=31)
    await office.bots[0].run_notices()
    assert len(of(office, CHEN)) == 1


async def test_a_desk_that_was_away_brings_its_messages_up_to_date(shut: Office) -> None:
    await with_group(shut)
    story = await held_story(shut)
    await shut.bots[0].run_notices()
    await shut.bots[0].stop()
    await shut.ledger.deliveries.cancel(story, "陈静", "重复", shut.now)
    shut.now += timedelta(hours=2)
    second = await shut.open(chat=DESK, topic=7)
    await shut.ask(shut.chen, "/id")
    await second.run_notices()
    [message] = of(shut, DESK)
    assert "telegram-zh：已取消（陈静：重复）" in message.text


async def test_a_message_that_somebody_deleted_is_let_go(shut: Office) -> None:
    await with_group(shut)
    story = await held_story(shut)
    await shut.bots[0].run_notices()
    shut.api.posted.clear()
    await shut.ask(shut.chen, f"/release {story}")
    assert await shut.ledger.desk_messages.of_story(story) == ()


async def test_a_reply_to_the_message_is_about_its_story(office: Office) -> None:
    story = await held_story(office)
    await office.bots[0].run_notices()
    [message] = of(office, ANA)
    assert f"Release #{story}" in await office.ask(office.ana, "/release", replying=message)
    assert {row.state for row in await office.ledger.deliveries.of_story(story)} == {State.PLANNED}
