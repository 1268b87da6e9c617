"""A reader's whole life in a chat with the bot, in each language; what nobody else may do with it."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.model.subscriber import Membership, Rhythm
from bot.readers.links import payload
from tests.fakes.bot_api import TOKEN
from tests.fakes.reading_room import ReadingRoom, a_room, seen
from tests.fakes.stories import article

SPORT = replace(article("河湾队三比一获胜"), section="体育")
HARBOUR = replace(
    article("Ferry returns to Riverbend", language="en", body="The ferry runs again from Monday."), section="Harbour"
)
LING, ANA = 701, 702


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRIER_TEST_BOT", TOKEN)


@pytest.fixture
async def room(sqlite_url: str, now: datetime, tmp_path: Path) -> AsyncIterator[ReadingRoom]:
    async with a_room(sqlite_url, now, tmp_path) as made:
        yield made


async def test_a_whole_life_in_chinese(room: ReadingRoom) -> None:  # noqa: PLR0915 - it is a whole life
    api, ling = room.api, room.api.person(LING, "凌")
    asked = await room.writes(ling, f"/start {payload('体育')}")
    assert "「体育」" in asked
    assert "我们只保存这个对话的编号（加密）" in asked
    assert await room.reader(str(LING)) is None  # nothing is kept of who only looks
    page = room.last(LING)
    assert "订阅好了" in await room.taps(ling, "订阅「体育」", page)
    one = await room.reader(str(LING))
    assert one is not None
    assert one.consent is not None
    assert (one.choices.topics, one.timing.zone, one.reading.language) == (("体育",), "Asia/Shanghai", "zh")
    story = await room.publish(SPORT)
    post = room.last(LING)
    assert "河湾队三比一获胜" in post.text
    assert "您关注「体育」" in await room.writes(ling, f"/why {SPORT.link}")
    room.now += timedelta(minutes=1)
    await room.publish(replace(SPORT, headline="河湾队四比一获胜"), revision="2")
    assert "四比一" in post.text
    assert len(post.edits) == 1

    await room.writes(ling, "/topics")
    page = room.last(LING)
    await room.taps(ling, "›", page)
    assert page.buttons[0] == ["城市", "财经"]
    await room.taps(ling, "城市", page)
    assert page.buttons[0] == ["✓ 城市", "财经"]
    assert "没有找到「台风」" in await room.writes(ling, "台风")
    assert "已加上：台风" in await room.taps(ling, "关注「台风」这个词", room.last(LING))
    assert "没看懂「胡说」，其余的已经改好" in await room.writes(ling, "时间 每天早上8点，胡说")
    assert "即时，23:00–07:00 不打扰，每天至多 5 条" in await room.writes(ling, "即时，晚上11点到早上7点，最多五条")
    assert "只收突发新闻" in await room.writes(ling, "突发")
    await room.writes(ling, "/breaking 关")
    one = await room.reader(str(LING))
    assert one is not None
    assert (one.choices.topics, one.choices.words, one.timing.most) == (("体育", "城市"), ("台风",), 5)

    assert "已暂停" in await room.writes(ling, "/pause")
    second = replace(SPORT, headline="游泳馆开放", link="https://example.org/second")
    await room.publish(second, key="second")
    assert "您暂停了订阅" in await room.writes(ling, f"/why {second.link}")
    assert "已恢复" in await room.writes(ling, "/resume")

    await room.settled(api.becomes(api.chats[str(LING)], "member", "kicked", ling))
    assert (await room.reader(str(LING)) or one).state is Membership.LOST
    await room.settled(api.becomes(api.chats[str(LING)], "kicked", "member", ling))
    back = await room.reader(str(LING))
    assert back is not None
    assert (back.state, back.choices) == (Membership.ACTIVE, one.choices)

    assert f"编号：{LING}" in await room.writes(ling, "我的数据")
    told = json.loads(api.documents[-1][1])
    assert (told["address"], told["told"][0]["headline"]) == (str(LING), "河湾队四比一获胜")
    assert "已经退订" in await room.writes(ling, "/stop")
    before = len(api.posted)
    await room.publish(replace(SPORT, headline="第三篇", link="https://example.org/third"), key="third")
    assert len(api.posted) == before
    await room.writes(ling, "/forget")
    assert "都删掉了" in await room.taps(ling, "全部删除", room.last(LING))
    assert await room.reader(str(LING)) is None
    assert "没有保存" in await room.writes(ling, "/mydata")
    assert not [one for one in await room.ledger.history.of_story(story) if str(LING) in repr(one)]


async def test_a_whole_life_in_english(room: ReadingRoom) -> None:
    ana = room.api.person(ANA, "Ana", "en-GB")
    assert "Would you like new stories in this chat?" in await room.writes(ana, "/start nonsense!")
    page = room.last(ANA)
    assert "想在这里收到新报道吗" in await room.taps(ana, "中文", page)
    await room.taps(ana, "English", page)
    assert "You are subscribed" in await room.taps(ana, "Subscribe", page)
    await room.writes(ana, "/topics harbour, schools")
    assert "Added: Ferry" not in await room.writes(ana, "/words ferry, school lunch")
    assert "muted" in (await room.writes(ana, "/mute sport")).lower()
    said = await room.writes(ana, "/when weekly on Friday at 6pm, Berlin time")
    assert "a digest every Friday at 18:00" in said
    assert "Berlin time" in said
    one = await room.reader(str(ANA))
    assert one is not None
    assert (one.choices.topics, one.choices.words) == (("Harbour", "Schools"), ("ferry", "school lunch"))
    assert (one.timing.rhythm, one.timing.weekday, one.timing.zone) == (Rhythm.WEEKLY, 4, "Europe/Berlin")
    await room.writes(ana, "/how")
    page = room.last(ANA)
    assert page.buttons[:2] == [["✓ Card and text"], ["Text only"]]
    await room.taps(ana, "Text only", page)
    await room.writes(ana, "/when at once")
    await room.publish(HARBOUR)
    assert "Ferry returns to Riverbend" in room.last(ANA).text
    assert "because you follow “Harbour”" in await room.writes(ana, f"/why {HARBOUR.link}")
    await room.publish(SPORT, key="sport")
    assert "none of what you follow is in it (Harbour, Schools" in await room.writes(ana, f"/why {SPORT.link}")
    assert "No story of that link" in await room.writes(ana, "/why 4711")
    assert "语言" in await room.writes(ana, "/language 中文") or "好了" in seen(room.last(ANA))
    assert "订阅" in await room.writes(ana, "/settings")
    await room.writes(ana, "/language English")
    assert "You are unsubscribed" in await room.writes(ana, "/stop")
    left = await room.reader(str(ANA))
    assert left is not None
    assert (left.state, left.choices.topics, left.consent) == (Membership.LEFT, (), None)
    assert "You are subscribed" in await room.taps(ana, "Subscribe again", room.last(ANA))


async def test_buttons_of_others_old_buttons_and_made_up_ones_do_nothing(room: ReadingRoom) -> None:
    ling, ana = room.api.person(LING, "凌"), room.api.person(ANA, "Ana", "en")
    for person, word in ((ling, "订阅"), (ana, "Subscribe")):
        await room.writes(person, "/start")
        await room.taps(person, word, room.last(person["id"]))
    hers, his = room.last(ANA), room.last(LING)
    for data in (hers.data("Unsubscribe"), "stop", "x" * 64, hers.data("Unsubscribe")[:-4] + "go"):
        await room.taps(ling, data, his)
    assert [(await room.reader(str(one))).state for one in (LING, ANA)] == [Membership.ACTIVE] * 2  # type: ignore[union-attr]
    room.now += timedelta(days=8)
    await room.taps(ana, "Unsubscribe", hers)
    assert (await room.reader(str(ANA))).state is Membership.ACTIVE  # type: ignore[union-attr]
    assert room.api.toasts[-1].startswith("!This button is out of date")


async def test_what_comes_twice_or_over_a_restart_acts_once(room: ReadingRoom) -> None:
    ling = room.api.person(LING, "凌")
    await room.writes(ling, "/start")
    await room.taps(ling, "订阅", room.last(LING))
    await room.writes(ling, "/words")
    await room.bots[0].stop()
    await room.open()
    assert "已加上：地铁" in await room.writes(ling, "地铁")
    update = room.api.says(ling, "/breaking")
    await room.settled(update)
    before = len(room.api.posted)
    room.api.updates.append(update)
    room.api.says(ling, "/help")
    await room.settled(room.api.updates[-1])
    assert len(room.api.posted) == before + 1
    assert (await room.reader(str(LING))).choices.breaking_only  # type: ignore[union-attr]


async def test_who_writes_too_fast_is_told_so_once(room: ReadingRoom) -> None:
    ling, ana = room.api.person(LING, "凌"), room.api.person(ANA, "Ana", "en")
    said = [await room.writes(ling, "/help") for _ in range(44)]
    assert [one for one in said[40:] if one] == ["您写得太快，我跟不上了。请等一分钟再写。"]
    assert "The readers' bot" in await room.writes(ana, "/help")
    room.now += timedelta(minutes=1)
    assert "读者机器人" in await room.writes(ling, "/help")


async def test_an_answer_waits_as_long_as_telegram_says_and_nobody_behind_it(room: ReadingRoom) -> None:
    ling, ana = room.api.person(LING, "凌"), room.api.person(ANA, "Ana", "en")
    room.api.floods[LING] = [1]
    slow = room.api.says(ling, "/help")
    fast = room.api.says(ana, "/help")
    await room.settled(slow)
    await room.settled(fast)
    assert [one.chat for one in room.api.posted] == [ANA, LING]


async def test_who_is_banned_hears_no_more_than_that_it_cannot_be_done(room: ReadingRoom) -> None:
    ling = room.api.person(LING, "凌")
    await room.store.ban_address("reader-bot", str(LING), "陈静", "abuse", room.now)
    await room.writes(ling, "/start")
    assert await room.taps(ling, "订阅", room.last(LING)) == "这件事办不了。"


async def test_menus_stand_in_both_languages(room: ReadingRoom) -> None:
    first = {key: lines[0]["description"] for key, lines in room.api.menus.items() if key[0] == "all_private_chats"}
    assert first == {("all_private_chats", ""): "My subscription", ("all_private_chats", "zh"): "我的订阅"}


async def test_a_chats_number_stands_nowhere_in_the_clear(room: ReadingRoom, tmp_path: Path) -> None:
    number = 7_011_223_344
    ling = room.api.person(number, "凌")
    await room.writes(ling, "/start")
    await room.taps(ling, "订阅", room.last(number))
    await room.writes(ling, "/topics")
    await room.writes(ling, "没有的词")
    await room.publish(SPORT)
    assert "三比一" in room.last(number).text
    written = kept(tmp_path)
    assert b"reader-bot" in written
    assert [form for form in (str(number).encode(), number.to_bytes(6, "big")) if form in written] == []


def kept(folder: Path) -> bytes:
    """The ledger's files, as whoever steals them reads them."""
    return b"".join(file.read_bytes() for file in folder.glob("ledger.sqlite*"))
