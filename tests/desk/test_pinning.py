"""What stands on top of a channel is ordered at the desk and done on the platform."""

from datetime import timedelta

import pytest

from bot.work.pinning import Pinning
from tests.desk.conftest import Office, seen

MINUTE = timedelta(minutes=1)


async def out(office: Office, headline: str = "河湾大桥修复通车") -> int:
    """A story that every platform has."""
    story = await office.floor.story(headline)
    office.now += 2 * MINUTE
    await office.floor.works()
    return story


@pytest.mark.parametrize(
    ("chinese", "asked", "wrong", "not_understood", "pinned", "listed", "unpin", "over"),
    [
        (True, "置顶 {} telegram-zh 明早八点半", "花开时", "不明白", "置顶到明天 08:30（周三，Asia/Shanghai",
         "telegram-zh：#{} 河湾大桥修复通车", "取消置顶 #{}", "不再置顶"),
        (False, "/pin {} telegram-zh until tomorrow 8:30", "in bloom", "no time that I",
         "on top until tomorrow 08:30 (", "telegram-zh: #{} 河湾大桥修复通车", "Unpin #{}", "On top no more"),
    ],
)  # fmt: skip
async def test_a_pin_is_repeated_with_its_zone_then_put_up_and_taken_down(
    office: Office, chinese: bool, asked: str, wrong: str, not_understood: str, pinned: str,
    listed: str, unpin: str, over: str,
) -> None:  # fmt: skip
    who = office.chen if chinese else office.ana
    story = await out(office)
    pinning = Pinning(office.ledger, office.floor.outlets, lambda: office.now)
    assert not_understood in await office.ask(who, f"/pin {story} telegram-zh {wrong}")
    [shown] = await office.posts(who, asked.format(story))
    assert "Asia/Shanghai" in seen(shown)
    assert await office.ledger.pins.current() == ()
    await office.press(who, shown.buttons[0][0], shown)
    assert pinned in seen(shown)
    await pinning.tick()
    [post] = office.floor.posts("telegram-zh")
    assert office.api.top == [post.id]
    [tops] = await office.posts(who, "/pin")
    assert listed.format(story) in seen(tops)
    await office.press(who, unpin.format(story), tops)
    assert over in seen(tops)
    await pinning.tick()
    assert office.api.top == []


async def test_at_its_end_it_comes_down_and_another_takes_its_place_at_once(office: Office) -> None:
    first, second = await out(office), await out(office, "图书馆延长开放")
    pinning = Pinning(office.ledger, office.floor.outlets, lambda: office.now)
    assert "until it is unpinned" in await office.ask(office.ana, f"/pin {first} telegram-zh")
    await pinning.tick()
    told = await office.ask(office.ana, f"/pin {second} telegram-zh")
    assert f"It takes the place of #{first} 河湾大桥修复通车 (telegram-zh)" in told
    await pinning.tick()
    assert office.api.top == [office.floor.posts("telegram-zh")[1].id]
    [shown] = await office.posts(office.ana, f"/pin {second} in 2 hours")
    await office.press(office.ana, shown.buttons[0][0], shown)
    office.now += timedelta(hours=3)
    await pinning.tick()
    assert office.api.top == []
    assert "没有置顶的稿件" in await office.ask(office.chen, "/unpin")


async def test_a_channel_that_cannot_pin_is_named(office: Office) -> None:
    story = await out(office)
    assert "partners cannot pin" in await office.ask(office.ana, f"/pin {story} partners")
    assert "partners 不能置顶" in await office.ask(office.chen, f"/pin {story} partners")


async def test_a_restart_keeps_the_channels_that_were_named(office: Office) -> None:
    story = await out(office)
    [shown] = await office.posts(office.ana, f"/pin {story} weekly until tomorrow noon")
    await office.bots[0].stop()
    await office.open()
    await office.press(office.ana, shown.buttons[0][0], shown)
    assert [pin.channel for pin in await office.ledger.pins.current()] == ["weekly"]
