"""How often a silent source is looked at, and how looks are spread."""

from datetime import timedelta
from itertools import pairwise

import pytest

from bot.sources.politeness import spread, stretched

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
JUST_BEFORE = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("every", "silence", "wait"),
    [
        (5 * MINUTE, timedelta(0), 5 * MINUTE),
        (5 * MINUTE, -HOUR, 5 * MINUTE),
        (5 * MINUTE, 3 * HOUR - JUST_BEFORE, 5 * MINUTE),
        (5 * MINUTE, 3 * HOUR, 10 * MINUTE),
        (5 * MINUTE, DAY - JUST_BEFORE, 10 * MINUTE),
        (5 * MINUTE, DAY, 20 * MINUTE),
        (5 * MINUTE, 7 * DAY - JUST_BEFORE, 20 * MINUTE),
        (5 * MINUTE, 7 * DAY, HOUR),
        (5 * MINUTE, 3650 * DAY, HOUR),
        (SECOND, 3650 * DAY, 12 * SECOND),
        (MINUTE, 3650 * DAY, 12 * MINUTE),
        (20 * MINUTE, 3650 * DAY, HOUR),
        (45 * MINUTE, 9 * HOUR, HOUR),
        (HOUR, 3650 * DAY, HOUR),
        (6 * HOUR, timedelta(0), 6 * HOUR),
        (6 * HOUR, 3650 * DAY, 6 * HOUR),
    ],
    ids=str,
)
def test_a_silent_source_is_looked_at_less_often_and_at_least_hourly(
    every: timedelta, silence: timedelta, wait: timedelta
) -> None:
    assert stretched(every, silence) == wait


@pytest.mark.parametrize("wait", [MINUTE, 5 * MINUTE, 6 * HOUR], ids=str)
def test_a_look_is_spread_over_a_tenth_of_its_wait(wait: timedelta) -> None:
    later = sorted(spread(wait, f"feed {number}") - wait for number in range(1_000))
    assert timedelta(0) <= later[0]
    assert later[-1] <= wait / 10
    assert max(after - before for before, after in pairwise(later)) < wait / 500


def test_a_source_keeps_its_own_time() -> None:
    assert spread(HOUR, "河湾日报") == spread(HOUR, "河湾日报") != spread(HOUR, "Riverbend Daily")


@pytest.mark.parametrize("wait", [timedelta(0), SECOND, 59 * SECOND], ids=str)
def test_a_short_wait_is_not_spread(wait: timedelta) -> None:
    assert spread(wait, "inbox") == wait
