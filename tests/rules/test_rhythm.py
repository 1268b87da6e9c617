"""When a subscriber's next digest is due, on their own clock."""

from datetime import UTC, datetime, time

import pytest

from bot.model.subscriber import Rhythm, Timing
from bot.rules.rhythm import next_digest

DAILY, WEEKLY, HOURLY = Rhythm.DAILY, Rhythm.WEEKLY, Rhythm.HOURLY


@pytest.mark.parametrize(
    ("timing", "after", "due"),
    [
        (Timing("Asia/Shanghai", DAILY, time(7)), "2026-11-24T08:00", "2026-11-24T23:00"),
        (Timing("Asia/Shanghai", DAILY, time(7)), "2026-11-24T23:00", "2026-11-25T23:00"),
        (Timing("Asia/Shanghai", DAILY, time(7)), "2026-11-24T22:59", "2026-11-24T23:00"),
        (Timing("Europe/Berlin", DAILY, time(2, 30)), "2026-10-24T12:00", "2026-10-25T00:30"),  # that hour comes twice
        (Timing("Europe/Berlin", DAILY, time(2, 30)), "2026-10-25T00:30", "2026-10-26T01:30"),
        (Timing("Europe/Berlin", DAILY, time(2, 30)), "2026-03-28T12:00", "2026-03-29T01:30"),  # that hour is left out
        (Timing("Europe/Berlin", DAILY, time(2, 30)), "2026-03-29T01:30", "2026-03-30T00:30"),
        (Timing("Asia/Shanghai", WEEKLY, time(7), 0), "2026-11-24T08:00", "2026-11-29T23:00"),
        (Timing("Pacific/Kiritimati", WEEKLY, time(7), 2), "2026-11-24T08:00", "2026-11-24T17:00"),
        (Timing("Asia/Shanghai", HOURLY, time(0, 15)), "2026-11-24T08:15", "2026-11-24T09:15"),
        (Timing("Asia/Kathmandu", HOURLY, time(0, 0)), "2026-11-24T08:00", "2026-11-24T08:15"),
        (Timing("Asia/Shanghai", most=3), "2026-11-24T08:00", "2026-11-25T00:00"),
    ],
)
def test_the_next_digest_comes_at_the_readers_own_hour(timing: Timing, after: str, due: str) -> None:
    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    assert next_digest(timing, at(after)) == at(due)


def test_who_gets_everything_at_once_has_no_digest() -> None:
    assert next_digest(Timing(), datetime(2026, 11, 24, tzinfo=UTC)) is None
