"""When readers want their news, as they write it."""

from datetime import time

import pytest

from bot.model.subscriber import Rhythm, Timing
from bot.rules.wishes import names_of, timing_of, zone_of

BEFORE = Timing("Asia/Shanghai")
DAILY, WEEKLY = Rhythm.DAILY, Rhythm.WEEKLY
NIGHT = (time(23), time(7))


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("每天早上8点", Timing("Asia/Shanghai", DAILY, time(8))),
        ("每天八点半", Timing("Asia/Shanghai", DAILY, time(8, 30))),
        ("every day at 7pm", Timing("Asia/Shanghai", DAILY, time(19))),
        ("每周一早上9点", Timing("Asia/Shanghai", WEEKLY, time(9), 0)),
        ("周日早上", Timing("Asia/Shanghai", WEEKLY, time(9), 6)),
        ("every friday 6pm", Timing("Asia/Shanghai", WEEKLY, time(18), 4)),
        ("每小时", Timing("Asia/Shanghai", Rhythm.HOURLY)),
        ("晚上11点到早上7点不打扰", Timing("Asia/Shanghai", quiet=NIGHT)),
        ("11点到7点", Timing("Asia/Shanghai", quiet=NIGHT)),
        ("quiet between 11pm and 7am", Timing("Asia/Shanghai", quiet=NIGHT)),
        ("每天最多十条", Timing("Asia/Shanghai", most=10)),
        ("at most 3 a day, Berlin time", Timing("Europe/Berlin", most=3)),
        (
            "daily at 8, at most 3 a day, quiet 23:00-7:00, UTC+8",
            Timing("Etc/GMT-8", DAILY, time(8), quiet=NIGHT, most=3),
        ),
    ],
)
def test_they_are_understood(words: str, wanted: Timing) -> None:
    assert timing_of(words, BEFORE) == (wanted, ())


@pytest.mark.parametrize(
    ("words", "lost"),
    [("胡说", "胡说"), ("每天25点", "每天25点"), ("at most 0 a day", "at most 0 a day"), ("明天", "明天")],
)
def test_what_is_not_understood_changes_nothing_and_is_named(words: str, lost: str) -> None:
    assert timing_of(words, BEFORE) == (BEFORE, (lost,))


@pytest.mark.parametrize(("words", "quiet"), [("取消免打扰", None), ("no quiet hours", None), ("不限", NIGHT)])
def test_limits_are_lifted(words: str, quiet: tuple[time, time] | None) -> None:
    assert timing_of(words, Timing(quiet=NIGHT, most=None if quiet is None else 5)) == (Timing(quiet=quiet), ())


@pytest.mark.parametrize(
    ("words", "zone"),
    [("北京时间", "Asia/Shanghai"), ("New York", "America/New_York"), ("UTC", "UTC"), ("月球", None), ("utc+99", None)],
)
def test_a_zone_has_many_names(words: str, zone: str | None) -> None:
    assert zone_of(words) == zone


def test_names_stand_between_commas() -> None:
    assert names_of(" 台风，地铁、 school lunch ;#台风") == ("台风", "地铁", "school lunch")
