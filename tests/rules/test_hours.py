"""Quiet hours, the space between posts and posts a day, also on the days when the clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.rules.hours import Hours, Quiet

NIGHT = Quiet(time(23), time(7))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "now", "until"),
    [
        ("Asia/Shanghai", "2026-11-24 14:59", None),
        ("Asia/Shanghai", "2026-11-24 15:00", "2026-11-24 23:00"),
        ("Asia/Shanghai", "2026-11-24 22:59", "2026-11-24 23:00"),
        ("Asia/Shanghai", "2026-11-24 23:00", None),
        ("Europe/London", "2026-03-28 23:00", "2026-03-29 06:00"),  # an hour is left out that night
        ("Europe/London", "2026-03-29 05:59", "2026-03-29 06:00"),
        ("Europe/London", "2026-03-29 06:00", None),
        ("Europe/London", "2026-10-24 22:00", "2026-10-25 07:00"),  # an hour comes twice that night
        ("Europe/London", "2026-10-25 06:30", "2026-10-25 07:00"),
        ("Europe/London", "2026-10-25 07:00", None),
        ("America/New_York", "2026-03-08 04:00", "2026-03-08 11:00"),
        ("America/New_York", "2026-03-08 11:00", None),
        ("America/New_York", "2026-11-01 03:00", "2026-11-01 12:00"),
        ("America/New_York", "2026-11-01 12:00", None),
    ],
)
def test_a_night_ends_when_the_clocks_of_its_zone_say_so(zone: str, now: str, until: str | None) -> None:
    wait = Hours(ZoneInfo(zone), NIGHT).wait([], utc(now), breaking=False)
    assert (wait and wait[0]) == (until and utc(until))


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        (Quiet(time(1, 15), time(1, 45)), "2026-03-29 01:20", "2026-03-29 01:45"),  # left out: an hour later
        (Quiet(time(0, 30), time(1, 30)), "2026-10-25 00:29", "2026-10-25 00:30"),  # the first half past one ends it
        (Quiet(time(12), time(13)), "2026-10-25 12:30", "2026-10-25 13:00"),
    ],
)
def test_times_that_a_day_leaves_out_or_has_twice(quiet: Quiet, now: str, until: str | None) -> None:
    wait = Hours(ZoneInfo("Europe/London"), quiet).wait([], utc(now), breaking=False)
    assert (wait and wait[0]) == (until and utc(until))


def test_breaking_news_pass_a_night_only_where_the_channel_says_so() -> None:
    now, zone = utc("2026-11-24 16:00"), ZoneInfo("Asia/Shanghai")
    assert Hours(zone, NIGHT).wait([], now, breaking=True) is not None
    assert Hours(zone, Quiet(time(23), time(7), breaking=True)).wait([], now, breaking=True) is None


def test_the_reason_says_until_when_and_why_in_the_time_of_the_zone() -> None:
    zone, now = ZoneInfo("Asia/Shanghai"), utc("2026-11-24 16:00")
    said = [
        Hours(zone, NIGHT),
        Hours(zone, space=timedelta(minutes=15)),
        Hours(zone, daily=2),
    ]
    posts = [now - timedelta(minutes=5), now]
    assert [found[1] for one in said if (found := one.wait(posts, now, breaking=False))] == [
        "waits until 07:00: quiet hours 23:00–07:00",
        "waits until 00:15: 15 minutes between two posts",
    ]
    assert Hours(zone, daily=1).wait(posts, now, breaking=False) == (
        utc("2026-11-25 16:00"),
        "waits until 00:00: one post a day",
    )


@pytest.mark.parametrize(
    ("zone", "now", "midnight"),
    [
        ("Asia/Shanghai", "2026-11-24 16:30", "2026-11-24 16:00"),
        ("Europe/London", "2026-10-25 23:30", "2026-10-24 23:00"),  # a day of 25 hours
        ("America/New_York", "2026-03-09 03:30", "2026-03-08 05:00"),  # a day of 23
    ],
)
def test_a_day_is_the_zones_own_also_where_it_is_longer_or_shorter(zone: str, now: str, midnight: str) -> None:
    assert Hours(ZoneInfo(zone), daily=1).asks(utc(now)) == utc(midnight)


def test_what_is_breaking_waits_for_no_space_and_no_day() -> None:
    now = utc("2026-11-24 08:00")
    hours = Hours(ZoneInfo("UTC"), space=timedelta(hours=1), daily=1)
    assert hours.wait([now], now, breaking=True) is None
