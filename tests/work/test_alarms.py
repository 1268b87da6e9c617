"""What nobody would notice by itself is told, once."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.desk.reasons import worded
from bot.ledger import Ledger
from bot.rules.silence import ENOUGH, LEAST, silent_for
from bot.work.alarms import ROOM, Alarms
from tests.fakes.stories import article, planned_story

HOUR = timedelta(hours=1)
HALF = timedelta(minutes=30)


async def told(ledger: Ledger) -> list[tuple[str, str]]:
    return [(one.subject, one.text) for one in await ledger.notices.untold()]


async def test_a_post_that_is_not_out_in_time_is_told_once(ledger: Ledger, now: datetime, tmp_path: Path) -> None:
    story = await planned_story(ledger, now, "weekly", headline="大桥通车")
    at = now + HALF
    alarms = Alarms(ledger, (), tmp_path, HALF, lambda: at, room=0)
    await alarms.round()
    assert await told(ledger) == []
    at = now + timedelta(minutes=45)
    await alarms.round()
    [(subject, text)] = await told(ledger)
    assert subject == f"missing {story} weekly"
    assert worded(text, "zh") == f"#{story} 大桥通车 → weekly：过了时间 45 分钟还没有发出"
    [notice] = await ledger.notices.untold()
    await ledger.notices.told(notice.id, at)
    await alarms.round()
    assert await told(ledger) == []
    await Alarms(ledger, (), tmp_path, None, lambda: at, room=0).round()


async def test_a_source_that_falls_silent_is_told_once_a_silence(ledger: Ledger, now: datetime, tmp_path: Path) -> None:
    for number in range(ENOUGH):
        await ledger.stories.record("site", article(f"{number}"), [f"{number}"], f"{number}", now + number * HOUR)
    at = now + ENOUGH * HOUR + LEAST
    alarms = Alarms(ledger, {"site"}, tmp_path, None, lambda: at, room=0)
    for _ in range(2):
        await alarms.round()
    [(subject, text)] = await told(ledger)
    assert subject.startswith("silent site ")
    assert worded(text, "zh") == "site：已经 7 小时没有新稿，比平时久"
    await Alarms(ledger, {"other"}, tmp_path, None, lambda: at, room=0).round()
    assert len(await told(ledger)) == 1


async def test_a_disk_that_fills_is_told_once_a_day(ledger: Ledger, now: datetime, tmp_path: Path) -> None:
    at = now
    alarms = Alarms(ledger, (), tmp_path, None, lambda: at, room=1 << 62)
    for _ in range(2):
        await alarms.round()
    [(_, text)] = await told(ledger)
    assert "磁盘快满了" in worded(text, "zh")
    at = now + timedelta(days=1)
    await alarms.round()
    assert len(await told(ledger)) == 2
    assert ROOM < 1 << 62


@pytest.mark.parametrize(
    ("pauses", "since", "silent"),
    [
        ([1] * 10, 7, True),
        ([1] * 10, 5, False),  # no source is called silent so soon
        ([1] * 5 + [12] + [1] * 5, 20, False),  # it sleeps at night
        ([1] * 5 + [12] + [1] * 5, 25, True),
        ([1] * 3, 99, False),  # too few to know
    ],
)
def test_silence_is_longer_than_twice_the_longest_pause(
    now: datetime, pauses: list[int], since: int, silent: bool
) -> None:
    times = [now]
    for pause in pauses:
        times.append(times[-1] + pause * HOUR)
    assert (silent_for(times, times[-1] + since * HOUR) is not None) is silent
