"""Groups, their topics, and channels that add the readers' bot."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.model.subscriber import Membership
from tests.fakes.bot_api import TOKEN
from tests.fakes.reading_room import ReadingRoom, a_room
from tests.fakes.stories import article

SPORT = replace(article("河湾队三比一获胜"), section="体育")
CHEN, ANA, GROUP, CHANNEL = 501, 502, -1007, -1009


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRIER_TEST_BOT", TOKEN)


@pytest.fixture
async def room(sqlite_url: str, now: datetime, tmp_path: Path) -> AsyncIterator[ReadingRoom]:
    async with a_room(sqlite_url, now, tmp_path) as made:
        yield made


@pytest.fixture
def group(room: ReadingRoom) -> dict[str, Any]:
    made = room.api.group(GROUP, "河湾邻里")
    made["is_forum"] = True
    room.api.administrators[GROUP] = [room.api.person(CHEN, "陈静")]
    return made


async def test_only_administrators_decide_for_a_group_and_others_are_told_so_once(
    room: ReadingRoom, group: dict[str, Any]
) -> None:
    chen, ana = room.api.person(CHEN, "陈静"), room.api.person(ANA, "Ana", "en")
    await room.settled(room.api.becomes(group, "left", "member", ana))
    assert "请管理员发 /subscribe" in room.last(GROUP).text
    assert "由管理员决定" in await room.writes(ana, "/subscribe", chat=group)
    assert await room.writes(ana, "/subscribe@crier_test_bot", chat=group) == ""
    assert await room.writes(ana, "大家好", chat=group) == ""
    assert await room.reader(str(GROUP)) is None
    assert "没有「天文」这个栏目" in await room.writes(chen, "/subscribe 天文", chat=group)
    assert "「体育」的新报道会发到这里" in await room.writes(chen, "/subscribe 体育", chat=group)
    await room.writes(chen, "/settings", chat=group)
    await room.taps(ana, "退订", room.last(GROUP))
    assert room.api.toasts[-1] == "!Only administrators can change this"
    assert "已暂停" in await room.taps(chen, "暂停", room.last(GROUP))


async def test_a_topic_of_a_group_is_a_place_of_its_own_and_goes_with_the_group(
    room: ReadingRoom, group: dict[str, Any]
) -> None:
    chen = room.api.person(CHEN, "陈静")
    thread = {"message_thread_id": 7, "is_topic_message": True}
    hidden = {**thread, "sender_chat": group}
    assert "会发到这个话题" in await room.writes(
        room.api.person(1087968824, "Group"), "/subscribe", chat=group, **hidden
    )
    await room.publish(SPORT)
    post = room.last(GROUP)
    assert (post.fields["message_thread_id"], "三比一" in post.text) == ("7", True)
    await room.settled(room.api.becomes(group, "member", "kicked", chen))
    one = await room.reader(f"{GROUP}/7")
    assert one is not None
    assert one.state is Membership.LOST
    await room.settled(room.api.becomes(group, "kicked", "member", chen))
    assert (await room.reader(f"{GROUP}/7")).state is Membership.ACTIVE  # type: ignore[union-attr]
    assert "我回来了" in room.last(GROUP).text


async def test_a_group_that_grows_keeps_its_subscription(room: ReadingRoom, group: dict[str, Any]) -> None:
    await room.writes(room.api.person(CHEN, "陈静"), "/subscribe", chat=group)
    await room.settled(room.api.grows(group, -100777))
    assert await room.reader(str(GROUP)) is None
    await room.publish(SPORT)
    assert room.last(-100777).text.startswith("<b>河湾队三比一获胜")


async def test_a_channel_subscribes_by_its_own_post_once_the_bot_may_post(room: ReadingRoom) -> None:
    channel = {"id": CHANNEL, "type": "channel", "title": "河湾频道"}
    room.api.chats[str(CHANNEL)] = channel
    room.api.administrators[CHANNEL] = [room.api.person(CHEN, "陈静")]
    room.api.may_post = False
    await room.settled(room.api.posts(channel, "/subscribe 体育"))
    assert "「河湾频道」里还不能发消息" in room.last(CHEN).text
    assert await room.reader(str(CHANNEL)) is None
    room.api.may_post = True
    await room.settled(room.api.posts(channel, "/subscribe 体育"))
    assert "会发到这个频道" in room.last(CHANNEL).text
    await room.settled(room.api.posts(channel, "今天天气好"))
    await room.publish(SPORT)
    assert "三比一" in room.last(CHANNEL).text
    await room.settled(room.api.posts(channel, "/stop"))
    assert "已经退订" in room.last(CHANNEL).text
